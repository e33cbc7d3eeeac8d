"""The notice board as a handheld sees it: the station's retained messages, kept, and waited for."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from handheld.retained import Retained
from handheld.waiting import Waiters
from station.bus.accounts import LINE
from station.bus.clock import Clock
from station.bus.commands import Commander
from station.bus.link import Account, Link, Will
from station.bus.messages import (
    Catalogue,
    CataloguePoint,
    InspectionSnapshot,
    Live,
    Message,
    Presence,
    Prompt,
    StationState,
)
from station.bus.topics import Topics

log = logging.getLogger(__name__)

M = TypeVar("M", bound=Message)
T = TypeVar("T")


class Board:
    """Everything that the station shows to one client; see ``handheld.client.Handheld`` for what the client may do.

    ``inspections`` by serial, ``prompts`` by lane and the ``catalogue`` of check-list points (None before it came)
    follow the retained topics.
    """

    def __init__(self, broker_url: str, station: str, account: Account, clock: Clock | None = None) -> None:
        self.topics = Topics(station)
        self.clock = clock or Clock()
        self.inspections: dict[str, InspectionSnapshot] = {}
        self.prompts: dict[str, Prompt] = {}
        self.catalogue: Catalogue | None = None
        self._client = account.client
        self._presence = self.topics.presence(account.client)
        self._link = Link(broker_url, account, Will(self._presence, self._present(False)), self._changed)
        self._commander = Commander(self._link, self.topics)
        self._waiters = Waiters()
        self._prompt_callbacks: list[Callable[[Prompt], None]] = []
        self._live: dict[str, Callable[[Live], None]] = {}
        self._retained = Retained(lambda: self.connected)
        self._epoch = ""
        self._current: set[str] = set()
        self._line_there = True
        self._link.subscribe(self.topics.state, self._stated)
        self._link.subscribe(self.topics.presence(LINE), self._line_changed)
        self._link.subscribe(self.topics.catalogue, self._catalogued)
        self._link.subscribe(self.topics.inspection(), self._inspected)
        self._link.subscribe(self.topics.prompt(), self._prompted)

    # -- connection

    async def start(self, timeout_s: float = 10.0) -> None:
        """Connect; the connection then comes back by itself.

        Raises:
            TimeoutError: the broker does not answer.
            LinkRefusedError: the broker does not know the account.
        """
        await self._link.start()
        try:
            await self._link.wait(timeout_s)
        except BaseException:
            await self._link.stop()
            raise

    async def stop(self) -> None:
        """Say that this client is gone, and disconnect."""
        self._retained.stop()
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._link.publish_acked(self._presence, self._present(False), retain=True)
        await self._link.stop()

    @property
    def connected(self) -> bool:
        """Return whether the broker is there now."""
        return self._link.connected.is_set()

    @property
    def state(self) -> StationState | None:
        """Return the station's state, None before it came."""
        return self._commander.state

    @property
    def line_online(self) -> bool:
        """Return whether the line says that it works, and has not been lost since."""
        return self.connected and self._line_there and self.state is not None and self.state.online

    def _present(self, online: bool) -> bytes:
        return Presence(client=self._client, online=online).to_bytes()

    def _changed(self, connected: bool) -> None:
        if connected:
            self._link.publish(self._presence, self._present(True), qos=1, retain=True)
            self._retained.connected()
        self._waiters.changed()

    # -- what comes in

    def _stated(self, topic: str, payload: bytes) -> None:
        # The commander keeps the state.
        if self.state and self.state.epoch != self._epoch:
            self._epoch = self.state.epoch
            self._current.clear()
        self._drop_departed()
        self._waiters.changed()

    def _drop_departed(self) -> None:
        """Forget vehicles that the line no longer counts: a broker may lose the message that clears a snapshot."""
        state = self.state
        if state is None or state.present is None:
            return
        for serial, snapshot in tuple(self.inspections.items()):
            if serial not in state.present and snapshot.inspection.last_seq <= state.seq:
                del self.inspections[serial]

    def _line_changed(self, topic: str, payload: bytes) -> None:
        # A line that was killed leaves its state as it was; only its last will tells.
        presence = _parse(Presence, topic, payload) if payload else None
        self._line_there = presence is None or presence.online
        self._waiters.changed()

    def _catalogued(self, topic: str, payload: bytes) -> None:
        if payload and (catalogue := _parse(Catalogue, topic, payload)):
            self.catalogue = catalogue
            self._waiters.changed()

    def _inspected(self, topic: str, payload: bytes) -> None:
        serial = Topics.leaf(topic, 3)
        self._retained.note(topic, payload, self._inspected)
        if not payload:
            self.inspections.pop(serial, None)
        elif (snapshot := _parse(InspectionSnapshot, topic, payload)) and not self._is_old(snapshot):
            self.inspections[serial] = snapshot
            self._current.add(serial)
        self._waiters.changed()

    def _is_old(self, snapshot: InspectionSnapshot) -> bool:
        """Return whether the broker sent an old snapshot again; after a new start of the line none is old."""
        known = self.inspections.get(snapshot.serial)
        older = known is not None and known.inspection.last_seq > snapshot.inspection.last_seq
        return older and snapshot.serial in self._current

    def _prompted(self, topic: str, payload: bytes) -> None:
        lane = Topics.leaf(topic, 3)
        self._retained.note(topic, payload, self._prompted)
        if not payload:
            self.prompts.pop(lane, None)
        elif (prompt := _parse(Prompt, topic, payload)) and not self._overtaken(prompt, self.prompts.get(lane)):
            self.prompts[lane] = prompt
            for callback in tuple(self._prompt_callbacks):
                callback(prompt)
        self._waiters.changed()

    @staticmethod
    def _overtaken(prompt: Prompt, current: Prompt | None) -> bool:
        """Return whether the broker sent an old prompt again, or this one once more."""
        return bool(current and current.epoch == prompt.epoch and current.number >= prompt.number)

    def _lived(self, topic: str, payload: bytes) -> None:
        callback = self._live.get(topic)
        if callback and (live := _parse(Live, topic, payload)):
            callback(live)

    def on_prompt(self, callback: Callable[[Prompt], None]) -> Callable[[], None]:
        """Have every prompt of every lane given to a callback; returns what ends that."""
        self._prompt_callbacks.append(callback)
        return lambda: self._prompt_callbacks.remove(callback)

    def watch_live(self, lane: str, rig: str, callback: Callable[[Live], None]) -> None:
        """Have the live readings of a rig given to a callback (one at a time), until ``unwatch_live``."""
        self.unwatch_live(lane, rig)
        topic = self.topics.live(lane, rig)
        self._live[topic] = callback
        self._link.subscribe(topic, self._lived, qos=0)

    def unwatch_live(self, lane: str, rig: str) -> None:
        """Stop watching a rig."""
        topic = self.topics.live(lane, rig)
        if self._live.pop(topic, None):
            self._link.unsubscribe(topic)

    # -- waiting, in seconds of the station's clock

    async def await_state(self, predicate: Callable[[StationState], bool], timeout_s: float = 30.0) -> StationState:
        """Return the station's state as soon as it is as wanted.

        Raises:
            TimeoutError: it was not, in station seconds.
        """
        return await self._until(lambda: _if(self.state, predicate), timeout_s, "the station's state")

    async def await_inspection(
        self, serial: str, predicate: Callable[[InspectionSnapshot], bool], timeout_s: float = 30.0
    ) -> InspectionSnapshot:
        """Return the snapshot of an inspection as soon as it is as wanted.

        Raises:
            TimeoutError: it was not, in station seconds.
        """
        return await self._until(lambda: _if(self.inspections.get(serial), predicate), timeout_s, serial)

    async def await_prompt(self, lane: str, predicate: Callable[[Prompt], bool], timeout_s: float = 30.0) -> Prompt:
        """Return the prompt of a lane as soon as it is as wanted.

        Raises:
            TimeoutError: it was not, in station seconds.
        """
        return await self._until(lambda: _if(self.prompts.get(lane), predicate), timeout_s, f"a prompt of lane {lane}")

    async def await_points(self, serial: str, item: str, timeout_s: float = 30.0) -> tuple[CataloguePoint, ...]:
        """Return the points that an item's check-list needs now, in their order, as soon as they are known.

        Raises:
            TimeoutError: the vehicle has no check-list of that item, or the catalogue lacks its points.
        """
        return await self._until(lambda: self._points(serial, item), timeout_s, f"the check-list {item} of {serial}")

    def _points(self, serial: str, item: str) -> tuple[CataloguePoint, ...] | None:
        snapshot = self.inspections.get(serial)
        checklist = snapshot.inspection.checklist(item) if snapshot else None
        if checklist is None or self.catalogue is None:
            return None
        by_id = {point.id: point for point in self.catalogue.points if point.item == item}
        known = tuple(by_id[one] for one in checklist.planned if one in by_id)
        return known if len(known) == len(checklist.planned) else None

    async def await_gone(self, serial: str, timeout_s: float = 30.0) -> None:
        """Wait until an inspection is no longer shown: the owner has the key again.

        Raises:
            TimeoutError: it still was, in station seconds.
        """
        await self._until(lambda: serial not in self.inspections or None, timeout_s, f"the end of {serial}")

    async def _until(self, probe: Callable[[], T | None], timeout_s: float, what: str) -> T:
        return await self._waiters.until(probe, timeout_s / self.clock.speed, what)


def _if(value: T | None, predicate: Callable[[T], bool]) -> T | None:
    return value if value is not None and predicate(value) else None


def _parse(model: type[M], topic: str, payload: bytes) -> M | None:
    try:
        return model.model_validate_json(payload)
    except ValidationError as error:
        # The payload may name a vehicle: the log says only what was wrong with it.
        log.warning("%s: not a %s (%d errors)", topic, model.__name__, error.error_count())
        return None
