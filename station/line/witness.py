"""The broker as a witness: the state that this station said last tells how far its ledger was."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import ValidationError
from sqlalchemy import Engine

from station.bus.link import Account, Link, LinkRefusedError, NoBrokerError
from station.bus.messages import StationState
from station.bus.topics import Topics
from station.ledger.fork import check_said

log = logging.getLogger(__name__)
Said = asyncio.Queue[bytes]
CONNECT_S = 1.0
"""A line does not wait longer for a broker at its start: rigs and records do without one."""
RETAINED_S, TRIES = 0.25, 3
"""What is retained comes with the subscription, but a busy broker may miss one: it is asked again, and one that says
nothing even then has nothing."""


class Witness:
    """Asks the broker for the station's retained state, and compares it with the ledger, before the line says anything.

    Args:
        url: the broker.
        account: the line's.
        station: the station's id.
        engine: the station's database.
    """

    def __init__(self, url: str, account: Account, station: str, engine: Engine) -> None:
        self._url, self._account, self._engine = url, account, engine
        self._topic = Topics(station).state
        self.heard = False

    async def ask(self) -> None:
        """Ask once; ``heard`` tells whether there was a broker to ask.

        Raises:
            LedgerForkedError: the ledger lacks what the station said.
            StoreError: the database cannot be read.
        """
        async with self._link() as (link, said):
            try:
                await link.wait(CONNECT_S)
            except (NoBrokerError, LinkRefusedError) as error:
                log.warning("how far the ledger was is asked later: %s", error)
                return
            await self._compare(link, said)

    async def until_heard(self) -> None:
        """Wait for a broker, as long as it takes, and ask.

        Raises:
            LedgerForkedError, StoreError: as ``ask``.
        """
        if self.heard:
            return
        async with self._link() as (link, said):
            await link.connected.wait()
            await self._compare(link, said)

    @asynccontextmanager
    async def _link(self) -> AsyncIterator[tuple[Link, Said]]:
        # A client id of its own: the line's link, with its last will, comes later. A new one each time: nats keeps
        # who comes back under the same id at once waiting for a second.
        client_id = f"{self._account.client}-witness-{secrets.token_hex(3)}"
        link = Link(self._url, self._account, client_id=client_id)
        said: Said = asyncio.Queue()
        link.subscribe(self._topic, lambda topic, payload: said.put_nowait(payload))
        await link.start()
        try:
            yield link, said
        finally:
            await link.stop()

    async def _compare(self, link: Link, said: Said) -> None:
        state = await _state(link, said)
        self.heard = True
        if state is not None:
            end = state.seq, state.head
            await asyncio.to_thread(check_said, self._engine, end, state.at, self._url.partition("?")[0])


async def _state(link: Link, said: Said) -> StationState | None:
    try:
        payload = await _retained(link, said)
        return StationState.model_validate_json(payload) if payload else None
    except ValidationError:
        log.warning("the retained state of the station is of another version, and says nothing of the ledger")
        return None


async def _retained(link: Link, said: Said) -> bytes | None:
    for _ in range(TRIES):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RETAINED_S):
                return await said.get()
        link.renew()
    return None
