"""Long work on a terminal: how far it is."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress

T = TypeVar("T")


@contextmanager
def watched(items: Iterable[T], total: int, name: str) -> Iterator[Iterator[T]]:
    """Give the items one by one, and show on stderr how far they are, if that is a terminal."""
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        yield iter(progress.track(items, total=total, description=name))
