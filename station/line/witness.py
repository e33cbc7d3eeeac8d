"""The broker as a witness: the state that this station said last tells how far its ledger was."""

import asyncio
import logging
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
RETAINED_S = 0.5
"""What is retained comes with the subscription; a broker that says nothing until then has nothing."""


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
            await self._compare(said)

    async def until_heard(self) -> None:
        """Wait for a broker, as long as it takes, and ask.

        Raises:
            LedgerForkedError, StoreError: as ``ask``.
        """
        if self.heard:
            return
        async with self._link() as (link, said):
            await link.connected.wait()
            await self._compare(said)

    @asynccontextmanager
    async def _link(self) -> AsyncIterator[tuple[Link, Said]]:
        # A client id of its own: the line's own link, with its last will, comes later.
        link = Link(self._url, self._account, client_id=f"{self._account.client}-witness")
        said: Said = asyncio.Queue()
        link.subscribe(self._topic, lambda topic, payload: said.put_nowait(payload))
        await link.start()
        try:
            yield link, said
        finally:
            await link.stop()

    async def _compare(self, said: Said) -> None:
        state = await _state(said)
        self.heard = True
        if state is not None:
            end = state.seq, state.head
            await asyncio.to_thread(check_said, self._engine, end, state.at, self._url.partition("?")[0])


async def _state(said: Said) -> StationState | None:
    try:
        async with asyncio.timeout(RETAINED_S):
            payload = await said.get()
        return StationState.model_validate_json(payload)
    except TimeoutError:
        return None
    except ValidationError:
        log.warning("the retained state of the station is of another version, and says nothing of the ledger")
        return None
