"""Chinese sentences have Chinese marks: full width, but in numbers, units, codes, times and addresses."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("devices", "handheld", "reports", "station")
CATALOGUES = sorted(path for package in PACKAGES for path in (ROOT / package).glob("**/texts/zh.json"))
PACKS = sorted((ROOT / "station" / "rules" / "packs").glob("*/*.toml"))
# Beside a Chinese character, a Chinese mark, or a value (which is Chinese, or part of a Chinese sentence).
_BESIDE = "一-鿿、。「」『』“”，：；？！（）"
HALF = re.compile(rf"[{_BESIDE}}}][,:;?!()]|[,:;?!()][{_BESIDE}{{]")


def half_width(sentence: str) -> list[str]:
    """Return the half-width marks of a Chinese sentence, each with what stands beside it."""
    return HALF.findall(sentence.replace("{host}:{port}", "{address}"))


def test_every_package_with_texts_is_looked_at() -> None:
    assert len(CATALOGUES) >= 9


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_chinese_catalogue_has_full_width_marks(path: Path) -> None:
    sentences: dict[str, str] = json.loads(path.read_text("utf-8"))
    assert {key: found for key, words in sentences.items() if (found := half_width(words))} == {}


def chinese(value: Any) -> Iterator[str]:
    """Yield the texts of a pack that have a Chinese character."""
    if isinstance(value, str):
        yield from (value,) * bool(re.search("[一-鿿]", value))
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from chinese(part)


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_rule_pack_has_full_width_marks(path: Path) -> None:
    found = {words: half_width(words) for words in chinese(tomllib.loads(path.read_text("utf-8")))}
    assert {words: marks for words, marks in found.items() if marks} == {}


@pytest.mark.parametrize("words", ["设备,请", "处理:{remedy}", "{rig}:{reason}", "页(F7)", "为什么?", "({where})"])
def test_a_half_width_mark_is_found(words: str) -> None:
    assert half_width(words)


@pytest.mark.parametrize("words", ["烟度 k(1/m)", "! 丢失 {lost} 个", "自14:42起", "{url} 或 mqtt(s)://HOST:PORT"])
def test_numbers_units_and_addresses_stay(words: str) -> None:
    assert half_width(words) == []
