"""The bundled broker, the real nats-server: messages, permissions, deaths."""

import asyncio
import contextlib
import gc
import json
import os
import re
import shutil
import signal
import socket
import stat
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from station.bus.accounts import AccountsError, make_accounts, read_accounts
from station.bus.broker import Broker, BrokerError, PortTakenError, free_ports
from station.bus.link import Account, Link, LinkRefusedError, Will
from station.bus.nats import permissions
from station.bus.place import Place
from station.bus.topics import Topics

TOPICS = Topics("test")
SOON_S = 10.0
SETTLED = b"settled"


class Inbox:
    """What arrived for a filter, in order."""

    def __init__(self, link: Link, topic: str) -> None:
        self.messages: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        link.subscribe(topic, self._came)

    def _came(self, topic: str, payload: bytes) -> None:
        if payload != SETTLED:
            self.messages.put_nowait((topic, payload))

    async def next(self) -> tuple[str, bytes]:
        return await asyncio.wait_for(self.messages.get(), SOON_S)


@contextlib.asynccontextmanager
async def linked(broker: Broker, client: str, url: str | None = None, **options: object) -> AsyncIterator[Link]:
    link = Link(url or broker.url, broker.account(client), **options)
    await link.start()
    try:
        await link.wait(SOON_S)
        yield link
    finally:
        await link.stop()


async def settled(link: Link) -> None:
    """Wait until the broker has done what was asked before: it works through one connection in order."""
    await link.publish_acked(TOPICS.presence(link.account.client), SETTLED)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(SOON_S):
        while not true():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("way", ["url", "ws_url"])
async def test_message_goes_from_line_to_client_over_tcp_and_websocket(own_broker: Broker, way: str) -> None:
    async with linked(own_broker, "line") as line, linked(own_broker, "desk-1", getattr(own_broker, way)) as desk:
        state = Inbox(desk, TOPICS.state)
        commands = Inbox(line, TOPICS.command())
        await settled(line)
        await settled(desk)
        await line.publish_acked(TOPICS.state, "状态".encode(), retain=True)
        await desk.publish_acked(TOPICS.command("desk-1"), b"do")
        assert await state.next() == (TOPICS.state, "状态".encode())
        assert await commands.next() == (TOPICS.command("desk-1"), b"do")


async def test_retained_state_reaches_who_comes_later_and_can_be_cleared(own_broker: Broker) -> None:
    async with linked(own_broker, "line") as line:
        await line.publish_acked(TOPICS.inspection("test-20260101-0001"), b"here", retain=True)
        await line.publish_acked(TOPICS.inspection("test-20260101-0002"), b"gone", retain=True)
        await line.publish_acked(TOPICS.inspection("test-20260101-0002"), b"", retain=True)
        await line.publish_acked(TOPICS.state, b"marker", retain=True)
    async with linked(own_broker, "handheld-01") as handheld:
        inspections, state = Inbox(handheld, TOPICS.inspection()), Inbox(handheld, TOPICS.state)
        await state.next()
        assert await inspections.next() == (TOPICS.inspection("test-20260101-0001"), b"here")
        assert inspections.messages.empty()


@pytest.mark.parametrize(("killed", "reader"), [("handheld-02", "line"), ("line", "desk-1")])
async def test_last_will_of_a_killed_client_is_retained(own_broker: Broker, killed: str, reader: str) -> None:
    account, topic = own_broker.account(killed), TOPICS.presence(killed)
    code = f"""
        import asyncio
        from station.bus.link import Account, Link, Will
        async def main():
            link = Link({own_broker.url!r}, Account({account.client!r}, {account.password!r}),
                        Will({topic!r}, b"offline"))
            await link.start()
            await link.wait(10)
            await link.publish_acked({topic!r}, b"online", retain=True)
            print("up", flush=True)
            await asyncio.sleep(60)
        asyncio.run(main())
    """
    async with linked(own_broker, reader) as link:
        presence = Inbox(link, topic)
        await settled(link)
        client = await asyncio.create_subprocess_exec(sys.executable, "-c", textwrap.dedent(code))
        assert await presence.next() == (topic, b"online")
        client.kill()
        await client.wait()
        assert await presence.next() == (topic, b"offline")


async def test_killed_broker_comes_back_with_what_was_retained(own_broker: Broker) -> None:
    changes: list[bool] = []
    async with linked(own_broker, "line") as line, linked(own_broker, "desk-1", on_change=changes.append) as desk:
        prompt = Inbox(desk, TOPICS.prompt())
        # What is retained while a client subscribes, nats may miss: that is the line's to say again, not this test's.
        await settled(desk)
        await line.publish_acked(TOPICS.prompt("1"), b"press", retain=True)
        await prompt.next()
        first = own_broker.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        # The retained prompt comes again with the renewed subscription: nobody published it anew.
        assert await prompt.next() == (TOPICS.prompt("1"), b"press")
        await until(line.connected.is_set)
        await line.publish_acked(TOPICS.prompt("1"), b"release", retain=True)
        assert await prompt.next() == (TOPICS.prompt("1"), b"release")
        assert changes == [True, False, True]
    assert own_broker.restarts == 1
    assert own_broker.pid != first


async def test_only_the_line_speaks_for_the_station(own_broker: Broker) -> None:
    forbidden = (
        TOPICS.state,
        TOPICS.event,
        TOPICS.inspection("x"),
        TOPICS.prompt("1"),
        TOPICS.live("1", "brake-1"),
        TOPICS.reply("desk-1"),
        TOPICS.reply("handheld-01"),
        TOPICS.command("handheld-01"),
        TOPICS.presence("handheld-01"),
        "station/other/state",
        "elsewhere",
    )
    async with linked(own_broker, "line") as line, linked(own_broker, "desk-1") as desk:
        seen = [Inbox(line, topic) for topic in (TOPICS.state, TOPICS.event, TOPICS.inspection(), TOPICS.prompt())]
        seen += [Inbox(line, topic) for topic in (TOPICS.live(), TOPICS.presence())]
        replies, commands = Inbox(desk, TOPICS.reply("desk-1")), Inbox(line, TOPICS.command())
        await settled(desk)
        await settled(line)
        for topic in forbidden:
            await desk.publish_acked(topic, b"forged", retain=True)
        # What is allowed still passes on the same connection, behind the forged ones.
        await desk.publish_acked(TOPICS.command("desk-1"), b"real")
        assert await commands.next() == (TOPICS.command("desk-1"), b"real")
        assert all(inbox.messages.empty() for inbox in (*seen, replies, commands))
    async with linked(own_broker, "line") as late:
        state = Inbox(late, TOPICS.state)
        await late.publish_acked(TOPICS.state, b"true", retain=True)
        assert await state.next() == (TOPICS.state, b"true")


@pytest.mark.parametrize("gone", ["", "jetstream", "broker.conf"])
async def test_a_broker_whose_files_are_deleted_under_it_is_started_again_with_new_ones(
    own_broker: Broker, gone: str, caplog: pytest.LogCaptureFixture
) -> None:
    first, changes = own_broker.pid, []
    async with linked(own_broker, "line", on_change=changes.append) as line:
        target = own_broker.place.folder / gone
        await asyncio.to_thread(shutil.rmtree if target.is_dir() else os.unlink, target)
        await until(lambda: changes == [True, False, True])
        prompt = Inbox(line, TOPICS.command())
        await settled(line)
        async with linked(own_broker, "desk-1") as desk:
            await desk.publish_acked(TOPICS.command("desk-1"), b"do")
        assert await prompt.next() == (TOPICS.command("desk-1"), b"do")
    assert own_broker.pid not in (first, None)
    assert (own_broker.place.folder / "broker.conf").stat().st_mode & 0o777 == 0o600
    (told,) = [record.getMessage() for record in caplog.records if record.name == "station.bus.broker"]
    assert "消息服务器的文件夹被删除" in told
    assert "nothing is lost" in told


@pytest.fixture
def unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether the broker's folder is there."""
    monkeypatch.setattr("station.bus.broker.LOOK_S", 3600.0)


async def test_a_broker_that_dies_without_its_folder_comes_back(unwatched: None, own_broker: Broker) -> None:
    await asyncio.to_thread(shutil.rmtree, own_broker.place.folder)
    os.kill(own_broker.pid or 0, signal.SIGKILL)
    await until(lambda: own_broker.restarts)
    async with linked(own_broker, "line") as line:
        await line.publish_acked(TOPICS.state, b"here", retain=True)


@pytest.mark.parametrize("topic", [TOPICS.reply("handheld-02"), "station/test/client/+/reply", "station/#", "#"])
async def test_handheld_cannot_read_the_replies_of_another(own_broker: Broker, topic: str) -> None:
    async with linked(own_broker, "line") as line, linked(own_broker, "handheld-01") as handheld:
        stolen, own = Inbox(handheld, topic), Inbox(handheld, TOPICS.reply("handheld-01"))
        await settled(handheld)
        await line.publish_acked(TOPICS.reply("handheld-02"), b"secret")
        await line.publish_acked(TOPICS.reply("handheld-01"), b"mine")
        assert (await own.next())[1] == b"mine"
        others = [stolen.messages.get_nowait() for _ in range(stolen.messages.qsize())]
        assert [message for message in others if message[1] == b"secret"] == []


async def test_wrong_password_is_refused(broker: Broker) -> None:
    link = Link(broker.url, Account("desk-1", "wrong"))
    await link.start()
    with pytest.raises(LinkRefusedError, match="refused desk-1"):
        await link.wait(1.0)
    await link.stop()


async def test_clients_that_leave_in_order_leave_no_will(own_broker: Broker) -> None:
    async with linked(own_broker, "line") as line:
        presence = Inbox(line, TOPICS.presence())
        await settled(line)
        async with linked(own_broker, "desk-2", will=Will(TOPICS.presence("desk-2"), b"offline")) as desk:
            await desk.publish_acked(TOPICS.presence("desk-2"), b"online", retain=True)
            await presence.next()
        async with linked(own_broker, "desk-1") as desk:
            await desk.publish_acked(TOPICS.presence("desk-1"), b"online")
        assert await presence.next() == (TOPICS.presence("desk-1"), b"online")


async def test_a_link_that_stopped_keeps_nothing_open(broker: Broker) -> None:
    await broken_in(broker)
    gc.disable()
    before = set(Path("/proc/self/fd").iterdir())
    await broken_in(broker)
    left = set(Path("/proc/self/fd").iterdir()) - before
    gc.enable()
    assert left == set()


async def broken_in(broker: Broker) -> None:
    async with linked(broker, "desk-1") as desk:
        await desk.wait(10.0)


@pytest.mark.parametrize("taken", ["port", "ws_port"])
async def test_taken_port_is_refused_with_its_number(tmp_path: Path, taken: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        ports = {"port": free_ports(1)[0], "ws_port": free_ports(1)[0]} | {taken: number}
        broker = Broker(Place(tmp_path, "test", **ports), make_accounts(tmp_path / "accounts.json"))
        with pytest.raises(PortTakenError, match=f"port {number} on 127.0.0.1 is taken .*give the broker another port"):
            await broker.start()
    assert broker.pid is None


async def test_broker_left_behind_is_named_with_its_pid(own_broker: Broker) -> None:
    second = Broker(own_broker.place, own_broker.accounts)
    with pytest.raises(PortTakenError, match=f"kill {own_broker.pid}"):
        await second.start()


async def test_broker_that_cannot_start_says_what_it_wrote(tmp_path: Path) -> None:
    port, ws_port = free_ports(2)
    (tmp_path / "jetstream").write_text("a file where a folder must be")
    broker = Broker(Place(tmp_path, "test", port=port, ws_port=ws_port), make_accounts(tmp_path / "accounts.json"))
    with pytest.raises(BrokerError, match=r"does not start: .*JetStream"):
        await broker.start()
    assert broker.pid is None


async def test_missing_server_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NATS_SERVER", str(tmp_path / "none"))
    broker = Broker(Place(tmp_path, "test"), make_accounts(tmp_path / "accounts.json"))
    with pytest.raises(BrokerError, match=r"no nats-server at .*none"):
        await broker.start()


async def test_folder_may_have_chinese_and_spaces_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / '检测 "站"'
    port, ws_port = free_ports(2)
    broker = Broker(Place(folder, "test", port=port, ws_port=ws_port), make_accounts(folder / "accounts.json"))
    await broker.start()
    assert (folder / "jetstream").is_dir()
    await broker.stop()


def test_secrets_stay_and_new_names_are_added(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    first = make_accounts(path, handhelds=1, desks=1)
    second = make_accounts(path, handhelds=2, desks=1, people=1)
    assert first.secrets.items() <= second.secrets.items()
    assert set(second.clients) - set(first.clients) == {"handheld-02", "sim-01"}
    assert read_accounts(path) == second
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(set(second.secrets.values())) == len(second.clients)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"v": 2, "accounts": {}}', '{"v": 1, "accounts": {"line": 1}}'])
def test_damaged_accounts_file_is_refused_and_kept(tmp_path: Path, text: str) -> None:
    path = tmp_path / "accounts.json"
    path.write_text(text)
    with pytest.raises(AccountsError, match="damaged"):
        make_accounts(path)
    assert path.read_text() == text


def test_unknown_account_is_named(tmp_path: Path) -> None:
    accounts = make_accounts(tmp_path / "accounts.json")
    with pytest.raises(AccountsError, match="no account 'nobody'"):
        accounts.account("nobody")


async def test_private_files_are_private(own_broker: Broker) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in own_broker.place.folder.glob("broker.[ce]*")}
    assert modes == {"broker.conf": 0o600, "broker.err": 0o600}


def test_permissions_are_written_as_subjects() -> None:
    given = permissions(TOPICS, "desk-1")
    assert given["publish"]["allow"] == ["station.test.client.desk-1.command", "station.test.client.desk-1.presence"]
    heard = given["subscribe"]["allow"]
    assert {"station.test.inspection.*", "station.test.lane.*.rig.*.live", "$MQTT.sub.>"} <= set(heard)


async def test_no_account_may_use_the_protocol_of_nats_itself(own_broker: Broker) -> None:
    log = (own_broker.place.folder / "broker.log").read_text()
    host, port = re.findall(r"Listening for client connections on (\S+):(\d+)", log)[0]
    reader, writer = await asyncio.open_connection(host, int(port))
    await reader.readline()
    account = own_broker.account("line")
    login = {"user": account.client, "pass": account.password, "verbose": True}
    writer.write(f"CONNECT {json.dumps(login)}\r\n".encode())
    assert b"Authorization Violation" in await asyncio.wait_for(reader.readline(), SOON_S)
    writer.close()
    await writer.wait_closed()
