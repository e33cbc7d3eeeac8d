"""The simulated people of a station: each has a handheld, a staff number and a PIN, and uses the real contract."""

import logging
from collections.abc import Awaitable, Callable

from handheld.client import STAGES_OF_ROLE, Handheld
from sim.bodies import kind_of_bay
from sim.identity import vin_of
from sim.inspecting import go_through
from sim.papers import vehicle_data
from sim.shift import HURRIED, Job, Paces, Shift
from sim.vehicle import repaired
from station.bus.commands import CommandRefusedError
from station.bus.messages import InspectionSnapshot
from station.model.codes import CHECKLIST_ITEMS, RIG_KINDS, Stage
from station.model.inspection import StageRecord, State

__all__ = ["HURRIED", "Job", "Paces", "Shift", "Worker", "vehicle_data"]

log = logging.getLogger(__name__)
LOOK_S = 1.0


class Worker:
    """One person: logs in, then does what the role has to do, whenever there is something."""

    def __init__(self, shift: Shift, handheld: Handheld, job: Job) -> None:
        self.shift, self.handheld, self.job = shift, handheld, job
        self._duties: tuple[Callable[[], Awaitable[bool]], ...] = {
            "registrar": (self._register,),
            "guide": (self._keys,),
            "signatory": (self._sign,),
        }.get(job.role, (self._finish, self._begin))
        paces = shift.paces
        self._look_s: dict[Stage, float] = {
            "appearance": paces.appearance_s,
            "chassis": paces.chassis_s,
            "underbody": paces.underbody_s,
        }

    async def work(self) -> None:
        """Work until cancelled. A refusal or a silent line only means to look again."""
        await self.handheld.start(timeout_s=60.0)
        await self._log_in()
        while True:
            busy = await self._once()
            await self.shift.clock.sleep(0.0 if busy else LOOK_S)

    async def _once(self) -> bool:
        """Do the first duty that there is something to do for."""
        try:
            for duty in self._duties:
                if await duty():
                    return True
        except CommandRefusedError as refusal:
            if refusal.reply.code == "not_logged_in":
                await self._log_in()
            log.info("%s: %s", self.job.role, refusal)
        except (TimeoutError, ConnectionError) as error:
            log.warning("%s: %s", self.job.role, error)
        return False

    async def _log_in(self) -> None:
        while True:
            try:
                await self.handheld.log_in(self.job.staff, self.job.pin)
                return
            except (TimeoutError, CommandRefusedError) as error:
                log.warning("%s cannot log in: %s", self.job.role, error)
                await self.shift.clock.sleep(LOOK_S)

    async def _seen(self, serial: str, changed: Callable[[InspectionSnapshot], bool]) -> None:
        """Wait until the board shows what the answer has said already, so that nothing is done twice."""
        await self.handheld.await_inspection(serial, changed)

    async def _pause(self, seconds: float) -> None:
        await self.shift.clock.sleep(seconds)

    def _present(self, *states: State) -> list[InspectionSnapshot]:
        mine = [s for s in self.handheld.inspections.values() if s.inspection.state in states]
        return sorted((s for s in mine if not self.shift.for_human(s)), key=lambda s: s.serial)

    # -- desk, keys, signature: True if something was done

    async def _register(self) -> bool:
        shift = self.shift
        waiting = self._present(State.ARRIVED)
        if shift.arrivals.empty() or not (waiting or shift.has_room(self.handheld.inspections.values())):
            return False
        # A form that a broken connection left open is filled in first.
        car = shift.arrivals.get_nowait()
        serial = waiting[0].serial if waiting else await self.handheld.arrive()
        try:
            await self._pause(shift.paces.desk_s)
            shift.world.register(car)
            data = vehicle_data(car, electric=shift.skip_exhaust)
            await self.handheld.register(serial, car.plate, vin_of(car.seed), data)
            shift.serials[car.plate] = serial
            await self._seen(serial, lambda s: s.inspection.state is not State.ARRIVED)
        except (TimeoutError, CommandRefusedError):
            shift.arrivals.put_nowait(car)
            raise
        return True

    async def _sign(self) -> bool:
        for snapshot in self._present(State.REVIEW):
            await self._pause(self.shift.paces.review_s)
            await self.handheld.sign(snapshot.serial)
            await self._seen(snapshot.serial, lambda s: s.inspection.state is not State.REVIEW)
            return True
        return False

    async def _keys(self) -> bool:
        for snapshot in self._present(State.REPORTED):
            if self.shift.comes_back(snapshot):
                return await self._repaired(snapshot)
            await self._pause(self.shift.paces.keys_s)
            await self.handheld.return_keys(snapshot.serial)
            await self.handheld.await_gone(snapshot.serial)
            self.shift.done.add(snapshot.serial)
            return True
        return False

    async def _repaired(self, snapshot: InspectionSnapshot) -> bool:
        """Have a failed car repaired in the yard, and bring it back once."""
        await self._pause(self.shift.paces.repair_s)
        world = self.shift.world
        world.register(repaired(world.car(snapshot.plate)))
        await self.handheld.return_inspection(snapshot.serial)
        await self._seen(snapshot.serial, lambda s: s.inspection.attempt > snapshot.inspection.attempt)
        return True

    # -- stages

    async def _begin(self) -> bool:
        """Take the next vehicle, a human's first, into a stage of this role in which there is a place for it."""
        for stage in STAGES_OF_ROLE.get(self.job.role, ()):
            waiting = self.handheld.my_vehicles(self.job.role, stage)
            for snapshot in sorted(waiting, key=lambda s: not self.shift.for_human(s)):
                if self._has_place(snapshot, stage):
                    await self._enter(snapshot, stage)
                    return True
        return False

    def _has_place(self, snapshot: InspectionSnapshot, stage: Stage) -> bool:
        """Say whether the vehicle has left its bay, and one of the stage is free that can do what is open.

        A stage without bays has room.
        """
        state = self.handheld.state
        every = state.bays if state else ()
        bays = [bay for bay in every if bay.stage == stage]
        needed = {RIG_KINDS.get(item.code) for item in snapshot.inspection.open_items(stage)}
        able = [bay for bay in bays if bay.rig is None or kind_of_bay(state, bay.bay) in needed]
        gone = all(bay.serial != snapshot.serial for bay in every)
        return gone and (not bays or any(bay.serial is None for bay in able))

    async def _enter(self, snapshot: InspectionSnapshot, stage: Stage) -> None:
        """Start a stage; what a rig does then goes on by itself."""
        await self._pause(self.shift.paces.walk_s)
        if snapshot.serial not in {one.serial for one in self.handheld.my_vehicles(self.job.role, stage)}:
            return  # somebody else was there first
        car = self.shift.car_of(snapshot)
        await self.handheld.start_stage(snapshot.serial, stage)
        await self._seen(snapshot.serial, lambda s: _began(s, stage))
        if stage in self._look_s:
            await self._look_over(snapshot, stage)
        parking = snapshot.inspection.item("B0")
        if stage == "brake" and car.parking_missing and parking and parking.state == "waiting":
            await self.handheld.skip_item(snapshot.serial, "B0", "cannot_be_measured")

    async def _finish(self) -> bool:
        """Finish the check-lists of a stage that was begun before an answer got lost."""
        for snapshot in self.handheld.inspections.values():
            working = snapshot.inspection.working
            if working and self._is_mine(working) and snapshot.inspection.open_items(working.stage):
                await self._look_over(snapshot, working.stage)
                return True
        return False

    def _is_mine(self, working: StageRecord) -> bool:
        person = self.handheld.person
        return person is not None and working.by == person.staff and working.stage in self._look_s

    async def _look_over(self, snapshot: InspectionSnapshot, stage: Stage) -> None:
        """Go through the check-lists that are open in a stage."""
        await self._pause(self._look_s[stage])
        car = self.shift.car_of(snapshot)
        items = [item.code for item in snapshot.inspection.open_items(stage) if item.code in CHECKLIST_ITEMS]
        for item in items:
            await go_through(self.handheld, snapshot.serial, item, [f for f in car.findings if f.item == item])
        await self._seen(snapshot.serial, lambda s: not s.inspection.open_items(stage))


def _began(snapshot: InspectionSnapshot, stage: Stage) -> bool:
    record = snapshot.inspection.stage(stage)
    return record is not None and record.started_at is not None
