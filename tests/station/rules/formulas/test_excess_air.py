"""Lambda from the gases, where the analyser does not state it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.model.capture import Capture, Curve
from station.model.quantity import Unit
from station.model.verdict import ItemVerdict, Outcome
from station.rules import Pack, parse_pack

Verdict = Callable[..., ItemVerdict]
Exhaust = Callable[..., Capture]
Pick = Callable[[ItemVerdict, str], Any]

ROW = "high_idle_lambda_of_gases"
CHANNELS: dict[str, tuple[Unit, str]] = {
    "co": ("% vol", "0.0000001"),
    "co2": ("% vol", "0.0000001"),
    "o2": ("% vol", "0.0000001"),
    "hc": ("1e-6 vol", "0.001"),
    "no": ("1e-6 vol", "0.001"),
}
BURNT: dict[str, int] = {"co": 0, "co2": 140_000_000, "o2": 0, "hc": 0, "no": 0}


@pytest.fixture(scope="module")
def run(exhaust: Exhaust) -> Callable[..., Capture]:
    """A double-idle run without the analyser's lambda, with the gases that are given throughout, in raw numbers."""

    def make(gases: Mapping[str, int] | None = None, *, without: str = "", first: str = "") -> Capture:
        known = exhaust(without="lambda")
        kept = [curve for curve in known.curves if curve.channel not in CHANNELS]
        values = {**BURNT, **(gases or {})}
        for name, (unit, scale) in CHANNELS.items():
            letters = "g" * 100 + ("i" if name == first else "g") + "g" * 349
            raw = (values[name],) * 450
            kept.append(Curve(channel=name, unit=unit, scale=Decimal(scale), raw=raw, quality=letters))
        return known.model_copy(update={"curves": tuple(curve for curve in kept if curve.channel != without)})

    return make


@pytest.fixture(scope="module")
def judged(verdict: Verdict, pack: Pack) -> Verdict:
    def judge(capture: Capture, **facts: Any) -> ItemVerdict:
        chosen = facts.pop("pack", pack).with_settings({"lambda_source": "gases"})
        return verdict("PF", capture, pack=chosen, **facts)

    return judge


# With all carbon burnt to CO2 lambda is 1 + O2 / (1.422775 CO2): 0.9959425 % of oxygen is 5 % too much air.
@pytest.mark.parametrize(
    ("o2", "expected"),
    [(0, "pass"), (9_959_425, "pass"), (9_959_426, "fail"), (-9_959_425, "pass"), (-9_959_426, "fail")],
)
def test_lambda_at_the_limits_and_beside(
    o2: int, expected: str, run: Callable[..., Capture], judged: Verdict, quantity: Pick
) -> None:
    found = judged(run({"o2": o2}))
    row = quantity(found, ROW)
    assert found.outcome == row.outcome == expected
    assert (row.limit_low, row.limit) == (Decimal("0.95"), Decimal("1.05"))
    assert row.decided_by == "PF #75 (15000 ms) to #225 (45000 ms)"
    assert "high_idle_lambda" not in [q.quantity for q in found.quantities]


@settings(max_examples=200, deadline=None)
@given(
    co=st.integers(0, 90_000_000), co2=st.integers(60_000_000, 160_000_000), o2=st.integers(0, 90_000_000),
    hc=st.integers(0, 3_000_000), no=st.integers(0, 4_000_000),
)  # fmt: skip
def test_lambda_is_brettschneiders(
    co: int, co2: int, o2: int, hc: int, no: int, run: Callable[..., Capture], judged: Verdict, quantity: Pick
) -> None:
    row = quantity(judged(run({"co": co, "co2": co2, "o2": o2, "hc": hc, "no": no})), ROW)
    c, d, o, h, n = co / 1e7, co2 / 1e7, o2 / 1e7, hc / 1e3, no / 1e7
    there = d + c / 2 + o + n / 2 + (1.7261 / 4 * 3.5 / (3.5 + c / d) - 0.0175 / 2) * (d + c)
    needed = (1 + 1.7261 / 4 - 0.0175 / 2) * (d + c + 6e-4 * h)
    assert abs(float(row.unrounded) - there / needed) < 1e-9


def test_without_no_it_is_left_out_and_said(run: Callable[..., Capture], judged: Verdict, quantity: Pick) -> None:
    whole, less = judged(run({"no": 400_000})), judged(run({"no": 400_000}, without="no"))
    assert whole.warnings == ()
    assert [w.zh for w in less.warnings] == ["双怠速尾气：没有 NO 数据，λ 按不含 NO 计算，影响很小。"]
    assert quantity(less, ROW).unrounded == 1 < quantity(whole, ROW).unrounded


@pytest.mark.parametrize(
    ("broken", "en"),
    [
        ({"without": "o2"}, "No data of O2"),
        ({"first": "o2"}, "O2: 1 samples are not valid"),
        ({"first": "no"}, "NO: 1 samples are not valid"),
        ({"gases": {"co": 70_000_000, "co2": 0}}, "there is no CO2"),
        ({"gases": {"hc": -240_000_000}}, "there is no CO2"),
        ({"gases": {"co2": 120_000_000, "hc": -20_000_000}}, "there is no CO2"),
    ],
)
def test_what_cannot_count_is_invalid_and_says_why(
    broken: dict[str, Any], en: str, run: Callable[..., Capture], judged: Verdict
) -> None:
    found = judged(run(**broken))
    assert found.outcome is Outcome.INVALID
    assert found.reason is not None
    assert en in found.reason.en


def test_exhaust_that_is_all_carbon_monoxide_is_none(run: Callable[..., Capture], judged: Verdict, files: Any) -> None:
    lenient = files["double-idle.toml"].decode().replace("value = 6.0\n", "value = -100\n")
    chosen = parse_pack({**files, "double-idle.toml": lenient.encode()})
    found = judged(run({"co": -150_000_000}), pack=chosen)
    assert found.outcome is Outcome.INVALID
    assert found.reason is not None
    assert "there is no CO2" in found.reason.en


@pytest.mark.parametrize(("fuel", "expected"), [("A", "pass"), ("O", "pass"), ("AE", "pass"), ("E", "unknown")])
def test_only_petrol_has_its_numbers(fuel: str, expected: str, run: Callable[..., Capture], judged: Verdict) -> None:
    assert judged(run(), fuel=fuel).outcome == expected


def test_it_counts_with_a_closed_loop_catalyst_or_where_that_is_not_known(
    run: Callable[..., Capture], judged: Verdict
) -> None:
    lean = run({"o2": 20_000_000})
    outcomes = [judged(lean, closed_loop_catalyst=known).outcome for known in (True, None, False)]
    assert outcomes == ["fail", "fail", "pass"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("lambda_hydrogen", "1.7261", "1.8"),
        ("lambda_oxygen", "0.0175", "0.02"),
        ("lambda_hexane", "0.0006", "0.0007"),
        ("lambda_water_gas", "3.5", "3.8"),
    ],
)
def test_every_number_belongs_to_the_pack(
    name: str, old: str, new: str, files: dict[str, bytes], run: Callable[..., Capture], judged: Verdict, quantity: Pick
) -> None:
    text = files["lambda.toml"].decode()
    entry = f'id = "{name}"\nvalue = {old}\n'
    assert text.count(entry) == 1
    other = parse_pack({**files, "lambda.toml": text.replace(entry, entry.replace(old, new)).encode()})
    gases = run({"co": 1_000_000, "o2": 3_000_000, "hc": 30_000})
    values = [quantity(judged(gases, pack=chosen), ROW).unrounded for chosen in (parse_pack(files), other)]
    assert values[0] != values[1]
