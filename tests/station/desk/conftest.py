"""A real broker, a small line that speaks the contract, and a desk in front of it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from textual.events import Key
from textual.pilot import Pilot

from station.bus.broker import Broker
from station.desk.app import DeskApp
from station.desk.session import Session
from station.desk.settings import DeskSettings
from station.office.app import OfficeApp
from station.office.server import serving
from tests.station.desk.peer import PIN, STATION, LinePeer
from tests.station.office.office_story import TOKEN, Story, config_for

ROLES = frozenset({"registrar", "signatory", "maintainer", "manager"})


@pytest_asyncio.fixture
async def line(broker: Broker) -> AsyncIterator[LinePeer]:
    peer = LinePeer(broker)
    await peer.start()
    yield peer
    await peer.stop()


class Desk:
    """A desk on a screen of a size, and what a test asks of it."""

    def __init__(self, app: DeskApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    def shown(self) -> str:
        """Return the screen as text, line by line."""
        width = self.app.size.width
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text[:width].rstrip() for strip in lines)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so; the test's own time limit ends a wait in vain."""
        while not condition():
            await self.pilot.pause(0.02)

    async def sees(self, *words: str) -> str:
        """Wait until all of these words are on the screen, and return the screen."""
        try:
            async with asyncio.timeout(10):
                await self.until(lambda: all(word in self.shown() for word in words))
        except TimeoutError:
            pytest.fail(f"{words} not on the screen:\n{self.shown()}")
        return self.shown()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        await self.press(*text)

    async def log_in(self) -> None:
        """Log in by hand."""
        await self.type("1001")
        await self.press("enter")
        await self.type(PIN)
        await self.press("enter")
        await self.until(lambda: self.app.session)
        await self.pilot.pause()

    async def at_once(self, *keys: str) -> None:
        """Press keys one right after another, as a scanner does: nothing has time to happen between two of them."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            driver.send_message(Key(key, key if len(key) == 1 else None))
        await self.pilot.pause()

    async def skip_log_in(self, roles: frozenset[str] = ROLES, token: str = "t0ken") -> None:
        """Be logged in without typing: for tests of other screens."""
        self.app.log_in(Session(token, "1001", "登录员甲", roles))
        await self.until(lambda: self.app.screen.title_key == "title.queue")
        await self.pilot.pause()


@asynccontextmanager
async def desk_at(broker: Broker, size: tuple[int, int] = (120, 36), **more: Any) -> AsyncIterator[Desk]:
    settings = DeskSettings(
        broker_url=broker.url, station=STATION,
        **({"language": "zh", "account": broker.account("desk-1"), "office_url": "http://127.0.0.1:18080"} | more),
    )  # fmt: skip
    app = DeskApp(settings)
    async with app.run_test(size=size, notifications=True) as pilot:
        desk = Desk(app, pilot)
        await desk.until(lambda: len(app.screen_stack) > 1)
        yield desk


@pytest.fixture(name="desk_at")
def desk_at_fixture() -> Callable[..., Any]:
    """Give tests the desk of their own settings."""
    return desk_at


@pytest.fixture
def line_at() -> Callable[[Broker], LinePeer]:
    """Give tests a line at a broker of their own."""
    return LinePeer


@pytest_asyncio.fixture
async def desk(broker: Broker, line: LinePeer) -> AsyncIterator[Desk]:
    async with desk_at(broker) as front:
        await front.until(lambda: front.app.board.state)
        yield front


class TheOffice:
    """A real office over a real ledger, served on a free port; ``story`` writes into the ledger."""

    def __init__(self, folder: Path) -> None:
        self.story = Story(folder)
        self.story.begin()
        self.app = OfficeApp(config_for(folder))
        self.listener = socket.create_server(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[TheOffice]:
    """An office that knows nothing yet."""
    one = TheOffice(tmp_path)
    async with serving(one.app, one.listener):
        yield one
    one.app.close()
    one.story.close()
    one.listener.close()


@pytest_asyncio.fixture
async def desk_with_office(broker: Broker, line: LinePeer, office: TheOffice, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose office is a real one, with somebody logged in whom that office knows."""
    async with desk_at(broker, office_url=office.url, papers_folder=tmp_path / "papers") as front:
        await front.skip_log_in(token=TOKEN)
        yield front
