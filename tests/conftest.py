"""Fixtures that several folders share: a real broker on free ports. And no test is timed by hypothesis."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from station.bus.accounts import make_accounts
from station.bus.broker import Broker, Place, free_ports
from tests.reports.printing.eve import Bus, EvePrinter

STATION = "test"


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Collect after each file: whoever left a socket open is told there, and not a stranger an hour later."""
    if nextitem is None or nextitem.path != item.path:
        gc.collect()


# A busy machine is no finding. EXAMPLES: how many hypothesis makes of each property.
settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=int(os.environ.get("EXAMPLES", "100")),
)
settings.load_profile("untimed")


def make_broker(folder: Path) -> Broker:
    """Return a broker of the station ``test`` that is not started yet."""
    port, ws_port = free_ports(2)
    accounts = make_accounts(folder / "accounts.json", handhelds=4, desks=2, people=4)
    return Broker(Place(folder / "broker", STATION, port=port, ws_port=ws_port), accounts)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Broker]:
    """One broker for all tests: ``url``, ``ws_url``, ``account(client)``; its station is ``test``.

    What one test retains, another one sees: tests that mind take ``own_broker``.
    """
    shared = make_broker(tmp_path_factory.mktemp("broker"))
    await shared.start()
    yield shared
    await shared.stop()


@pytest_asyncio.fixture
async def own_broker(tmp_path: Path) -> AsyncIterator[Broker]:
    """A broker of the test's own, empty, which the test may kill."""
    own = make_broker(tmp_path)
    await own.start()
    yield own
    await own.stop()


@pytest.fixture(scope="session")
def dbus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    """A D-Bus daemon for the printers of the tests."""
    bus = Bus(tmp_path_factory.mktemp("dbus"))
    yield bus
    bus.stop()


@pytest_asyncio.fixture
async def eve(dbus: Bus, tmp_path: Path) -> AsyncIterator[EvePrinter]:
    """A printer that is switched on, idle, and has paper."""
    printer = EvePrinter(dbus, tmp_path / "printer")
    await printer.start()
    yield printer
    printer.stop()
