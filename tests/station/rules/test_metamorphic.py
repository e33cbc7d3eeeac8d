"""What must hold whatever is measured: one case beside another that is changed in a way with a known consequence."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.line.packs import load_pack
from station.model.capture import Capture
from station.model.verdict import ItemVerdict, Outcome
from station.rules.case import Case
from station.rules.case_judge import judge_case
from tests.station.rules.small import car, judged, limit, small

Verdict = Callable[..., ItemVerdict]
Run = Callable[..., Capture]

FOLDER = Path(str(resources.files("station.rules").joinpath("examples")))
EXAMPLES = sorted(f"{path.parent.name}/{path.stem}" for path in FOLDER.glob("*/*.json"))
WORST = {Outcome.PASS: 0, Outcome.FAIL: 1}


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"), parse_float=Decimal)
    return found


pack_of = lru_cache(load_pack)


def verdicts(name: str, case: dict[str, Any]) -> dict[str, ItemVerdict]:
    """Judge every item that a case says anything about and that its pack knows."""
    pack = pack_of(name.partition("/")[0])
    found = judge_case(pack, Case.model_validate(case)).items
    return {verdict.item: verdict for verdict in found if pack.item(verdict.item)}


def essence(found: dict[str, ItemVerdict]) -> list[Any]:
    return [
        (code, v.outcome, v.severity, [(q.quantity, q.unrounded, q.outcome, q.sentence) for q in v.quantities])
        for code, v in found.items()
    ]


def in_unit(case: dict[str, Any], old: str, new: str, factor: Decimal) -> dict[str, Any]:
    """Return a case with every value of one unit written in another one."""
    changed = deepcopy(case)
    for item in changed["items"].values():
        for curve in item.get("curves", {}).values():
            if curve["unit"] == old:
                curve["unit"] = new
                curve["values"] = [None if v is None else Decimal(str(v)) / factor for v in curve["values"]]
        for value in item.get("values", {}).values():
            if value["unit"] == old and value["value"] is not None:
                value["unit"], value["value"] = new, Decimal(str(value["value"])) / factor
    return changed


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_judged_and_says_why(name: str) -> None:
    found = verdicts(name, read(name))
    item = name.partition("/")[2].partition("-")[0]
    assert found[item].quantities or found[item].reason
    assert all(v.reason for v in found.values() if v.outcome in (Outcome.INVALID, Outcome.UNKNOWN))
    assert all(q.decided_by and q.sentence.zh and q.sentence.en for v in found.values() for q in v.quantities)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize(
    ("old", "new", "factor"),
    [("N", "daN", "10"), ("N", "10 N", "10"), ("N", "kN", "1000"), ("kg", "t", "1000"), ("1e-6 vol", "ppm", "1")],
)
def test_the_unit_in_which_a_value_is_written_changes_nothing(name: str, old: str, new: str, factor: str) -> None:
    case = read(name)
    assert essence(verdicts(name, in_unit(case, old, new, Decimal(factor)))) == essence(verdicts(name, case))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_run_of_another_item_changes_nothing(name: str) -> None:
    case = read(name)
    more = {**case, "items": {**case["items"], "ZZ": {"values": {"strange": {"unit": "kg", "value": 1}}}}}
    assert essence(verdicts(name, more)) == essence(verdicts(name, case))


@pytest.mark.parametrize("name", EXAMPLES)
def test_lost_samples_make_every_measured_item_invalid(name: str) -> None:
    case = read(name)
    lost = {code: {**item, "lost": 1} for code, item in case["items"].items()}
    for code, found in verdicts(name, {**case, "items": lost}).items():
        assert found.outcome in (Outcome.INVALID, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE), code


@given(
    value=st.decimals(-20, 20, places=3),
    limits=st.tuples(st.decimals(-10, 10, places=2), st.decimals(-10, 10, places=2)),
    comparison=st.sampled_from([">=", ">", "<=", "<"]),
)
def test_a_stricter_limit_never_passes_what_failed(
    value: Decimal, limits: tuple[Decimal, Decimal], comparison: str
) -> None:
    loose, strict = sorted(limits, reverse=comparison in ("<=", "<"))
    outcomes = [
        judged(small(limit(f'comparison = "{comparison}"\nvalue = {bound:f}')), str(value)).outcome
        for bound in (loose, strict)
    ]
    assert WORST[outcomes[1]] >= WORST[outcomes[0]]


@given(days=st.lists(st.dates(date(2000, 1, 1), date(2026, 11, 1)), min_size=2, max_size=2, unique=True))
def test_of_two_bands_by_date_exactly_one_applies(days: list[date]) -> None:
    first, turn = days
    pack = small(
        limit(f'comparison = "<="\nvalue = 7\napplies_if = {{ produced = {{ before = {turn} }} }}', "old"),
        limit(f'comparison = "<="\nvalue = 5\napplies_if = {{ produced = {{ since = {turn} }} }}', "new"),
    )
    (quantity,) = judged(pack, "6", vehicle=car(produced=first)).quantities
    assert quantity.limit == (7 if first < turn else 5)


# -- the Chinese pack


@given(
    co=st.integers(0, 120), more=st.integers(0, 60), hc=st.integers(0, 200), window=st.sampled_from(["high", "idle"])
)
def test_more_of_a_gas_never_passes_what_failed(
    co: int, more: int, hc: int, window: str, exhaust: Run, verdict: Verdict
) -> None:
    cleaner, dirtier = ({"co": level, "hc": hc} for level in (co, co + more))
    outcomes = [verdict("PF", exhaust(**{window: gases})).outcome for gases in (cleaner, dirtier)]
    assert WORST[outcomes[1]] >= WORST[outcomes[0]]


@given(intensities=st.tuples(st.integers(0, 60_000), st.integers(0, 60_000)), more=st.integers(0, 20_000))
def test_a_brighter_lamp_passes_where_the_darker_one_did(
    intensities: tuple[int, int], more: int, lamps: Run, verdict: Verdict
) -> None:
    left, right = intensities
    darker, brighter = (verdict("H1", lamps(H1=left + extra, H4=right)).outcome for extra in (0, more))
    assert WORST[brighter] <= WORST[darker]


@given(intensities=st.tuples(st.integers(1, 60_000), st.integers(1, 60_000)))
def test_swapped_lamps_swap_their_verdicts(intensities: tuple[int, int], lamps: Run, verdict: Verdict) -> None:
    left, right = intensities
    one, other = lamps(H1=left, H4=right), lamps(H1=right, H4=left)
    high = [
        next(q for q in verdict(item, run).quantities if q.quantity == "high_beam").outcome
        for item, run in (("H1", one), ("H4", one), ("H1", other), ("H4", other))
    ]
    assert high[:2] == high[:1:-1]


@given(peaks=st.lists(st.integers(0, 2_000), min_size=3, max_size=3), data=st.data())
def test_the_order_of_accelerations_changes_nothing(
    peaks: list[int], data: st.DataObject, smoke: Run, verdict: Verdict
) -> None:
    shuffled = data.draw(st.permutations(peaks))
    values = [
        {q.quantity: (q.unrounded, q.outcome) for q in verdict("FA", smoke(tuple(order)), fuel="B").quantities}
        for order in (peaks, shuffled)
    ]
    assert values[0] == values[1]


@given(peaks=st.lists(st.integers(0, 2_000), min_size=3, max_size=6), more=st.integers(0, 500), where=st.integers(0, 5))
def test_more_smoke_never_passes_what_failed(
    peaks: list[int], more: int, where: int, smoke: Run, verdict: Verdict
) -> None:
    smokier = list(peaks)
    smokier[where % len(peaks)] += more
    outcomes = []
    for series in (peaks, smokier):
        quantities = verdict("FA", smoke(tuple(series)), fuel="B").quantities
        outcomes.append(next(q.outcome for q in quantities if q.quantity == "smoke"))
    assert WORST[outcomes[1]] >= WORST[outcomes[0]]
