"""The prints that are to be done: which is next, what it prints, and how it ended."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from typing import TypeVar

from station.office.printing_memory import Ending, PrintJob, PrintMemory
from station.office.printing_paper import Paper
from station.store.errors import StoreError

log = logging.getLogger(__name__)

SET_ASIDE_S = 2.0
T = TypeVar("T")


class PrintQueue:
    """Open prints in the order in which they were asked for.

    Args:
        prints: what is remembered.
        paper: makes documents.
        executor: where they are made, and where files and the database are read.
    """

    def __init__(self, prints: PrintMemory, paper: Paper, executor: Executor) -> None:
        self.prints = prints
        self.changed = asyncio.Event()
        self._paper = paper
        self._executor = executor
        self._pause_until: dict[str, float] = {}

    async def _in_thread(self, function: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, function, *args)

    async def follow(self) -> None:
        """Take what is new in the ledger.

        Raises:
            StoreError: the station's database cannot be read.
        """
        await self._in_thread(self._paper.follow)

    def next(self) -> PrintJob | None:
        """Return the first open job that does not wait for its report."""
        return next((job for job in self.prints.open_jobs() if not self.waits(job)), None)

    def waits(self, job: PrintJob) -> bool:
        """Return whether a job was set aside a moment ago."""
        return time.monotonic() < self._pause_until.get(job.request, 0.0)

    def set_aside(self, job: PrintJob) -> None:
        """Let the others go first for a moment."""
        self._pause_until[job.request] = time.monotonic() + SET_ASIDE_S

    def finish(self, job: PrintJob, ending: Ending, detail: str = "") -> None:
        """Take note of how a print ended, and have the next one looked at now."""
        self.prints.keep(replace(job, step=ending, detail=detail))
        log.info("print %s: %s %s", job.file_name, ending, detail)
        self.changed.set()

    async def document(self, job: PrintJob) -> bytes | None:
        """Return what a job prints; None sets it aside until its report is made, or has ended it as one that cannot be.

        Raises:
            StoreError: the station's database cannot be read.
        """
        try:
            pdf = await self._in_thread(self._paper.document, job)
        except (StoreError, sqlite3.Error):
            raise
        except Exception:
            log.exception("print %s cannot be made", job.file_name)
            self.finish(job, "failed", "bad_format")
            return None
        if pdf is None:
            self.set_aside(job)
        return pdf

    async def file(self, job: PrintJob, pdf: bytes) -> None:
        """Put a document into the folder.

        Raises:
            OSError: the disk refused.
        """
        await self._in_thread(self._paper.file, job, pdf)
        self.finish(job, "filed")
