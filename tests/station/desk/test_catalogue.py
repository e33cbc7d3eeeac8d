"""Every word that the desk may say stands in both languages."""

import pytest

from station.desk.keymap import GROUPS
from station.desk.registration import CHOICES, LAYOUT
from station.desk.words import catalogue
from station.model.inspection import State
from station.model.verdict import Outcome

KEYS = catalogue().keys()


@pytest.mark.parametrize("key", [key for keys in GROUPS.values() for key in keys], ids=lambda key: key.id)
def test_every_key_has_a_label_and_a_help(key: object) -> None:
    assert {f"key.{key.id}", f"help.{key.id}"} <= KEYS


def test_ids_of_keys_are_unique() -> None:
    ids = [key.id for keys in GROUPS.values() for key in keys]
    assert len(ids) == len(set(ids))


def test_every_code_has_a_word() -> None:
    wanted = {f"{field}.{code}" for field, codes in CHOICES.items() for code in codes}
    wanted |= {f"field.{field}" for field in (*LAYOUT, "plate", "vin")}
    wanted |= {f"state.{state.value}" for state in State} | {f"outcome.{outcome.value}" for outcome in Outcome}
    assert wanted <= KEYS
