"""Change one byte in a copy of a ledger, and see whether the proof finds it."""

import contextlib
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from station.cli.failure import Unusable
from station.ledger.verify import VerifyReport, verify_database
from station.store.database import open_database

FOLDER = "tampered"
SHOWN = 6
"""So many characters of the changed number are shown."""

# What a cheat would change: the number that made an item fail, or else any number that was judged, or any digit.
_TARGETS = tuple(
    re.compile(pattern)
    for pattern in (r'"outcome":"fail","quantity".*?"value":"([1-9][0-9.]*)', r'"value":"([1-9][0-9.]*)', r"([0-9]+)")
)


@dataclass(frozen=True)
class Tampering:
    """What was changed in the copy, and what ``verify`` says of copy and original."""

    seq: int
    kind: str
    before: str
    after: str
    copy: VerifyReport
    original: VerifyReport


def tamper(database: Path) -> Tampering:
    """Copy a station's SQLite database, change one byte of one event in the copy, and verify both.

    The copy lies in a folder beside the original, which may be in use and is only read.

    Raises:
        Unusable: the database holds no event yet.
        StoreError, OSError, sqlite3.Error: a file cannot be read or written.
    """
    copy = database.parent / FOLDER / database.name
    _copy(database, copy)
    seq, kind, before, after = _change_one_byte(copy)
    return Tampering(seq, kind, before[:SHOWN], after[:SHOWN], _verified(copy), _verified(database))


def _copy(database: Path, copy: Path) -> None:
    copy.parent.mkdir(mode=0o700, exist_ok=True)
    for old in copy.parent.glob(f"{copy.name}*"):
        old.unlink()
    copy.touch(mode=0o600)
    with (
        contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


def _change_one_byte(copy: Path) -> tuple[int, str, str, str]:
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        seq, kind, body, found = _target(connection)
        before, start = found[1], found.start(1)
        after = _other_digit(before)
        changed = body[:start] + after + body[start + len(after) :]
        connection.execute("UPDATE event SET body = ? WHERE seq = ?", (changed, seq))
        connection.commit()
    return seq, kind, before, after


def _target(connection: sqlite3.Connection) -> tuple[int, str, str, re.Match[str]]:
    for target in _TARGETS:
        # The newest first: whoever looks on has seen that vehicle.
        for seq, kind, body in connection.execute("SELECT seq, kind, body FROM event ORDER BY seq DESC"):
            if found := target.search(body):
                return seq, kind, body, found
    raise Unusable.of("no_digit")


def _other_digit(number: str) -> str:
    first = int(number[0])
    return f"{first - 1 if first > 1 else first + 1}{number[1:]}"


def _verified(database: Path) -> VerifyReport:
    engine = open_database(f"sqlite:///{database}", create=False)
    try:
        return verify_database(engine)
    finally:
        engine.dispose()
