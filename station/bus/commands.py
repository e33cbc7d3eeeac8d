"""Sending commands and getting their answers: the same for desk, handheld, office and simulated people."""

import asyncio
import secrets

from pydantic import ValidationError

from station.bus.link import Link
from station.bus.messages import Command, CommandBody, Reply, StationState
from station.bus.topics import Topics
from station.model.text import Text

RESEND_S = 1.0


class CommandRefusedError(Exception):
    """The line refused a command; ``reply`` says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.code}: {reply.text.en}")
        self.reply = reply


class Commander:
    """Sends commands of one client until they are answered.

    It follows the retained station state, because a command that moves a rig carries the line's epoch.
    """

    def __init__(self, link: Link, topics: Topics) -> None:
        self._link = link
        self._topics = topics
        self._waiting: dict[str, asyncio.Future[Reply]] = {}
        self.state: StationState | None = None
        link.subscribe(topics.reply(link.account.client), self._replied)
        link.subscribe(topics.state, self._stated)

    def _stated(self, topic: str, payload: bytes) -> None:
        if not payload:
            return
        state = StationState.model_validate_json(payload)
        # A broker may hand out an older retained message after a newer one.
        if self.state is None or state.seq >= self.state.seq:
            self.state = state

    def _replied(self, topic: str, payload: bytes) -> None:
        try:
            reply = Reply.model_validate_json(payload)
        except ValidationError:
            return
        waiting = self._waiting.get(reply.id)
        if waiting and not waiting.done():
            waiting.set_result(reply)

    async def send(self, body: CommandBody, timeout_s: float = 15.0, command_id: str | None = None) -> Reply:
        """Send a command again and again until the line answers, and return its answer.

        Raises:
            TimeoutError: no answer in real seconds; whether it was done is not known: send the same id again.
        """
        command_id = command_id or secrets.token_urlsafe(12)
        # The epoch is fixed here: a command that is sent again must not follow a line that has restarted meanwhile.
        payload = self._command(command_id, body).to_bytes()
        waiting: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[command_id] = waiting
        try:
            async with asyncio.timeout(timeout_s):
                return await self._until_answered(payload, waiting)
        except TimeoutError:
            raise TimeoutError(f"the line did not answer {body.kind} within {timeout_s:g} s") from None
        finally:
            del self._waiting[command_id]

    async def _until_answered(self, payload: bytes, waiting: "asyncio.Future[Reply]") -> Reply:
        topic = self._topics.command(self._link.account.client)
        while True:
            self._link.publish(topic, payload, qos=1)
            done, _ = await asyncio.wait((waiting,), timeout=RESEND_S)
            if done:
                return waiting.result()

    def _command(self, command_id: str, body: CommandBody) -> Command:
        epoch = self.state.epoch if body.moves_rig and self.state else None
        return Command(id=command_id, kind=body.kind, epoch=epoch, body=body.model_dump(mode="json"))

    async def ask(self, body: CommandBody, timeout_s: float = 15.0) -> Reply:
        """Send a command and return its answer if it was accepted.

        Raises:
            CommandRefusedError: the line refused it.
            TimeoutError: no answer.
        """
        reply = await self.send(body, timeout_s)
        if not reply.accepted:
            raise CommandRefusedError(reply)
        return reply


def no_answer(kind: str) -> Text:
    """Return what a person is told when the line does not answer."""
    return Text(
        zh=f"检测线没有应答（{kind}）。系统会继续发送，请检查主机。",
        en=f"The line does not answer ({kind}). It is sent again; check the station computer.",
    )
