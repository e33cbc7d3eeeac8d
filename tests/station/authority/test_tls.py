"""Page and broker over TLS: real broker, real office, clients that trust and clients that do not."""

import asyncio
import hashlib
import os
import signal
import socket
import ssl
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from station.authority.files import Files
from station.authority.keeper import read
from station.bus.broker import Broker
from station.bus.link import Account, Link, LinkRefusedError
from station.bus.topics import Topics
from station.bus.trust import TrustError
from station.office.app import OfficeError, run_office
from station.office.settings import Reach
from tests.station.authority.chain import issue, make_keys, now
from tests.station.authority.conftest import House, broker_at, office_at

pytestmark = pytest.mark.asyncio(loop_scope="session")
TOPICS = Topics("test")


async def refused(url: str, account: Account) -> Link:
    """Return a link that was not let through, which is stopped again."""
    link = Link(url, account)
    await link.start()
    try:
        with pytest.raises(LinkRefusedError) as said:
            await link.wait(1.0)
    finally:
        await link.stop()
    assert link.distrusted
    assert str(said.value) == link.distrusted.en
    return link


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("web", [False, True])
async def test_a_client_that_has_the_authority_is_connected(house: House, host: str, web: bool) -> None:
    url = (house.broker.ws_url if web else house.broker.url).replace("127.0.0.1", host)
    link = Link(url, house.broker.account("desk-1"))
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    link.subscribe(TOPICS.presence("line"), lambda topic, payload: heard.put_nowait(payload))
    line = Link(house.broker.url, house.broker.account("line"))
    for one in (link, line):
        await one.start()
        await one.wait(10)
    await line.publish_acked(TOPICS.presence("line"), f"{host}{web}".encode())
    async with asyncio.timeout(10):
        assert await heard.get() == f"{host}{web}".encode()
    assert link.distrusted is None
    assert "ca=" not in link.url
    for one in (link, line):
        await one.stop()


async def test_a_wrong_account_is_still_told_from_a_wrong_certificate(house: House) -> None:
    link = Link(house.broker.url, Account("desk-1", "wrong"))
    await link.start()
    with pytest.raises(LinkRefusedError, match="refused desk-1"):
        await link.wait(1.0)
    assert link.distrusted is None
    await link.stop()


@pytest.mark.parametrize("web", [False, True])
async def test_another_authority_is_refused_and_said(house: House, tmp_path: Path, web: bool) -> None:
    make_keys(tmp_path / "other")
    url = (house.broker.ws_url if web else house.broker.url).partition("?")[0]
    link = await refused(f"{url}?ca={Files(tmp_path / 'other').authority}", house.broker.account("desk-1"))
    assert link.distrusted
    assert "is not this station's" in link.distrusted.en
    assert "不是本站的" in link.distrusted.zh
    assert url in link.distrusted.en


async def test_the_machine_s_own_list_does_not_trust_a_station(house: House) -> None:
    await refused(house.broker.url.partition("?")[0], house.broker.account("desk-1"))


async def test_a_name_that_the_certificate_does_not_have_is_said(house: House, tmp_path: Path) -> None:
    make_keys(tmp_path)
    issue(tmp_path, ["localhost"], now())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Files(tmp_path).server)
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        link = await refused(f"mqtts://127.0.0.1:{port}?ca={Files(tmp_path).authority}", house.broker.account("desk-1"))
    assert link.distrusted
    assert "[lan]" in link.distrusted.en


async def test_without_tls_nobody_gets_in(house: House) -> None:
    plain = house.broker.url.partition("?")[0].replace("mqtts", "mqtt")
    link = Link(plain, house.broker.account("desk-1"))
    await link.start()
    with pytest.raises(TimeoutError):
        await link.wait(1.0)
    await link.stop()


async def test_only_the_three_ports_are_open_to_others(house: House) -> None:
    """The broker's own protocol has no TLS: it listens on loopback, wherever the others listen."""
    config = (house.broker.place.folder / "broker.conf").read_text()
    assert '"listen": "127.0.0.1:-1"' in config


async def test_an_expired_certificate_is_refused_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.bus.broker.START_TIMEOUT_S", 2.0)
    keys = tmp_path / "keys"
    make_keys(keys)
    issue(keys, ["localhost", "127.0.0.1"], now() - timedelta(days=398))
    broker = broker_at(tmp_path, keys)
    with pytest.raises(LinkRefusedError, match="has expired"):
        await broker.start()
    assert broker.pid is None


async def test_a_certificate_that_expires_while_the_broker_runs_is_said_to_new_clients(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    make_keys(keys)
    broker = broker_at(tmp_path, keys)
    await broker.start()
    try:
        issue(keys, ["localhost", "127.0.0.1"], now() - timedelta(days=398))
        await _restart(broker)
        link = await refused(broker.url, broker.account("desk-1"))
    finally:
        await broker.stop()
    assert link.distrusted
    assert "已过期" in link.distrusted.zh


async def _restart(broker: Broker) -> None:
    """Kill the broker; its supervisor starts it again, with the certificate that is there now."""
    before = broker.restarts
    assert broker.pid
    os.kill(broker.pid, signal.SIGKILL)
    async with asyncio.timeout(20):
        while broker.restarts == before or not _accepts(broker.place.port):
            await asyncio.sleep(0.02)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_a_peer_without_tls_is_said(house: House, tmp_path: Path) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 not what you look for\r\n")
        await writer.drain()
        writer.close()

    make_keys(tmp_path)
    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        link = await refused(f"mqtts://127.0.0.1:{port}?ca={Files(tmp_path).authority}", house.broker.account("desk-1"))
    assert link.distrusted
    assert "does not answer over TLS" in link.distrusted.en


@pytest.mark.parametrize("content", [None, "", "no certificate"])
async def test_an_authority_s_file_that_is_none_is_named(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.crt"
    if content is not None:
        file.write_text(content)
    with pytest.raises(TrustError, match=r"ca\.crt cannot be used .*station run"):
        Link(f"mqtts://127.0.0.1:1?ca={file}", Account("desk-1", "x"))


# -- the office


async def test_pages_are_served_over_tls_to_whoever_trusts_the_authority(house: House, tmp_path: Path) -> None:
    for host in ("localhost", "127.0.0.1"):
        async with httpx.AsyncClient(base_url=house.page(host), verify=house.trust) as web:
            assert (await web.get("/app/")).status_code == 200
            assert (await web.get("/healthz")).json()["broker"] is True
            pairing = await web.post("/pair", json={"code": "4711"})
            assert pairing.json()["ws_url"] == f"wss://{host}:{house.broker.place.ws_port}/mqtt"
            assert "secure" in pairing.headers["set-cookie"].lower()
            assert (await web.get("/app/config.json")).json()["ws_url"].startswith(f"wss://{host}:")
    make_keys(tmp_path)
    other = ssl.create_default_context(cafile=Files(tmp_path).authority)
    async with httpx.AsyncClient(base_url=house.page(), verify=other) as web:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await web.get("/")


async def test_the_pages_are_not_served_without_tls(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.page().replace("https", "http")) as web:
        with pytest.raises(httpx.TransportError):
            await web.get("/")


async def test_the_pages_that_vouch_say_how_and_nothing_more(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.onboarding) as web:
        page = await web.get("/")
        file = await web.get("/station-ca.crt")
        for path in ("/app/", "/pair", "/healthz", "/pairing", "/report/x.pdf", "/station-ca.key", "/server.pem"):
            gone = await web.get(path)
            assert gone.status_code == 404, path
            assert "这里只有证书说明" in gone.text
            assert house.onboarding + "/" in gone.text
        assert (await web.post("/")).status_code == 405
    kept = read(house.folder / "keys")
    shown = page.text.replace("<wbr>", "")
    for words in (
        "安卓",
        "Android",
        "iPhone",
        "Windows",
        kept.fingerprint,
        f"https://127.0.0.1:{house.office.port}/app/",
    ):
        assert words in shown
    assert "4711" not in page.text
    assert "<script" not in page.text
    assert file.headers["content-type"] == "application/x-x509-ca-cert"
    assert hashlib.sha256(file.content).hexdigest().upper() == kept.fingerprint.replace(":", "")


async def test_the_page_names_a_host_that_the_certificate_has(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.onboarding) as web:
        strange = await web.get("/", headers={"Host": 'evil.example"><script>'})
        other = await web.get("/", headers={"Host": "bank.example.com"})
    assert f"https://localhost:{house.office.port}/app/" in other.text
    assert "bank" not in other.text
    assert "<script" not in strange.text


async def test_an_office_without_its_certificate_says_what_makes_it(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys")
    config = office_at(tmp_path, broker_at(tmp_path, tmp_path / "keys"))
    Files(tmp_path / "keys").server.unlink()
    with pytest.raises(OfficeError, match=r"server\.pem cannot be used .*station run"):
        await run_office(config, asyncio.Event())


async def test_a_taken_onboarding_port_is_one_clear_sentence(house: House, tmp_path: Path) -> None:
    make_keys(tmp_path / "keys")
    config = office_at(tmp_path, house.broker)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = replace(config, reach=Reach("localhost", tmp_path / "keys", port))
        with pytest.raises(OfficeError, match=f"127.0.0.1:{port}.*onboarding_port"):
            await run_office(config, asyncio.Event())
