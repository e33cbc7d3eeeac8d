"""The guided tour of the demo: a person's own car from key to report, ticked off by what the station shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sim.identity import vin_of
from sim.vehicle import for_plate
from station.bus.messages import InspectionSnapshot
from station.model.inspection import State

STEPS = ("log_in", "register", "watch", "sign", "report", "keys")
SIGNED = (State.SIGNED, State.REPORTED, State.CLOSED)
MEASURED = (State.REVIEW, *SIGNED)
STORIES = ("healthy", "imbalanced", "healthy", "weak_parking")
FIRST_REGISTERED = "2020-06-30"


@dataclass(frozen=True)
class Example:
    """A car to type in: plate and VIN; its story is known, so that the first one passes and the second one fails."""

    plate: str
    vin: str


@cache
def examples(count: int = 8) -> tuple[Example, ...]:
    """Return example cars, one after another with the stories of ``STORIES``."""
    found: list[Example] = []
    number = 10_000
    while len(found) < count:
        number += 1
        plate = f"浙A{number}"
        if for_plate(plate).story == STORIES[len(found) % len(STORIES)]:
            found.append(Example(plate, vin_of(number)))
    return tuple(found)


class Guide:
    """Follows the newest car that was registered at one desk.

    Args:
        client: the desk's account.
    """

    def __init__(self, client: str) -> None:
        self._client = client
        self._used: set[str] = set()
        self.car: InspectionSnapshot | None = None
        self.closed = False

    def follow(self, vehicles: Mapping[str, InspectionSnapshot]) -> None:
        """Look at the retained snapshots; a vehicle that was reported and is gone has its key back."""
        mine = [v for v in vehicles.values() if v.inspection.stages[0].bay == self._client]
        newest = max(mine, key=lambda v: v.serial, default=None)
        if newest is not None and not self._is_past(newest):
            self.car, self.closed = newest, False
            self._used.add(newest.plate)
        elif self.car is not None:
            self.closed = self.car.inspection.state is State.REPORTED
            # A car whose arrival was cancelled is none.
            self.car = self.car if self.closed or self.car.inspection.attempts else None

    def _is_past(self, newest: InspectionSnapshot) -> bool:
        return self.car is not None and newest.serial < self.car.serial

    def example(self, present: Mapping[str, InspectionSnapshot]) -> Example:
        """Return the example car to type next: none that stands in the station or was used already."""
        taken = self._used | {snapshot.plate for snapshot in present.values()}
        return next((example for example in examples() if example.plate not in taken), examples()[0])

    def done(self, logged_in: bool) -> tuple[bool, ...]:
        """Return which of ``STEPS`` are done, from whether somebody is logged in and what the station shows."""
        car = self.car.inspection if self.car else None
        measured = self.closed or (car is not None and car.state in MEASURED)
        signed = self.closed or (car is not None and car.state in SIGNED)
        reported = self.closed or (car is not None and car.state is State.REPORTED)
        registered = car is not None and bool(car.attempts)
        return logged_in or car is not None, registered, measured, signed, reported, self.closed

    @property
    def failed(self) -> bool:
        """Return whether the car was signed as failed: after the repair it may come back."""
        signed = [a for a in self.car.inspection.attempts if a.conclusion] if self.car else []
        return bool(signed) and signed[-1].conclusion != "pass"
