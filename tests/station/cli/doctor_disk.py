"""Runs in a mount namespace of its own: what the doctor says of a disk that is full, and of one that is read-only."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from tests.station.cli.sickbed import case_of, household, looked
from tests.station.store.small_disk import fill


async def main(folder: str) -> None:
    """Print the findings as JSON."""
    disk = Path(folder)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=True)
    home = household(disk)
    case = case_of(home, "min_free_mb = 0\n")
    fill(disk)
    (full,) = await looked("space", case)
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    (read_only,) = await looked("space", case)
    print(json.dumps([full.model_dump(), read_only.model_dump()]))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
