"""Runs in a mount namespace of its own: a disk of four megabytes that fills up, and that is mounted read-only."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from station.ledger.backup import back_up
from station.ledger.fork import check_mark, read_mark, write_mark
from station.ledger.journal import Ledger
from station.ledger.verify import verify_database
from station.office.files import keep
from station.store.database import open_database
from station.store.errors import StoreError, os_errors
from tests.station.conftest import Car
from tests.station.ledger.household import Household

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def said(action: Callable[[], Any]) -> str:
    try:
        action()
    except StoreError as error:
        return f"{error.what.en} | {error.todo.zh}"
    return "done"


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass


def full(home: Household, disk: Path) -> dict[str, str]:
    """Everything that writes, on a disk without a byte left; then once more with some space."""
    seen = {}
    with home.engine() as engine:
        ledger = Ledger.open(engine, home.clock, "boot-2")
        write_mark(home.folder, ledger.head)
        fill(disk)
        head, cars = ledger.head, iter(range(2, 1000))

        def until_refused() -> None:
            for number in cars:
                ledger.append(Car(f"T1-20261122-{number:04}").arrive())

        seen["append"] = said(until_refused)
        head = ledger.head
        seen["mark"] = said(lambda: write_mark(home.folder, (10_000, "ab" * 32)))
        seen["backup"] = said(lambda: back_up(home.home, disk / "backup", NOW))
        seen["photo"] = said(lambda: keep_photo(home))
        (disk / "filler").unlink()
        assert ledger.head == head
        check_mark(home.folder, engine)
        assert (read_mark(home.folder) or (0, ""))[0] <= head[0]
        seen["again"] = said(lambda: ledger.append(Car("T1-20261122-0999").arrive()))
        report = verify_database(engine)
        seen["chain"] = f"{report.ok} {report.events - head[0]}"
        ledger.close()
    return seen


def keep_photo(home: Household) -> None:
    with os_errors(home.home.evidence):
        keep(home.home.evidence, bytes(200_000), ".jpg")


def read_only(home: Household, disk: Path) -> dict[str, str]:
    """The same disk, mounted so that nobody writes."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    seen = {"open": said(lambda: home.drive_in(7)), "mark": said(lambda: write_mark(home.folder, (1, "")))}
    seen["backup"] = said(lambda: back_up(home.home, disk / "backup", NOW))
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    seen["again"] = said(lambda: home.drive_in(7))
    return seen


def main(folder: str) -> None:
    """Print what was said, as JSON."""
    disk = Path(folder)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=True)
    home = Household(f"sqlite:///{disk}/station.sqlite", disk / "var")
    seen = {"full": full(home, disk), "read_only": read_only(home, disk)}
    engine = open_database(home.database_url)
    seen["whole"] = {"chain": str(verify_database(engine).ok)}
    engine.dispose()
    print(json.dumps(seen))


if __name__ == "__main__":
    main(sys.argv[1])
