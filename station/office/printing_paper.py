"""What is printed: the ledger's requests, the document of each, and the folder where there is no printer."""

from collections.abc import Iterator
from pathlib import Path

from reports.copy_mark import CopyMark
from reports.inspection import render_inspection
from station.model.event import Event, body_of
from station.model.facts import PrintRequested, ReportPrinted
from station.office.archive import Archive
from station.office.files import put, read
from station.office.memory import Job, Memory
from station.office.printing_memory import Outcome, PrintJob, PrintMemory

PAGE = 500
PDF = ".pdf"
_KINDS = frozenset({PrintRequested.kind, ReportPrinted.kind})


class DamagedError(Exception):
    """The file of an issued report is missing, or no longer what its name says."""


class Paper:
    """Finds out what is to be printed and makes it; every method reads the database or the disk, so not in the loop."""

    def __init__(
        self, archive: Archive, memory: Memory, prints: PrintMemory, evidence_folder: Path, folder: Path
    ) -> None:
        self._archive = archive
        self._memory = memory
        self._prints = prints
        self._evidence_folder = evidence_folder
        self._folder = folder

    def follow(self) -> None:
        """Take note of the prints that the ledger asks for, and of those whose outcome it has.

        Raises:
            StoreError: the station's database cannot be read.
            sqlite3.Error: the office's own file cannot be written.
        """
        seq = self._prints.cursor()
        if self._archive.head()[0] < seq:
            # A backup was restored. What is known already keeps its place: a request is known by its hash.
            seq = 0
        while events := self._archive.events_since(seq, PAGE):
            seq = events[-1].seq
            self._prints.advance(seq, [change for event in events for change in _changes(event)])

    def document(self, job: PrintJob) -> bytes | None:
        """Return what a job prints, None while the report is still being made.

        The first copy is the issued report, byte for byte; every other one is drawn again with the copy mark.

        Raises:
            DamagedError: the issued report's file is not there.
            StoreError: the station's database cannot be read.
        """
        report = self._memory.job(job.report_no)
        if report is None:
            return None
        if job.copy_no == 1:
            return self._issued(job, report)
        data = self._archive.report_data(job.serial, job.attempt, report.simulated)
        return render_inspection(data, job.language, copy=CopyMark(job.copy_no, job.requested_at))

    def _issued(self, job: PrintJob, report: Job) -> bytes | None:
        sha256 = self._archive.report_sha256(report, job.language)
        if sha256 is None:
            return None
        pdf = read(self._evidence_folder, sha256, PDF)
        if pdf is None:
            raise DamagedError(f"the file of report {job.report_no} is missing or altered: restore it from the backup")
        return pdf

    def file(self, job: PrintJob, pdf: bytes) -> None:
        """Put a document into the folder, complete or not at all.

        Raises:
            OSError: the disk refused.
        """
        put(self._folder / f"{job.file_name}{PDF}", pdf)


def _changes(event: Event) -> Iterator[PrintJob | Outcome]:
    body = body_of(event) if event.kind in _KINDS else None
    if isinstance(body, PrintRequested):
        yield PrintJob(
            request=event.hash,
            serial=event.subject,
            report_no=body.report_no,
            attempt=body.attempt,
            copy_no=body.copy_no,
            language=body.language,
            requested_at=event.at,
        )
    elif isinstance(body, ReportPrinted):
        yield Outcome(body.report_no, body.copy_no, body.state)
