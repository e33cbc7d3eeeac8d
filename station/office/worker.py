"""The report worker: sealed attempts become PDFs, and the ledger learns of each one once it is on the disk."""

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

from reports.inspection import render_inspection
from station.bus.commands import Commander
from station.bus.messages import Reply, ReportIssue
from station.model.canonical import sha256_hex
from station.model.event import Event, body_of
from station.model.facts import ReportSealed, StationStarted
from station.office.archive import Archive
from station.office.files import keep, read
from station.office.memory import Job, Memory
from station.store.errors import StoreError

log = logging.getLogger(__name__)

POLL_S = 1.0
REFUSED_PAUSE_S = 5.0
ANSWER_S = 10.0
PAGE = 500
PDF = ".pdf"


class ReportWorker:
    """Follows the ledger by a cursor of its own and makes the report of every sealed attempt, once.

    Order of a report: files on the disk, then their hashes in the office's memory, then ``report.issue`` until the
    line has accepted it. It may be killed between any two of these: what is remembered is never made differently.
    """

    def __init__(
        self, archive: Archive, memory: Memory, commander: Commander, folder: Path, executor: Executor
    ) -> None:
        self._archive = archive
        self._memory = memory
        self._commander = commander
        self._folder = folder
        self._executor = executor
        self._wake = asyncio.Event()
        self._pause_until: dict[str, float] = {}

    def wake(self) -> None:
        """Look at the ledger now, and not only at the next poll."""
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled; a database that fails is tried again at each poll."""
        while True:
            self._wake.clear()
            try:
                await self.round()
            except (StoreError, sqlite3.Error) as error:
                log.warning("reports wait: %s", error)
            await self._pause()

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_S):
                await self._wake.wait()

    async def round(self) -> None:
        """Take what is new in the ledger, make what is sealed, tell the line what is made.

        Raises:
            StoreError: the station's database cannot be read.
            sqlite3.Error: the office's own file cannot be written.
        """
        await self._in_thread(self._follow)
        for job in self._memory.open_jobs():
            if job.zh_sha256 is None and not self._waits(job):
                await self._in_thread(self._try_to_make, job)
        for job in self._memory.open_jobs():
            if job.zh_sha256 and not self._waits(job):
                await self._issue(job)

    async def _in_thread(self, function: Callable[..., None], *args: object) -> None:
        await asyncio.get_running_loop().run_in_executor(self._executor, function, *args)

    def _waits(self, job: Job) -> bool:
        return time.monotonic() < self._pause_until.get(job.report_no, 0.0)

    def _set_aside(self, job: Job) -> None:
        self._pause_until[job.report_no] = time.monotonic() + REFUSED_PAUSE_S

    # -- in the worker's thread

    def _follow(self) -> None:
        seq, simulated = self._memory.cursor()
        if self._archive.head()[0] < seq:
            log.warning("the ledger is shorter than before (a backup was restored): reading it from its start")
            seq = 0
        while events := self._archive.events_since(seq, PAGE):
            jobs: list[Job] = []
            for event in events:
                simulated = _simulated(event, simulated)
                jobs += _jobs(event, simulated)
            seq = events[-1].seq
            self._memory.advance(seq, simulated, jobs)

    def _try_to_make(self, job: Job) -> None:
        """Make a report; one that cannot be made must not hold up the others."""
        try:
            self._make(job)
        except Exception:
            log.exception("report %s cannot be made; it is tried again", job.report_no)
            self._set_aside(job)

    def _make(self, job: Job) -> None:
        data = self._archive.report_data(job.serial, job.attempt, job.simulated)
        zh, en = self._issued_before(job) or render_inspection(data, "zh"), render_inspection(data, "en")
        self._memory.made(job.report_no, self._kept(zh), len(zh), self._kept(en))

    def _issued_before(self, job: Job) -> bytes | None:
        """Return the report that the ledger has already, for an office that has lost its memory."""
        sha256 = self._archive.issued_sha256(job.serial, job.report_no)
        return read(self._folder, sha256, PDF) if sha256 else None

    def _kept(self, pdf: bytes) -> str:
        return keep(self._folder, pdf, PDF)

    # -- in the event loop

    async def _issue(self, job: Job) -> None:
        if await asyncio.to_thread(self._archive.issued_sha256, job.serial, job.report_no):
            self._memory.issued(job.report_no)
            return
        try:
            reply = await self._commander.send(_command(job), ANSWER_S, command_id_of(job.report_no))
        except TimeoutError as error:
            log.warning("report %s: %s", job.report_no, error)
            return
        self._answered(job, reply)

    def _answered(self, job: Job, reply: Reply) -> None:
        if reply.accepted:
            self._memory.issued(job.report_no)
            log.info("report %s issued", job.report_no)
            return
        # A refusal is not stored: the same command may be accepted later, when what it waits for has happened.
        log.warning("report %s was refused (%s): %s", job.report_no, reply.code, reply.text.en)
        self._set_aside(job)


def command_id_of(report_no: str) -> str:
    """Return the id under which a report is announced: the same after every restart."""
    return "issue-" + sha256_hex(report_no.encode())[:32]


def _command(job: Job) -> ReportIssue:
    return ReportIssue(
        serial=job.serial,
        attempt=job.attempt,
        report_no=job.report_no,
        sha256=job.zh_sha256 or "",
        size=job.zh_size or 0,
    )


def _simulated(event: Event, before: bool) -> bool:
    body = body_of(event) if event.kind == StationStarted.kind else None
    return body.simulated if isinstance(body, StationStarted) else before


def _jobs(event: Event, simulated: bool) -> list[Job]:
    body = body_of(event) if event.kind == ReportSealed.kind else None
    if not isinstance(body, ReportSealed):
        return []
    return [Job(body.report_no, event.subject, body.attempt, simulated)]
