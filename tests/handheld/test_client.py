"""The Python handheld against a real broker and a line that speaks the contract."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from handheld.client import Handheld
from station.bus.clock import Clock
from station.bus.commands import CommandRefusedError
from station.bus.link import Account, LinkRefusedError
from station.bus.messages import DefectFound, Live, PointFound, Prompt
from station.model.text import Text
from station.model.vehicle import Vehicle

pytestmark = pytest.mark.asyncio(loop_scope="session")

CAR = Vehicle(plate_type="02", vehicle_type="K33", use_character="A", fuel="A")
PRESS = Text(zh="慢踩制动", en="Press slowly")


@pytest_asyncio.fixture(loop_scope="session")
async def handheld(broker: Any, line: Any) -> AsyncIterator[Handheld]:
    one = Handheld(broker.url, "test", broker.account("handheld-01"))
    await one.start()
    yield one
    await one.stop()


async def test_log_in_gives_person_and_roles(handheld: Handheld) -> None:
    person = await handheld.log_in("1001", "2468")
    assert (person.staff, person.roles) == ("p-driver", frozenset({"driver"}))
    assert handheld.person == person
    await handheld.log_out()
    assert handheld.person is None


async def test_wrong_pin_is_refused_with_a_sentence(handheld: Handheld) -> None:
    with pytest.raises(CommandRefusedError) as refused:
        await handheld.log_in("1001", "0000")
    assert refused.value.reply.text.zh == "工号或密码不对。"
    assert handheld.person is None


async def test_my_vehicles_first_come_first(handheld: Handheld, line: Any) -> None:
    line.car(2, "浙H20002", ("F1", "B1"), ago_s=60)
    line.car(1, "浙H10001", ("F1",), ago_s=600)
    await handheld.await_state(lambda state: len(state.queue["appearance"]) == 2)
    await handheld.await_inspection("test-20261122-0001", lambda s: bool(s.inspection.stage("appearance")))
    assert [one.plate for one in handheld.my_vehicles("appearance")] == ["浙H10001", "浙H20002"]
    assert [one.plate for one in handheld.my_vehicles("driver")] == ["浙H20002"]
    assert handheld.my_vehicles("driver", "chassis") == ()
    assert handheld.my_vehicles("guide") == ()


async def test_from_arrival_to_keys_back(handheld: Handheld, line: Any) -> None:
    await handheld.log_in("1004", "8642")
    serial = await handheld.arrive()
    assert await handheld.register(serial, "浙H12345", "LSVAA2180E2100001", CAR) == ("F1",)
    await handheld.start_stage(serial, "appearance", "outside-1")
    points = await handheld.await_points(serial, "F1")
    worn = DefectFound(code="F1-19-1", location="front_left", note="左前轮胎磨损")
    found = [
        PointFound(point=p.id, outcome="not_applicable" if p.photo else "pass") for p in points if p.number != "19"
    ]
    found.insert(2, PointFound(point="F1-19", outcome="fail", defects=(worn,)))
    await handheld.record_checklist(serial, "F1", found)
    done = await handheld.await_inspection(serial, lambda s: not s.inspection.open_items("appearance"))
    assert done.inspection.conclude() == "fail"
    assert done.notes == {"defect.F1.F1-19.1": "左前轮胎磨损"}
    assert await handheld.sign(serial) == "R1"
    assert await handheld.return_inspection(serial) == ("F1",)
    await handheld.return_keys(serial)
    await handheld.await_gone(serial)


async def test_stage_start_carries_the_epoch(handheld: Handheld, line: Any) -> None:
    serial = line.car(1, "浙H10001", ("B1",))
    await handheld.log_in("1001", "2468")
    await handheld.start_stage(serial, "brake", "brake-1")
    start = next(command for command in line.received if command.kind == "stage.start")
    assert start.epoch == line.epoch
    started = await handheld.await_inspection(
        serial, lambda s: bool((r := s.inspection.stage("brake")) and r.started_at)
    )
    assert started.inspection.stage("brake").by == "p-driver"
    await handheld.release_stage(serial, "brake", "刹车无反应")
    await handheld.await_inspection(serial, lambda s: bool((r := s.inspection.stage("brake")) and not r.started_at))


async def test_item_skip_stands_as_unknown(handheld: Handheld, line: Any) -> None:
    serial = line.car(1, "浙H10001", ("B0",))
    await handheld.log_in("1001", "2468")
    await handheld.start_stage(serial, "brake", "brake-1")
    await handheld.skip_item(serial, "B0", "refused_unsafe")
    skipped = await handheld.await_inspection(serial, lambda s: bool((i := s.inspection.item("B0")) and i.outcome))
    record = skipped.inspection.item("B0")
    assert record
    assert (record.outcome, record.reason) == ("unknown", "refused_unsafe")


async def test_a_command_is_sent_again_with_the_same_id(handheld: Handheld, line: Any) -> None:
    line.deaf = 1
    await handheld.log_in("1001", "2468")
    ids = [command.id for command in line.received]
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_no_answer_is_a_timeout_that_names_the_command(broker: Any, line: Any) -> None:
    line.deaf = 1000
    handheld = Handheld(broker.url, "test", broker.account("handheld-02"), answer_s=0.2)
    await handheld.start()
    with pytest.raises(TimeoutError, match=r"session\.open"):
        await handheld.log_in("1001", "2468")
    await handheld.stop()


async def test_prompts_reach_callbacks_and_old_ones_are_ignored(handheld: Handheld, line: Any) -> None:
    serial = line.car(1, "浙H10001", ("B1",))
    seen: list[Prompt] = []
    stop = handheld.on_prompt(seen.append)
    line.prompt("lane-1", "brake-1", serial, "drive_on", Text(zh="前轮上台", en="Front axle on"))
    line.prompt("lane-1", "brake-1", serial, "press_slowly", PRESS, countdown_s="6")
    await handheld.await_prompt("lane-1", lambda prompt: prompt.code == "press_slowly")
    line.prompts = 0
    line.prompt("lane-1", "brake-1", serial, "drive_on", Text(zh="前轮上台", en="Front axle on"))
    line.prompt("lane-2", "exhaust-1", serial, "idle", Text(zh="怠速", en="Idle"))
    await handheld.await_prompt("lane-2", lambda prompt: True)
    assert [prompt.code for prompt in seen] == ["drive_on", "press_slowly", "idle"]
    assert handheld.prompts["lane-1"].code == "press_slowly"
    stop()
    line.prompts = 10
    line.prompt("lane-1", "brake-1", serial, "release", Text(zh="松开制动", en="Release"))
    await handheld.await_prompt("lane-1", lambda prompt: prompt.code == "release")
    assert len(seen) == 3


async def test_live_is_watched_and_unwatched(handheld: Handheld, line: Any) -> None:
    serial = line.car(1, "浙H10001", ("B1",))
    seen: asyncio.Queue[Live] = asyncio.Queue()
    handheld.watch_live("lane-1", "rbt-1", seen.put_nowait)
    # QoS 0 before the subscription is lost by right: send until one comes.
    while seen.empty():
        line.live("lane-1", "rbt-1", "run-1", serial, "B1", curves={"force_left": [1, 2], "force_right": [3, None]})
        await asyncio.sleep(0.02)
    live = seen.get_nowait()
    assert live.curves == {"force_left": [1, 2], "force_right": [3, None]}
    handheld.unwatch_live("lane-1", "rbt-1")
    await handheld.log_in("1001", "2468")  # the broker has taken the unsubscribe by the time this is answered
    while not seen.empty():
        seen.get_nowait()
    line.live("lane-1", "rbt-1", "run-1", serial, "B1", curves={"force_left": [9]})
    await handheld.log_out()
    assert seen.empty()


async def test_what_was_cleared_while_away_is_gone(broker: Any, line: Any, wire: Any) -> None:
    cable = await wire(broker.url)
    handheld = Handheld(f"mqtt://127.0.0.1:{cable.port}", "test", broker.account("handheld-02"))
    await handheld.start()
    kept, gone = line.car(1, "浙H10001", ("F1",)), line.car(2, "浙H20002", ("F1",))
    await handheld.await_inspection(gone, lambda s: True)
    cable.cut()
    await line.clear(gone)
    assert gone in handheld.inspections
    cable.mend()
    await handheld.await_gone(gone)
    assert kept in handheld.inspections
    await handheld.stop()


async def test_presence_says_who_is_there(broker: Any, line: Any) -> None:
    handheld = Handheld(broker.url, "test", broker.account("handheld-04"))
    await handheld.start()
    await handheld.log_in("1001", "2468")
    assert line.present["handheld-04"]
    await handheld.stop()
    other = Handheld(broker.url, "test", broker.account("handheld-03"))
    await other.start()
    await other.log_in("1001", "2468")
    assert not line.present["handheld-04"]
    await other.stop()


async def test_a_line_that_is_gone_is_known(handheld: Handheld, line: Any) -> None:
    await handheld.await_state(lambda state: handheld.line_online)
    await line.say_present(False)
    await handheld.await_state(lambda state: not handheld.line_online)
    await line.say_present(True)
    line.online = False
    await line.publish_state()
    await handheld.await_state(lambda state: not state.online)
    assert not handheld.line_online


async def test_an_old_snapshot_sent_again_is_ignored_until_the_line_restarts(handheld: Handheld, line: Any) -> None:
    serial = line.car(1, "浙H10001", ("F1",))
    new = await handheld.await_inspection(serial, lambda s: bool(s.inspection.stage("appearance")))
    old = new.model_copy(update={"inspection": new.inspection.model_copy(update={"last_seq": 1, "stages": ()})})
    await line.link.publish_acked(line.topics.inspection(serial), old.to_bytes())
    await handheld.log_in("1001", "2468")
    assert handheld.inspections[serial] == new
    line.epoch = "epoch-2"
    await line.publish_state()
    await handheld.await_state(lambda state: state.epoch == "epoch-2")
    await line.link.publish_acked(line.topics.inspection(serial), old.to_bytes())
    await handheld.await_inspection(serial, lambda s: s.inspection.last_seq == 1)


async def test_a_message_that_is_not_of_the_contract_changes_nothing(
    handheld: Handheld, line: Any, caplog: pytest.LogCaptureFixture
) -> None:
    serial = line.car(1, "浙H10001", ("F1",))
    await handheld.await_inspection(serial, lambda s: bool(s.inspection.stage("appearance")))
    await line.link.publish_acked(line.topics.inspection(serial), b'{"plate": "secret"}', retain=True)
    await line.link.publish_acked(line.topics.prompt("lane-1"), b"not JSON", retain=True)
    await handheld.log_in("1001", "2468")
    assert handheld.inspections[serial].plate == "浙H10001"
    assert handheld.prompts == {}
    assert "secret" not in caplog.text


async def test_waiting_in_vain_says_for_what_and_counts_station_seconds(broker: Any, line: Any) -> None:
    handheld = Handheld(broker.url, "test", broker.account("handheld-02"), Clock(speed=100.0))
    await handheld.start()
    with pytest.raises(TimeoutError, match="test-20261122-0099"):
        await handheld.await_inspection("test-20261122-0099", lambda s: True, timeout_s=10)
    with pytest.raises(ZeroDivisionError):
        await handheld.await_state(lambda state: state.seq // 0 == 1)
    await handheld.stop()


async def test_wrong_account_is_refused_by_name(broker: Any) -> None:
    handheld = Handheld(broker.url, "test", Account("handheld-01", "wrong"))
    with pytest.raises(LinkRefusedError, match="handheld-01"):
        await handheld.start(timeout_s=1.0)


async def test_websocket_serves_as_well(broker: Any, line: Any) -> None:
    handheld = Handheld(broker.ws_url, "test", broker.account("handheld-02"))
    await handheld.start()
    assert (await handheld.log_in("1002", "1357")).roles == {"appearance"}
    await handheld.stop()
