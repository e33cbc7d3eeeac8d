"""Papers on this computer: kept in a folder of the person's own, and shown by whatever shows PDFs here."""

import os
import shutil
import subprocess
import sys
import time
import webbrowser
from pathlib import Path

KEPT_S = 24 * 3600
"""Papers tell of people: those of the day before go when the next one is kept."""
AT_ONCE_S = 3.0
"""A program that cannot show a file says so by then; one that shows it may run on until its window is closed."""


def keep(folder: Path, name: str, data: bytes) -> Path:
    """Write a paper so that only this person can read it, and return where it lies.

    Raises:
        OSError: the disk refused.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear(folder)
    fresh = folder / f"{name}.new"
    fresh.touch(mode=0o600)
    fresh.write_bytes(data)
    return fresh.replace(folder / name)


def _clear(folder: Path) -> None:
    for old in folder.glob("*.pdf"):
        if time.time() - old.stat().st_mtime > KEPT_S:
            old.unlink(missing_ok=True)


def show(path: Path) -> bool:
    """Open a file as a double click would; return False where there is no screen or no program for it."""
    if not sys.platform.startswith("linux"):
        return webbrowser.open(path.as_uri())
    # Without a screen of its own a browser would come up in this very terminal.
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    opener = shutil.which("xdg-open")
    return bool(screen and opener) and _runs([str(opener), str(path)])


def _runs(command: list[str]) -> bool:
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
    try:
        return process.wait(AT_ONCE_S) == 0
    except subprocess.TimeoutExpired:
        return True
