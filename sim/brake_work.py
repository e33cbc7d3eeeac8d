"""Commands of the brake tester by number, and the ones that take time."""

from dataclasses import dataclass, field

STOP, START, DRAG_MEASURE, ZERO = 1, 2, 5, 6
LIFT_UP, LIFT_DOWN, CLEAR, SELF_CHECK = 7, 8, 9, 10

NONE, DONE, REFUSED, RUNNING = 0, 1, 2, 3

NOT_READY, NO_WHEELS, STOP_PRESSED, NO_WATCHDOG, LIFT_IS_UP = 1, 2, 3, 4, 5
NOT_AT_SPEED, MOTORS_ON, WHEEL_PRESENT = 6, 7, 8

WORK_TICKS = {DRAG_MEASURE: 100, ZERO: 100, SELF_CHECK: 300}


@dataclass
class Work:
    """A command that takes time, and the sums of the forces meanwhile."""

    command: int
    end: int
    sums: list[float] = field(default_factory=lambda: [0.0, 0.0])
    counts: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, forces: tuple[float | None, float | None]) -> None:
        """Add one sample pair."""
        for side, force in enumerate(forces):
            if force is not None:
                self.sums[side] += force
                self.counts[side] += 1

    def mean(self, side: int) -> int | None:
        """Return the mean force of one side in N, None without a single number."""
        return round(self.sums[side] / self.counts[side]) if self.counts[side] else None
