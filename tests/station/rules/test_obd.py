"""The check of on-board diagnostics: what fails, what does not count, and which vehicles need it."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from station.model.capture import Capture, Scalar
from station.model.quantity import Quantity, Unit
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome
from station.rules import Pack, missing_facts, parse_pack, plan

Verdict = Callable[..., ItemVerdict]
Pick = Callable[[ItemVerdict, str], Any]
Car = Callable[..., Vehicle]

TODAY = date(2026, 11, 22)
IN_ORDER = {
    "communication": 1,
    "mil_on": 0,
    "mil_test": 1,
    "trouble_codes": 0,
    "incomplete_monitors": 0,
    "vin_matches": 1,
}
MADE = {"produced": date(2020, 1, 1)}


def check(
    changed: Mapping[str, int] | None = None, *, without: str = "", unit: Unit = "1", quality: Any = "good"
) -> Capture:
    """What a scan tool read, everything in order but what is named."""
    values = {name: value for name, value in {**IN_ORDER, **(changed or {})}.items() if name not in without.split()}
    scalars = (
        Scalar(channel=f"obd_{name}", quantity=Quantity(value=Decimal(value), unit=unit), quality=quality)
        for name, value in values.items()
    )
    return Capture(
        run="run-OBD", item="OBD", rig="scan-1", profile="reference", profile_sha256="0" * 64, period_us=1_000_000,
        first_sequence=0, samples=0, lost=0, curves=(), scalars=tuple(scalars),
    )  # fmt: skip


@pytest.fixture(scope="module")
def here(pack: Pack) -> Pack:
    return pack.with_settings({"obd_check": "here"})


@pytest.fixture(scope="module")
def judged(verdict: Verdict, here: Pack) -> Verdict:
    return lambda *captures, **facts: verdict("OBD", *captures, **{"pack": here, **MADE, **facts})


# What is read, value that still passes, value just beyond, the day from which on that decides.
FAILS = [("communication", 1, 0), ("mil_on", 0, 1), ("mil_test", 1, 0), ("trouble_codes", 0, 1)]


@pytest.mark.parametrize(("name", "good", "bad"), FAILS)
def test_what_fails_at_the_limit_and_beside(name: str, good: int, bad: int, judged: Verdict, quantity: Pick) -> None:
    assert judged(check({name: good})).outcome is Outcome.PASS
    failed = judged(check({name: bad}))
    row = quantity(failed, f"obd_{name}")
    assert failed.outcome is row.outcome is Outcome.FAIL
    assert (row.decided_by, row.certainty, row.confirmed) == (f"OBD obd_{name}", "D", False)


@pytest.mark.parametrize(("name", "good", "bad"), FAILS)
def test_it_decides_since_november_2019(name: str, good: int, bad: int, judged: Verdict, quantity: Pick) -> None:
    before, after = (judged(check({name: bad}), on=on) for on in (date(2019, 10, 31), date(2019, 11, 1)))
    assert (before.outcome, after.outcome) == ("pass", "fail")
    said = quantity(before, f"obd_{name}").sentence
    assert said.zh.endswith("2019 年 11 月 1 日之前，OBD 检查结果只报告，不作为判定依据。")
    assert judged(check({name: good}), on=date(2019, 10, 31)).warnings == ()


def test_a_lit_indicator_is_said_so_that_an_owner_understands(judged: Verdict, quantity: Pick) -> None:
    found = quantity(judged(check({"mil_on": 1})), "obd_mil_on").sentence
    assert found.zh == "OBD 故障指示灯在发动机运转时点亮（1 是，0 否） 1，高于 0，不合格。"
    assert found.en == (
        "OBD malfunction indicator on while the engine runs (1 yes, 0 no) 1, above the allowed 0: fail."
    )


def test_without_communication_nothing_else_is_read(judged: Verdict) -> None:
    others = " ".join(name for name in IN_ORDER if name != "communication")
    silent = judged(check({"communication": 0}, without=others))
    assert (silent.outcome, [q.quantity for q in silent.quantities]) == ("fail", ["obd_communication"])


def test_more_than_two_incomplete_monitors_do_not_count(judged: Verdict) -> None:
    for count, expected in ((1, "pass"), (2, "pass"), (3, "invalid")):
        found = judged(check({"incomplete_monitors": count}))
        assert found.outcome == expected
    assert found.reason is not None
    assert found.reason.zh == (
        "OBD 未完成就绪状态项数 3，高于 2，本次测量无效。请将车辆正常行驶一段时间，待就绪状态完成后重新检查。"
    )
    assert found.reason.en.endswith("Drive the vehicle until its monitors are complete, then check again.")


def test_the_vin_of_another_vehicle_does_not_count_and_none_only_warns(judged: Verdict) -> None:
    other = judged(check({"vin_matches": 0}))
    assert other.outcome is Outcome.INVALID
    assert other.reason is not None
    assert other.reason.zh.endswith("请确认诊断仪接在本车上，并核对 VIN。")
    none = judged(check(without="vin_matches"))
    assert (none.outcome, len(none.warnings)) == ("pass", 1)


@pytest.mark.parametrize("name", [name for name in IN_ORDER if name != "vin_matches"])
def test_what_was_not_read_is_invalid_and_named(name: str, judged: Verdict) -> None:
    for run in (check(without=name), check(unit="%"), check(quality="invalid")):
        found = judged(run)
        assert found.outcome is Outcome.INVALID
        assert found.reason is not None
        assert (
            "OBD" in found.reason.zh
            or "指示灯" in found.reason.zh
            or "码" in found.reason.zh
            or "状态" in found.reason.zh
        )
    assert judged().outcome is Outcome.UNKNOWN


LIMITS = [
    ("obd-communication", "value = 1", "value = 2", "fail"),
    ("obd-mil-test", "value = 1", "value = 2", "fail"),
    ("obd-mil-on", "value = 0", "value = -1", "fail"),
    ("obd-trouble-codes", "value = 0", "value = -1", "fail"),
    ("obd-incomplete-monitors", "value = 2", "value = -1", "invalid"),
    ("obd-vin-matches", "value = 1", "value = 2", "invalid"),
]


@pytest.mark.parametrize(("name", "old", "new", "expected"), LIMITS)
def test_a_changed_limit_changes_the_verdict(
    name: str, old: str, new: str, expected: str, files: dict[str, bytes], judged: Verdict
) -> None:
    head, _, tail = files["obd.toml"].decode().partition(f'id = "{name}"\n')
    changed = f'{head}id = "{name}"\n{tail.replace(old, new, 1)}'.encode()
    other = parse_pack({**files, "obd.toml": changed}).with_settings({"obd_check": "here"})
    assert (judged(check()).outcome, judged(check(), pack=other).outcome) == ("pass", expected)


# Facts, the first day of production that needs the check (None: no such vehicle does).
NEEDED: list[tuple[dict[str, Any], date | None]] = [
    ({"fuel": "A", "total_mass_kg": 3500}, date(2011, 7, 1)),
    ({"fuel": "AE", "vehicle_type": "K33", "total_mass_kg": None}, date(2011, 7, 1)),
    ({"fuel": "AO", "vehicle_type": "H31", "total_mass_kg": 3500}, date(2011, 7, 1)),
    ({"fuel": "A", "vehicle_type": "K33", "total_mass_kg": 3501}, date(2013, 7, 1)),
    ({"fuel": "A", "vehicle_type": "H21", "total_mass_kg": 3501}, date(2013, 7, 1)),
    ({"fuel": "B", "vehicle_type": "K33"}, date(2018, 1, 1)),
    ({"fuel": "BO", "vehicle_type": "H11", "total_mass_kg": 18_000}, date(2018, 1, 1)),
    ({"fuel": "B", "vehicle_type": "H51"}, None),
    ({"fuel": "A", "vehicle_type": "M21"}, None),
    ({"fuel": "C"}, None),
    ({"fuel": "E"}, None),
]


@pytest.mark.parametrize(("facts", "first"), NEEDED)
def test_who_needs_it_by_the_day_of_production(
    facts: dict[str, Any], first: date | None, here: Pack, pack: Pack, car: Car, verdict: Verdict
) -> None:
    day = first or date(2026, 1, 1)
    for produced, needed in ((day - timedelta(days=1), False), (day, first is not None)):
        vehicle = car(**facts, produced=produced)
        assert ("OBD" in plan(here, vehicle, "in_use", TODAY)) is needed, produced
        assert "OBD" not in plan(pack, vehicle, "in_use", TODAY)
        found = verdict("OBD", check(), pack=here, **{**facts, "produced": produced})
        assert found.outcome == ("pass" if needed else "not_applicable")


def test_a_lorry_of_unknown_mass_between_the_days_must_be_asked(here: Pack, car: Car) -> None:
    lorry = car(fuel="A", vehicle_type="H31", total_mass_kg=None, produced=date(2012, 1, 1))
    assert "OBD" in plan(here, lorry, "in_use", TODAY)
    assert "total_mass_kg" in missing_facts(here, lorry, "in_use")


def test_the_day_of_production_must_be_asked_only_where_the_check_is_done(here: Pack, pack: Pack, car: Car) -> None:
    assert "OBD" in plan(here, car(), "in_use", TODAY)
    assert "produced" in missing_facts(here, car(), "in_use")
    assert "produced" not in missing_facts(pack, car(), "in_use")
