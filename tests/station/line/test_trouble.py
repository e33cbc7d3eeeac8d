"""The store fails, or the broker dies, in the middle of a run: nothing is lost, and it is said."""

import asyncio
import json
import os
import signal
from datetime import UTC, datetime, timedelta

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from story import LONG_S, Story, bay, refusal, safe, until, verified

from station.line.config import LanSection
from station.line.wording import WORDS
from station.store import read
from tests.station.authority.chain import issue, make_keys


async def writable(house, yes):
    """Let the database refuse every write, as on a disk that was turned read-only, or take them again."""
    await house.line.scribe.ask(lambda: house.ledger._writer._driver.execute(f"PRAGMA query_only = {int(not yes)}"))


async def test_a_store_that_fails_in_the_middle_of_a_run_loses_nothing_and_says_so(house):
    story = await Story(house).begin()
    await story.hands()
    await story.enter()
    await story.at("brake")
    await writable(house, False)
    prompt = await story.prompted("store_wait")
    assert prompt.text.zh == WORDS.say("zh", "prompt.store_wait")
    assert safe(house)
    assert await refusal(story.desk.arrive()) == "not_stored"
    state = await story.driver.await_state(lambda s: any(lock.subject == "store" for lock in s.locks), LONG_S)
    assert "cannot be written to" in next(lock.reason.en for lock in state.locks if lock.subject == "store")
    assert story.runs()[-1][1] == "open"

    await writable(house, True)
    await story.done("B1")
    assert story.runs("B1") == [("B1", "finished", None)]
    await story.driver.await_state(lambda s: not s.locks, LONG_S)
    # a number that could not be given is given next: none is missing, none is there twice
    assert (await story.desk.arrive()).endswith("-0002")
    assert verified(house)


async def test_a_line_that_is_stopped_while_a_result_cannot_be_stored_does_end(house):
    story = await Story(house).begin()
    await story.hands()
    await story.enter()
    await story.at("brake")
    await writable(house, False)
    await story.prompted("store_wait")
    await house.end_line()
    house.engine.dispose()  # the next line's connections may write again
    assert safe(house)
    assert story.runs() == [("B1", "open", None)]
    await house.start_line()
    await story.driver.await_state(lambda s: s.epoch == house.line.hall.epoch and s.online, LONG_S)
    assert story.runs() == [("B1", "voided", "line_restarted")]
    await story.enter()
    await story.done("B1")
    assert verified(house)


async def test_a_run_whose_start_cannot_be_stored_starts_no_roller(house):
    story = await Story(house).begin()
    rig = house.world.brakes
    await story.enter()
    await story.prompted("drive_on")
    await writable(house, False)
    rig.drive_on(story.car, 1)
    prompt = await story.prompted("repeat")
    assert prompt.detail.en == WORDS.say("en", "void.not_stored")
    assert not [cause for _, cause in rig.events if cause == "start"]
    assert safe(house)
    await writable(house, True)
    rig.drive_off()
    await story.prompted("drive_on")
    rig.drive_on(story.car, 1)
    await story.prompted("press_slowly")
    rig.pedal(1.0)
    await story.done("B1")
    assert story.runs("B1") == [("B1", "finished", None)]


class Collector:
    """Somebody who reads the event topic in a session that the broker keeps while the connection is away."""

    def __init__(self, house, client):
        account, place = house.broker.account(client), house.broker.place
        self.seqs = []
        self._ready = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client, clean_session=False)
        self._client.username_pw_set(account.client, account.password)
        self._client.reconnect_delay_set(0.25, 0.25)
        self._client.on_connect = lambda c, *_: c.subscribe(f"station/{place.station}/event", 1)
        self._client.on_subscribe = lambda *_: loop.call_soon_threadsafe(self._ready.set)
        self._client.on_message = lambda c, _, message: self.seqs.append(json.loads(message.payload)["seq"])
        self._client.connect_async(place.host, place.port)
        self._client.loop_start()

    async def ready(self):
        await self._ready.wait()

    async def stop(self):
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)


async def test_the_broker_dies_in_the_middle_of_a_run(house):
    story = await Story(house).begin()
    collector = Collector(house, "handheld-03")
    house.clients.append(collector)
    await collector.ready()
    first = read.head(house.engine)[0]
    await story.hands()
    await story.enter()
    await story.at("brake")
    await story.foot_is_down()
    os.kill(house.broker.pid, signal.SIGKILL)
    inspection = await story.brakes_done()
    assert story.runs("B1") == [("B1", "finished", None)]
    evidence = await house.line.floor.captures(inspection)
    assert evidence["B1"].lost == 0
    assert evidence["B1"].samples > 100
    assert house.broker.restarts == 1

    await story.driver.await_state(lambda s: bay(s).serial is None, LONG_S)
    last = read.head(house.engine)[0]
    await until(lambda: collector.seqs and collector.seqs[-1] >= last)
    seen = list(dict.fromkeys(collector.seqs))  # sent again is allowed, a gap or another order is not
    assert seen == list(range(seen[0], seen[-1] + 1))
    assert seen[0] <= first + 1
    assert verified(house)


async def test_a_certificate_that_ran_out_is_told_with_what_to_do(house):
    """The line looks at its own station's certificates; the broker of this test goes on without any."""
    keys = house.config.keys_folder
    make_keys(keys)
    issue(keys, ("localhost", "127.0.0.1"), datetime.now(UTC) - timedelta(days=800))
    lan = LanSection(enabled=True, host="127.0.0.1", names=("localhost",))
    await house.end_line()
    house.config = house.config.model_copy(update={"lan": lan})
    await house.start_line()
    board = await house.handheld("desk-1")
    state = await board.await_state(lambda s: any(lock.subject == "certificate" for lock in s.locks), LONG_S)
    (lock,) = [lock for lock in state.locks if lock.subject == "certificate"]
    assert "到期" in lock.reason.zh
    assert "expired" in lock.reason.en
    assert lock.remedy.zh
    assert lock.remedy.en


async def test_no_run_begins_while_there_is_no_room_to_keep_it_and_it_begins_by_itself_when_there_is(house):
    story = await Story(house).begin()
    await story.hands()
    free = house.line.hall.config.store
    house.line.hall.config = with_floor(house.line.hall.config, 1_000_000)
    await story.enter()
    await story.prompted("space_wait")
    state = await story.driver.await_state(lambda s: any(lock.subject == "space" for lock in s.locks), LONG_S)
    (lock,) = [lock for lock in state.locks if lock.subject == "space"]
    assert "1000000 MB" in lock.reason.zh
    assert story.runs() == []
    house.line.hall.config = with_floor(house.line.hall.config, free.min_free_mb)
    await story.done("B1")
    assert verified(house)


def with_floor(config, megabytes):
    store = config.store.model_copy(update={"min_free_mb": megabytes})
    return config.model_copy(update={"store": store})
