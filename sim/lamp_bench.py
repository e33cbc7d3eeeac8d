"""The headlamp tester (前照灯检测仪) itself: a receiver on a rail that finds and measures lamps. No line, no clock."""

import random
from dataclasses import dataclass, replace

from sim.headlamps import Beam, Headlamps, Lamp
from sim.lamp_work import (
    FIND_S,
    HOME_AT,
    MEASURE_S,
    NO_VALUES,
    NOT_MEASURED,
    SEARCH_S,
    SIDE_AT,
    Find,
    Measure,
    Place,
    Record,
    SetUp,
    Side,
    SideDone,
    Step,
    Track,
    Travel,
    record_of,
)

TICK_NS = 100_000_000
TICK_S = 0.1
LONELY_S = 120.0

HIGH_DONE, AUX_DONE, LOW_DONE = (0x54, 0x4F), (0x54, 0x4E), (0x54, 0x4D)
SIDE_DONE: dict[Side, tuple[int, int]] = {"left": (0x54, 0x07), "right": (0x54, 0x41)}
HOMED, NO_LAMP, MEASURE_ERROR = (0x54, 0x40), (0x45, 0x13), (0x45, 0x14)

_FIELDS: dict[Side, tuple[str, str]] = {"left": ("left_outer", "left_inner"), "right": ("right_outer", "right_inner")}
_ORDER: tuple[tuple[Place, Beam], ...] = (("main", "high"), ("aux", "high"), ("main", "low"))


@dataclass
class LampFaults:
    """Faults to inject into the tester.

    Args:
        measure_errors: so many of the next measurements end in a measurement error.
        blind: it finds no lamp.
        no_intensity: its records have no number for the intensity.
        broken: drive or receiver is faulty; nothing goes on.
        scale_error: factor on every intensity.
        lose_events: what it says by itself is lost on the line.
    """

    measure_errors: int = 0
    blind: bool = False
    no_intensity: bool = False
    broken: bool = False
    scale_error: float = 1.0
    lose_events: bool = False


class LampBench:
    """The tester from one power-on to the next; time counts in ticks of 0.1 s.

    Args:
        now_ns: station time of power-on.
        at: where the receiver stands on the rail, in seconds of travel from home.
        faults: faults to inject.
        seed: same seed, same noise.
    """

    def __init__(self, now_ns: int, at: float, faults: LampFaults, seed: int = 0) -> None:
        self.faults = faults
        self.set_up = SetUp()
        self.lamps: Headlamps | None = None
        self.beam: Beam = "off"
        self.records: dict[tuple[Side, Place, Beam], Record] = {}
        self.ready: set[Side] = set()
        self.restarted = True
        self.at = at
        self.events: list[tuple[int, int]] = []
        self.number = 0
        self._power_on_ns = now_ns
        self._steps: list[Step] = []
        self._spent_s = 0.0
        self._dark_s = 0.0
        self._lonely_s = 0.0
        self._random = random.Random(seed)  # noqa: S311 - noise of a model, not a secret
        self.go_home()

    # what it shows

    @property
    def moving(self) -> bool:
        """Tell whether a measurement or a movement is under way."""
        return bool(self._steps)

    @property
    def adjusting(self) -> bool:
        """Tell whether a lamp is tracked for the mechanic."""
        return self.moving and isinstance(self._steps[0], Track)

    @property
    def home(self) -> bool:
        """Tell whether the receiver is at its rest position."""
        return self.at == HOME_AT and not self.moving

    @property
    def side(self) -> Side | None:
        """Return the side of the vehicle before which the receiver stands, None elsewhere."""
        return next((side for side, at in SIDE_AT.items() if at == self.at), None)

    def data(self) -> str:
        """Return the text of all records."""
        left, right = ("".join(self._text(side, place, beam) for place, beam in _ORDER) for side in SIDE_AT)
        return f"{left} {right}"

    def _text(self, side: Side, place: Place, beam: Beam) -> str:
        record = self.records.get((side, place, beam))
        return NOT_MEASURED if record is None else record.text()

    # what it is told

    def asked(self) -> None:
        """Note that a request came."""
        self._lonely_s = 0.0

    def measure(self, sides: tuple[Side, ...], then_home: bool, travel: bool = True) -> None:
        """Measure sides of the vehicle, one after the other; without travel, from where the receiver stands."""
        steps: list[Step] = []
        for side in sides:
            self.ready.discard(side)
            self.records = {key: record for key, record in self.records.items() if key[0] != side}
            steps += [Travel(SIDE_AT[side])] if travel else []
            steps += self.set_up.side()
        self._begin([*steps, Travel(HOME_AT)] if then_home else steps)

    def search_nowhere(self) -> None:
        """Look for a lamp where none can be."""
        self._begin(list(self.set_up.side()))

    def go_home(self) -> None:
        """End what runs and drive to the rest position."""
        self._begin([Travel(HOME_AT)])

    def halt(self) -> None:
        """End what runs at once; the receiver stays where it is."""
        self._steps = []

    def leave_adjust(self) -> None:
        """End the tracking of a lamp, if one is tracked."""
        if self.adjusting:
            self._next()

    def _begin(self, steps: list[Step]) -> None:
        self._steps, self._spent_s, self._dark_s, self._lonely_s = steps, 0.0, 0.0, 0.0

    # time

    def advance(self, now_ns: int) -> None:
        """Do everything that is due until now."""
        due = (now_ns - self._power_on_ns) // TICK_NS
        while self.number < due:
            self._tick()
        if self.faults.broken:
            self.halt()

    def _tick(self) -> None:
        self.number += 1
        if self.faults.broken:
            return
        if self.moving:
            self._spent_s = round(self._spent_s + TICK_S, 3)
            self._work(self._steps[0])
        else:
            self._wait()

    def _wait(self) -> None:
        """Drive home when nobody has asked for anything for a long time."""
        self._lonely_s += TICK_S
        if self._lonely_s >= LONELY_S and not self.home:
            self.go_home()

    def _next(self) -> None:
        self._steps, self._spent_s, self._dark_s, self._lonely_s = self._steps[1:], 0.0, 0.0, 0.0
        while self._steps and isinstance(self._steps[0], SideDone):
            side, self._steps = self.side, self._steps[1:]
            if side:
                self.ready.add(side)
                self.events.append(SIDE_DONE[side])

    def _work(self, step: Step) -> None:
        if isinstance(step, Travel):
            self._travel(step.to)
        elif isinstance(step, Find):
            self._find(step)
        elif isinstance(step, Measure):
            self._measure(step)
        elif isinstance(step, Track):
            self._keep(step.place, step.beam)

    def _travel(self, to: float) -> None:
        """Drive; it arrives exactly."""
        left = to - self.at
        self.at = to if abs(left) <= TICK_S + 1e-9 else self.at + (TICK_S if left > 0 else -TICK_S)
        if self.at == to:
            if to == HOME_AT:
                self.events.append(HOMED)
            self._next()

    def _lamp(self, place: Place, beam: Beam) -> Lamp | None:
        """Return the lamp that the receiver sees now in this beam."""
        side = self.side
        if self.lamps is None or side is None or self.faults.blind or self.beam != beam:
            return None
        lamp: Lamp | None = getattr(self.lamps, _FIELDS[side][0 if place == "main" else 1])
        return lamp if lamp and lamp.shines(beam) else None

    def _find(self, step: Find) -> None:
        """Wait for light, then find the lamp; one that was just measured needs light only, and no time."""
        if self._lamp(step.place, step.beam) is None:
            self._dark_s = self._spent_s
            if self._spent_s >= SEARCH_S:
                self._end(NO_LAMP)
        elif not step.anew:
            self._next()
            self._spent_s = TICK_S
        elif self._spent_s - self._dark_s >= FIND_S - 1e-9:
            self._next()

    def _measure(self, step: Measure) -> None:
        if self._lamp(step.place, step.beam) is None:
            self._fail(step)
        elif self._spent_s >= MEASURE_S - 1e-9:
            if self.faults.measure_errors > 0:
                self.faults.measure_errors -= 1
                self._fail(step)
                return
            self._keep(step.place, step.beam)
            self.events.append(LOW_DONE if step.beam == "low" else HIGH_DONE if step.place == "main" else AUX_DONE)
            self._next()

    def _fail(self, step: Measure) -> None:
        """The lamp was found, but there is no value for it."""
        if self.side:
            self.records[self.side, step.place, step.beam] = NO_VALUES
        self._end(MEASURE_ERROR)

    def _end(self, event: tuple[int, int]) -> None:
        self.events.append(event)
        self._begin([])

    def _keep(self, place: Place, beam: Beam) -> None:
        """Put what the receiver sees now into the record."""
        lamp, side = self._lamp(place, beam), self.side
        if lamp and side:
            self.records[side, place, beam] = self._noisy(record_of(lamp, beam))

    def _noisy(self, record: Record) -> Record:
        noise = self._random.gauss
        cd = (record.intensity_cd or 0) * self.faults.scale_error * noise(1.0, 0.006)
        return replace(
            record,
            dx_mm=round((record.dx_mm or 0) + noise(0.0, 4.0)),
            dy_mm=round((record.dy_mm or 0) + noise(0.0, 4.0)),
            intensity_cd=None if self.faults.no_intensity else round(cd),
        )
