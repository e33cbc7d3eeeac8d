"""A backup put back: checked first, got ready beside what stands there, and put in its place at the end.

What came after the backup is not part of the ledger any more. If something did, or nobody can know, a signed event
says so; only then the line goes on.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from sqlalchemy import Engine

from station.ledger.accept import Word, not_in, write_fork
from station.ledger.backup import KEYS, OFFICE, PRIVATE, Home, evidence_name, keep_file
from station.ledger.backup_words import TEXTS, BackupError, because
from station.ledger.fork import UNFINISHED, Head, has, read_mark, write_mark
from station.ledger.journal import Clock, Ledger
from station.ledger.manifest import DATABASE, EVIDENCE, KeptFile, Manifest, check_files, find_backup
from station.ledger.projection import rebuild
from station.ledger.target import Target, open_target, set_aside
from station.ledger.verify import verify_database
from station.model.event import Event
from station.model.facts import InspectionSigned, KeysTaken
from station.model.text import Text
from station.store import read
from station.store.copy import Progress, no_progress, settle
from station.store.database import open_database
from station.store.errors import StoreError, os_errors
from station.store.files import copy_private, hash_of, sync, write_file


@dataclass(frozen=True)
class After:
    """What the ledger that stood here held after the backup: events, new inspections, signed reports."""

    events: int
    serials: tuple[str, ...]
    reports: tuple[str, ...]


@dataclass(frozen=True)
class Restored:
    """What was restored; ``fork`` is the event that says so if something was lost, ``aside`` what is kept."""

    manifest: Manifest
    head: Head
    fork: Event | None
    after: After | None
    aside: tuple[str, ...]
    findings: tuple[Text, ...]


def restore(
    home: Home, source: Path, clock: Clock, word: Word, progress: Progress = no_progress, to_database: str = ""
) -> Restored:
    """Put a backup back; the station must be stopped. What stood there is kept aside.

    Raises:
        BackupError: the backup is not whole, is another station's, or something came after it that nobody gave up.
        LedgerBusy: the line is running.
        StoreError: database or disk failed.
    """
    folder, manifest = find_backup(source)
    if manifest.station != home.station:
        raise BackupError.of("station", folder, found=manifest.station, wanted=home.station)
    progress("check", 0, 1)
    check_files(folder, manifest)
    with open_target(to_database or home.database_url, home.station, home.folder) as target:
        return _Work(home, folder, manifest, clock, progress).restore(target, word)


class _Work:
    """One restore at work."""

    def __init__(self, home: Home, folder: Path, manifest: Manifest, clock: Clock, progress: Progress) -> None:
        self._home, self._folder, self._manifest = home, folder, manifest
        self._clock, self._progress = clock, progress
        self._stamp = clock.now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        self._aside: list[str] = []
        self._findings: list[Text] = []

    def restore(self, target: Target, word: Word) -> Restored:
        with self._staged(target.staging) as staged:
            after, lost = self._decide(target, staged, word)
            self._begin()
            self._put_private()
            self._put_evidence()
            fork, head = self._go_on(staged, word, lost)
            self._put_database(target, staged)
        self._put_office()
        self._end(head)
        return Restored(self._manifest, head, fork, after, tuple(self._aside), tuple(self._findings))

    # -- the database, got ready aside

    @contextmanager
    def _staged(self, folder: Path) -> Iterator[Path]:
        """Give a copy of the backup's database in today's shape, checked, in a folder that goes again."""
        with os_errors(folder):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700, parents=True)
        try:
            staged = folder / DATABASE
            copy_private(self._folder / DATABASE, staged)
            self._check(staged)
            yield staged
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _check(self, staged: Path) -> None:
        with _engine(staged) as engine:
            Ledger.open(engine, self._clock, "restore").close()
            report = verify_database(engine, self._manifest.ledger)
            if report.reason is not None:
                text = because("chain", report.reason)
                raise BackupError(text, str(self._folder), TEXTS.text("chain.todo"))
            rebuild(engine)
        self._progress("check", 1, 1)

    # -- what is lost

    def _decide(self, target: Target, staged: Path, word: Word) -> tuple[After | None, Head | None]:
        """Return what is known to have come after the backup, and the point up to which it is given up."""
        with target.old() as old:
            reached, after = self._look_at(old)
        with _engine(staged) as engine:
            lost = not_in(engine, (reached, read_mark(self._home.folder), word.lost))
            proven = reached is not None and not lost and has(engine, reached)
        return after, self._given_up(lost, proven, word)

    def _look_at(self, old: Engine | None) -> tuple[Head | None, After | None]:
        """Return how far the ledger that stands there is, and what of it came after; a damaged one cannot say."""
        if old is None:
            return None, None
        try:
            return read.head(old), self._after(old)
        except StoreError:
            return None, None

    def _given_up(self, lost: list[Head], proven: bool, word: Word) -> Head | None:
        about = {"size": self._manifest.size, "made_at": self._manifest.made_at}
        if lost and not word.reason:
            raise BackupError.of("lose", self._folder, **about, known=max(lost)[0])
        if lost:
            return max(lost)
        if proven or (word.complete and not word.reason):
            return None
        if not word.reason:
            raise BackupError.of("unsaid", self._folder, **about)
        return self._manifest.ledger

    def _after(self, old: Engine) -> After | None:
        if not has(old, self._manifest.ledger):
            return None
        events = list(_events_after(old, self._manifest.size))
        serials = tuple(event.subject for event in events if event.kind == KeysTaken.kind)
        signed = (event for event in events if event.kind == InspectionSigned.kind)
        reports = tuple(InspectionSigned.model_validate_json(event.body).report_no for event in signed)
        return After(len(events), serials, reports)

    def _go_on(self, staged: Path, word: Word, lost: Head | None) -> tuple[Event | None, Head]:
        with _engine(staged) as engine:
            if lost is None:
                return None, read.head(engine)
            return write_fork(engine, self._home, self._clock, word.reason, lost)

    # -- putting it in place

    def _begin(self) -> None:
        with os_errors(self._home.folder):
            self._home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(self._home.folder / UNFINISHED, f"{self._stamp}\n".encode())

    def _end(self, head: Head) -> None:
        write_mark(self._home.folder, head)
        with os_errors(self._home.folder):
            (self._home.folder / UNFINISHED).unlink()
            sync(self._home.folder)

    def _put_private(self) -> None:
        for file in self._manifest.files:
            target = self._place(file)
            if target is not None and not (target.exists() and hash_of(target) == file.sha256):
                self._keep_aside(target)
                copy_private(self._folder / file.path, target)

    def _place(self, file: KeptFile) -> Path | None:
        """Return where a private file belongs, None for what is not put back by name."""
        first, _, rest = file.path.partition("/")
        if first == KEYS and rest:
            return self._home.keys / rest
        return self._home.folder / file.path if file.path in PRIVATE else None

    def _keep_aside(self, path: Path) -> None:
        if path.exists():
            aside = self._home.folder / f"before-restore-{self._stamp}" / path.name
            copy_private(path, aside)
            self._aside.append(str(aside))

    def _put_evidence(self) -> None:
        for number, file in enumerate(self._manifest.evidence, 1):
            source = self._folder.parent / EVIDENCE / file.path
            sound = evidence_name(Path(file.path)) == file.sha256 and Path(file.path).parent.name == str(
                Path(file.path).parent
            )
            done = (
                keep_file(source, self._home.evidence / file.path, file.sha256) if source.exists() and sound else None
            )
            if done is None:
                self._findings.append(TEXTS.text("finding.missing", sha256=file.sha256))
            self._progress("evidence", number, len(self._manifest.evidence))

    def _put_database(self, target: Target, staged: Path) -> None:
        settle(staged)
        kept = target.put(staged, self._stamp, self._progress)
        self._aside += [kept] if kept else []

    def _put_office(self) -> None:
        """Put the office's own file back too: a newer one would be ahead of the ledger."""
        path, copy = self._home.folder / OFFICE, self._folder / OFFICE
        with os_errors(path):
            aside = set_aside(path, path.with_name(f"{OFFICE}.before-restore-{self._stamp}"))
        self._aside += [str(aside)] if aside else []
        if copy.exists():
            copy_private(copy, path)


@contextmanager
def _engine(path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{path}")
    try:
        yield engine
    finally:
        engine.dispose()


def _events_after(engine: Engine, seq: int) -> Iterator[Event]:
    while events := read.events_since(engine, seq):
        yield from events
        seq = events[-1].seq
