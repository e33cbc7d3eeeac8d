"""Official mode asks which values had a say: whatever decides, checks or chooses, and only that."""

from collections.abc import Callable
from typing import Any

import pytest

from station.model.capture import Capture
from station.model.verdict import ItemVerdict
from station.rules import Pack, parse_pack

Verdict = Callable[..., ItemVerdict]
Run = Callable[..., Capture]


def confirmed(files: dict[str, bytes], but: str) -> Pack:
    """Return the Chinese pack with everything confirmed but one entry, told by its id or code."""
    made = {}
    for name, content in files.items():
        entries = content.decode().split("\n[[")
        sure = [e if f'"{but}"' in e.partition("\n")[2].partition("\n")[0] else _sure(e) for e in entries]
        made[name] = "\n[[".join(sure).encode()
    return parse_pack(made)


def _sure(entry: str) -> str:
    return entry.replace('\ncertainty = "C"', '\ncertainty = "A"').replace('\ncertainty = "D"', '\ncertainty = "A"')


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("axle_rate", "quantity axle_rate"),
        ("plausible_rate", "quantity plausible_rate"),
        ("g", "constant g"),
        ("plausible-rate", "limit plausible-rate"),
        ("imbalance_of_load", "quantity imbalance_of_load"),
        ("light", "class light"),
        ("two-axle", "axle_layout two-axle"),
    ],
)
def test_an_entry_that_had_a_say_is_named(
    entry: str, said: str, files: dict[str, bytes], brakes: Run, verdict: Verdict
) -> None:
    judged = verdict("B2", brakes("B2", [15_000], [15_000]), pack=confirmed(files, entry))
    assert judged.unconfirmed == (said,)


@pytest.mark.parametrize("entry", ["B1", "rate-front", "bus", "limit_set", "vehicle_rate", "imbalance-rear-in-use"])
def test_an_entry_that_had_none_is_not(entry: str, files: dict[str, bytes], brakes: Run, verdict: Verdict) -> None:
    assert verdict("B2", brakes("B2", [15_000], [15_000]), pack=confirmed(files, entry)).unconfirmed == ()


def test_an_exception_counts_where_it_holds(files: dict[str, bytes], brakes: Run, verdict: Verdict) -> None:
    pack = confirmed(files, "locked-axle-rate")
    runs = [brakes("B2", [15_000], [15_000], end_state=state) for state in ("normal", "left_locked")]
    free, locked = (verdict("B2", run, pack=pack) for run in runs)
    assert free.unconfirmed == ()
    assert locked.unconfirmed == ("override locked-axle-rate",)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("PF", "item PF"),
        ("limit_set", "setting limit_set"),
        ("high_idle_length", "quantity high_idle_length"),
        ("oil_temperature", "quantity oil_temperature"),
        ("high-idle-co-b", None),
    ],
)
def test_checks_that_were_met_and_settings_count(
    entry: str, said: str | None, files: dict[str, bytes], exhaust: Run, verdict: Verdict, **more: Any
) -> None:
    judged = verdict("PF", exhaust(), pack=confirmed(files, entry))
    assert judged.unconfirmed == ((said,) if said else ())
