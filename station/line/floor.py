"""What the lanes ask of the line: the journal and the voice, for the vehicle in their bay."""

import logging
from collections.abc import Mapping

from station.bus.clock import Clock
from station.line import flow
from station.line.hall import Bay, Hall
from station.line.handlers import released
from station.line.rig import LaneRig
from station.line.run import Reading
from station.line.scribe import LINE, Scribe
from station.line.voice import Voice
from station.model import facts
from station.model.canonical import canonical, sha256_hex
from station.model.capture import Capture
from station.model.codes import RIG_KINDS, Stage
from station.model.event import Entry, Fact
from station.model.inspection import Inspection
from station.model.vehicle import Vehicle
from station.rules import judge
from station.store import read
from station.store.errors import StoreError

log = logging.getLogger(__name__)


class StationFloor:
    """The floor that the lanes stand on; see ``station.line.run.Floor``."""

    def __init__(self, hall: Hall, scribe: Scribe, voice: Voice, clock: Clock) -> None:
        self.hall, self.scribe, self.voice, self.clock = hall, scribe, voice, clock

    def vehicle(self, serial: str) -> Vehicle:
        """Return the vehicle of an inspection."""
        vehicle = self.hall.inspections[serial].vehicle
        if vehicle is None:
            raise ValueError(f"{serial}: not registered")
        return vehicle

    def may_start(self) -> bool:
        """Say whether there is room to keep what a run measures."""
        return not self.hall.crowded

    def to_measure(self, bay: Bay) -> tuple[str, ...]:
        """Return the codes that a bay still has to measure on its vehicle."""
        inspection = self.hall.inspections[bay.serial or ""]
        items = flow.to_measure(inspection, bay.section.stage, self.hall.config.rules.repeats)
        return tuple(item for item in items if RIG_KINDS.get(item) == bay.kind)

    async def start_run(self, bay: Bay, items: tuple[str, ...], run: str, rig: LaneRig) -> None:
        """Put the start of a run over these items into the ledger.

        Raises:
            StoreError: nothing was stored.
        """
        profile = rig.driver.profile
        started = facts.RunStarted(
            run=run,
            item=items[0],
            covers=items[1:],
            attempt=self.hall.inspections[bay.serial or ""].attempt,
            bay=bay.section.id,
            rig=rig.id,
            profile=profile.name,
            profile_sha256=profile.sha256,
        )
        async with self.scribe.writing:
            await self.scribe.store(Entry((self._by_driver(bay, started),)))
        bay.run = run

    def _by_driver(self, bay: Bay, body: facts.Body) -> Fact:
        """Return a fact of the person who took the vehicle in, at the rig of the bay."""
        serial = bay.serial or ""
        record = self.hall.inspections[serial].stage(bay.section.stage)
        actor = record.by if record and record.by else LINE
        return Fact(subject=serial, actor=actor, device=bay.section.rig or bay.section.id, body=body)

    async def finish_run(self, bay: Bay, capture: Capture) -> None:
        """Store run, evidence, verdict and what follows from it in one transaction."""
        data = canonical(capture.model_dump(mode="json"))
        digest = sha256_hex(data)
        finished = facts.RunFinished(
            run=capture.run,
            item=capture.item,
            evidence_sha256=digest,
            samples=capture.samples,
            lost=capture.lost,
            end_state=capture.end_state,
        )

        async def decide() -> Entry:
            inspection = self.hall.inspections[bay.serial or ""]
            captures = await self.captures(inspection) | dict.fromkeys(capture.items, capture)
            judged = (self._judged(inspection, item, captures) for item in capture.items)
            bodies: list[facts.Body] = [finished, *judged]
            then = flow.preview(inspection, *bodies)
            bodies += self.closing(then, bay.section.stage, captures)
            return Entry(tuple(self._by_driver(bay, body) for body in bodies), evidence={digest: data})

        self.hall.captures[capture.run] = capture
        await self.scribe.write_until_done(decide, lambda: self.prompt(bay, "store_wait", {}, None))
        bay.run = None

    def _judged(self, inspection: Inspection, item: str, captures: Mapping[str, Capture]) -> facts.ItemJudged:
        if inspection.vehicle is None or inspection.category is None:
            raise ValueError(f"{inspection.serial}: not registered")
        on = self.clock.now().astimezone(self.hall.zone).date()
        vehicle, category, here = inspection.vehicle, inspection.category, inspection.circumstances
        verdict = judge(self.hall.pack, vehicle, category, on, item, captures, here)
        return facts.ItemJudged(attempt=inspection.attempt, verdict=verdict)

    def closing(self, inspection: Inspection, stage: Stage, captures: Mapping[str, Capture]) -> list[facts.Body]:
        """Return what follows when nothing is left to measure in a stage: derived items, then its end."""
        repeats = self.hall.config.rules.repeats
        if flow.to_measure(inspection, stage, repeats):
            return []
        bodies: list[facts.Body] = []
        if stage == "brake" and flow.needs_whole_vehicle(inspection, repeats):
            bodies.append(self._judged(inspection, flow.WHOLE_VEHICLE, captures))
            inspection = flow.preview(inspection, *bodies)
        return [*bodies, *flow.after_items(inspection, stage, repeats)]

    async def captures(self, inspection: Inspection) -> dict[str, Capture]:
        """Return the newest capture of each item; one that cannot be read any more counts as not measured."""
        found: dict[str, Capture] = {}
        for run in inspection.runs:
            if run.state == "finished" and run.evidence_sha256:
                capture = self.hall.captures.get(run.run) or await self._read_capture(run.evidence_sha256)
                if capture:
                    self.hall.captures[run.run] = capture
                    found |= dict.fromkeys(run.items, capture)
        return found

    async def _read_capture(self, digest: str) -> Capture | None:
        try:
            return Capture.model_validate_json(await self.scribe.ask(read.evidence, self.scribe.engine, digest))
        except (StoreError, ValueError) as error:
            log.error("curves of an earlier run: %s", error)
            return None

    async def void_run(self, bay: Bay, item: str, run: str, reason: str) -> None:
        """Store that a run does not count, if it is open: it may not have begun, or have ended already."""

        async def decide() -> Entry | None:
            found = self.hall.inspections[bay.serial or ""].run(run)
            if found is None or found.state != "open":
                return None
            return Entry((self._by_driver(bay, facts.RunVoided(run=run, item=item, reason=reason)),))

        await self.scribe.write_until_done(decide)
        log.warning("bay %s: run of %s ended: %s", bay.section.id, item, reason)
        bay.run = None

    async def leave(self, bay: Bay, released_why: str | None) -> None:
        """Store how a visit ended, unless the last run's transaction has done so already."""
        stage = bay.section.stage

        async def decide() -> Entry | None:
            inspection = self.hall.inspections[bay.serial or ""]
            record = inspection.stage(stage)
            if record is None or record.finished_at is not None or record.started_at is None:
                return None
            bodies = self.closing(inspection, stage, await self.captures(inspection))
            bodies = bodies or [released(inspection, stage, released_why or "line_fault")]
            return Entry(tuple(self._by_driver(bay, body) for body in bodies))

        await self.scribe.write_until_done(decide)

    async def checked(self, rig: str, check: str, passed: bool, detail: str) -> None:
        """Store the result of a rig's check."""
        async with self.scribe.writing:
            await self.scribe.store(
                Entry((self.scribe.fact("", facts.RigChecked(rig=rig, check=check, passed=passed, detail=detail)),))
            )

    def prompt(self, bay: Bay, code: str, values: Mapping[str, str], countdown_s: float | None) -> None:
        """Tell the driver."""
        self.voice.say_prompt(bay, code, values, countdown_s)

    def live(self, reading: Reading) -> None:
        """Show a block."""
        self.voice.say_live(reading)

    def changed(self) -> None:
        """Show a bay's new state."""
        self.scribe.wake.set()
