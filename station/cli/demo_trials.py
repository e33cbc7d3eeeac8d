"""What a visitor of the demo can break, and what the station says to it: facts as they come in, words when drawn."""

import asyncio
import contextlib
import json
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from station.bus.messages import EventNotice, RigState
from station.cli.control import ControlError, ask
from station.cli.failure import Unusable, sentence
from station.cli.tamper import FOLDER, Tampering, tamper
from station.cli.words import text
from station.desk.board import Board
from station.line.wording import WORDS
from station.model.facts import RunVoided
from station.model.text import LANGUAGES, Text
from station.store.errors import StoreError

RIG = "brake-1"
PATIENCE_S = 60.0
LOOK_S = 0.05
HASH_SHOWN = 12
VOIDS_KEPT = 50


@dataclass(frozen=True)
class Places:
    """Where the demo's parts are found: its folder, its database, the doors of its processes and of its world."""

    folder: Path
    database: Path
    backstage: Path
    world: Path


@dataclass(frozen=True)
class Void:
    """A run that the station voided: number of the event, plate, item, reason."""

    seq: int
    plate: str
    item: str
    reason: str


@dataclass
class Kill:
    """One kill of the line: what was before, and what has been seen since."""

    pid: int
    epoch: str
    seq: int
    offline: bool = False
    new_pid: int | None = None
    new_epoch: str | None = None


class Trials:
    """The trials of one demo.

    Args:
        places: the demo's files and doors.
        board: what the desk knows.
    """

    def __init__(self, places: Places, board: Board) -> None:
        self._places = places
        self._board = board
        self._voids: deque[Void] = deque(maxlen=VOIDS_KEPT)
        self._running: set[str] = set()
        self._pulled_at: int | None = None
        self._errors: dict[str, Text] = {}
        self.out = False
        self.latest = ""
        self.kill: Kill | None = None
        self.tampering: Tampering | None = None

    def on_event(self, topic: str, payload: bytes) -> None:
        """Take note of a run that was voided."""
        with contextlib.suppress(ValidationError):
            event = EventNotice.model_validate_json(payload)
            if event.kind == RunVoided.kind:
                self._voids.append(self._void(event))
                self._board.changed = True

    def _void(self, event: EventNotice) -> Void:
        body, vehicle = json.loads(event.body), self._board.vehicles.get(event.subject)
        return Void(event.seq, vehicle.plate if vehicle else event.subject, body["item"], body["reason"])

    # -- doing

    async def pull(self) -> None:
        """Pull the brake rig's network plug, or put it in again."""
        async with self._trial("plug") as may:
            if may:
                await ask(self._places.world, do="plug" if self.out else "unplug", rig=RIG)
                self.out = not self.out
                self._pulled_at = self._seq if self.out else self._pulled_at

    async def kill_line(self) -> None:
        """Kill the line with SIGKILL, and watch it come back."""
        async with self._trial("kill") as may:
            if may:
                await self._kill_and_watch()

    async def _kill_and_watch(self) -> None:
        state = self._board.state if self._board.line_online else None
        answer = await ask(self._places.backstage, do="kill", name="line") if state else {}
        if state is None or answer.get("killed") is None:
            self._errors["kill"] = text("kill.none", log=self._places.folder / "logs" / "line.log")
            return
        kill = self.kill = Kill(answer["killed"], state.epoch, state.seq)
        await self._until(lambda: not self._board.line_online)
        kill.offline = self._board.changed = True
        await self._until(lambda: self._board.line_online and self._epoch != kill.epoch)
        kill.new_pid = (await ask(self._places.backstage, do="pids"))["pids"]["line"]
        kill.new_epoch = self._epoch

    async def tamper(self) -> None:
        """Change one byte in a copy of the ledger, and verify copy and original."""
        async with self._trial("tamper") as may:
            if may:
                self.tampering = await asyncio.to_thread(tamper, self._places.database)

    @contextlib.asynccontextmanager
    async def _trial(self, name: str) -> AsyncIterator[bool]:
        """Run one trial at a time of each name; what goes wrong stands on the screen."""
        if name in self._running:
            yield False
            return
        self._running.add(name)
        self.latest = name
        self._errors.pop(name, None)
        self._board.changed = True
        try:
            yield True
        except (ControlError, Unusable, StoreError, OSError, sqlite3.Error) as error:
            self._errors[name] = text("trial.failed", why=sentence(error))
        finally:
            self._running.discard(name)
            self._board.changed = True

    async def _until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not true():  # noqa: ASYNC110  # the board has many writers and no event of its own
                await asyncio.sleep(LOOK_S)

    @property
    def _epoch(self) -> str:
        return self._board.state.epoch if self._board.state else ""

    @property
    def _seq(self) -> int:
        return self._board.state.seq if self._board.state else 0

    # -- saying

    def plug_words(self) -> Text:
        """Return what the station says of the brake rig, and of runs that its plug has cost."""
        rig = next((rig for rig in self._board.state.rigs if rig.rig == RIG), None) if self._board.state else None
        if "plug" in self._errors:
            return self._errors["plug"]
        if self._pulled_at is None:
            return text("plug.idle", rig=rig_words(rig))
        voids = [v for v in self._voids if v.seq > self._pulled_at and v.reason.startswith("rig_")]
        return joined(text("plug.out" if self.out else "plug.in"), rig_words(rig), *map(void_words, voids[-1:]))

    def kill_words(self) -> Text:
        """Return what became of the line since it was killed."""
        kill = self.kill
        if "kill" in self._errors:
            return self._errors["kill"]
        if kill is None:
            return text("kill.idle")
        parts = [text("kill.sent", pid=kill.pid)]
        if kill.offline:
            parts.append(text("kill.offline"))
        if kill.new_epoch:
            parts.append(text("kill.back", pid=kill.new_pid, old=kill.epoch[:6], new=kill.new_epoch[:6]))
            voids = [v for v in self._voids if v.seq > kill.seq and v.reason == "line_restarted"]
            parts += map(void_words, voids) if voids else [text("kill.no_run")]
        return joined(*parts)

    def tamper_words(self) -> Text:
        """Return what the proof says of the copy and of the ledger."""
        if "tamper" in self._errors:
            return self._errors["tamper"]
        if "tamper" in self._running:
            return text("tamper.running")
        found = self.tampering
        if found is None:
            return text("tamper.idle")
        changed = text("tamper.changed", seq=found.seq, kind=found.kind, before=found.before, after=found.after)
        copy = found.copy.reason if found.copy.reason else text("tamper.missed")
        whole = found.original
        real = text("tamper.real", events=whole.events, head=whole.head[:HASH_SHOWN]) if whole.ok else whole.reason
        return joined(changed, text("tamper.copy", folder=FOLDER, why=copy), real or text("tamper.missed"))


def rig_words(rig: RigState | None) -> Text:
    """Return what the station says of a rig."""
    if rig is None:
        return text("rig.unknown", rig=RIG)
    return text(f"rig.{rig.state}", rig=rig.rig, reason=rig.reason)


def void_words(void: Void) -> Text:
    """Return what the station says of a run that does not count."""
    known = f"void.{void.reason}" in WORDS.keys()  # noqa: SIM118  # a catalogue, no mapping
    reason = WORDS.text(f"void.{void.reason}") if known else Text(zh=void.reason, en=void.reason)
    return text("run.void", item=void.item, plate=void.plate, reason=reason)


def joined(*parts: Text) -> Text:
    """Return sentences one after another, in every language."""
    return Text(**{lang: " → ".join(part.in_(lang) for part in parts) for lang in LANGUAGES})
