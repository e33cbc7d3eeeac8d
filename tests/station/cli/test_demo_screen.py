"""The demo's first screen at two sizes in two languages, against a real broker, real processes and real doors."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio

from devices.errors import because
from station.bus import messages as m
from station.bus.broker import Broker
from station.cli.backstage import Answers
from station.cli.control import open_door
from station.cli.demo_app import DemoApp
from station.cli.demo_guide import examples
from station.cli.demo_station import HUMANS, SIMULATED, prepare
from station.cli.demo_trials import Places
from station.cli.supervise import Supervisor
from station.desk.settings import DeskSettings
from station.line.config import Config, load_config
from station.line.wording import explained
from station.model import facts
from station.model.text import LANGUAGES, Text
from station.model.verdict import Outcome
from station.process import Child
from tests.station.cli.test_supervise import alive
from tests.station.desk.conftest import Desk, LinePeer

SIZES = ((80, 24), (120, 36))
WORDS = {
    "zh": ("整座检测站", "配对码 2026", "1003 授权签字人", "亲手办一辆车", "站内车辆", "拔掉制动台的网线", "篡改副本"),
    "en": ("A whole inspection station", "code 2026", "1003 signatory", "Your own car", "In the station now",
           "Pull the brake rig's network plug", "Tamper"),
}  # fmt: skip


DESK = "desk-2"
"""The desk of these tests: the cars of the peer's line come from desk-1, and are not its own."""
PEOPLE = len((*HUMANS, *SIMULATED))


class Peer(LinePeer):
    """The line of the demo: its brake rig has the name that the demo's has."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(broker)
        self.rigs = {"brake-1": "online", "gas-1": "online"}
        self.epoch = "epoch-1"
        self.reason: Text | None = None
        """Why a rig is not there, if it is not what every peer says."""

    def state(self) -> m.StationState:
        state = super().state()
        rigs = [r.model_copy(update={"reason": self.reason}) if self.reason and r.reason.en else r for r in state.rigs]
        return state.model_copy(update={"epoch": self.epoch, "rigs": tuple(rigs)})

    async def present(self, online: bool) -> None:
        payload = m.Presence(client="line", online=online).to_bytes()
        await self.link.publish_acked(self.topics.presence("line"), payload, retain=True)

    def voided(self, serial: str, run: str, item: str, reason: str) -> None:
        event = self.fact(serial, facts.RunVoided(run=run, item=item, reason=reason))
        notice = m.EventNotice(**{**event.model_dump(), "mono_ns": "1"})
        self.link.publish(self.topics.event, notice.to_bytes(), qos=1)


@pytest_asyncio.fixture
async def peer(broker: Broker) -> AsyncIterator[Peer]:
    line = Peer(broker)
    await line.start()
    yield line
    await line.stop()


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return load_config(prepare(tmp_path_factory.mktemp("demo"), 5.0))[0]


def places(config: Config, folder: Path) -> Places:
    return Places(folder, config.store.folder / "station.sqlite", folder / "backstage.sock", folder / "world.sock")


@asynccontextmanager
async def demo_at(
    broker: Broker, config: Config, folder: Path, size: tuple[int, int] = (120, 36), language: Any = "en"
) -> AsyncIterator[Desk]:
    settings = DeskSettings(
        broker_url=broker.url, station="test", account=broker.account(DESK), office_url=config.office.url,
        language=language,
    )  # fmt: skip
    app = DemoApp(settings, config, places(config, folder))
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot)
        await desk.until(lambda: len(app.screen_stack) > 2 and app.board.state)
        yield desk


def signs(desk: Desk) -> str:
    """Return the signs at the beginnings of lines."""
    return "".join(
        line[1] for line in desk.shown().splitlines() if len(line) > 2 and line[2] == " " and line[1] in "✓▶·PKT"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_it_shows_what_a_newcomer_needs(
    size: tuple[int, int], language: str, broker: Broker, peer: Peer, config: Config, tmp_path: Path
) -> None:
    first, second = peer.car("浙H12385"), peer.car("沪A5K88J")
    peer.begin(first, "brake", "brake-1", "B1")
    peer.judge(second, B1=Outcome.FAIL)
    async with demo_at(broker, config, tmp_path, size, language) as desk:
        example = f"{examples()[0].plate}  {examples()[0].vin}"
        places = (config.office.url + "/app/", config.broker.url)
        await desk.sees(*WORDS[language], "浙H12385", "沪A5K88J", "✗ 6/6", *places, example)
        # Nothing is wrapped or cut: each of the six steps and three trials (and then the keys) stands on its line.
        await desk.until(lambda: signs(desk) == "▶·····PKTP")
        await desk.press("l")
        other = "en" if language == "zh" else "zh"
        await desk.sees(*WORDS[other])
        await desk.press("f12")
        await desk.until(lambda: desk.app.screen.title_key == "title.login")
        # The help is a box over the log-in; the first screen comes over both, and goes again.
        await desk.press("f1", "f12")
        await desk.sees(*WORDS[other])
        await desk.press("f12", "escape")
        await desk.until(lambda: desk.app.screen.title_key == "title.login")


ROOMS = ((80, 24), (80, 30), (100, 30), (120, 36), (160, 45))
REASON = because(
    "connection_cannot_open", where="tcp://127.0.0.1:15020?framing=rtu&device=1", detail="Connection refused"
)


def squeezed(text: str) -> str:
    """Return text without its spaces, lines and frames: wherever it was broken."""
    return re.sub(r"[\s─]", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", ROOMS, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_no_answer_is_cropped(
    size: tuple[int, int], language: Literal["zh", "en"], broker: Broker, peer: Peer, config: Config, tmp_path: Path
) -> None:
    async def answer(request: dict[str, Any]) -> dict[str, Any]:
        peer.rigs["brake-1"], peer.reason = "offline", explained(REASON)
        await peer.publish_state()
        return {}

    serial = peer.car("浙H12385")
    run = peer.begin(serial, "brake", "brake-1", "B1")
    async with demo_at(broker, config, tmp_path, size, language) as desk:
        trials = desk.app.trials
        door = await open_door(tmp_path / "world.sock", answer)
        await desk.press("t")
        await desk.until(lambda: trials.tampering)
        await desk.press("p")
        await desk.until(lambda: trials.out)
        peer.voided(serial, run, "B1", "rig_offline")
        # The newest answer is whole in any room, and whatever breaks it breaks no word out of it.
        latest = "设备没有应答" if language == "zh" else "rig did not answer"
        await desk.until(lambda: latest in trials.plug_words().in_(language))
        await desk.until(lambda: squeezed(trials.plug_words().in_(language)) in squeezed(desk.shown()))
        if size[1] > 24:
            every = (trials.plug_words, trials.kill_words, trials.tamper_words)
            said = [squeezed(words().in_(language)) for words in every]
            await desk.until(lambda: all(one in squeezed(desk.shown()) for one in said))
        await desk.until(lambda: squeezed(desk.shown()).count("▶") == 2)  # the guide's step, and the car's stage
        door.close()


async def test_a_car_of_ones_own_is_typed_by_a_key_and_ticked_off(
    broker: Broker, peer: Peer, config: Config, tmp_path: Path
) -> None:
    async with demo_at(broker, config, tmp_path) as desk:
        await desk.press("f7", "escape")
        await desk.log_in()
        await desk.press("f2")
        await desk.until(lambda: "arrival.open" in peer.kinds())
        await desk.sees("F7 Example car")
        await desk.press("f7")
        await desk.press("ctrl+s")
        await desk.until(lambda: "inspection.register" in peer.kinds())
        sent = peer.received[-1].body
        assert (sent["plate"], sent["vin"]) == (examples()[0].plate, examples()[0].vin)
        serial = sent["serial"]
        # The line of this test takes every arrival for its own: the car is the desk's only if the ledger says so.
        first = peer.inspections[serial].stages[0].model_copy(update={"bay": DESK})
        stages = (first, *peer.inspections[serial].stages[1:])
        peer.inspections[serial] = peer.inspections[serial].model_copy(update={"stages": stages})
        peer.publish(serial)
        await desk.press("f12")
        await desk.sees("✓ Esc", "✓ F2", "▶ F3", f"{examples()[0].plate} (No. 0001)")
        peer.judge(serial)
        await desk.sees("✓ F3", "▶ F9, log in 1003")
        peer.fact(serial, facts.InspectionSigned(attempt=1, report_no="r", conclusion="pass"))
        peer.issue(serial)
        await desk.sees("✓ O opens", "▶ F9, log in 1001")
        peer.link.publish(peer.topics.inspection(serial), b"", qos=1, retain=True)
        await desk.sees("✓ F9, log in 1001", "has left")


async def test_the_line_is_killed_and_what_is_seen_is_said(
    broker: Broker, peer: Peer, config: Config, tmp_path: Path
) -> None:
    serial = peer.car("浙H12385")
    run = peer.begin(serial, "brake", "brake-1", "B1")
    async with Supervisor() as supervisor, demo_at(broker, config, tmp_path) as desk:
        line = Child("line", ("sleep", "60"), tmp_path / "line.log")
        await supervisor.start(line)
        door = await open_door(tmp_path / "backstage.sock", Answers(supervisor).answer)
        before = line.pid
        await desk.press("k")
        await desk.sees(f"kill -9 to PID {before}")
        await desk.until(lambda: line.restarts == 1)
        assert before
        assert not alive(before)
        await peer.present(False)
        await desk.sees("line offline, seen by all")
        peer.epoch = "epoch-2"
        await peer.publish_state()
        await peer.present(True)
        await desk.sees(f"started again as PID {line.pid}", "no run was open")
        peer.voided(serial, run, "B1", "line_restarted")
        await desk.sees("run B1 of 浙H12385 is void", "line program restarted")
        door.close()


async def test_the_plug_is_pulled_and_put_in_at_the_worlds_door(
    broker: Broker, peer: Peer, config: Config, tmp_path: Path
) -> None:
    asked: list[dict[str, Any]] = []

    async def answer(request: dict[str, Any]) -> dict[str, Any]:
        asked.append(request)
        peer.rigs["brake-1"] = "offline" if request["do"] == "unplug" else "online"
        await peer.publish_state()
        return {}

    serial = peer.car("浙H12385")
    run = peer.begin(serial, "brake", "brake-1", "B1")
    async with demo_at(broker, config, tmp_path) as desk:
        door = await open_door(tmp_path / "world.sock", answer)
        await desk.press("p")
        await desk.sees("The plug is out", "brake-1 offline: no answer")
        peer.voided(serial, run, "B1", "rig_offline")
        await desk.sees("run B1 of 浙H12385 is void")
        await desk.press("p")
        await desk.sees("The plug is in again", "brake-1 online")
        assert asked == [{"do": "unplug", "rig": "brake-1"}, {"do": "plug", "rig": "brake-1"}]
        door.close()


async def test_a_copy_is_tampered_with_and_a_door_that_is_shut_is_said(
    broker: Broker, peer: Peer, config: Config, tmp_path: Path
) -> None:
    async with demo_at(broker, config, tmp_path) as desk:
        await desk.press("t")
        await desk.sees(f"event {PEOPLE} is not what its hash", f"in order: {PEOPLE} events")
        await desk.press("k", "p")
        await desk.sees("backstage.sock: no answer", "world.sock: no answer")
        await peer.present(False)
        await desk.sees("○ offline")
        await desk.press("k")
        await desk.sees("The line is not running just now")
