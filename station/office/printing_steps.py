"""One print after the other at an IPP printer, each of them once."""

import logging
import time
from dataclasses import replace

from reports.printing.codes import PrintCode
from reports.printing.printer import JobView, Printer, PrinterError, PrinterView
from station.office.printing_memory import PrintJob
from station.office.printing_queue import PrintQueue
from station.office.printing_sign import Code, State

log = logging.getLogger(__name__)

SETTLE_S = 5.0
"""How long after sending a job may still turn up in the printer's list."""

HISTORY_S = 60.0
"""How long a printer keeps ended jobs in its list at least: a job that is missing later proves nothing."""

STUCK_S = 600.0
"""How long a job may make no headway on a printer that complains of nothing."""


class AtPrinter:
    """Takes the first open print one step further and writes the step down, so that it may be killed at any moment.

    ``sending`` is on the disk before a document goes out, the printer's number of the job after it. What may have
    been printed is never sent again: whoever wants it all the same asks for another copy.
    """

    def __init__(self, queue: PrintQueue, printer: Printer) -> None:
        self._queue = queue
        self._printer = printer
        self._headway_s = time.monotonic()

    @property
    def name(self) -> str:
        """Return the printer's address as it may be shown."""
        return self._printer.name

    async def step(self) -> tuple[State, Code]:
        """Return the printer's state after one step of the first open job."""
        try:
            view = await self._printer.state()
            job = self._queue.next()
            code = await self._one(view, job) if job else _at_rest(view)
        except PrinterError as error:
            log.debug("%s", error)
            code = error.code
        if code == "ok":
            # What does not hold a job up is said all the same: somebody will have to see to it.
            return "ready", "ok" if job else view.trouble
        return "offline" if code == "offline" else "stopped", code

    async def _one(self, view: PrinterView, job: PrintJob) -> PrintCode:
        if job.step == "sent":
            return await self._follow(view, job)
        if job.step == "sending":
            return await self._resolve(view, job)
        if not view.prints_pdf:
            self._queue.finish(job, "failed", "bad_format")
        code = _at_rest(view)
        return code if code != "ok" else await self._send(job)

    async def _send(self, job: PrintJob) -> PrintCode:
        pdf = await self._queue.document(job)
        if pdf is None:
            return "ok"
        # An office that has lost its memory finds here what the one before it sent.
        if found := await self._printer.find(job.name):
            self._sent(job, found.job_id)
            return "ok"
        self._queue.prints.keep(replace(job, step="sending", sent_at=time.time()))
        try:
            self._sent(job, await self._printer.print_pdf(job.name, pdf))
        except PrinterError as error:
            self._not_sent(job, error)
        return "ok"

    def _sent(self, job: PrintJob, ipp_job: int) -> None:
        log.info("print %s is job %d of the printer", job.file_name, ipp_job)
        self._queue.prints.keep(replace(job, step="sent", ipp_job=ipp_job, sent_at=time.time()))
        self._headway_s = time.monotonic()

    def _not_sent(self, job: PrintJob, error: PrinterError) -> None:
        """Go back to waiting if the printer cannot have the document; otherwise leave it open whether it has."""
        if error.code in ("bad_format", "canceled"):
            self._queue.finish(job, "failed", error.code)
            return
        if not error.unsure:
            self._queue.prints.keep(replace(job, step="waiting"))
        raise error

    async def _resolve(self, view: PrinterView, job: PrintJob) -> PrintCode:
        """Find out by the job's name whether a printer has what was being sent when the connection or we broke off."""
        if found := await self._printer.find(job.name):
            self._sent(job, found.job_id)
            return "ok"
        since_s = time.time() - (job.sent_at or 0.0)
        if 0 <= since_s < SETTLE_S:
            return "ok"
        if 0 <= since_s < HISTORY_S and view.up_s >= since_s:
            self._queue.prints.keep(replace(job, step="waiting"))
        else:
            self._queue.finish(job, "failed", "timeout")
        return "ok"

    async def _follow(self, view: PrinterView, job: PrintJob) -> PrintCode:
        found = await self._printer.job(job.ipp_job or 0, job.name)
        if found is None:
            # The printer was switched off, or its list is short: it may have printed.
            self._queue.finish(job, "failed", "aborted")
        elif found.ending == "ok":
            self._queue.finish(job, "printed")
        elif found.ending:
            self._queue.finish(job, "failed", found.ending)
        else:
            return await self._held_up(view, job, found)
        return "ok"

    async def _held_up(self, view: PrinterView, job: PrintJob, found: JobView) -> PrintCode:
        """Return what holds a job up; one that stands still without a reason is taken back in the end."""
        trouble = view.trouble if view.trouble != "ok" else view.blocking
        if trouble == "ok" and found.stopped:
            trouble = "not_accepting"
        if trouble != "ok":
            self._headway_s = time.monotonic()
        elif time.monotonic() - self._headway_s > STUCK_S:
            await self._printer.cancel(found.job_id)
            self._queue.finish(job, "failed", "timeout")
        return trouble


def _at_rest(view: PrinterView) -> PrintCode:
    """Return why a printer takes no report, ``ok`` if it does."""
    return view.blocking if view.prints_pdf else "bad_format"
