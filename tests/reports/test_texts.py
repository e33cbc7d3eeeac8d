"""The catalogue: complete in both languages, and every sentence in use."""

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import reports
from reports import items_table, manual_table
from reports.curves import SMALL_CHANNELS
from reports.informed import BEAMS
from reports.proof_block import RUN_HEADS
from reports.receipt import STEPS
from reports.throughput import STAGE_HEADS, TILES
from reports.words import Words, catalogue
from station.line.packs import load_pack
from station.model.facts import Conclusion
from station.model.text import LANGUAGES
from station.model.verdict import Outcome

SOURCES = "\n".join(p.read_text("utf-8") for p in Path(reports.__file__).parent.glob("*.py"))
KEYS = catalogue().keys()
OPEN = {"reason", "unit", "mark", "category", "plain"}
"""Prefixes of codes that come with the data: the catalogue names those it knows, others are shown as they are."""


def used_keys():
    prefixes = {key.split(".")[0] for key in KEYS}
    literal = {key for key in re.findall(r'"([a-z_]+\.[a-z_0-9]+)"', SOURCES) if key.split(".")[0] in prefixes}
    heads = {f"head.{key}" for key in (*items_table.HEADS, *manual_table.HEADS)} | {f"run.{key}" for key in RUN_HEADS}
    outcomes = {f"outcome.{o.value}" for o in Outcome} | {f"conclusion.{c}" for c in get_args(Conclusion)}
    fields = {f"field.{key}" for key in re.findall(r'yield "([a-z_]+)"', SOURCES)}
    channels = {f"channel.{channel}" for channel in ("force_left", "force_right", *SMALL_CHANNELS)}
    figures = {f"kpi.{key}" for key in TILES} | {f"stage.{key}" for key in STAGE_HEADS}
    steps = {f"receipt.step_{step}" for step in STEPS}
    beams = {f"informed.{beam}" for beam in BEAMS}
    spoken = {"title", "coded", "conclusion.none", "outcome.not_done", "kind.work", "kind.wait"}
    return literal | heads | outcomes | fields | channels | figures | steps | beams | spoken


def test_every_key_is_used_and_none_is_missing():
    known = {key for key in KEYS if key.split(".")[0] not in OPEN}
    used = {key for key in used_keys() if key.split(".")[0] not in OPEN}
    assert used - KEYS == set()
    assert known - used == set()


def test_both_languages_ask_for_the_same_values():
    for key in KEYS:
        names = [
            {name for _, name, _, _ in Formatter().parse(catalogue()._templates[language][key]) if name}
            for language in LANGUAGES
        ]
        assert names[0] == names[1], key


def test_every_sentence_can_be_printed():
    for language in LANGUAGES:
        words = Words(language, "Asia/Shanghai")
        for key in KEYS:
            words.raw(catalogue()._templates[language][key])
        assert words.glyphs.missing == ()


def test_a_code_that_nobody_knows_is_shown_as_it_is():
    words = Words("zh", "Asia/Shanghai")
    assert words.code("category", "99") == "99"
    assert words.code("category", "in_use") != "in_use"
    assert words.item("ZZ") == "ZZ"


def test_advice_has_plain_words_for_every_quantity_that_can_fail_a_vehicle():
    rules = load_pack("cn-gb38900-2020")
    limited = {limit.quantity for limit in rules.limits}
    spared = {override.quantity for override in rules.overrides if override.applies_if == ()}
    deciding = {q.id for q in rules.quantities if q.id in limited - spared and not q.validity}
    assert deciding - {key.removeprefix("plain.") for key in KEYS if key.startswith("plain.")} == set()


def test_plain_words_are_of_quantities_that_the_pack_has():
    known = {quantity.id for quantity in load_pack("cn-gb38900-2020").quantities}
    general = {"other", "point", "item", "not_judged"}
    assert {key.removeprefix("plain.") for key in KEYS if key.startswith("plain.")} - general <= known
