"""The print worker: every print that the ledger asks for comes out once, and the ledger learns what became of it."""

import asyncio
import contextlib
import logging
import sqlite3
import time

from station.bus.commands import Commander
from station.bus.messages import PrintDone
from station.model.canonical import sha256_hex
from station.office.printing_memory import PrintJob
from station.office.printing_queue import PrintQueue
from station.office.printing_sign import Code, PrinterSign, State
from station.office.printing_steps import AtPrinter
from station.store.errors import StoreError

log = logging.getLogger(__name__)

ACTIVE_S = 0.5
POLL_S = 1.0
TROUBLE_S = 2.0
LOOK_S = 10.0
"""How often a printer without work is asked how it is: seldom, so that it may sleep."""

ANSWER_S = 10.0
FOLDER = "folder"


class PrintWorker:
    """Follows the ledger by a cursor of its own, prints what it asks for, and tells the line how each print ended.

    Args:
        queue: of the prints.
        at_printer: the printer, None where there is none: then reports are filed in a folder.
        commander: the way to the line.
        sign: what is said of the printer.
    """

    def __init__(
        self, queue: PrintQueue, at_printer: AtPrinter | None, commander: Commander, sign: PrinterSign
    ) -> None:
        self._queue = queue
        self._at_printer = at_printer
        self._commander = commander
        self.sign = sign
        self._seen: tuple[State, Code] = ("none", "folder")
        self._look_at_s = 0.0

    def wake(self) -> None:
        """Look at the ledger now, and not only at the next poll."""
        self._queue.changed.set()

    async def run(self) -> None:
        """Work until cancelled; a database or a printer that fails is tried again."""
        while True:
            self._queue.changed.clear()
            try:
                pause_s = await self.round()
            except (StoreError, sqlite3.Error) as error:
                log.warning("prints wait: %s", error)
                pause_s = TROUBLE_S
            await self._pause(pause_s)

    async def _pause(self, pause_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._queue.changed.wait()

    async def round(self) -> float:
        """Take what is new in the ledger, take one print a step further, tell the line; return the pause in seconds.

        Raises:
            StoreError: the station's database cannot be read.
            sqlite3.Error: the office's own file cannot be written.
        """
        await self._queue.follow()
        state, code = await (self._look(self._at_printer) if self._at_printer else self._file())
        queued = len(self._queue.prints.open_jobs())
        self.sign.say("printing" if state == "ready" and queued else state, code, queued)
        await self._tell()
        if state in ("stopped", "offline") or code == "no_folder":
            return TROUBLE_S
        return ACTIVE_S if queued else POLL_S

    async def _look(self, at_printer: AtPrinter) -> tuple[State, Code]:
        if self._queue.next() or time.monotonic() >= self._look_at_s:
            self._seen = await at_printer.step()
            self._look_at_s = time.monotonic() + LOOK_S
        return self._seen

    async def _file(self) -> tuple[State, Code]:
        """File every open print; one that was on its way to a printer that is set up no more may have been printed."""
        try:
            while job := self._queue.next():
                if job.step != "waiting":
                    self._queue.finish(job, "failed", "timeout")
                elif (pdf := await self._queue.document(job)) is not None:
                    await self._queue.file(job, pdf)
        except OSError as error:
            log.debug("prints cannot be filed: %s", error)
            return "none", "no_folder"
        return "none", "folder"

    async def _tell(self) -> None:
        """Tell the line of every print that is done, until it does not answer."""
        for job in self._queue.prints.untold():
            if self._queue.waits(job):
                continue
            try:
                reply = await self._commander.send(self._done(job), ANSWER_S, command_id_of(job))
            except TimeoutError as error:
                log.warning("print %s: %s", job.file_name, error)
                return
            if reply.accepted:
                self._queue.prints.told(job)
            else:
                # A refusal is not stored: the same command may be accepted later.
                log.warning("print %s was refused (%s): %s", job.file_name, reply.code, reply.text.en)
                self._queue.set_aside(job)

    def _done(self, job: PrintJob) -> PrintDone:
        on_paper = self._at_printer and job.step != "filed"
        return PrintDone.model_validate(
            {
                "serial": job.serial,
                "attempt": job.attempt,
                "copy_no": job.copy_no,
                "printer": self._at_printer.name[:200] if self._at_printer and on_paper else FOLDER,
                "state": job.step,
                "detail": job.detail,
            }
        )


def command_id_of(job: PrintJob) -> str:
    """Return the id under which the end of a print is told: the same after every restart."""
    return "print-" + sha256_hex(job.request.encode())[:32]
