"""The simulated people of a station: each has a handheld, a staff number and a PIN, and uses the real contract."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

from handheld.client import Handheld
from sim.identity import vin_of
from sim.papers import vehicle_data
from sim.vehicle import SimVehicle, repaired
from sim.world import World
from station.bus.clock import Clock
from station.bus.commands import CommandRefusedError
from station.bus.messages import InspectionSnapshot
from station.model.codes import Role
from station.model.inspection import State

log = logging.getLogger(__name__)
LOOK_S = 1.0


@dataclass(frozen=True)
class Paces:
    """How long people take, in station seconds."""

    desk_s: float = 20.0
    appearance_s: float = 40.0
    walk_s: float = 4.0
    review_s: float = 15.0
    keys_s: float = 8.0
    repair_s: float = 60.0


HURRIED = Paces(desk_s=1.0, appearance_s=1.0, walk_s=0.5, review_s=1.0, keys_s=0.5, repair_s=1.0)


@dataclass(frozen=True)
class Job:
    """One person's work: staff number, PIN, role and the account of the handheld."""

    staff: str
    pin: str
    role: Role
    client: str


@dataclass
class Shift:
    """What the people of one shift share: the world, the clock, who comes next, and whom to leave to a human.

    ``hands_off``: clients whose arrivals a human looks after: nobody signs or gives keys back for those vehicles.
    They are driven before the others, and no further car comes while one of them is measured: a human is waiting.
    ``skip_exhaust``: register every car as electric, so that only the brakes are measured (for replays).
    ``returns``: a car that failed is repaired and comes back once.
    """

    world: World
    clock: Clock
    paces: Paces
    arrivals: "asyncio.Queue[SimVehicle]" = field(default_factory=asyncio.Queue)
    at_most: int = 5
    hands_off: frozenset[str] = frozenset()
    skip_exhaust: bool = False
    returns: bool = True
    serials: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def for_human(self, snapshot: InspectionSnapshot) -> bool:
        """Say whether a human registered this vehicle."""
        return bool(self.hands_off) and snapshot.inspection.stages[0].bay in self.hands_off

    def has_room(self, present: Collection[InspectionSnapshot]) -> bool:
        """Say whether another car may come in."""
        mine = [snapshot for snapshot in present if not self.for_human(snapshot)]
        measured = any(self.for_human(s) and s.inspection.state is State.IN_PROGRESS for s in present)
        return len(mine) < self.at_most and not measured

    def car_of(self, snapshot: InspectionSnapshot) -> SimVehicle:
        """Return the car; one that a human takes back after it failed has been to the workshop meanwhile."""
        car = self.world.car(snapshot.plate)
        if self.for_human(snapshot) and snapshot.inspection.attempt > 1 and car != repaired(car):
            self.world.register(repaired(car))
        return self.world.car(snapshot.plate)


class Worker:
    """One person: logs in, then does what the role has to do, whenever there is something."""

    def __init__(self, shift: Shift, handheld: Handheld, job: Job) -> None:
        self.shift, self.handheld, self.job = shift, handheld, job
        duties: dict[Role, Callable[[], Awaitable[bool]]] = {
            "registrar": self._register,
            "guide": self._keys,
            "appearance": self._appearance,
            "driver": self._brakes,
            "emissions": self._exhaust,
            "signatory": self._sign,
        }
        self._duty = duties[job.role]

    async def work(self) -> None:
        """Work until cancelled. A refusal or a silent line only means to look again."""
        await self.handheld.start(timeout_s=60.0)
        await self._log_in()
        while True:
            try:
                busy = await self._duty()
            except CommandRefusedError as refusal:
                busy = False
                if refusal.reply.code == "not_logged_in":
                    await self._log_in()
                log.info("%s: %s", self.job.role, refusal)
            except (TimeoutError, ConnectionError) as error:
                busy = False
                log.warning("%s: %s", self.job.role, error)
            await self.shift.clock.sleep(0.0 if busy else LOOK_S)

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

    def _waiting(self) -> list[InspectionSnapshot]:
        """Return the vehicles that wait for this person, those that a human waits for first."""
        return sorted(self.handheld.my_vehicles(self.job.role), key=lambda s: not self.shift.for_human(s))

    # -- one method a duty: True if something was done

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

    async def _appearance(self) -> bool:
        for snapshot in self._waiting():
            await self.handheld.start_stage(snapshot.serial, "appearance")
            await self._pause(self.shift.paces.appearance_s)
            await self.handheld.record_item(snapshot.serial, "F1", "pass")
            return True
        return await self._resume_appearance()

    async def _resume_appearance(self) -> bool:
        """Finish what was begun before an answer got lost."""
        for snapshot in self._present(State.IN_PROGRESS):
            stage, item = snapshot.inspection.stage("appearance"), snapshot.inspection.item("F1")
            if stage and stage.by == self.job.staff and not stage.finished_at and item and item.state != "done":
                await self.handheld.record_item(snapshot.serial, "F1", "pass")
                return True
        return False

    async def _brakes(self) -> bool:
        if self._bays_taken("brake"):
            return False
        for snapshot in self._waiting():
            await self._pause(self.shift.paces.walk_s)
            car = self.shift.car_of(snapshot)
            await self.handheld.start_stage(snapshot.serial, "brake")
            parking = snapshot.inspection.item("B0")
            if car.parking_missing and parking and parking.state == "waiting":
                await self.handheld.skip_item(snapshot.serial, "B0", "cannot_be_measured")
            return True
        return False

    async def _exhaust(self) -> bool:
        if self._bays_taken("exhaust"):
            return False
        for snapshot in self._waiting():
            await self._pause(self.shift.paces.walk_s)
            self.shift.car_of(snapshot)
            await self.handheld.start_stage(snapshot.serial, "exhaust")
            return True
        return False

    def _bays_taken(self, stage: str) -> bool:
        state = self.handheld.state
        bays = [bay for bay in state.bays if bay.stage == stage] if state else []
        return all(bay.serial for bay in bays)

    async def _sign(self) -> bool:
        for snapshot in self._present(State.REVIEW):
            await self._pause(self.shift.paces.review_s)
            await self.handheld.sign(snapshot.serial)
            await self._seen(snapshot.serial, lambda s: s.inspection.state is not State.REVIEW)
            return True
        return False

    async def _keys(self) -> bool:
        for snapshot in self._present(State.REPORTED):
            if self.shift.returns and snapshot.inspection.conclude() == "fail" and snapshot.inspection.attempt == 1:
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
