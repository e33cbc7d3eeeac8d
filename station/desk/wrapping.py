"""Breaking lines of Chinese and Latin text: Chinese may break between any two characters, words may not."""

import re
from collections.abc import Iterator

from rich.cells import cell_len

# A command in its brackets, a sign with what it is of, a plate, a character of two cells, a run of others, or blanks; a
# mark that closes stays with what stands before it.
_WIDE = "⺀-鿿가-힣＀-￯"
_TOKEN = re.compile(rf"「[ -~]+」|[✓✗●○▶] \S|[一-鿿][A-Z][A-Z0-9]{{4,6}}|[{_WIDE}]|[^\s{_WIDE}]+|\s+")
_CLOSING = frozenset("，。、；：！？）」』”,.;:!?)")


def wrapped(words: str, width: int) -> list[str]:
    """Return a text in lines of at most so many cells; a word that is wider by itself is broken."""
    lines = [""]
    for token in _tokens(words, max(1, width)):
        if cell_len(lines[-1]) + cell_len(token) > width:
            lines[-1] = lines[-1].rstrip()
            lines += [""] if lines[-1] else []
        lines[-1] += token.lstrip() if not lines[-1] and len(lines) > 1 else token
    return lines


def _tokens(words: str, width: int) -> Iterator[str]:
    held = ""
    for token in _TOKEN.findall(words):
        if held and token[0] in _CLOSING:
            held += token
            continue
        yield from _pieces(held, width)
        held = token
    yield from _pieces(held, width)


def _pieces(token: str, width: int) -> Iterator[str]:
    """Break what is wider than a line anywhere."""
    while cell_len(token) > width:
        cut = next(n for n in range(len(token), 0, -1) if cell_len(token[:n]) <= max(width, 2))
        yield token[:cut]
        token = token[cut:]
    if token:
        yield token
