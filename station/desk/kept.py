"""What was made of something, kept until that is another one: with 200 vehicles most have not changed."""

from collections.abc import Callable, Container, Hashable
from typing import Generic, TypeVar

Source = TypeVar("Source")
Made = TypeVar("Made")


class Kept(Generic[Source, Made]):
    """Keeps what was made, by key."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Source, Hashable, Made]] = {}

    def get(self, key: str, source: Source, also: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made of this very source with the same ``also``, or make it."""
        kept = self._kept.get(key)
        if kept is None or kept[0] is not source or kept[1] != also:
            kept = self._kept[key] = (source, also, make())
        return kept[2]

    def only(self, keys: Container[str]) -> None:
        """Forget everything that is not of these."""
        for key in [key for key in self._kept if key not in keys]:
            del self._kept[key]
