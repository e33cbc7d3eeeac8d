"""What the office itself has to remember over a restart: its cursor, its report jobs, who was given which account."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS cursor (name TEXT PRIMARY KEY, seq INTEGER NOT NULL, simulated INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS job (
    report_no TEXT PRIMARY KEY, serial TEXT NOT NULL, attempt INTEGER NOT NULL, simulated INTEGER NOT NULL,
    zh_sha256 TEXT, zh_size INTEGER, en_sha256 TEXT, issued INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS pairing (client TEXT PRIMARY KEY, device TEXT NOT NULL UNIQUE);
"""
_REPORTS = "reports"


@dataclass(frozen=True)
class Job:
    """A signed attempt whose report is to be made, or was; hashes are None until the files are on the disk."""

    report_no: str
    serial: str
    attempt: int
    simulated: bool
    zh_sha256: str | None = None
    zh_size: int | None = None
    en_sha256: str | None = None
    issued: bool = False


class Memory:
    """The office's own SQLite file; every change is on the disk when the call returns. Calls may come from any thread.

    Raises:
        sqlite3.Error: the file cannot be opened or written.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._guard = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        path.chmod(0o600)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Change several things in one step, or none of them."""
        with self._guard:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Return what a query finds."""
        with self._guard:
            return self._connection.execute(query, values).fetchall()

    # -- reports

    def cursor(self) -> tuple[int, bool]:
        """Return the last event that was taken, and whether the station was simulated then."""
        rows = self.rows("SELECT seq, simulated FROM cursor WHERE name = ?", _REPORTS)
        return (int(str(rows[0][0])), bool(rows[0][1])) if rows else (0, False)

    def advance(self, seq: int, simulated: bool, jobs: Iterable[Job]) -> None:
        """Take note of the events up to a number, and of the jobs that they bring, in one step."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO job (report_no, serial, attempt, simulated) VALUES (?, ?, ?, ?)",
                [(job.report_no, job.serial, job.attempt, job.simulated) for job in jobs],
            )
            connection.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?, ?)", (_REPORTS, seq, simulated))

    def made(self, report_no: str, zh_sha256: str, zh_size: int, en_sha256: str) -> None:
        """Take note of the files of a report: from now on these are the report, whatever is installed later."""
        with self.transaction() as connection:
            connection.execute(
                "UPDATE job SET zh_sha256 = ?, zh_size = ?, en_sha256 = ? WHERE report_no = ?",
                (zh_sha256, zh_size, en_sha256, report_no),
            )

    def issued(self, report_no: str) -> None:
        """Take note that the ledger has the report."""
        with self.transaction() as connection:
            connection.execute("UPDATE job SET issued = 1 WHERE report_no = ?", (report_no,))

    def open_jobs(self) -> tuple[Job, ...]:
        """Return the jobs that are not done, in the order of signing."""
        return tuple(map(_job, self.rows("SELECT * FROM job WHERE NOT issued ORDER BY rowid")))

    def job(self, report_no: str) -> Job | None:
        """Return one job, None if there is none."""
        rows = self.rows("SELECT * FROM job WHERE report_no = ?", report_no)
        return _job(rows[0]) if rows else None

    # -- handhelds

    def client_of(self, device: str) -> str | None:
        """Return the account that a device was given, None if it has none."""
        rows = self.rows("SELECT client FROM pairing WHERE device = ?", device)
        return str(rows[0][0]) if rows else None

    def pair(self, device: str, clients: Iterable[str]) -> str | None:
        """Give a device the first account that no other has, and return it; None if all are given."""
        with self.transaction() as connection:
            taken = {row[0] for row in connection.execute("SELECT client FROM pairing")}
            free = next((client for client in clients if client not in taken), None)
            if free:
                connection.execute("INSERT INTO pairing VALUES (?, ?)", (free, device))
            return free


def _job(row: tuple[object, ...]) -> Job:
    report_no, serial, attempt, simulated, zh_sha256, zh_size, en_sha256, issued = row
    return Job(
        report_no=str(report_no),
        serial=str(serial),
        attempt=int(str(attempt)),
        simulated=bool(simulated),
        zh_sha256=str(zh_sha256) if zh_sha256 else None,
        zh_size=int(str(zh_size)) if zh_size else None,
        en_sha256=str(en_sha256) if en_sha256 else None,
        issued=bool(issued),
    )
