"""What the station needs of a broker, asked of both: the bundled nats-server, and mosquitto by its ACL file."""

import asyncio
import contextlib
import gc
import os
import signal
import struct
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from station.bus.accounts import make_accounts
from station.bus.acl import ACL, PASSWORDS, Rights, mosquitto_acl, mosquitto_passwords, rights
from station.bus.broker import Broker
from station.bus.link import Account, Link, LinkRefusedError, Will
from station.bus.topics import Topics
from tests.conftest import STATION, make_broker
from tests.station.bus.mosquitto import Mosquitto

AnyBroker = Broker | Mosquitto
TOPICS = Topics(STATION)
SOON_S = 15.0
KINDS = ("line", "office", "desk-1", "handheld-01", "handheld-02", "sim-01", "probe")
PLACES = (
    *(TOPICS.state, TOPICS.catalogue, TOPICS.event, TOPICS.printer),
    *(TOPICS.inspection("test-20260101-0001"), TOPICS.prompt("1"), TOPICS.live("1", "brake-1")),
    *(make(client) for make in (TOPICS.command, TOPICS.reply, TOPICS.presence) for client in KINDS),
    *("station/other/state", "station/other/client/desk-1/command", "elsewhere"),
)


@pytest_asyncio.fixture(params=["nats-server", "mosquitto"])
async def broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyBroker]:
    """Each of the two, running, empty, the test's own."""
    if request.param == "nats-server":
        own: AnyBroker = make_broker(tmp_path)
    else:
        accounts = make_accounts(tmp_path / "accounts.json", handhelds=4, desks=2, people=4)
        own = Mosquitto(tmp_path / "mosquitto", STATION, accounts)
    await own.start()
    yield own
    await own.stop()


@contextlib.asynccontextmanager
async def linked(broker: AnyBroker, client: str, *filters: str, url: str = "") -> AsyncIterator["Ear"]:
    """Return a connected client that has subscribed."""
    ear = Ear(Link(url or broker.url, broker.account(client)), filters)
    await ear.link.start()
    try:
        await ear.link.wait(SOON_S)
        yield ear
    finally:
        await ear.link.stop()


class Ear:
    """A client, and what it heard in order."""

    def __init__(self, link: Link, filters: tuple[str, ...]) -> None:
        self.link = link
        self.heard: list[tuple[str, bytes]] = []
        self._came = asyncio.Event()
        for topic in filters:
            link.subscribe(topic, self._hear)

    def _hear(self, topic: str, payload: bytes) -> None:
        self.heard.append((topic, payload))
        self._came.set()

    async def until(self, enough: Callable[[list[tuple[str, bytes]]], object]) -> list[tuple[str, bytes]]:
        async with asyncio.timeout(SOON_S):
            while not enough(self.heard):
                self._came.clear()
                await self._came.wait()
        return self.heard

    async def say(self, topic: str, payload: bytes, retain: bool = False) -> None:
        await self.link.publish_acked(topic, payload, retain)


def has(topic: str, payload: bytes) -> Callable[[list[tuple[str, bytes]]], bool]:
    return lambda heard: (topic, payload) in heard


async def test_what_is_retained_survives_an_orderly_restart_and_what_was_cleared_is_gone(broker: AnyBroker) -> None:
    async with linked(broker, "line") as line:
        await line.say(TOPICS.inspection("test-20260101-0001"), b"here", retain=True)
        await line.say(TOPICS.inspection("test-20260101-0002"), b"gone", retain=True)
        await line.say(TOPICS.inspection("test-20260101-0002"), b"", retain=True)
        await line.say(TOPICS.state, b"state", retain=True)
    await broker.stop()
    await broker.start()
    async with linked(broker, "handheld-01", TOPICS.inspection(), TOPICS.state) as handheld:
        heard = await handheld.until(lambda heard: len(heard) >= 2)
        assert set(heard) == {(TOPICS.inspection("test-20260101-0001"), b"here"), (TOPICS.state, b"state")}


def connect_packet(account: Account, will: Will) -> bytes:
    """Return MQTT 3.1.1 CONNECT: clean session, retained will at QoS 1, user name, password."""
    fields = (account.client, will.topic, will.payload, account.client, account.password)
    texts = [field if isinstance(field, bytes) else field.encode() for field in fields]
    body = b"\x00\x04MQTT\x04\xee\x00\x3c" + b"".join(struct.pack(">H", len(text)) + text for text in texts)
    length = bytes([len(body)]) if len(body) < 128 else bytes([len(body) % 128 | 128, len(body) // 128])
    return b"\x10" + length + body


async def connect_and_vanish(broker: AnyBroker, client: str, will: Will) -> None:
    """Be a client whose computer dies: its socket is gone without a DISCONNECT."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(broker.url.rpartition(":")[2]))
    writer.write(connect_packet(broker.account(client), will))
    assert await asyncio.wait_for(reader.readexactly(4), SOON_S) == b"\x20\x02\x00\x00"
    writer.transport.abort()
    await asyncio.sleep(0)


@pytest.mark.parametrize(("dead", "reader"), [("handheld-02", "line"), ("line", "desk-1")])
async def test_the_last_will_of_a_client_that_vanished_is_retained(broker: AnyBroker, dead: str, reader: str) -> None:
    topic = TOPICS.presence(dead)
    async with linked(broker, reader, topic) as ear:
        await connect_and_vanish(broker, dead, Will(topic, b"offline"))
        await ear.until(has(topic, b"offline"))
    async with linked(broker, reader, topic) as late:
        await late.until(has(topic, b"offline"))


async def test_a_will_can_say_no_more_than_its_client(broker: AnyBroker) -> None:
    async with linked(broker, "line", TOPICS.state, TOPICS.presence()) as line:
        with contextlib.suppress(AssertionError, asyncio.IncompleteReadError):  # a broker may refuse it at once
            await connect_and_vanish(broker, "desk-1", Will(TOPICS.state, b"forged"))
        await connect_and_vanish(broker, "desk-2", Will(TOPICS.presence("desk-2"), b"offline"))
        await line.until(has(TOPICS.presence("desk-2"), b"offline"))
        assert (TOPICS.state, b"forged") not in line.heard


async def test_a_command_is_not_kept_for_a_line_that_was_away(broker: AnyBroker) -> None:
    async with linked(broker, "desk-1") as desk:
        async with linked(broker, "line", TOPICS.command()):
            pass
        await desk.say(TOPICS.command("desk-1"), b"stale")
        async with linked(broker, "line", TOPICS.command()) as line:
            await desk.say(TOPICS.command("desk-1"), b"fresh")
            assert await line.until(len) == [(TOPICS.command("desk-1"), b"fresh")]


def allowed(patterns: tuple[str, ...], topic: str) -> bool:
    levels = topic.split("/")
    split = [pattern.split("/") for pattern in patterns]
    return any(
        len(p) == len(levels) and all(a in ("+", b) for a, b in zip(p, levels, strict=True)) for p in split
    )  # fmt: skip


async def test_everybody_says_and_hears_what_the_table_allows_and_nothing_else(broker: AnyBroker) -> None:
    table = {client: rights(TOPICS, client) for client in KINDS}
    async with contextlib.AsyncExitStack() as stack:
        ears = {
            client: await stack.enter_async_context(linked(broker, client, *given.subscribe, *beyond(given)))
            for client, given in table.items()
        }
        for client, ear in ears.items():
            await asyncio.gather(*(ear.say(place, client.encode()) for place in PLACES))
        await ears["handheld-01"].say(TOPICS.command("handheld-01"), b"end")
        await ears["line"].until(has(TOPICS.command("handheld-01"), b"end"))
        for client in KINDS[1:]:
            await ears["line"].say(TOPICS.reply(client), b"end")
            await ears[client].until(has(TOPICS.reply(client), b"end"))
        for hearer, ear in ears.items():
            heard = {(place, said) for place, said in ear.heard if said != b"end"}
            assert heard == expected(table, hearer), hearer


def beyond(given: Rights) -> list[str]:
    """Return filters that an account has no right to, for it to try."""
    greedy = ("#", "station/#", TOPICS.reply("+"), TOPICS.command("+"), TOPICS.presence("+"))
    places = (place for place in PLACES if not allowed(given.subscribe, place))
    return [*(pattern for pattern in greedy if pattern not in given.subscribe), *places]


def expected(table: dict[str, Rights], hearer: str) -> set[tuple[str, bytes]]:
    return {
        (place, speaker.encode())
        for place in PLACES
        for speaker, given in table.items()
        if allowed(table[hearer].subscribe, place) and allowed(given.publish, place)
    }


async def test_what_was_forbidden_is_not_retained_either(broker: AnyBroker) -> None:
    async with linked(broker, "desk-1") as desk:
        await desk.say(TOPICS.state, b"forged", retain=True)
        await desk.say(TOPICS.reply("handheld-01"), b"forged", retain=True)
    async with (
        linked(broker, "line") as line,
        linked(broker, "handheld-01", TOPICS.state, TOPICS.reply("handheld-01")) as late,
    ):
        await line.say(TOPICS.reply("handheld-01"), b"true")
        await line.say(TOPICS.state, b"true")
        await late.until(has(TOPICS.state, b"true"))
        await late.until(has(TOPICS.reply("handheld-01"), b"true"))
        assert all(payload == b"true" for _, payload in late.heard)


# mosquitto 2.0 sends some 40 kB a second over WebSocket.
@pytest.mark.parametrize(("way", "size"), [("url", 1 << 18), ("ws_url", 1 << 16)])
async def test_a_large_message_arrives_whole(broker: AnyBroker, way: str, size: int) -> None:
    large = os.urandom(size)
    async with linked(broker, "handheld-01", TOPICS.catalogue, url=getattr(broker, way)) as handheld:
        async with linked(broker, "line") as line:
            await line.say(TOPICS.catalogue, large, retain=True)
        await handheld.until(has(TOPICS.catalogue, large))


@pytest.mark.parametrize("way", ["url", "ws_url"])
async def test_order_holds_within_a_filter(broker: AnyBroker, way: str) -> None:
    numbers = [str(number).encode() for number in range(1000)]
    async with (
        linked(broker, "handheld-01", TOPICS.event, url=getattr(broker, way)) as handheld,
        linked(broker, "line") as line,
    ):
        await asyncio.gather(*(line.say(TOPICS.event, number) for number in numbers))
        heard = await handheld.until(lambda heard: len(heard) >= len(numbers))
        assert [payload for _, payload in heard] == numbers


@pytest.mark.parametrize("account", [Account("desk-1", "wrong"), Account("stranger", "secret"), Account("", "")])
@pytest.mark.parametrize("way", ["url", "ws_url"])
async def test_without_the_right_secret_nobody_gets_in(broker: AnyBroker, account: Account, way: str) -> None:
    link = Link(getattr(broker, way), account)
    await link.start()
    try:
        async with asyncio.timeout(SOON_S):
            while not link.refused:
                await asyncio.sleep(0.01)
        with pytest.raises(LinkRefusedError, match=f"refused {account.client}: "):
            await link.wait(0.01)
    finally:
        await link.stop()


async def test_links_come_back_by_themselves_after_the_broker_was_killed(broker: AnyBroker) -> None:
    async with linked(broker, "line") as line, linked(broker, "desk-1", TOPICS.prompt()) as desk:
        await line.say(TOPICS.prompt("1"), b"before", retain=True)
        await desk.until(has(TOPICS.prompt("1"), b"before"))
        first = broker.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(SOON_S):
            while broker.pid in (None, first) or not desk.link.connected.is_set():
                await asyncio.sleep(0.01)
        await line.link.wait(SOON_S)
        await line.say(TOPICS.prompt("1"), b"after", retain=True)
        await desk.until(has(TOPICS.prompt("1"), b"after"))


async def test_a_loss_that_is_not_known_yet_is_a_lost_connection(broker: AnyBroker) -> None:
    async with linked(broker, "line") as line:
        os.kill(broker.pid or 0, signal.SIGKILL)
        deadline = time.monotonic() + SOON_S
        # Blocks the event loop, as other work may: paho's thread knows of the loss before the loop does.
        while line.link._client.is_connected() and time.monotonic() < deadline:
            time.sleep(0.001)
        assert line.link.connected.is_set()
        with pytest.raises(ConnectionError, match="lost"):
            await line.say(TOPICS.event, b"event")


async def test_whoever_waits_for_no_answer_any_more_leaves_nothing_to_be_told_of_a_loss(broker: AnyBroker) -> None:
    told: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
    async with linked(broker, "line") as line:
        os.kill(broker.pid or 0, signal.SIGSTOP)  # no acknowledgement comes any more
        gone = line.link.publish_acked(TOPICS.event, b"1")
        gone.send(None)
        gone.close()
        cancelled, waiting = (asyncio.create_task(line.say(TOPICS.event, number)) for number in (b"2", b"3"))
        await asyncio.sleep(0)
        cancelled.cancel()
        os.kill(broker.pid or 0, signal.SIGKILL)
        with pytest.raises(ConnectionError, match="lost"):
            await waiting
        await asyncio.wait([cancelled])
        gc.collect()
    assert cancelled.cancelled()
    assert told == []


async def test_mosquitto_reads_new_files_without_cutting_anybody_off(tmp_path: Path) -> None:
    accounts = make_accounts(tmp_path / "accounts.json", handhelds=1, desks=1)
    mosquitto = Mosquitto(tmp_path / "mosquitto", STATION, accounts)
    await mosquitto.start()
    changes: list[bool] = []
    line = Link(mosquitto.url, accounts.account("line"), on_change=changes.append)
    await line.start()
    await line.wait(SOON_S)
    more = make_accounts(tmp_path / "accounts.json", handhelds=2, desks=1)
    (mosquitto.folder / ACL).write_text(mosquitto_acl(STATION, more))
    (mosquitto.folder / PASSWORDS).write_text(mosquitto_passwords(more))
    os.kill(mosquitto.pid or 0, signal.SIGHUP)
    mosquitto.accounts = more
    async with linked(mosquitto, "handheld-02", TOPICS.state) as added:
        await line.publish_acked(TOPICS.state, b"state")
        await added.until(has(TOPICS.state, b"state"))
    await line.stop()
    await mosquitto.stop()
    assert changes == [True, False]  # the last one is our own leaving


def test_the_table_lets_only_the_line_speak_for_the_station() -> None:
    told = {TOPICS.state, TOPICS.catalogue, TOPICS.event, TOPICS.inspection(), TOPICS.prompt(), TOPICS.live()}
    assert told < set(rights(TOPICS, "line").publish)
    for client in KINDS[1:]:
        own = {TOPICS.command(client), TOPICS.presence(client)} | ({TOPICS.printer} if client == "office" else set())
        assert set(rights(TOPICS, client).publish) == own
        readable = told | {TOPICS.printer, TOPICS.presence("line"), TOPICS.reply(client)}
        assert set(rights(TOPICS, client).subscribe) == readable
