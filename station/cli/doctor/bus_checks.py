"""The broker: which one, who gets in, and that nobody says or hears what is not theirs."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

from station.bus.accounts import LINE, PROBE, Accounts, names
from station.bus.link import Link, LinkRefusedError
from station.bus.messages import Presence
from station.bus.trust import TrustError
from station.cli.doctor.case import CONNECT_S, RETAINED_S, Case
from station.cli.doctor.finding import Finding, beware, broken, fine, told
from station.cli.processes import DESKS, HANDHELDS, PEOPLE

HERE = ("127.0.0.1", "localhost", "::1")


def broker(case: Case) -> Iterator[Finding]:
    """The broker answers; which one it is; what is doubtful about its address."""
    yield _answer(case)
    if case.config.broker.external:
        yield from _address(case)


def _answer(case: Case) -> Finding:
    heard, url = case.heard, case.config.broker.address
    own = not case.config.broker.external
    if heard.connected:
        wiped = own and not (case.config.store.folder / "broker" / "broker.conf").exists()
        if wiped:
            return broken("broker.wiped", folder=case.config.store.folder / "broker")
        return fine("broker.bundled" if own else "broker.external", url=url)
    if heard.refused:
        return broken("broker.refused" if own else "broker.stranger", url=url, account=PROBE, detail=heard.refused)
    if heard.trouble:
        return told("broker", "fault", heard.trouble)
    if own and not case.line and not case.office:
        return beware("broker.stopped", url=url)
    if case.accounts is None:
        return beware("broker.unasked", url=url)
    return broken("broker.silent" if own else "broker.away", url=url)


def _address(case: Case) -> Iterator[Finding]:
    section = case.config.broker
    for url in (section.external, section.external_ws):
        parts = urlsplit(url)
        if parts.scheme in ("mqtt", "ws") and parts.hostname not in HERE:
            yield beware("broker.clear", url=url)
    if not section.external_ws:
        yield beware("broker.no_ws")


def expected_accounts(case: Case) -> tuple[str, ...]:
    """Return the accounts that a station of this configuration has."""
    return names(HANDHELDS, DESKS, PEOPLE if case.config.simulated else 0)


async def accounts(case: Case) -> list[Finding]:
    """Every account of the file gets in with its secret."""
    if case.accounts is None:
        new = not case.config.accounts_file.exists() and not case.was_started
        return [beware("accounts.new") if new else broken("accounts.file", detail=case.accounts_trouble)]
    lacking = [name for name in expected_accounts(case) if name not in case.accounts.clients]
    if lacking:
        return [broken("accounts.lacking", names=", ".join(lacking), file=case.accounts.path)]
    if not case.heard.connected:
        return []
    shut_out = await refused_of(case, case.accounts)
    if shut_out:
        return [broken("accounts.refused", count=len(shut_out), names=", ".join(shut_out))]
    return [fine("accounts.ok", count=len(case.accounts.clients))]


async def refused_of(case: Case, known: Accounts) -> list[str]:
    """Return the accounts that the broker does not let in."""
    let_in = await asyncio.gather(*(_gets_in(case, known, name) for name in known.clients))
    return [name for name, may in zip(known.clients, let_in, strict=True) if not may]


async def _gets_in(case: Case, known: Accounts, name: str) -> bool:
    # By another client id: by its own the broker would end the connection of whoever works with the account.
    link = Link(case.config.broker.url, known.account(name), client_id=f"doctor-{name}")
    await link.start()
    try:
        await link.wait(CONNECT_S)
    except (TimeoutError, LinkRefusedError):
        return False
    finally:
        await link.stop()
    return True


class _Ear:
    """What the probe hears while it tries what is forbidden."""

    def __init__(self) -> None:
        self.heard: set[bytes] = set()
        self.done = asyncio.Event()

    def hear(self, topic: str, payload: bytes) -> None:
        """Note a message."""
        self.heard.add(payload)
        if payload == DONE:
            self.done.set()


FORGED, DONE = b'{"v": 1, "doctor": "forged"}', b'{"v": 1, "doctor": "done"}'


async def rights(case: Case) -> list[Finding]:
    """A forbidden publish and a forbidden subscription have no effect.

    The probe says on its own reply topic what only the line may say there, and listens to presences, which only the
    line may; nobody else hears either. Then the line's account says something there: so it could have been heard.
    """
    if case.accounts is None or not case.heard.connected:
        return []
    ear = _Ear()
    try:
        await _try(case, case.accounts, ear)
    except (TimeoutError, LinkRefusedError, ConnectionError, TrustError):
        return [beware("rights.untried")]
    own = Presence(client=PROBE, online=False).to_bytes()
    if FORGED in ear.heard:
        return [broken("rights.publish", account=PROBE, topic=case.topics.reply(PROBE))]
    if own in ear.heard:
        return [broken("rights.subscribe", account=PROBE, topic=case.topics.presence())]
    return [fine("rights.ok")]


async def _try(case: Case, known: Accounts, ear: _Ear) -> None:
    reply, presence = case.topics.reply(PROBE), case.topics.presence()
    async with AsyncExitStack() as stack:
        probe = await stack.enter_async_context(_linked(case, known, PROBE, ear, (reply, presence)))
        line = await stack.enter_async_context(_linked(case, known, LINE, ear, ()))
        async with asyncio.timeout(CONNECT_S + RETAINED_S):
            await probe.publish_acked(reply, FORGED)
            await probe.publish_acked(case.topics.presence(PROBE), Presence(client=PROBE, online=False).to_bytes())
            await line.publish_acked(reply, DONE)
            await ear.done.wait()


@asynccontextmanager
async def _linked(case: Case, known: Accounts, name: str, ear: _Ear, topics: tuple[str, ...]) -> AsyncIterator[Link]:
    link = Link(case.config.broker.url, known.account(name), client_id=f"doctor-{name}")
    for topic in topics:
        link.subscribe(topic, ear.hear)
    await link.start()
    try:
        await link.wait(CONNECT_S)
        yield link
    finally:
        await link.stop()
