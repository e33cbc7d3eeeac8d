"""What the people of one shift share: the world, the clock, who comes next, and whom to leave to a human."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from sim.papers import kind_of
from sim.vehicle import SimVehicle, for_plate, repaired
from sim.world import World
from station.bus.clock import Clock
from station.bus.messages import InspectionSnapshot
from station.model.codes import Role
from station.model.inspection import State


@dataclass(frozen=True)
class Paces:
    """How long people take, in station seconds; a check-list of ``appearance_s`` holds two items."""

    desk_s: float = 20.0
    appearance_s: float = 40.0
    chassis_s: float = 30.0
    underbody_s: float = 40.0
    walk_s: float = 4.0
    review_s: float = 15.0
    keys_s: float = 8.0
    repair_s: float = 60.0


HURRIED = Paces(1.0, 1.0, 1.0, 1.0, 0.5, 1.0, 0.5, 1.0)


@dataclass(frozen=True)
class Job:
    """One person's work: staff number, PIN, role and the account of the handheld."""

    staff: str
    pin: str
    role: Role
    client: str


@dataclass
class Shift:
    """What the people of one shift share.

    ``hands_off``: clients whose arrivals a human looks after: nobody signs or gives keys back for those vehicles.
    They are driven before the others, and no further car comes while one of them is measured: a human is waiting.
    ``skip_exhaust``: register every car as electric, so that only the brakes are measured (for replays).
    ``returns``: a car that failed is repaired and comes back once, if its owner wants that.
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
        """Return the car; a human's is what the papers say, and has been to the workshop when it comes back."""
        car = self.world.car(snapshot.plate)
        if self.for_human(snapshot):
            car = _as_in_the_papers(car, snapshot)
            car = repaired(car) if snapshot.inspection.attempt > 1 else car
            if car != self.world.car(snapshot.plate):
                self.world.register(car)
        return car

    def comes_back(self, snapshot: InspectionSnapshot) -> bool:
        """Say whether a vehicle that got its report is repaired now, and measured again."""
        inspection = snapshot.inspection
        again = self.returns and inspection.attempt == 1 and inspection.conclude() == "fail"
        return again and self.world.car(snapshot.plate).comes_back


def _as_in_the_papers(car: SimVehicle, snapshot: InspectionSnapshot) -> SimVehicle:
    vehicle = snapshot.inspection.vehicle
    if vehicle is None or kind_of(vehicle) == replace(car.kind, old=False):
        return car
    return for_plate(car.plate, kind_of(vehicle))
