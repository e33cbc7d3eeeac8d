"""What the desk knows: everything came over MQTT, nothing is computed from memory of its own."""

import logging
import math
from datetime import datetime
from typing import TypeVar

from pydantic import ValidationError

from station.bus.clock import Clock
from station.bus.link import Link
from station.bus.messages import (
    Catalogue,
    EventNotice,
    InspectionSnapshot,
    Live,
    Message,
    Presence,
    PrinterState,
    Prompt,
    StationState,
)
from station.bus.topics import Topics
from station.desk.checks import Checks
from station.desk.estimates import StageTimes
from station.desk.trace import Trace

log = logging.getLogger(__name__)

M = TypeVar("M", bound=Message)


class Board:
    """The newest of every retained message. Handlers only store and raise ``changed``; drawing has its own interval."""

    def __init__(self, topics: Topics, clock: Clock, line_client: str) -> None:
        self.topics = topics
        self.clock = clock
        self.state: StationState | None = None
        self.vehicles: dict[str, InspectionSnapshot] = {}
        self.prompts: dict[str, Prompt] = {}
        self._cleared: dict[str, int] = {}
        self._prompted: dict[str, float] = {}
        self.traces: dict[str, Trace] = {}
        self.catalogue: Catalogue | None = None
        self.printer: PrinterState | None = None
        self.checks = Checks()
        self.times = StageTimes()
        self.broker_online = False
        self.broker_since: datetime = clock.now()
        self.line_gone_since: datetime | None = None
        self.changed = True
        self._line_presence = topics.presence(line_client)

    def follow(self, link: Link) -> None:
        """Subscribe to what every screen needs."""
        link.subscribe(self.topics.state, self._on_state)
        link.subscribe(self.topics.inspection(), self._on_inspection)
        link.subscribe(self.topics.prompt(), self._on_prompt)
        link.subscribe(self.topics.catalogue, self._on_catalogue)
        link.subscribe(self.topics.printer, self._on_printer)
        link.subscribe(self.topics.event, self._on_event)
        link.subscribe(self._line_presence, self._on_presence)

    def on_link(self, online: bool) -> None:
        """Note that the broker came or went.

        What is retained comes again after each connect; what was cleared meanwhile does not, so it is forgotten here.
        """
        self.broker_online = online
        self.broker_since = self.clock.now()
        if online:
            self.vehicles.clear()
            self.prompts.clear()
            self._cleared.clear()
        self.changed = True

    @property
    def line_online(self) -> bool:
        """Return whether the line is there, as far as anybody told."""
        return self.broker_online and self.line_gone_since is None and bool(self.state and self.state.online)

    def vehicle_with_plate(self, plate: str) -> InspectionSnapshot | None:
        """Return the vehicle in the station with that plate."""
        return next((v for v in self.vehicles.values() if v.plate == plate), None)

    def seconds_left(self, prompt: Prompt) -> int | None:
        """Return whole seconds of a prompt's countdown, counted from when it came."""
        if prompt.countdown_s is None:
            return None
        gone = self.clock.monotonic() - self._prompted[prompt.lane]
        return max(0, math.ceil(float(prompt.countdown_s) - gone))

    # An older retained message may come after a newer one: order comes from the numbers, never from MQTT.

    def _on_state(self, topic: str, payload: bytes) -> None:
        state, known = _parsed(StationState, payload, topic), self.state
        if state and (known is None or state.epoch != known.epoch or state.seq >= known.seq):
            self.state = state
            self.times.begin_day(state.counters.day)
            self._drop_departed(state)
            self.changed = True

    def _drop_departed(self, state: StationState) -> None:
        """Forget vehicles that the line no longer counts: a broker may lose the message that clears a snapshot."""
        for serial, snapshot in tuple(self.vehicles.items()):
            left = state.present is not None and serial not in state.present
            if left and snapshot.inspection.last_seq <= state.seq:
                del self.vehicles[serial]

    def _on_inspection(self, topic: str, payload: bytes) -> None:
        serial = self.topics.leaf(topic, 3)
        snapshot = _parsed(InspectionSnapshot, payload, topic)
        if not payload:
            gone = self.vehicles.pop(serial, None)
            self._cleared[serial] = max(gone.inspection.last_seq if gone else 0, self.state.seq if self.state else 0)
        elif snapshot and snapshot.inspection.last_seq >= self._seen(serial):
            self.vehicles[serial] = snapshot
            self.times.learn(snapshot.inspection)
        self.changed = True

    def _seen(self, serial: str) -> int:
        """Return the least number that is news: that of the snapshot we have, or above what was cleared."""
        known = self.vehicles.get(serial)
        return known.inspection.last_seq if known else self._cleared.get(serial, -1) + 1

    def _on_prompt(self, topic: str, payload: bytes) -> None:
        lane = self.topics.leaf(topic, 3)
        prompt, known = _parsed(Prompt, payload, topic), self.prompts.get(lane)
        if prompt and known and prompt.epoch == known.epoch and prompt.number <= known.number:
            return
        if prompt:
            self.prompts[lane] = prompt
            self._prompted[lane] = self.clock.monotonic()
        elif not payload:
            self.prompts.pop(lane, None)
        self.changed = True

    def _on_presence(self, topic: str, payload: bytes) -> None:
        presence = _parsed(Presence, payload, topic)
        if presence:
            gone = None if presence.online else (self.line_gone_since or self.clock.now())
            self.line_gone_since = gone
            self.changed = True

    def _on_catalogue(self, topic: str, payload: bytes) -> None:
        self.catalogue = _parsed(Catalogue, payload, topic) or self.catalogue
        self.changed = True

    def _on_printer(self, topic: str, payload: bytes) -> None:
        self.printer = _parsed(PrinterState, payload, topic)
        self.changed = True

    def _on_event(self, topic: str, payload: bytes) -> None:
        # Most events are of no concern here: they are not even parsed.
        if b"rig.checked" in payload and (event := _parsed(EventNotice, payload, topic)):
            self.changed |= self.checks.take(event)

    def on_live(self, topic: str, payload: bytes) -> None:
        """Add one block of live readings to its rig's trace."""
        live = _parsed(Live, payload, topic)
        if not live:
            return
        rig = self.topics.leaf(topic, 5)
        trace = self.traces.get(rig)
        if trace is None or trace.run != live.run:
            trace = self.traces[rig] = Trace(live.run, live.serial, live.item)
        trace.add(live)
        self.changed = True


def _parsed(model: type[M], payload: bytes, topic: str) -> M | None:
    """Return the message, None when it is empty or not one: a bad message never ends the desk."""
    if not payload:
        return None
    try:
        return model.model_validate_json(payload)
    except ValidationError as error:
        log.warning("%s: not a %s, ignored: %s", topic, model.__name__, error)
        return None
