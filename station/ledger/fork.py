"""Is this database the one that the station worked with last? And what must differ once it is not.

The mark stands beside the database, not in it, so that a database that is put back from a backup does not agree with
it; what the line said last, and the broker still has, is the second witness. A fork that was accepted is an event;
numbers that the lost branch may have given are not given again.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from station.ledger.errors import LedgerError, LedgerForkedError
from station.model.inspection import Inspection
from station.store import read
from station.store.answers import Fork
from station.store.errors import os_errors
from station.store.files import write_file

Head = tuple[int, str]
"""How many events there are, and the hash of the last of them."""

MARK = "ledger.mark"
UNFINISHED = "restore.unfinished"
"""Stands in the store's folder while a restore is at work there."""

ORDINARY = 1000
"""Serials of a day without a fork stay below this number."""
A_MINUTE = 6
"""More vehicles than this do not arrive in a minute."""


def write_mark(folder: Path, head: Head) -> None:
    """Note outside of the database how far the ledger is: at each checkpoint, and at close.

    Raises:
        StoreError: the disk refused; the mark before stays.
    """
    write_file(folder / MARK, (json.dumps({"v": 1, "size": head[0], "head": head[1]}) + "\n").encode())


def read_mark(folder: Path) -> Head | None:
    """Return how far the ledger was when that was noted last, None if it never was.

    Raises:
        LedgerForkedError: the file is there and says nothing.
        StoreError: it cannot be read.
    """
    path = folder / MARK
    with os_errors(path):
        text = path.read_text(encoding="ascii", errors="replace") if path.exists() else None
    if text is None:
        return None
    try:
        found = json.loads(text)
        return int(found["size"]), str(found["head"])
    except (ValueError, KeyError, TypeError):
        raise LedgerForkedError.of("mark", str(path)) from None


def check_mark(folder: Path, engine: Engine) -> None:
    """Refuse a database that lacks what the station knew, unless a fork says so. Call it before the line writes.

    Raises:
        LedgerForkedError: the database is older, or of another branch; or a restore did not come to its end.
        StoreError: mark or database cannot be read.
    """
    if (folder / UNFINISHED).exists():
        raise LedgerForkedError.of("unfinished", str(folder))
    mark = read_mark(folder)
    if mark is not None:
        check_known(engine, mark, str(folder / MARK))


def check_known(engine: Engine, known: Head, where: str) -> None:
    """Refuse a database that lacks one known point of its ledger, unless a fork says that the point is lost.

    Args:
        engine: the database.
        known: a point that the ledger reached before.
        where: the file that says so.

    Raises:
        LedgerForkedError: it is not the ledger that had this point.
        StoreError: the database cannot be read.
    """
    if not (_given_up(engine, known) or has(engine, known)):
        raise _forked(engine, known, where, "")


def check_said(engine: Engine, said: Head, at: str, where: str) -> None:
    """Refuse a database that lacks what the line said of its ledger, unless a fork gave that up.

    What the line says is committed before: a ledger that went on since is in order, one that lacks it is another one.
    Whoever accepted a fork did so after everything that was said before.

    Args:
        engine: the database.
        said: the end of the ledger, as the line said it.
        at: when it said so, by the station's clock as in the events.
        where: the broker that still has it.

    Raises:
        LedgerForkedError: it is not the ledger that the line spoke of.
        StoreError: the database cannot be read.
    """
    if not (_given_up(engine, said, at) or has(engine, said)):
        raise _forked(engine, said, where, "said_")


def _given_up(engine: Engine, known: Head, at: str = "") -> bool:
    """Say whether a fork gave a point up: by naming one that is as far, or because it came after the point was said."""
    forks = [fork for fork in read.forks(engine) if fork.size < known[0]]
    return any(known[0] <= fork.lost_size or (at != "" and at < fork.at) for fork in forks)


def _forked(engine: Engine, known: Head, where: str, witness: str) -> LedgerError:
    found = read.head(engine)[0]
    case = "behind" if found < known[0] else "branch"
    return LedgerForkedError.of(f"{witness}{case}", where, known=known[0], head=known[1], found=found)


def has(engine: Engine, known: Head) -> bool:
    """Return whether a ledger goes through a known point."""
    size, head = known
    return size == 0 or [event.hash for event in read.events_since(engine, size - 1, 1)] == [head]


def serial_floors(forks: Iterable[Fork], zone: ZoneInfo) -> dict[str, int]:
    """Return for each local day (``YYYYMMDD``) with a fork up to which number serials are not given any more.

    The lost branch may have given numbers on that day: below 1000, or after a fork of its own what came after it. The
    floor rises with the time of day by more than vehicles arrive, so no branch reaches that of a later one.
    """
    floors: dict[str, int] = {}
    for fork in forks:
        local = datetime.fromisoformat(fork.at).astimezone(zone)
        floor = ORDINARY - 1 + A_MINUTE * (local.hour * 60 + local.minute)
        day = f"{local:%Y%m%d}"
        floors[day] = max(floors.get(day, 0), floor)
    return floors


def report_no(inspection: Inspection, forks: Iterable[Fork]) -> str:
    """Return the number of the current attempt's report.

    A vehicle that was here before a fork may have a report of the lost branch: its number then names the fork.
    """
    number = f"{inspection.serial}-{inspection.attempt}"
    later = [fork for fork in forks if fork.at > inspection.keys_taken_at]
    return f"{number}-f{later[-1].hash[:6]}" if later else number
