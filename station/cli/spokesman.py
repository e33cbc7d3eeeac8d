"""Says at the terminal why one of the station's processes cannot be started."""

import contextlib
import sys
from pathlib import Path

from station.cli.failure import UNUSABLE


class Spokesman:
    """Says what a process printed before it ended because it could not be used; the same sentence only once.

    Args:
        printed: the file into which the process prints.
    """

    def __init__(self, printed: Path) -> None:
        self._printed = printed
        self._said = ""

    def __call__(self, code: int) -> None:
        """Say it, if the exit code means that a person has to put something right."""
        if code != UNUSABLE:
            return
        with contextlib.suppress(OSError):
            said = self._printed.read_text(errors="replace").rstrip().rpartition("\n")[2]
            if said != self._said:
                print(said, file=sys.stderr, flush=True)
            self._said = said
