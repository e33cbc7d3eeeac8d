"""Commands, one at a time: read, checked, decided, stored with their reply, answered."""

import asyncio
import json
import logging
import math
import secrets
import time
from collections.abc import Awaitable, Mapping

from station.bus import messages as m
from station.bus.clock import Clock
from station.bus.topics import Topics
from station.line.case import Case, Decision, Refusal, Sender
from station.line.hall import Hall
from station.line.handlers import HANDLERS
from station.line.intake import Order, body_hash, check, read_command
from station.line.lane import Lane
from station.line.pins import Attempts
from station.line.scribe import Scribe
from station.line.voice import Voice
from station.line.wording import WORDS, explained
from station.model import facts
from station.model.canonical import sha256_hex
from station.model.event import Entry, StoredReply, sealed
from station.model.text import Text
from station.store import read
from station.store.credential import Credential, make_credential
from station.store.errors import StoreError

log = logging.getLogger(__name__)
REMEMBERED = 200


class Orders:
    """The line's ear: every command that arrives is answered, with what was stored or with why not."""

    def __init__(self, hall: Hall, scribe: Scribe, voice: Voice, clock: Clock, lanes: Mapping[str, Lane]) -> None:
        self.hall, self.scribe, self.voice, self.clock, self.lanes = hall, scribe, voice, clock, lanes
        self._queue: asyncio.Queue[tuple[str, bytes, float]] = asyncio.Queue()
        self._attempts = Attempts()
        # Answers that hold a token are kept here for a moment, with the hash of their command; never in the store.
        self._tokens: dict[tuple[str, str], tuple[str, bytes]] = {}
        self._checks: dict[tuple[str, str], asyncio.Task[None]] = {}

    def receive(self, topic: str, payload: bytes) -> None:
        """Take in what a client sent."""
        self._queue.put_nowait((Topics.client_of(topic), payload, time.monotonic()))

    async def serve(self) -> None:
        """Answer commands in the order of their arrival, until cancelled."""
        try:
            while True:
                client, payload, received_s = await self._queue.get()
                await self._reply(client, payload, self._carry_out(client, payload, received_s))
        finally:
            checks = tuple(self._checks.values())
            for task in checks:
                task.cancel()
            await asyncio.gather(*checks, return_exceptions=True)

    async def _reply(self, client: str, payload: bytes, work: Awaitable[m.Reply | bytes | None]) -> None:
        """Send a client the answer to its command; whatever goes wrong is an answer too."""
        try:
            reply = await work
        except Refusal as refusal:
            reply = refused(id_of(payload), refusal)
        except StoreError as error:
            log.error("not stored: %s", error)
            reply = not_stored(id_of(payload), error)
        except Exception:
            # A command that the line stumbles over must not stop it; the log keeps the traceback for the maintainer.
            log.exception("client %s: a command was not carried out", client)
            reply = refused(id_of(payload), Refusal("line_fault"))
        if reply is not None:
            payload = reply if isinstance(reply, bytes) else reply.to_bytes()
            self.voice.link.publish(self.voice.topics.reply(client), payload, qos=1)

    async def _carry_out(self, client: str, payload: bytes, received_s: float) -> m.Reply | bytes | None:
        if not id_of(payload):
            log.warning("client %s sent something that is not a command", client)
            return None
        command = read_command(payload)
        if time.monotonic() - received_s > command.expires_s:
            # Nobody counts on it any more: who still does has sent it again meanwhile, and that copy is answered.
            log.warning("client %s: %s waited too long and was not carried out", client, command.kind)
            return None
        digest = body_hash(command)
        if (client, command.id) in self._checks:
            return None  # the answer comes when the check is over
        earlier = await self._earlier(client, command, digest)
        if earlier:
            return earlier
        order = check(self.hall, client, command)
        match order.body:
            case m.QueryEvents():
                return await self._events(order, order.body)
            case m.SessionOpen():
                return await self._open_session(order, order.body, digest)
            case m.StaffResetPin():
                return await self._reset_pin(order, order.body, digest)
            case m.RigCheck():
                self._begin_check(order, order.body, digest, payload)
                return None
        async with self.scribe.writing:
            return await self._decide(order, digest)

    async def _earlier(self, client: str, command: m.Command, digest: str) -> bytes | None:
        """Return the answer that this command got before.

        Raises:
            Refusal: another command had this id.
        """
        known = self._tokens.get((client, command.id))
        if known is None:
            stored = await self.scribe.ask(self.scribe.ledger.reply_to, client, command.id)
            known = (stored.body_sha256, stored.reply.encode()) if stored else None
        if known is None:
            return None
        if known[0] != digest:
            raise Refusal("same_id")
        return known[1]

    async def _decide(self, order: Order, digest: str) -> bytes:
        case = Case(self.hall, order.sender, self.clock.now())
        if isinstance(order.body, m.SessionClose):
            closed = facts.SessionClosed(client=order.sender.client, staff=order.sender.staff)
            decision = Decision((case.fact(order.sender.client, closed),))
        else:
            await self._recall(order.body)
            decision = HANDLERS[type(order.body)](case, order.body)
        reply = await self._keep(order, digest, decision)
        self._act_on(decision)
        return reply

    async def _recall(self, body: m.CommandBody) -> None:
        """Have a vehicle that had left at hand again when it comes back."""
        if (
            not isinstance(body, (m.InspectionReturn, m.ReportPrint, m.PrintDone))
            or body.serial in self.hall.inspections
        ):
            return
        found = await self.scribe.ask(self.scribe.ledger.inspection, body.serial)
        if found:
            names = await self.scribe.ask(read.personal, self.scribe.engine, body.serial)
            self.hall.inspections[body.serial], self.hall.personal[body.serial] = found, names

    async def _keep(self, order: Order, digest: str, decision: Decision, credential: Credential | None = None) -> bytes:
        """Store a decision with its reply in one transaction, and return the reply."""
        reply = accepted(order, decision.body).to_bytes().decode()
        stored = StoredReply(order.sender.client, order.command.id, digest, reply)
        events = await self.scribe.store(Entry(decision.facts, decision.personal, reply=stored), credential)
        return (sealed(stored, events[-1]) if events else stored).reply.encode()

    def _act_on(self, decision: Decision) -> None:
        if decision.enter:
            bay, serial = decision.enter
            if bay in self.lanes:
                self.lanes[bay].call_in(serial)
            else:
                self.hall.bays[bay].serial = serial
        if decision.release:
            if decision.release in self.lanes:
                self.lanes[decision.release].release("by_person")
            else:
                self.hall.bays[decision.release].serial = None
        self.scribe.wake.set()

    async def _events(self, order: Order, query: m.QueryEvents) -> m.Reply:
        found = await self.scribe.ask(self.scribe.ledger.events_since, query.since, query.limit)
        return accepted(order, {"events": [{**event.model_dump(), "mono_ns": str(event.mono_ns)} for event in found]})

    async def _open_session(self, order: Order, body: m.SessionOpen, digest: str) -> bytes:
        """Check the PIN in a thread, and put the session into the ledger under the hash of a new token."""
        await self._check_pin(body)
        token = secrets.token_urlsafe(24)
        client = order.sender.client
        names = await self.scribe.ask(read.personal, self.scribe.engine, body.staff)
        case = Case(self.hall, Sender(client, body.staff), self.clock.now())
        async with self.scribe.writing:
            events = await self.scribe.store(Entry(case.facts(client, *self._session_facts(client, body.staff, token))))
        roles = sorted(self.hall.staff.get(body.staff, ()))
        said = {"token": token, "staff": body.staff, "name": names.get("name", body.staff), "roles": roles}
        reply = accepted(order, said).model_copy(update={"seq": events[-1].seq, "hash": events[-1].hash}).to_bytes()
        self._remember((client, order.command.id), (digest, reply))
        return reply

    async def _reset_pin(self, order: Order, body: m.StaffResetPin, digest: str) -> bytes:
        """Give a person a new PIN, and end the sessions that were opened with the old one."""
        if body.staff not in self.hall.staff:
            raise Refusal("unknown_staff", staff=body.staff)
        credential = await asyncio.to_thread(make_credential, body.staff, body.pin)
        case = Case(self.hall, order.sender, self.clock.now())
        theirs = [client for client, session in self.hall.sessions.items() if session.staff == body.staff]
        ended = [case.fact(c, facts.SessionClosed(client=c, staff=body.staff)) for c in theirs]
        decision = Decision((case.fact(body.staff, facts.PinReset(staff=body.staff)), *ended))
        async with self.scribe.writing:
            reply = await self._keep(order, digest, decision, credential)
        self._attempts.right(body.staff)
        return reply

    async def _check_pin(self, body: m.SessionOpen) -> None:
        now = self.clock.monotonic()
        pause = self._attempts.pause_left(body.staff, now)
        if pause:
            raise Refusal("pin_pause", seconds=math.ceil(pause))
        credential = await self.scribe.ask(read.credential, self.scribe.engine, body.staff)
        if credential is None or not await asyncio.to_thread(credential.matches, body.pin):
            raise Refusal("wrong_pin", left=self._attempts.wrong(body.staff, now))
        self._attempts.right(body.staff)

    def _session_facts(self, client: str, staff: str, token: str) -> tuple[facts.Body, ...]:
        """Return what a log-in means: whoever was logged in on this client no longer is."""
        before = self.hall.sessions.get(client)
        closed = (facts.SessionClosed(client=client, staff=before.staff),) if before else ()
        return (*closed, facts.SessionOpened(client=client, staff=staff, token_sha256=sha256_hex(token.encode())))

    def _remember(self, key: tuple[str, str], answer: tuple[str, bytes]) -> None:
        self._tokens[key] = answer
        if len(self._tokens) > REMEMBERED:
            del self._tokens[next(iter(self._tokens))]

    def _begin_check(self, order: Order, body: m.RigCheck, digest: str, payload: bytes) -> None:
        """Check a rig beside everything else: it takes the rig's time, and the other commands must not wait for it."""
        key = (order.sender.client, order.command.id)
        work = self._reply(order.sender.client, payload, self._checked(order, body, digest))
        self._checks[key] = asyncio.create_task(work)
        self._checks[key].add_done_callback(lambda task: self._checks.pop(key))

    async def _checked(self, order: Order, body: m.RigCheck, digest: str) -> bytes:
        """Have a free rig check itself; the command is accepted when the check has passed."""
        lane = next((lane for lane in self.lanes.values() if lane.rig.id == body.rig), None)
        if lane is None:
            raise Refusal("unknown_rig", rig=body.rig)
        if lane.bay.serial is not None:
            raise Refusal("rig_busy", rig=body.rig)
        if body.check not in lane.rig.checks:
            raise Refusal("no_check", rig=body.rig)
        passed, detail = await lane.check_rig(body.check)
        fact = facts.RigChecked(rig=body.rig, check=body.check, passed=passed, detail=detail)
        case = Case(self.hall, order.sender, self.clock.now())
        about = case.fact(self.hall.config.station.id, fact)
        async with self.scribe.writing:
            if passed:
                return await self._keep(order, digest, Decision((about,), body={"passed": True}))
            await self.scribe.store(Entry((about,)))
        why = explained(detail)
        raise Refusal("rig_check", rig=body.rig, reason_zh=why.zh, reason_en=why.en)


def accepted(order: Order, body: Mapping[str, object]) -> m.Reply:
    """Return the reply that says yes."""
    return m.Reply(id=order.command.id, accepted=True, code="accepted", text=WORDS.text("accepted"), body=dict(body))


def refused(command_id: str, refusal: Refusal) -> m.Reply:
    """Return the reply that says no, and why."""
    return m.Reply(id=command_id, accepted=False, code=refusal.code, text=refusal.text, body=refusal.body)


def not_stored(command_id: str, error: StoreError) -> m.Reply:
    """Return the reply to a command that the store could not keep: nothing was done."""
    text = Text(
        zh=WORDS.say("zh", "refused.not_stored", detail=error.say("zh")),
        en=WORDS.say("en", "refused.not_stored", detail=error.say("en")),
    )
    return refused(command_id, Refusal("not_stored", text))


def id_of(payload: bytes) -> str:
    """Return the id of something that may be a command, so that even a refusal can be answered; empty if none."""
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return ""
    command_id = found.get("id") if isinstance(found, dict) else None
    return command_id if isinstance(command_id, str) and len(command_id) <= 64 else ""
