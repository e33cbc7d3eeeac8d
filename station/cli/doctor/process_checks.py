"""Line, office and printer: are they there, and well?"""

import asyncio
import http.client
import ssl
from collections.abc import Iterator
from datetime import datetime
from urllib.error import HTTPError, URLError
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

from pydantic import BaseModel

from reports.printing.printer import Printer, PrinterError
from station.bus.clock import Clock
from station.bus.trust import distrust, trusting
from station.cli.doctor.case import Case
from station.cli.doctor.finding import Finding, beware, broken, fine, told
from station.ledger.fork import has
from station.model.text import Text
from station.office.words import words as office_words
from station.store import read

TIMEOUT_S = 5.0
FRESH_S = 30.0
"""The line says its state every two seconds, of the station's clock."""
MOST_BYTES = 100_000


class LedgerEnd(BaseModel):
    """Number and hash of a ledger's last event."""

    seq: int
    hash: str


class Health(BaseModel):
    """What an office says of itself; ``ledger`` is None while it cannot read it."""

    station: str
    ledger: LedgerEnd | None
    database: bool
    broker: bool
    open_reports: int


def line(case: Case) -> Iterator[Finding]:
    """The line runs, is heard on the bus, and says what is so now."""
    state, here = case.heard.state, case.line
    if case.heard.line and state is not None and state.online:
        age = _age_s(case, state.at)
        if abs(age) > FRESH_S * case.config.clock.speed:
            yield broken("line.stale", age=int(age))
        else:
            yield fine("line.ok", epoch=state.epoch, seq=state.seq)
    elif here is not None:
        yield broken("line.unheard", pid=here.pid, log=case.config.store.folder / "logs" / "line.log")
    elif case.office is not None:
        yield broken("line.down", log=case.config.store.folder / "logs" / "line.log")
    else:
        yield beware("line.stopped")


def _age_s(case: Case, at: str) -> float:
    clock = Clock(case.config.clock.speed, case.config.clock.origin)
    return (clock.now() - datetime.fromisoformat(at)).total_seconds()


async def office(case: Case) -> list[Finding]:
    """This station's own pages answer, and its office reaches database and broker."""
    url = case.config.office.url
    try:
        health = await asyncio.to_thread(fetch_health, case)
    except ssl.SSLError as error:
        return [told("office", "fault", distrust(error, url))]
    except OSError:
        if case.office is None and case.line is None:
            return [beware("office.stopped", url=url)]
        return [broken("office.silent", url=url, log=case.config.store.folder / "logs" / "office.log")]
    except (http.client.HTTPException, ValueError):
        return [broken("office.stranger", url=url)]
    return [_whose(case, health, url) or _how(health, url)]


def _whose(case: Case, health: Health, url: str) -> Finding | None:
    """Return that it is another station's office that answers there: by its name, or by a ledger that is not ours."""
    own = case.config.station.id
    if health.station != own:
        return broken("office.other", url=url, found=health.station, own=own)
    if health.ledger is None or case.engine is None or has(case.engine, (health.ledger.seq, health.ledger.hash)):
        return None
    return broken("office.other_ledger", url=url, own=own, seq=health.ledger.seq, events=read.head(case.engine)[0])


def _how(health: Health, url: str) -> Finding:
    lacking = [name for name in ("database", "broker") if not getattr(health, name)]
    if lacking:
        return broken(f"office.{lacking[0]}", url=url)
    return fine("office.ok", url=url, open=health.open_reports)


def fetch_health(case: Case) -> Health:
    """Return what the office says of itself.

    Raises:
        OSError: nobody answers, or ``ssl.SSLError``: the certificate is not to be trusted.
        ValueError, http.client.HTTPException: something answers that is not an office.
    """
    secure = [HTTPSHandler(context=trusting(case.config.authority_file))] if case.config.lan.enabled else []
    opener = build_opener(ProxyHandler({}), *secure)  # no proxy: the office is in this house
    try:
        with opener.open(f"{case.config.office.url}/healthz", timeout=TIMEOUT_S) as answer:
            body = answer.read(MOST_BYTES)
    except HTTPError as error:
        body = error.read(MOST_BYTES)
    except URLError as error:
        raise error.reason if isinstance(error.reason, OSError) else OSError(str(error.reason)) from error
    return Health.model_validate_json(body)


async def printer(case: Case) -> list[Finding]:
    """The printer answers over IPP, takes PDF, and nothing holds it up."""
    if not case.config.printer.url:
        return [fine("printer.folder", folder=case.config.print_folder)]
    device = Printer(case.config.printer.url)
    try:
        view = await device.state()
    except PrinterError as error:
        return [_of_printer("fault", device.name, error.code)]
    if not view.prints_pdf:
        return [_of_printer("fault", device.name, "bad_format")]
    if view.blocking != "ok":
        return [_of_printer("fault", device.name, view.blocking)]
    if view.trouble != "ok":
        return [_of_printer("warning", device.name, view.trouble)]
    return [fine("printer.ok", name=device.name)]


def _of_printer(level: str, name: str, code: str) -> Finding:
    """Return a printer's state in the words that everybody in the station is told."""
    said, remedy = (office_words().text(f"{kind}.{code}") for kind in ("printer", "remedy"))
    found = Text(zh=f"{said.zh}({name})", en=f"{said.en} ({name})")
    return told("printer", "fault" if level == "fault" else "warning", found, remedy)
