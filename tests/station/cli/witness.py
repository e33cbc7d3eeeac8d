"""A client that believes nothing: it keeps every reply it was given, byte by byte, and asks again later."""

import asyncio
import contextlib
import secrets
from dataclasses import dataclass

from station.bus import messages as m
from station.bus.link import Account, Link
from station.bus.topics import Topics

RESEND_S = 0.5


@dataclass(frozen=True)
class Asked:
    """One command as it was sent, so that it can be sent again as it was."""

    payload: bytes
    body: m.CommandBody


class Witness:
    """Sends commands one after another while everything around it is killed; on the real contract, with one account.

    ``replies`` holds every reply by command id, in the order of arrival, ``count`` how many; ``notices`` every event
    that was published.
    """

    def __init__(self, url: str, station: str, account: Account) -> None:
        self.client = account.client
        self.asked: dict[str, Asked] = {}
        self.replies: dict[str, list[bytes]] = {}
        self.count = 0
        self.notices: dict[int, set[bytes]] = {}
        self.state: m.StationState | None = None
        self._topics = Topics(station)
        self._heard = asyncio.Event()
        self._link = Link(url, account)
        self._link.subscribe(self._topics.reply(account.client), self._replied)
        self._link.subscribe(self._topics.event, self._noticed)
        self._link.subscribe(self._topics.state, self._stated)

    async def start(self) -> None:
        await self._link.start()
        await self._link.wait(30.0)

    async def stop(self) -> None:
        await self._link.stop()

    def _replied(self, topic: str, payload: bytes) -> None:
        self.replies.setdefault(m.Reply.model_validate_json(payload).id, []).append(payload)
        self.count += 1
        self._heard.set()

    def _noticed(self, topic: str, payload: bytes) -> None:
        self.notices.setdefault(m.EventNotice.model_validate_json(payload).seq, set()).add(payload)

    def _stated(self, topic: str, payload: bytes) -> None:
        self.state = m.StationState.model_validate_json(payload)

    async def ask(self, body: m.CommandBody) -> m.Reply:
        """Send a new command again and again until it is answered, however long that takes."""
        command_id = secrets.token_urlsafe(12)
        command = m.Command(id=command_id, kind=body.kind, body=body.model_dump(mode="json"))
        self.asked[command_id] = Asked(command.to_bytes(), body)
        return await self.again(command_id)

    async def again(self, command_id: str) -> m.Reply:
        """Send a command with its old id until one more reply has come; return that reply."""
        known = len(self.replies.get(command_id, ()))
        while len(self.replies.get(command_id, ())) == known:
            self._link.publish(self._topics.command(self.client), self.asked[command_id].payload, qos=1)
            await self._until_more_than(command_id, known)
        return m.Reply.model_validate_json(self.replies[command_id][-1])

    async def _until_more_than(self, command_id: str, known: int) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RESEND_S):
                while len(self.replies.get(command_id, ())) == known:
                    self._heard.clear()
                    await self._heard.wait()

    async def log_in(self, staff: str, pin: str) -> None:
        reply = await self.ask(m.SessionOpen(staff=staff, pin=pin))
        assert reply.accepted, reply.text.en

    async def hand_over_and_take_back(self, repeat: str | None = None) -> None:
        """Take a key and give it back: two facts; then send an old command once more."""
        arrival = await self.ask(m.ArrivalOpen())
        if arrival.accepted:
            await self.ask(m.ArrivalCancel(serial=arrival.body["serial"]))
        if repeat is not None:
            await self.again(repeat)

    @property
    def stored(self) -> dict[str, Asked]:
        """Return the commands whose reply the line must keep (all but the log-in, whose reply holds a token)."""
        return {key: asked for key, asked in self.asked.items() if not isinstance(asked.body, m.SessionOpen)}
