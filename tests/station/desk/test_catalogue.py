"""Every word that the desk may say stands in both languages, and none stands there for nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import station.desk
from reports.printing.codes import PRINT_CODES
from station.bus.messages import PrinterState, RigState
from station.desk.checks import CHECKS
from station.desk.keymap import GROUPS
from station.desk.panels import SMOKE_READINGS
from station.desk.readings import LAMP_COLUMNS, READINGS
from station.desk.registration import ASKED, CHOICES, LAYOUT
from station.desk.screens import devices, history, lane, queue, reset_pin, review
from station.desk.trouble import LOCKS
from station.desk.view import SKIP_REASONS
from station.desk.words import catalogue
from station.line.procedures import brake, double_idle, free_acceleration, headlamps
from station.line.wording import WORDS
from station.model.facts import BODIES
from station.model.inspection import ItemRecord, PrintRecord, State
from station.model.verdict import Outcome

KEYS = catalogue().keys()
FOLDER = Path(station.desk.__file__).parent
PROCEDURES = (brake, double_idle, free_acceleration, headlamps)


EVENTS = {body.kind for body in BODIES}


def literal(model: type, field: str) -> tuple[str, ...]:
    """Return what may stand in a field with a closed list."""
    return get_args(model.model_fields[field].annotation)


FAMILIES: dict[str, set[str]] = {
    "key": {key.id for keys in GROUPS.values() for key in keys},
    "help": {key.id for keys in GROUPS.values() for key in keys} | {"title"},
    "field": {*LAYOUT, *ASKED, "plate", "vin"},
    "placeholder": {name for name in (*LAYOUT, *ASKED, "plate", "vin") if name not in CHOICES},
    **{field: set(codes) for field, codes in CHOICES.items()},
    "state": {state.value for state in State},
    "outcome": {outcome.value for outcome in Outcome},
    "item": set(literal(ItemRecord, "state")),
    "rig": {*literal(RigState, "state"), "none"},
    "kind": set(CHECKS),
    "check": {check for checks in CHECKS.values() for check in checks},
    "check_question": {f"{kind}_{check}" for kind, checks in CHECKS.items() for check in checks},
    "print_detail": {code for code in PRINT_CODES if code != "ok"},
    "phase": {phase.value for procedure in PROCEDURES for phase in procedure.Phase},
    "void": {key.removeprefix("void.") for key in WORDS.keys() if key.startswith("void.")},  # noqa: SIM118
    "skip": set(SKIP_REASONS),
    "channel": {name for name, _ in (*READINGS, *SMOKE_READINGS)} | set(LAMP_COLUMNS),
}
"""Words for closed lists of codes: exactly these, no more and no less."""

ALSO: set[str] = {
    *(f"print.{state}" for state in literal(PrintRecord, "state")),
    *(f"printer.{state}" for state in literal(PrinterState, "state")),
    *(f"trouble.rig_{state}" for state in literal(RigState, "state") if state != "online"),
    *(f"lane.{column}" for column in (*lane.COLUMNS, "left", "right")),
    *(f"queue.{column}" for column in queue.COLUMNS),
    *(f"review.column_{column}" for column in review.COLUMNS),
    *(f"devices.{column}" for column in devices.COLUMNS),
    *(f"history.{column}" for column in history.COLUMNS),
    *(f"reset_pin.{name}" for name in reset_pin.FIELDS),
    *(f"details.{name}" for name in ("item", "quantity", "value", "limit", "clause", "verdict")),
    *(f"lock.{name}" for name in LOCKS),
}
"""Words whose keys are put together from lists of the code."""


def written() -> Iterator[str]:
    """Yield every text of the code that looks like a key, but for the ids of keys and the actions."""
    for path in FOLDER.rglob("*.py"):
        if path.name == "keymap.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


WRITTEN = set(written())
FIRST = {key.partition(".")[0] for key in KEYS}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_closed_list_has_words_for_each_code_and_for_no_other(family: str) -> None:
    assert {key.partition(".")[2] for key in KEYS if key.partition(".")[0] == family} == FAMILIES[family]


def test_every_key_that_is_used_exists() -> None:
    used = {text for text in WRITTEN if re.fullmatch(r"[a-z_]+\.[a-z_]+", text) and text.partition(".")[0] in FIRST}
    beginnings = {text for text in used if text.endswith("_")}
    assert used - beginnings - EVENTS - KEYS == set()
    assert set() == ALSO - KEYS


def test_no_key_stands_there_for_nothing() -> None:
    open_keys = {key for key in KEYS if key.partition(".")[0] not in FAMILIES}
    assert open_keys - WRITTEN - ALSO == set()


def test_ids_of_keys_are_unique() -> None:
    ids = [key.id for keys in GROUPS.values() for key in keys]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "screen_groups",
    [("main", "find", "queue", "app"), ("devices", "back", "main", "find", "app"), ("details", "find", "modal", "app")],
)
def test_no_key_of_a_screen_means_two_things(screen_groups: tuple[str, ...]) -> None:
    pressed = [part for group in screen_groups for key in GROUPS[group] for part in key.key.split(",")]
    assert len(pressed) == len(set(pressed))


@pytest.mark.parametrize("key", sorted(KEYS))
def test_a_sentence_has_the_same_values_in_both_languages(key: str) -> None:
    values = {}
    for language in ("zh", "en"):
        sentence = catalogue()._templates[language][key]
        values[language] = sorted(set(re.findall(r"\{(\w+)\}", sentence)))
    assert values["zh"] == values["en"]
