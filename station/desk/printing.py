"""Printing a report once more, and opening it: the same from every screen."""

from typing import TYPE_CHECKING

from station.bus.messages import ReportPrint
from station.desk.office import report_url, with_token
from station.desk.words import text

if TYPE_CHECKING:
    from station.desk.app import DeskApp


async def print_again(desk: "DeskApp", serial: str, attempt: int | None) -> bool:
    """Ask for one more copy of a report, in the language of the moment; say which copy it is."""
    if attempt is None:
        desk.tell("error", text("print.no_report"))
        return False
    reply = await desk.order(ReportPrint(serial=serial, attempt=attempt, language=desk.language))
    if reply is None or not reply.accepted:
        return False
    desk.tell("ok", text("print.asked", number=reply.body.get("copy_no", "?")))
    return True


def open_report(desk: "DeskApp", serial: str, attempt: int | None) -> None:
    """Open the report of an attempt in the browser of this PC."""
    if attempt is None or desk.session is None:
        desk.tell("error", text("print.no_report"))
        return
    desk.open_in_browser(with_token(report_url(desk.settings.office_url, serial, attempt), desk.session.token))
