"""Rows, progress and anomalies from snapshots, without a screen."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from station.bus.messages import Live
from station.desk.anomalies import anomalies
from station.desk.orders import Orders
from station.desk.trace import Trace
from station.desk.view import full_serial, has_failed, in_order, matches, progress_of, row_of
from station.model import facts
from station.model.text import Text
from station.model.verdict import Outcome


@pytest.fixture
async def snapshots(line: Any) -> Any:
    """Return a function that gives the snapshot of a vehicle of the line as the desk would see it."""

    def make(serial: str) -> Any:
        line.publish(serial)
        return SimpleNamespace(
            serial=serial,
            plate=line.plates.get(serial, ""),
            vin="LSVAA4180E2100001",
            inspection=line.inspections[serial],
            waiting_for=Text(zh="等待", en="Waits"),
            notes={},
        )

    return make


async def test_minutes_run_from_the_wait_then_from_the_work(line: Any, snapshots: Any) -> None:
    serial = line.car("浙H12385", ago_s=605)
    now = datetime.now(UTC)
    row = row_of(snapshots(serial), now, "en")
    assert (row.number, row.state, row.stage, row.minutes) == ("0001", "in progress", "Appearance +2", "10")
    line.begin(serial, "brake", "brake-1", "B1")
    row = row_of(snapshots(serial), now + timedelta(minutes=3, seconds=5), "zh")
    assert (row.stage, row.bay, row.minutes) == ("▶ 制动", "brake-1", "3")


async def test_progress_is_the_worst_outcome_and_counts(line: Any, snapshots: Any) -> None:
    serial = line.car("浙H12385")
    assert progress_of(line.inspections[serial]).worst is None
    line.judge(serial, B2=Outcome.FAIL, PF=Outcome.UNKNOWN)
    progress = progress_of(line.inspections[serial])
    assert (progress.done, progress.planned, progress.worst) == (6, 6, Outcome.FAIL)


async def test_an_item_sent_back_is_open_again(line: Any) -> None:
    serial = line.car("浙H12385")
    line.judge(serial)
    line.fact(serial, facts.InspectionSentBack(attempt=1, items=("B1",), reason_commitment="0" * 64))
    assert progress_of(line.inspections[serial]).done == 5


async def test_anomalies_come_worst_first(line: Any, snapshots: Any) -> None:
    serial = line.car("浙H12385")
    run = line.begin(serial, "brake", "brake-1", "B1")
    line.fact(serial, facts.RunVoided(run=run, item="B1", reason="samples_lost"))
    line.judge(serial, PF=Outcome.UNKNOWN, B1=Outcome.FAIL)
    said = [line.en for line in anomalies(snapshots(serial), "p-driver")]
    assert "B1 fail" in said[0]
    assert "PF unknown" in said[1], said
    assert "B1: one run is void: samples were lost" in said, "|".join(said)
    assert any("You did Brakes yourself" in words for words in said)
    assert "not confirmed" in said[-1]


async def test_who_did_not_measure_has_no_own_work(line: Any, snapshots: Any) -> None:
    serial = line.car("浙H12385")
    line.judge(serial)
    assert not any("yourself" in found.en for found in anomalies(snapshots(serial), "p-other"))


async def test_vehicles_that_left_stand_last_and_a_filter_finds_by_plate(line: Any, snapshots: Any) -> None:
    first, second = line.car("浙H12385", ago_s=60), line.car("沪A5K88J", ago_s=30)
    line.fact(first, facts.KeysReturned())
    shown = in_order([snapshots(first), snapshots(second)])
    assert [s.serial for s in shown] == [second, first]
    assert [s.serial for s in shown if matches(s, " a5k ")] == [second]


async def test_only_a_signed_fail_may_come_back(line: Any) -> None:
    serial = line.car("浙H12385")
    line.judge(serial, B1=Outcome.FAIL)
    assert not has_failed(line.inspections[serial])
    line.fact(serial, facts.InspectionSigned(attempt=1, report_no="r", conclusion="fail"))
    assert has_failed(line.inspections[serial])


@pytest.mark.parametrize(("typed", "expected"), [("7", "s-20261122-0007"), (" s-20261121-0001 ", "s-20261121-0001")])
def test_four_digits_mean_a_number_of_the_day(typed: str, expected: str) -> None:
    assert full_serial(typed, "s", "20261122") == expected


def live(sequence: int, left: list[int | None], run: str = "r") -> Live:
    return Live(
        epoch="e", run=run, serial="s", item="B1", phase="rise", sequence=sequence, period_ms=Decimal(10), mono_ns=0,
        curves={"force_left": left},
    )  # fmt: skip


def test_a_gap_stays_a_gap_and_a_repeat_counts_once() -> None:
    trace = Trace("r", "s", "B1")
    for block in (live(100, [1, 2]), live(104, [5, 6]), live(105, [6, 7]), live(100, [1, 2])):
        trace.add(block)
    assert trace.curves["force_left"] == [1, 2, None, None, 5, 6, 7]
    assert trace.newest("force_left") == 7


def test_thinning_keeps_the_peak() -> None:
    trace = Trace("r", "s", "B1")
    trace.add(live(0, [0] * 500 + [999] + [0] * 499))
    times, forces = trace.points("force_left", 100)
    assert len(times) == 100
    assert max(forces) == 999


async def test_an_unanswered_request_keeps_its_id() -> None:
    ids: list[str] = []

    class Deaf:
        async def send(self, body: Any, timeout_s: float, command_id: str) -> Any:
            ids.append(command_id)
            raise TimeoutError

    from station.bus.messages import ArrivalOpen, KeysReturn

    orders = Orders(Deaf())
    for body in (ArrivalOpen(), ArrivalOpen(), KeysReturn(serial="a")):
        with pytest.raises(TimeoutError):
            await orders.send(body)
    assert ids[0] == ids[1] != ids[2]
