"""Every prefix of a record as the power cut that it could be, opened by the station's own code, and looked over."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from station.ledger.errors import KeyFileError, LedgerError
from station.ledger.fork import check_mark
from station.ledger.journal import Ledger
from station.ledger.keys import load_keys
from station.ledger.verify import verify_database
from station.model import facts
from station.model.event import Event, body_of
from station.office import files
from station.store import read
from station.store.database import open_database
from station.store.errors import StoreError
from station.store.tables import table
from tests.proof import disk
from tests.proof.recorded import Step
from tests.station.cli import ledger_truth as truth
from tests.station.conftest import Car, Hands
from tests.station.ledger.sealed_story import STATION

DATABASE = "station.sqlite"
FIRST_FAULTS = 200
"""Faults that are kept in full: of a broken writer there are thousands."""
REBUILT_EVERY = 20
"""Of so many different contents one is rebuilt, and takes one more car."""
KNOWN = 8
"""Contents that are remembered: the images of one moment hold the same few."""


@dataclass
class Told:
    """What was acknowledged before the cut."""

    last: tuple[int, str] = (0, "")
    replies: dict[tuple[str, str], str] = field(default_factory=dict)
    files: set[tuple[str, str]] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)

    def hear(self, said: dict[str, Any]) -> None:
        match said:
            case {"file": digest, "suffix": suffix}:
                self.files.add((digest, suffix))
            case {"seq": seq, "hash": digest}:
                self.last = seq, digest
                self.keys |= {said["key"]} if "key" in said else set()
                if said.get("reply"):
                    client, command_id, text = said["reply"]
                    self.replies[client, command_id] = text


@dataclass
class Content:
    """What a database holds, and everything wrong with it by itself."""

    hashes: list[str]
    replies: dict[tuple[str, str], str]
    files: set[tuple[str, str]]
    keys: set[str]
    faults: list[str]


@dataclass
class Count:
    """What was done and found."""

    cuts: int = 0
    opened: Counter[str] = field(default_factory=Counter)
    contents: int = 0
    rebuilt: int = 0
    ahead: int = 0
    faulty: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Count") -> None:
        """Take in what another part of the record came to."""
        for name in ("cuts", "opened", "contents", "rebuilt", "ahead", "faulty", "faults"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def said(self) -> str:
        """What a reader wants to know."""
        kinds = ", ".join(f"{number} {kind}" for kind, number in self.opened.items())
        return (
            f"{self.cuts} prefixes as {self.opened.total()} images ({kinds}); {self.ahead} held more than was "
            f"acknowledged; {self.contents} contents looked over in full, {self.rebuilt} of them rebuilt and gone on "
            f"with; {self.faulty} images with faults"
        )


class Place:
    """A folder that is put into the state of one image after the other; what has not changed is left alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self._there: dict[str, bytes | None] = {}

    def put(self, image: dict[str, bytes | None]) -> None:
        """Have exactly these files and folders there."""
        for left in self.folder.glob(f"{DATABASE}*"):
            left.unlink()  # the station's code has had it open
        there = {path: data for path, data in self._there.items() if not path.startswith(DATABASE)}
        for path in sorted(there.keys() - image.keys(), reverse=True):
            self._remove(path, there[path])
        for path, data in sorted(image.items()):
            if path not in there or there[path] != data:
                self._write(path, data)
        self._there = image

    def _remove(self, path: str, was: bytes | None) -> None:
        if was is None:
            (self.folder / path).rmdir()
        else:
            (self.folder / path).unlink()

    def _write(self, path: str, data: bytes | None) -> None:
        target = self.folder / path
        if data is None:
            target.mkdir(mode=0o700)
        else:
            target.write_bytes(data)
            target.chmod(0o600)


Image = tuple[int, str, dict[str, bytes | None]]


def images(steps: Sequence[Step], seed: int, mine: Callable[[int], bool], told: Told) -> Iterator[Image]:
    """Yield every image that a cut could leave: its place in the record, its kind, the files; ``told`` keeps up.

    A cut comes after a step and after everything that was said before the next one: that is when most is promised.
    """
    done, synced = disk.Disk(), True
    for number, step in enumerate(steps):
        step.act(done)
        if step.said is not None:
            told.hear(json.loads(step.said))
        synced |= "sync " in step.call
        said_more = number + 1 < len(steps) and steps[number + 1].said is not None
        if said_more or not mine(number):
            continue
        yield number, "with all writes", done.after(disk.everything)
        yield number, "with some of the unsynced", done.after(disk.some(random.Random(f"{seed} {number}")))
        if synced:
            yield number, "with none of the unsynced", done.after(disk.only_what_is_safe)
            synced = False  # until the next sync this image stays the same


class Examiner:
    """Looks at one image after the other, in a folder of its own."""

    def __init__(self, steps: Sequence[Step], seed: int, folder: Path) -> None:
        self.count, self.told = Count(), Told()
        self._steps, self._seed = steps, seed
        self._place = Place(folder)
        self._known: dict[bytes, Content] = {}

    def look_at_all(self, mine: Callable[[int], bool]) -> Count:
        """Look at every prefix that is mine, in all its kinds."""
        at, count = -1, self.count
        for number, kind, image in images(self._steps, self._seed, mine, self.told):
            self._place.put(image)
            count.cuts += number != at
            count.opened[kind] += 1
            at, wrong = number, self._look()
            count.faulty += bool(wrong)
            count.faults += [f"after step {number} ({self._steps[number].call}), {kind}: {text}" for text in wrong]
            del count.faults[FIRST_FAULTS:]
        return count

    def _look(self) -> list[str]:
        """Open what the cut left as a line would, and return all that is wrong with it."""
        folder = self._place.folder
        try:
            engine = open_database(f"sqlite:///{folder}/{DATABASE}", station=STATION)
            try:
                with _ledger(engine):
                    check_mark(folder, engine)
                content = self._content(engine)
            finally:
                engine.dispose()
        except (StoreError, LedgerError) as error:
            return [f"cannot be opened: {error}"]
        self.count.ahead += len(content.hashes) > self.told.last[0]
        return [*content.faults, *_lost(content, self.told), *_files_lost(folder, content, self.told)]

    def _content(self, engine: Engine) -> Content:
        """Return what the database holds; the same pages are looked over once only."""
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            digest = sha256(driver.serialize()).digest()
        if digest not in self._known:
            self.count.contents += 1
            again = self.count.contents % REBUILT_EVERY == 1
            self.count.rebuilt += again
            self._known[digest] = _looked_over(engine, again)
            if len(self._known) > KNOWN:
                del self._known[next(iter(self._known))]
        return self._known[digest]


@contextmanager
def _ledger(engine: Engine) -> Iterator[Ledger]:
    ledger = Ledger.open(engine, Hands(), "b-2")
    try:
        yield ledger
    finally:
        ledger.close()


def _looked_over(engine: Engine, again: bool) -> Content:
    """Return what is there; with ``again``, the tables are made again, too, and the next car is taken."""
    events = truth.all_events(engine)
    rows = table("reply")
    with engine.connect() as connection:
        replies = {(row.client, row.command_id): row.reply for row in connection.execute(select(rows))}
    named, keys = _named(events)
    faults = [*_ledger_faults(engine), *_result_faults(engine, events)]
    return Content([event.hash for event in events], replies, named, keys, faults + (_goes_on(engine) if again else []))


def _ledger_faults(engine: Engine) -> Iterator[str]:
    """The chain with its curves and names."""
    report = verify_database(engine)
    if not report.ok or report.erased:
        yield f"the ledger is not in order: {report.reason}, {report.erased} values missing"


def _result_faults(engine: Engine, events: list[Event]) -> Iterator[str]:
    """A result is a run that is finished and has its curves; a verdict rests on nothing else."""
    whole: set[tuple[str, str]] = set()
    for event in events:
        if event.kind == facts.RunFinished.kind:
            run = facts.RunFinished.model_validate_json(event.body)
            read.evidence(engine, run.evidence_sha256)
            whole.add((event.subject, run.run))
        elif event.kind == facts.ItemJudged.kind:
            runs = facts.ItemJudged.model_validate_json(event.body).verdict.runs
            if any((event.subject, run) not in whole for run in runs):
                yield f"event {event.seq} judges runs {runs}, and not all of them are results"
    for inspection in read.inspections(engine):
        shown = {(inspection.serial, run.run) for run in inspection.runs if run.state == "finished"}
        if shown - whole:
            yield f"{inspection.serial} shows results without curves: {shown - whole}"


def _named(events: list[Event]) -> tuple[set[tuple[str, str]], set[str]]:
    """Return the files and the keys that the events name."""
    named: set[tuple[str, str]] = set()
    keys: set[str] = set()
    for event in events:
        match body_of(event):
            case facts.PhotoKept(sha256=digest):
                named.add((digest, ".jpg"))
            case facts.ReportIssued(sha256=digest):
                named.add((digest, ".pdf"))
            case facts.KeyEnrolled(key=key):
                keys.add(key)
    return named, keys


def _lost(content: Content, told: Told) -> Iterator[str]:
    """Every event and every reply that was acknowledged."""
    seq, digest = told.last
    if seq and content.hashes[seq - 1 : seq] != [digest]:
        yield f"event {seq} was acknowledged; there are {len(content.hashes)}"
    lost = [key for key, text in told.replies.items() if content.replies.get(key) != text]
    if lost:
        yield f"{len(lost)} replies were given and are not stored, the first {lost[0]}"


def _files_lost(folder: Path, content: Content, told: Told) -> Iterator[str]:
    """Every file and every key that was acknowledged, or that an event names."""
    for what, names in (("acknowledged", told.files), ("named in the ledger", content.files)):
        lost = [name for name in names if files.read(folder / "evidence", *name) is None]
        if lost:
            yield f"{len(lost)} files are {what} and not there"
    try:
        missing = (told.keys | content.keys) - {file.key.id for file in load_keys(folder / "keys")}
        if missing:
            yield f"signing keys {sorted(missing)} are in the ledger and not on the disk"
    except KeyFileError as error:
        yield f"the line does not start: {error}"


def _goes_on(engine: Engine) -> list[str]:
    """The tables are what the events make of them, and the next car is taken."""
    wrong = truth.projection_faults(engine)
    with _ledger(engine) as ledger:
        before = ledger.head[0]
        ledger.append(Car(f"{STATION}-20261123-0001").arrive())
    report = verify_database(engine)
    if not report.ok or report.events != before + 1:
        wrong.append(f"after one more event: {report}")
    return wrong
