"""Where in the files of a pack an entry stands, so that whoever wrote it finds the place."""

import re
from collections.abc import Mapping

_ENTRY = re.compile(r"(?P<table>[a-z_]+)(?: (?P<number>\d+))? \((?P<id>.*?)\)(?:: (?P<key>.+))?")
_HEADER = re.compile(r"\s*\[+\s*([\w.-]+)\s*\]+\s*(?:#.*)?")
_LEADING_KEY = re.compile(r"([a-z_]+)(?:\.[\w.]+)?: ")


def line_of(files: Mapping[str, bytes], file: str, entry: str, said: str = "") -> int | None:
    """Return the line of an entry as ``PackError`` names it, of its key where it has one; None: it is nowhere.

    Args:
        files: the pack's files.
        file: the name of one of them.
        entry: ``limit 3 (rate-front): value``, ``limit (rate-front)``, ``comparison.mode``, ``texts.zh: key``.
        said: what is wrong there, in English; it may begin with the key.
    """
    lines = files.get(file, b"").decode(errors="replace").split("\n")
    found = _ENTRY.fullmatch(entry)
    if found is None:
        return _plain(lines, entry)
    blocks = [block for name, block in _blocks(lines) if name == found["table"]]
    if found["number"]:
        blocks = blocks[int(found["number"]) - 1 :]
    else:
        name = re.compile(rf'\s*(?:id|code)\s*=\s*["\']{re.escape(found["id"])}["\']')
        blocks = [block for block in blocks if any(name.match(lines[number]) for number in block)]
    leading = _LEADING_KEY.match(said)
    key = found["key"] or (leading[1] if leading else "")
    return _in_block(lines, blocks[0], key.split(".")[0]) if blocks else None


def _plain(lines: list[str], entry: str) -> int | None:
    """Return the line of ``table``, ``table.key.inner``, ``table.part: key`` or of a key before all tables."""
    table, _, key = entry.partition(": ")
    blocks = _blocks(lines)
    for name, block in blocks:
        if name == table:
            return _in_block(lines, block, key)
    for name, block in blocks:
        if table.startswith(f"{name}."):
            return _in_block(lines, block, table.removeprefix(f"{name}.").split(".")[0])
    alone = re.compile(rf"\s*{re.escape(entry)}\s*=") if entry else None
    return next((number for number, line in enumerate(lines, 1) if alone and alone.match(line)), None)


def _blocks(lines: list[str]) -> list[tuple[str, range]]:
    """Return the tables in order: the name, and the numbers of its lines from 0, its header the first."""
    headers = [(number, found[1]) for number, line in enumerate(lines) if (found := _HEADER.fullmatch(line))]
    ends = [*(number for number, _ in headers[1:]), len(lines)]
    return [(name, range(number, end)) for (number, name), end in zip(headers, ends, strict=False)]


def _in_block(lines: list[str], block: range, key: str) -> int:
    name = re.compile(rf'\s*["\']?{re.escape(key)}["\']?\s*[=.]') if key else None
    return next((number + 1 for number in block if name and name.match(lines[number])), block.start + 1)
