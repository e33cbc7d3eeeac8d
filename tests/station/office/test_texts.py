"""The office's catalogue: complete, and every sentence in use."""

import re
from pathlib import Path

import station.office
from station.office.words import words

SOURCES = "\n".join(p.read_text("utf-8") for p in Path(station.office.__file__).parent.glob("*.py"))


def test_every_key_is_used_and_none_is_missing():
    used = {f"problem.{code}" for code in re.findall(r'PageError\(\s*\d+, "([a-z_]+)"', SOURCES)}
    used |= {f"problem.{code}" for code in ("not_found", "method", "failed", "store")}
    used |= set(re.findall(r'"(board\.[a-z]+)"', SOURCES.replace("'", '"')))
    used |= {f"board.{how}" for how in ("done", "working", "waiting")}
    assert used == words().keys()
