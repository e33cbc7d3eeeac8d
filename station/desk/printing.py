"""Papers: printing a report once more, and opening report and receipt, the same from every screen."""

import asyncio
from collections.abc import Awaitable

from station.bus.messages import ReportPrint
from station.desk.core import DeskCore
from station.desk.office import OfficeError
from station.desk.viewer import keep, show
from station.desk.words import text
from station.model.os_text import os_text


async def print_again(desk: DeskCore, serial: str, attempt: int | None) -> bool:
    """Ask for one more copy of a report, in the language of the moment; say which copy it is."""
    if attempt is None:
        desk.tell("error", text("print.no_report"))
        return False
    reply = await desk.order(ReportPrint(serial=serial, attempt=attempt, language=desk.language))
    if reply is None or not reply.accepted:
        return False
    desk.tell("ok", text("print.asked", number=reply.body.get("copy_no", "?")))
    return True


async def open_report(desk: DeskCore, serial: str, attempt: int | None) -> None:
    """Show the report of an attempt on this computer, in the language of the moment."""
    if attempt is None:
        desk.tell("error", text("print.no_report"))
    elif desk.session:
        found = desk.office.report(serial, attempt, desk.language, desk.session.token)
        await _open(desk, f"report-{serial}-{attempt}-{desk.language}.pdf", found)


async def open_receipt(desk: DeskCore, serial: str) -> None:
    """Show the owner's slip (钥匙回执) on this computer, in the language of the moment."""
    if desk.session:
        found = desk.office.receipt(serial, desk.language, desk.session.token)
        await _open(desk, f"receipt-{serial}-{desk.language}.pdf", found)


async def _open(desk: DeskCore, name: str, found: Awaitable[bytes]) -> None:
    """Fetch a paper with the desk's own log-in and show it; say where it lies if nothing here can show it."""
    folder = desk.settings.papers_folder
    desk.tell("busy", text("paper.fetching"))
    try:
        path = await asyncio.to_thread(keep, folder, name, await found)
    except OfficeError as error:
        desk.tell("error", error.text)
    except OSError as error:
        desk.tell("error", text("paper.not_kept", folder=folder, why=os_text(error)))
    else:
        shown = await asyncio.to_thread(show, path)
        desk.tell("ok", text("paper.opened" if shown else "paper.lies", path=path))
