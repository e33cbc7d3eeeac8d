"""Where in a JSON text a value stands, so that whoever wrote it finds the place."""

import json
import re
from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]

_TOKEN = re.compile(r'[{}\[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+')
_OPENING, _CLOSING = ("{", "["), ("}", "]")


def places(text: str) -> Iterator[tuple[Path, int]]:
    """Yield the path of every key and every element, in order, with the position of its first character.

    The text is JSON; without recursion, since somebody else decides how deep it is.
    """
    path: list[str | int] = []
    is_key = False
    for token in _TOKEN.finditer(text):
        found = token[0]
        if found == ",":
            is_key = isinstance(path[-1], str)
            path[-1] = path[-1] if isinstance(path[-1], str) else path[-1] + 1
            continue
        if is_key and found[0] == '"':
            path[-1], is_key = json.loads(found), False
            yield tuple(path), token.start()
        elif found not in _CLOSING and path and isinstance(path[-1], int):
            yield tuple(path), token.start()
        if found in _OPENING:
            is_key = found == "{"
            path.append(0)
        elif found in _CLOSING:
            path.pop()


def bare_words(text: str) -> Iterator[tuple[int, str]]:
    """Yield what is neither in quotes nor a bracket or comma: numbers, true, false, null, and what is no JSON."""
    return ((token.start(), token[0]) for token in _TOKEN.finditer(text) if token[0][0] not in '"{}[],:')


def place_of(text: str, path: Sequence[str | int]) -> tuple[Path, int]:
    """Return as much of a path as stands in a text, and the position of its end; of nothing, the beginning."""
    wanted = tuple(path)
    best: tuple[Path, int] = ((), 0)
    for found, position in places(text):
        if len(found) > len(best[0]) and found == wanted[: len(found)]:
            best = found, position
    return best


def twice(text: str) -> tuple[Path, int] | None:
    """Return the first key that stands in its object for the second time, and where."""
    seen: set[Path] = set()
    for path, position in places(text):
        if path in seen and isinstance(path[-1], str):
            return path, position
        seen.add(path)
    return None


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """Return line and column of a position, both from 1."""
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")
