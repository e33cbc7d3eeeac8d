"""The office's catalogue: complete, and every sentence in use."""

import re
from pathlib import Path
from typing import get_args

import station.office
from reports.printing.codes import PRINT_CODES
from station.office.printing_sign import Code
from station.office.words import words

SOURCES = "\n".join(p.read_text("utf-8") for p in Path(station.office.__file__).parent.glob("*.py"))


def test_every_key_is_used_and_none_is_missing():
    used = {f"problem.{code}" for code in re.findall(r'PageError\(\s*\d+, "([a-z_]+)"', SOURCES)}
    used |= {f"problem.{code}" for code in ("not_found", "method", "failed", "store")}
    used |= set(re.findall(r'"(board\.[a-z]+)"', SOURCES.replace("'", '"')))
    used |= {f"board.{how}" for how in ("done", "working", "waiting")}
    used |= set(re.findall(r'"((?:start|archive)\.[a-z_]+)"', SOURCES))
    used |= {
        f"{kind}.{code}" for kind in ("printer", "remedy") for code in (*PRINT_CODES, *get_args(get_args(Code)[1]))
    }
    assert used == words().keys()
