"""Database, ledger, disk, evidence, backups."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Engine

from station.cli.doctor.case import Case, Writer
from station.cli.doctor.finding import Finding, beware, broken, fine, refused
from station.cli.doctor.system import is_of
from station.ledger.backup import evidence_name
from station.ledger.fork import check_mark, check_said
from station.ledger.manifest import find_backup
from station.ledger.verify import verify_database
from station.model.event import Event, event_hash
from station.store import read
from station.store.database import place
from station.store.errors import os_errors
from station.store.files import hash_of

TAIL = 1000
"""Events at the end of the ledger that are checked each time; all of them by ``--all``."""
SAMPLE = 50
"""Evidence files whose content is read each time."""
PROBE_BYTES = 65_536
BACKUP_AGE = timedelta(days=2)
MB = 1_000_000


def database(case: Case) -> Iterator[Finding]:
    """The database answers, is of this station and version, and has no other station's writer."""
    if case.engine is None:
        yield _unopened(case)
        return
    stranger = _stranger(case, case.writer)
    if stranger:
        yield broken("database.two", where=stranger)
    else:
        yield fine("database.ok", place=place(case.engine), events=read.head(case.engine)[0])


def _unopened(case: Case) -> Finding:
    """A database that is not there is no fault before the first start, and a loss after it."""
    if case.is_new or case.trouble is None:
        return beware("database.new", place=case.config.store.folder)
    return refused("database", case.trouble)


def _stranger(case: Case, writer: Writer | None) -> str:
    """Return who writes the database in this station's stead, empty if nobody does."""
    if writer is None:
        return ""
    if writer.process is not None:
        own = is_of(writer.process, "line", case.file)
        return "" if own else f"PID {writer.process.pid}: {writer.process.name}"
    return "" if case.line or case.heard.line else writer.where


def chain(case: Case) -> Iterator[Finding]:
    """The end of the chain holds, and is the end that this station knew; with ``--all`` the whole of it."""
    if case.engine is None:
        return
    check_mark(case.config.store.folder, case.engine)
    if said := case.heard.state:
        check_said(case.engine, (said.seq, said.head), said.at, case.config.broker.address)
    if case.whole:
        yield _whole_chain(case.engine)
        return
    seq, head = read.head(case.engine)
    events = read.events_since(case.engine, max(0, seq - TAIL), TAIL)
    bad = broken_at(events)
    if bad is not None:
        yield broken("chain.broken", seq=bad)
    elif read.projected(case.engine) > seq:
        yield broken("chain.broken", seq=seq + 1)
    else:
        yield fine("chain.ok", count=len(events), seq=seq, head=head[:12])


def _whole_chain(engine: Engine) -> Finding:
    report = verify_database(engine)
    if report.ok:
        return fine("chain.whole", count=report.events, head=report.head[:12], sealed=report.sealed)
    return broken("chain.broken", seq=report.first_bad_seq)


def broken_at(events: Sequence[Event]) -> int | None:
    """Return the number of the first event that does not hold, None if each follows the one before it."""
    for before, event in pairwise(events):
        if event.seq != before.seq + 1 or event.prev_hash != before.hash:
            return before.seq + 1
    return next((event.seq for event in events if not _holds(event)), None)


def _holds(event: Event) -> bool:
    # A row that was tampered with may hold anything, even what has no canonical form.
    try:
        return event_hash(event) == event.hash
    except (TypeError, ValueError):
        return False


def space(case: Case) -> Iterator[Finding]:
    """The disk takes what is written, and a run may start."""
    folder = case.config.store.folder
    if not folder.exists():
        yield beware("space.new", folder=folder)
        return
    try_to_write(folder)
    free, floor = shutil.disk_usage(folder).free // MB, case.config.store.min_free_mb
    if free < floor:
        yield broken("space.low", folder=folder, free=free, floor=floor)
    elif free < 2 * floor:
        yield beware("space.soon", folder=folder, free=free, floor=floor)
    else:
        yield fine("space.ok", folder=folder, free=free)


def try_to_write(folder: Path) -> None:
    """Write something that has no name and is gone again at once.

    Raises:
        StoreError: the disk is full, read-only, or refuses; says so.
    """
    with os_errors(folder), tempfile.TemporaryFile(dir=folder) as file:
        file.write(os.urandom(PROBE_BYTES))
        file.flush()
        os.fsync(file.fileno())


def evidence(case: Case) -> Iterator[Finding]:
    """Every file that the ledger names is there, and a sample of them (``--all``: each) is what its name says."""
    if case.engine is None:
        return
    named = sorted(read.evidence_files(case.engine))
    here = {evidence_name(path): path for path in case.config.evidence_folder.glob("??/*")}
    missing = [sha256 for sha256 in named if sha256 not in here]
    if missing:
        yield broken("evidence.missing", count=len(missing), first=missing[0])
    step = 1 if case.whole else max(1, len(named) // SAMPLE)
    read_now = [sha256 for sha256 in named[::step] if sha256 in here]
    altered = [sha256 for sha256 in read_now if hash_of(here[sha256]) != sha256]
    if altered:
        yield broken("evidence.altered", count=len(altered), first=altered[0])
    if not missing and not altered:
        yield fine("evidence.ok", count=len(named), read=len(read_now))


def backup(case: Case) -> Iterator[Finding]:
    """How old the newest backup is, where ``--backup`` names the folder."""
    if case.backups is None:
        yield beware("backup.unknown")
        return
    folder, manifest = find_backup(case.backups)
    age = case.now - datetime.fromisoformat(manifest.made_at).astimezone(UTC)
    if manifest.station != case.config.station.id:
        yield broken("backup.foreign", folder=folder, found=manifest.station)
    elif manifest.findings:
        yield broken("backup.sick", folder=folder, detail=manifest.findings[0])
    elif age > BACKUP_AGE:
        yield beware("backup.old", folder=folder, days=age.days)
    else:
        yield fine("backup.ok", folder=folder, hours=int(age.total_seconds() // 3600), size=manifest.size)
