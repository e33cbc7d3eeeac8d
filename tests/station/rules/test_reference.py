"""The page on rule packs against the engine: every key, formula and fact is explained, and no other."""

import re
from pathlib import Path
from typing import get_args

import pytest

from station.model.base import Frozen
from station.rules.case import Case, CaseCurve, CaseItem, CaseValue
from station.rules.check import KNOWN_FACTS
from station.rules.conditions import Requirement
from station.rules.formulas import FORMULAS
from station.rules.schema import Compare, Entry, Head, LimitEntry, PackFile, QuantityEntry, Raise, Window

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
TABLES = PAGE.partition("## Tables\n")[2].partition("\n## ")[0]
TICKED = re.compile(r"`([^`]+)`")
MODELS: dict[str, type[Frozen]] = {
    field.alias or name: next(
        kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)
    )
    for name, field in PackFile.model_fields.items()
    if name != "texts"
}


def part(head: str) -> str:
    return TABLES.partition(f"### {head}\n")[2].partition("\n### ")[0]


def rows(text: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("table", MODELS)
def test_every_key_of_a_table_is_listed_and_no_other(table: str) -> None:
    (row,) = [row for row in rows(TABLES) if row[0] in (f"`[{table}]`", f"`[[{table}]]`")]
    of_all = set(Entry.model_fields) if table != "pack" else set()
    assert set(TICKED.findall(row[1])) == set(MODELS[table].model_fields) - of_all


def test_what_every_entry_states_is_named() -> None:
    sentence = next(line for line in TABLES.splitlines() if line.startswith("Every entry"))
    assert set(TICKED.findall(sentence)) - {"[pack]"} == set(Entry.model_fields)
    assert set(Head.model_fields) == {"name", "edition", "title"}


def test_every_formula_is_listed_with_its_unit_in_order() -> None:
    listed = [row for row in rows(part("Quantities")) if row[0].strip("`") in FORMULAS or len(row) == 3]
    assert [(row[0].strip("`"), row[1]) for row in listed if row[0].startswith("`")] == [
        (name, formula.unit or "its own") for name, formula in FORMULAS.items()
    ]
    assert all(row[2].strip() for row in listed)


def test_every_fact_is_listed_and_no_other() -> None:
    facts = {row[0]: row[1] for row in rows(part("Conditions")) if row[0] in ("words", "flags", "numbers", "dates")}
    assert {name for said in facts.values() for name in TICKED.findall(said)} == KNOWN_FACTS


@pytest.mark.parametrize(
    ("model", "head"),
    [(Requirement, "Conditions"), (Window, "Quantities"), (Compare, "Quantities"), (Raise, "Limits")],
)
def test_every_key_inside_is_explained(model: type[Frozen], head: str) -> None:
    words = set(re.findall(r"\w+", " ".join(TICKED.findall(part(head)))))
    assert set(model.model_fields) <= words


@pytest.mark.parametrize(("model", "head"), [(QuantityEntry, "Quantities"), (LimitEntry, "Limits")])
def test_every_key_of_quantity_and_limit_is_explained(model: type[Entry], head: str) -> None:
    plain = {"id", "name", "quantity", "applies_if"}
    words = set(re.findall(r"\w+", " ".join(TICKED.findall(part(head)))))
    assert set(model.model_fields) - set(Entry.model_fields) - plain <= words


def test_every_key_of_a_case_is_explained() -> None:
    section = PAGE.partition("## Cases\n")[2].partition("\n## ")[0]
    listed = {key for row in rows(section) for key in TICKED.findall(row[0])}
    assert listed == set(Case.model_fields) | set(CaseItem.model_fields)
    inside = {key for row in rows(section) for key in TICKED.findall(row[1])}
    assert set(CaseCurve.model_fields) | set(CaseValue.model_fields) <= inside
