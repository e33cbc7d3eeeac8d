"""One printer over IPP (RFC 8010, RFC 8011): its state, a PDF to it, and what became of a job."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from aiohttp import ClientConnectorError
from pyipp import IPP
from pyipp.enums import IppJobState, IppOperation, IppPrinterState, IppStatus
from pyipp.exceptions import IPPConnectionError, IPPConnectionUpgradeRequired, IPPError

from reports.printing.codes import PrintCode, blocking_of, ending_of, refusal_of, trouble_of

ANSWER_S = 8
SEND_S = 60
PDF = "application/pdf"
USER = "station"
# Every printer understands 1.1 (RFC 8011 4.1.8), and nothing newer is needed.
_VERSION = (1, 1)
_OF_PRINTER = (
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "printer-up-time",
    "document-format-supported",
)
_OF_JOB = ("job-id", "job-name", "job-state", "job-state-reasons")
# Both are required of every printer; ``all`` is not.
_LISTS = ("not-completed", "completed")
T = TypeVar("T")


class PrinterError(Exception):
    """A printer that did not do what was asked.

    ``code`` says why; ``unsure`` is true when a document was on its way, so that the job may exist all the same.
    """

    def __init__(self, code: PrintCode, why: str, unsure: bool = False) -> None:
        super().__init__(why)
        self.code = code
        self.unsure = unsure


@dataclass(frozen=True)
class PrinterView:
    """A printer as it says it is.

    ``trouble`` is what is wrong, however slightly; ``blocking`` what no job gets past; ``up_s`` since when it is on.
    """

    trouble: PrintCode
    blocking: PrintCode
    up_s: int
    prints_pdf: bool


@dataclass(frozen=True)
class JobView:
    """A job in the printer's list; ``ending`` is None until it is at its end, ``stopped`` while it is held up."""

    job_id: int
    name: str
    ending: PrintCode | None
    stopped: bool


class Printer:
    """A printer at ``ipp://host:port/path`` or ``ipps://``; every call is one short connection.

    Every method raises :class:`PrinterError`. The certificate of an ``ipps`` printer is not checked: printers make
    their own.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def name(self) -> str:
        """Return the address without what must not be shown."""
        parts = urlsplit(self._url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    async def state(self) -> PrinterView:
        """Return the printer's present state."""
        found = await self._ask(IppOperation.GET_PRINTER_ATTRIBUTES, {"requested-attributes": _OF_PRINTER})
        return _understood(lambda: _printer_view(found["printers"][0]))

    async def print_pdf(self, name: str, pdf: bytes) -> int:
        """Send a document as one copy on the printer's usual paper, and return the printer's number of the job."""
        operation = {"job-name": name, "document-format": PDF}
        message = {"job-attributes-tag": {"copies": 1}, "data": pdf}
        found = await self._ask(IppOperation.PRINT_JOB, operation, message, SEND_S, unsure=True)
        return _understood(lambda: int(found["jobs"][0]["job-id"]))

    async def job(self, job_id: int, name: str) -> JobView | None:
        """Return a job, None if the printer has forgotten it: after a restart it gives its numbers to others."""
        asked = {"job-id": job_id, "requested-attributes": _OF_JOB}
        try:
            found = await self._ask(IppOperation.GET_JOB_ATTRIBUTES, asked)
        except _NotFoundError:
            return None
        return _named(found, name)

    async def find(self, name: str) -> JobView | None:
        """Return the job of a name from the printer's list, None if it is not in it."""
        for which in _LISTS:
            asked = {"which-jobs": which, "requested-attributes": _OF_JOB}
            found = await self._ask(IppOperation.GET_JOBS, asked)
            if match := _named(found, name):
                return match
        return None

    async def cancel(self, job_id: int) -> None:
        """Take a job back; one that is at its end or forgotten is left as it is."""
        with contextlib.suppress(_NotFoundError, _NotPossibleError):
            await self._ask(IppOperation.CANCEL_JOB, {"job-id": job_id})

    async def _ask(
        self,
        operation: IppOperation,
        attributes: Mapping[str, Any],
        message: Mapping[str, Any] | None = None,
        timeout_s: float = ANSWER_S,
        unsure: bool = False,
    ) -> dict[str, Any]:
        whole = {"operation-attributes-tag": {"requesting-user-name": USER, **attributes}, **(message or {})}
        try:
            # pyipp's own limit ends with the answer's head; this one holds for its body as well.
            async with asyncio.timeout(timeout_s), IPP(self._url, ipp_version=_VERSION, request_timeout=SEND_S) as ipp:
                return await ipp.execute(operation, whole)
        except TimeoutError:
            raise PrinterError("offline", f"{self.name}: no answer within {timeout_s:g} s", unsure) from None
        except IPPError as error:
            raise _problem(self.name, error, unsure) from error


class _NotFoundError(PrinterError):
    """The printer knows no such job."""


class _NotPossibleError(PrinterError):
    """The job is no longer in a state in which that can be done."""


_STATUS_ERRORS: dict[int, type[PrinterError]] = {
    IppStatus.ERROR_NOT_FOUND: _NotFoundError,
    IppStatus.ERROR_GONE: _NotFoundError,
    IppStatus.ERROR_NOT_POSSIBLE: _NotPossibleError,
}


def _problem(printer: str, error: IPPError, unsure: bool) -> PrinterError:
    """Return what an exception of pyipp means; a connection that was never made has carried nothing."""
    if isinstance(error, IPPConnectionError) and not isinstance(error, IPPConnectionUpgradeRequired):
        carried = unsure and not isinstance(error.__cause__, ClientConnectorError)
        return PrinterError("offline", f"{printer}: {error.__cause__ or error}", carried)
    status = _status(error)
    if status is None:
        # No IPP: an HTTP status or something that is not a printer. After a document it may still be one.
        return PrinterError("not_accepting", f"{printer}: {error.args[-1] if error.args else error!r}", unsure)
    kind = _STATUS_ERRORS.get(status, PrinterError)
    return kind(refusal_of(status), f"{printer}: IPP status 0x{status:04x}")


def _status(error: IPPError) -> IppStatus | int | None:
    """Return the IPP status that pyipp puts beside its message, None if the answer was not IPP."""
    details = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    status = details.get("status-code")
    return status if isinstance(status, int) and "message" not in details else None


def _understood(read: Callable[[], T]) -> T:
    try:
        return read()
    except (LookupError, TypeError, ValueError) as error:
        raise PrinterError("not_accepting", f"the printer's answer lacks something: {error!r}", unsure=True) from None


def _named(found: Mapping[str, Any], name: str) -> JobView | None:
    """Return the job of a name in an answer; pyipp gives an empty one for none."""
    jobs = [job for job in found["jobs"] if job.get("job-name") == name]
    return _understood(lambda: _job_view(jobs[0])) if jobs else None


def _many(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (value,) if value else ()


def _printer_view(found: Mapping[str, Any]) -> PrinterView:
    reasons = _many(found.get("printer-state-reasons"))
    trouble, blocking = trouble_of(reasons), blocking_of(reasons)
    stopped = found.get("printer-state") == IppPrinterState.STOPPED
    if stopped:
        blocking = trouble if trouble != "ok" else "not_accepting"
    elif blocking == "ok" and not found.get("printer-is-accepting-jobs", True):
        blocking = "not_accepting"
    formats = _many(found.get("document-format-supported"))
    return PrinterView(trouble, blocking, int(found.get("printer-up-time", 0)), not formats or PDF in formats)


def _job_view(found: Mapping[str, Any]) -> JobView:
    state, reasons = int(found["job-state"]), _many(found.get("job-state-reasons"))
    stopped = state == IppJobState.STOPPED
    return JobView(int(found["job-id"]), str(found.get("job-name", "")), ending_of(state, reasons), stopped)
