"""What the office has to remember of its prints, so that no report is printed twice after a restart."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from station.model.text import Language
from station.office.memory import Memory

_TABLE = """
CREATE TABLE IF NOT EXISTS print_job (
    request TEXT PRIMARY KEY, serial TEXT NOT NULL, report_no TEXT NOT NULL, attempt INTEGER NOT NULL,
    copy_no INTEGER NOT NULL, language TEXT NOT NULL, requested_at TEXT NOT NULL, step TEXT NOT NULL DEFAULT 'waiting',
    ipp_job INTEGER, sent_at REAL, detail TEXT NOT NULL DEFAULT '', told INTEGER NOT NULL DEFAULT 0)
"""
_CURSOR = "prints"

_WANTED = ("request", "serial", "report_no", "attempt", "copy_no", "language", "requested_at")
_COLUMNS = (*_WANTED, "step", "ipp_job", "sent_at", "detail")
_WANT = f"INSERT OR IGNORE INTO print_job ({', '.join(_WANTED)}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608  # our own names
_END = "UPDATE print_job SET told = 1, step = ? WHERE report_no = ? AND copy_no = ? AND NOT told"
_DONE = "step IN ('printed', 'filed', 'failed')"

Ending = Literal["printed", "filed", "failed"]
Step = Literal["waiting", "sending", "sent", Ending]


@dataclass(frozen=True)
class PrintJob:
    """One wish for paper: ``request`` is the hash of its event, ``requested_at`` that event's time (UTC).

    ``waiting`` has sent nothing, ``sending`` may have, ``sent`` has the printer's number ``ipp_job``; ``sent_at`` is
    when sending began (Unix seconds), ``detail`` the code of why a print failed.
    """

    request: str
    serial: str
    report_no: str
    attempt: int
    copy_no: int
    language: Language
    requested_at: str
    step: Step = "waiting"
    ipp_job: int | None = None
    sent_at: float | None = None
    detail: str = ""

    @property
    def name(self) -> str:
        """Return the name of the job at the printer: report and copy for people, and what makes it this request."""
        return f"{self.file_name} #{self.request[:8]}"

    @property
    def file_name(self) -> str:
        """Return the name of the copy's file, without its suffix."""
        return f"{self.report_no}-{self.copy_no}"


@dataclass(frozen=True)
class Outcome:
    """What the ledger says of a print."""

    report_no: str
    copy_no: int
    step: Ending


class PrintMemory:
    """The prints in the office's own file; every change is on the disk when the call returns.

    Raises:
        sqlite3.Error: the file cannot be read or written.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        with memory.transaction() as connection:
            connection.execute(_TABLE)

    def cursor(self) -> int:
        """Return the last event that was taken."""
        rows = self._memory.rows("SELECT seq FROM cursor WHERE name = ?", _CURSOR)
        return int(str(rows[0][0])) if rows else 0

    def advance(self, seq: int, changes: Iterable[PrintJob | Outcome]) -> None:
        """Take note of the events up to a number, of the prints that they want and of those that they end."""
        with self._memory.transaction() as connection:
            for change in changes:
                if isinstance(change, Outcome):
                    connection.execute(_END, (change.step, change.report_no, change.copy_no))
                else:
                    connection.execute(_WANT, [getattr(change, column) for column in _WANTED])
            connection.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?, 0)", (_CURSOR, seq))

    def keep(self, job: PrintJob) -> None:
        """Take note of how far a job is."""
        with self._memory.transaction() as connection:
            connection.execute(
                "UPDATE print_job SET step = ?, ipp_job = ?, sent_at = ?, detail = ? WHERE request = ?",
                (job.step, job.ipp_job, job.sent_at, job.detail, job.request),
            )

    def told(self, job: PrintJob) -> None:
        """Take note that the ledger has the outcome."""
        with self._memory.transaction() as connection:
            connection.execute("UPDATE print_job SET told = 1 WHERE request = ?", (job.request,))

    def open_jobs(self) -> tuple[PrintJob, ...]:
        """Return the jobs whose paper is not out yet, in the order of their requests."""
        return self._jobs(f"NOT {_DONE}")

    def untold(self) -> tuple[PrintJob, ...]:
        """Return the jobs that are done and that the ledger does not know of."""
        return self._jobs(f"{_DONE} AND NOT told")

    def _jobs(self, condition: str) -> tuple[PrintJob, ...]:
        query = f"SELECT {', '.join(_COLUMNS)} FROM print_job WHERE {condition} ORDER BY rowid"  # noqa: S608  # ours too
        return tuple(map(_job, self._memory.rows(query)))


def _job(row: tuple[Any, ...]) -> PrintJob:
    return PrintJob(**dict(zip(_COLUMNS, row, strict=True)))
