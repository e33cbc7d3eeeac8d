"""A real broker, a small line that speaks the contract and moves only when the test says so, and a real browser."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from station.bus.broker import Broker
from station.bus.clock import Clock
from station.ledger.journal import Ledger
from station.store.database import open_database
from tests.conftest import make_broker
from tests.handheld.offices import Office, RealOffice
from tests.handheld.peer import STATION, LinePeer
from tests.handheld.phone import ARGS, CHROMIUM, PORTRAIT, Phone
from tests.handheld.verdicts import judged, quantity
from tests.handheld.wire import Wire


@pytest_asyncio.fixture(loop_scope="session")
async def line(broker: Broker) -> AsyncIterator[LinePeer]:
    """Give a running line."""
    peer = LinePeer(broker)
    await peer.start()
    yield peer
    await peer.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def wire() -> AsyncIterator[Callable[[str], Awaitable[Wire]]]:
    """Give a maker of cables to the port of an address."""
    wires: list[Wire] = []

    async def make(url: str) -> Wire:
        wires.append(Wire(urlsplit(url).port or 0))
        await wires[-1].start()
        return wires[-1]

    yield make
    for one in wires:
        await one.stop()


@pytest.fixture
def office(broker: Broker) -> Iterator[Office]:
    """Give a server of the page."""
    one = Office(broker)
    yield one
    one.stop()


@pytest.fixture
def verdicts() -> Any:
    """Give the makers of verdicts to the tests."""
    return judged, quantity


@dataclass
class House:
    """A broker of the test's own, a line that writes a real ledger, and the real office over it."""

    broker: Broker
    line: LinePeer
    office: RealOffice


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Give a house whose parts the test may stop and start."""
    url = f"sqlite:///{tmp_path / 'station.sqlite'}"
    broker, engine = make_broker(tmp_path), open_database(url, station=STATION)
    ledger = Ledger.open(engine, Clock(), boot_id="boot-1")
    await broker.start()
    line, office = LinePeer(broker, ledger), RealOffice(broker, tmp_path, url)
    await line.start()
    await office.start()
    yield House(broker, line, office)
    await office.stop()
    await line.link.stop()
    await broker.stop()
    ledger.close()
    engine.dispose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Give one browser for all tests."""
    if CHROMIUM is None:
        pytest.fail("chromium is missing: install it with 'apt-get install chromium' (make test does)")
    async with async_playwright() as playwright:
        one = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield one
        await one.close()


async def one_phone(browser: Browser, office: Any) -> AsyncIterator[Phone]:
    """Give a phone whose page must bring no error and ask nobody but this machine."""
    context = await browser.new_context(viewport=PORTRAIT, locale="zh-CN", has_touch=True)
    context.set_default_timeout(10_000)
    phone = Phone(await context.new_page(), office)
    yield phone
    await context.close()
    assert phone.errors == []
    assert phone.hosts == {"127.0.0.1"}


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, office: Office, line: LinePeer) -> AsyncIterator[Phone]:
    """Give a phone over the line in memory."""
    async for one in one_phone(browser, office):
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def house_phone(browser: Browser, house: House) -> AsyncIterator[Phone]:
    """Give a phone over the house."""
    async for one in one_phone(browser, house.office):
        yield one
