"""GB 3847-2018 by free acceleration: every limit of the file at its value and beside it; opacity; Ringelmann levels."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from station.model.capture import Capture, Scalar
from station.model.quantity import Quantity
from station.model.text import Text
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome
from station.rules import Pack, PackError, parse_pack, plan

Verdict = Callable[..., ItemVerdict]
Smoke = Callable[..., Capture]
Car = Callable[..., Vehicle]
Pick = Callable[[ItemVerdict, str], Any]
DIESEL = {"fuel": "B", "rated_speed_per_min": 4_000}


SPREAD = Text(
    zh="三次加速结果相差较大，建议检查取样探头后重测；不影响判定。",
    en="The three accelerations differ much: better check the probe and repeat; the verdict stands.",
)


class Row(NamedTuple):
    """A limit: how a run has a raw value, the raw value that just meets it, which way is worse, and what a miss is."""

    run: Callable[[Smoke, int], Capture]
    at: int
    worse: int = 1
    missed: str = "fail"
    settings: Mapping[str, str] = {}


def _smoke(build: Smoke, raw: int) -> Capture:
    return build((raw, raw, raw))


def _opacity(build: Smoke, raw: int) -> Capture:
    run = build((raw, raw, raw))
    curves = (run.curves[0].model_copy(update={"channel": "opacity", "unit": "%"}), *run.curves[1:])
    return run.model_copy(update={"curves": curves})


def _graded(build: Smoke, tenths: int) -> Capture:
    seen = Scalar(channel="ringelmann", quantity=Quantity(value=Decimal(tenths) / 10, unit="1"))
    return build().model_copy(update={"scalars": (seen,)})


OPACITY = {"smoke_reading": "opacity"}
ROWS = {
    "smoke-speed": Row(lambda build, raw: build(speeds=(raw, raw, raw)), 3_000, worse=-1, missed="invalid"),
    "smoke-oil-temperature": Row(lambda build, raw: build(oil=raw), 80, worse=-1, missed="invalid"),
    "smoke-a": Row(_smoke, 1_200),
    "smoke-b": Row(_smoke, 700, settings={"limit_set": "b"}),
    "smoke-spread": Row(lambda build, raw: build((500, 500, 500 + raw)), 250, missed="pass"),
    "smoke-opacity-a": Row(_opacity, 40_000, settings=OPACITY),
    "smoke-opacity-b": Row(_opacity, 26_000, settings={**OPACITY, "limit_set": "b"}),
    "ringelmann": Row(_graded, 10, settings={"ringelmann": "judged"}),
}


def test_every_limit_has_a_row(pack: Pack) -> None:
    assert {e.id for e in pack.limits if pack.files["limit", e.id] == "smoke.toml"} == ROWS.keys()


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_at_the_limit_and_one_step_beside(name: str, off: int, pack: Pack, smoke: Smoke, verdict: Verdict) -> None:
    row = ROWS[name]
    run = row.run(smoke, row.at + off * row.worse)
    judged = verdict("FA", run, pack=pack.with_settings(row.settings), **DIESEL)
    assert judged.outcome == (row.missed if off > 0 else "pass")
    assert (SPREAD in judged.warnings[:1]) == (name == "smoke-spread" and off > 0)


@pytest.mark.parametrize("name", ROWS)
def test_a_changed_limit_changes_the_verdict(name: str, pack: Pack, smoke: Smoke, verdict: Verdict) -> None:
    row = ROWS[name]
    (entry,) = (e for e in pack.limits if e.id == name)
    assert entry.value is not None
    stricter = entry.model_copy(update={"value": entry.value * (100 - row.worse) / 100})
    changed = replace(pack, limits=(stricter, *(e for e in pack.limits if e.id != name)))
    judged = verdict("FA", row.run(smoke, row.at), pack=changed.with_settings(row.settings), **DIESEL)
    assert judged.outcome == row.missed
    assert (SPREAD in judged.warnings[:1]) == (name == "smoke-spread")


def test_an_opacimeter_in_percent_is_judged_by_percent_alone(
    pack: Pack, smoke: Smoke, verdict: Verdict, quantity: Pick
) -> None:
    judged = verdict("FA", _opacity(smoke, 41_000), pack=pack.with_settings(OPACITY), **DIESEL)
    assert [q.quantity for q in judged.quantities] == ["smoke_opacity"]
    assert quantity(judged, "smoke_opacity").sentence.zh == "不透光度 41.0 %，高于 40.0 %，不合格。"


def test_what_the_station_does_not_judge_does_not_count(smoke: Smoke, verdict: Verdict) -> None:
    judged = verdict("FA", _graded(smoke, 50), **DIESEL)
    assert [q.quantity for q in judged.quantities] == ["smoke", "smoke_spread"]
    assert (judged.outcome, judged.warnings) == (Outcome.PASS, ())


def test_a_level_that_nobody_wrote_down_is_no_pass(pack: Pack, smoke: Smoke, verdict: Verdict) -> None:
    judged = verdict("FA", smoke(), pack=pack.with_settings({"ringelmann": "judged"}), **DIESEL)
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert "Ringelmann level" in judged.reason.en


@pytest.mark.parametrize(("on", "outcome"), [(date(2019, 4, 30), "unknown"), (date(2019, 5, 1), "pass")])
def test_the_standard_begins_on_its_day(on: date, outcome: str, smoke: Smoke, verdict: Verdict) -> None:
    assert verdict("FA", smoke(), on=on, **DIESEL).outcome == outcome


def test_a_diesel_needs_free_acceleration_and_nothing_else_by_default(pack: Pack, car: Car) -> None:
    needed = plan(pack, car(fuel="B"), "in_use", date(2026, 11, 22))
    assert [item for item in needed if item in ("FA", "LD", "PF")] == ["FA"]


@pytest.mark.parametrize(
    ("name", "channel"),
    [("smoke_speed", "engine_speed"), ("smoke", "k"), ("smoke_spread", "k"), ("smoke_opacity", "opacity")],
)
def test_two_channels_are_refused(name: str, channel: str, files: dict[str, bytes]) -> None:
    head, found, tail = files["smoke.toml"].decode().partition(f'id = "{name}"\n')
    two = head + found + tail.replace(f'channels = ["{channel}"]', f'channels = ["{channel}", "{channel}"]', 1)
    with pytest.raises(PackError, match=f"{name}.*channel"):
        parse_pack({**files, "smoke.toml": two.encode()})
