"""The controller of the brake tester: sampling, commands, latches, and what it does by itself. No socket, no clock."""

from collections import deque
from collections.abc import Callable

from sim.brake_bay import TEST_SPEED_CM_PER_H, Bay, Measured
from sim.brake_samples import RING, Samples
from sim.brake_scales import Scales
from sim.brake_work import (
    CLEAR,
    DONE,
    DRAG_MEASURE,
    LIFT_DOWN,
    LIFT_IS_UP,
    LIFT_UP,
    MOTORS_ON,
    NO_WATCHDOG,
    NO_WHEELS,
    NOT_AT_SPEED,
    NOT_READY,
    REFUSED,
    RUNNING,
    SELF_CHECK,
    START,
    STOP,
    STOP_PRESSED,
    WHEEL_PRESENT,
    WORK_TICKS,
    ZERO,
    Work,
)
from sim.brakes import LOCK_SLIP
from sim.modbus_wire import BAD_VALUE, RegisterError

TICK_NS = 10_000_000
RIGHT_MOTOR_TICKS = 50
LOCK_TICKS = 2
WATCHDOG_TICKS = 10
MINUTE_TICKS = 6000


class Controller:
    """The electronics of the rig from one power-on to the next.

    Time is counted in ticks of 10 ms since power-on; tick and sample have the same number.

    Args:
        bay: the physical side.
        now_ns: station time of power-on.
        zero_n: zero offsets that an earlier power-on left in memory.
    """

    def __init__(self, bay: Bay, now_ns: int, zero_n: list[int]) -> None:
        self.bay = bay
        self.zero_n = zero_n
        self.number = -1
        self.motors = [False, False]
        self.locked = [False, False]
        self.lift_up = self.tripped = self.overrun = False
        self.drag_n: list[int | None] = [None, None]
        self.echo = self.result = self.reason = 0
        self.watchdog = self.heartbeat = 0
        self.check_passed = bay.faults.number == 0
        self.checked_at: int | None = None
        self.samples = Samples()
        self.events: deque[tuple[int, str]] = deque(maxlen=1000)
        self._power_on_ns = now_ns
        self._work: Work | None = None
        self._kicked = self._covered = 0
        self._last_motor_on = -1 - RING
        self._right_start: int | None = None
        self._slipping = [0, 0]
        self._scales = Scales()
        self._do: dict[int, Callable[[], None]] = {
            STOP: self._stop,
            START: self._start,
            DRAG_MEASURE: lambda: self._begin(DRAG_MEASURE),
            ZERO: lambda: self._begin(ZERO),
            LIFT_UP: lambda: self._move_lift(True),
            LIFT_DOWN: lambda: self._move_lift(False),
            CLEAR: self._clear,
            SELF_CHECK: lambda: self._begin(SELF_CHECK),
        }
        self.measured = Measured((None, None), (0.0, 0.0), (None, None))
        self.advance(now_ns)

    # what the outside sees

    @property
    def motors_on(self) -> bool:
        """Tell whether a motor is on."""
        return self.motors[0] or self.motors[1]

    @property
    def ready(self) -> bool:
        """READY: check passed, no fault, no emergency stop."""
        return self._healthy and not self.bay.emergency_stop

    @property
    def at_speed(self) -> bool:
        """AT_SPEED: a motor is on, and every one that is has reached test speed."""
        speeds = self.bay.speed_cm_per_h
        return self.motors_on and all(
            speed >= TEST_SPEED_CM_PER_H for speed, on in zip(speeds, self.motors, strict=True) if on
        )

    @property
    def load_stable(self) -> bool:
        """LOAD_STABLE: both loads within 5 kg for 1 s, motors off."""
        return self._scales.stable and not self.motors_on

    @property
    def check_age_min(self) -> int | None:
        """Minutes since the last passed SELF_CHECK, None never."""
        return None if self.checked_at is None else (self.number - self.checked_at) // MINUTE_TICKS

    @property
    def _healthy(self) -> bool:
        return self.check_passed and self.bay.faults.number == 0

    def covered(self) -> None:
        """Note that a host has read SEQUENCE."""
        self._covered = self.number

    # time

    def advance(self, now_ns: int) -> None:
        """Take every sample that is due until now, and do what the rig does by itself."""
        due = (now_ns - self._power_on_ns) // TICK_NS
        while self.number < due:
            self._tick()

    def _tick(self) -> None:
        self.number += 1
        if self._right_start is not None and self.number >= self._right_start:
            self.motors[1], self._right_start = True, None
        self.measured = self.bay.step(*self.motors)
        self._note_overrun()
        self._record(self.measured)
        self._scales.weigh(self.number, *self.measured.load_kg)
        if self.motors_on:
            self._watch_slip(self.measured)
            self._watch_host()
        if self._work is not None:
            self._work_on(self._work, self.measured)

    def _note_overrun(self) -> None:
        """OVERRUN: the sample that this one overwrites was taken with a motor on and never read."""
        lost = self.number - RING
        if self._covered < lost <= self._last_motor_on:
            self.overrun = True

    def _record(self, measured: Measured) -> None:
        if self.motors_on:
            self._last_motor_on = self.number
        self.samples.add(self.number, measured, self.zero_n)

    def _watch_slip(self, measured: Measured) -> None:
        at_speed = self.at_speed
        for side in (0, 1):
            slipping = at_speed and measured.slip[side] > LOCK_SLIP
            self._slipping[side] = self._slipping[side] + 1 if slipping else 0
        locked = [count > LOCK_TICKS for count in self._slipping]
        if any(locked):
            self.locked = [old or new for old, new in zip(self.locked, locked, strict=True)]
            self.stop_motors("slip stop")

    def _watch_host(self) -> None:
        if self.watchdog and self.number - self._kicked >= self.watchdog * WATCHDOG_TICKS:
            self.tripped = True
            self.stop_motors("watchdog")

    # work that takes time

    def _begin(self, command: int) -> None:
        self._work = Work(command, self.number + WORK_TICKS[command])
        self.result = RUNNING

    def _work_on(self, work: Work, measured: Measured) -> None:
        broken = self._refusal(work.command)
        if broken:
            self._end_work(REFUSED, broken)
            return
        work.add(measured.force_n)
        if self.number >= work.end:
            self._finish(work)
            self._end_work(DONE, 0)

    def _end_work(self, result: int, reason: int) -> None:
        """End the work; its result shows only while its command is still the last one."""
        if self._work is not None and self._work.command == self.echo and self.result == RUNNING:
            self.result, self.reason = result, reason
        self._work = None

    def _finish(self, work: Work) -> None:
        if work.command == SELF_CHECK:
            self.check_passed = self.bay.faults.number == 0
            self.checked_at = self.number if self.check_passed else self.checked_at
        for side in (0, 1):
            mean = work.mean(side)
            if work.command == DRAG_MEASURE:
                self.drag_n[side] = None if mean is None else max(0, mean - self.zero_n[side])
            elif work.command == ZERO and mean is not None:
                self.zero_n[side] = mean

    # commands

    def command(self, command: int) -> None:
        """Take one command, or refuse it with a reason.

        Raises:
            RegisterError: the number is not in the table.
        """
        if command not in self._do:
            raise RegisterError(BAD_VALUE)
        self.kick()
        self.echo, self.reason = command, self._refusal(command)
        if self.reason:
            self.result = REFUSED
            return
        self.result = DONE
        self._do[command]()

    def kick(self) -> None:
        """Restart the watchdog (HEARTBEAT or COMMAND was written)."""
        self._kicked = self.number + 1

    def _refusal(self, command: int) -> int:
        """Return the reason why a command cannot be done now, 0 if it can."""
        if command == START:
            return self._start_refusal()
        if command == DRAG_MEASURE:
            return 0 if self.at_speed and all(self.motors) else NOT_AT_SPEED
        if command in (ZERO, LIFT_UP, CLEAR, SELF_CHECK) and self.motors_on:
            return MOTORS_ON
        return WHEEL_PRESENT if command in (ZERO, SELF_CHECK) and self.bay.occupied else 0

    def _start_refusal(self) -> int:
        """The emergency stop takes READY away too; it is named by its own reason."""
        checks = (
            (self._healthy, NOT_READY),
            (self.bay.occupied, NO_WHEELS),
            (not self.bay.emergency_stop, STOP_PRESSED),
            (self.watchdog > 0, NO_WATCHDOG),
            (not self.lift_up, LIFT_IS_UP),
        )
        return next((reason for holds, reason in checks if not holds), 0)

    def _start(self) -> None:
        self._work = None
        self._clear()
        self.drag_n = [None, None]
        if not self.motors[1] and self._right_start is None:
            self._right_start = self.number + RIGHT_MOTOR_TICKS
        self.motors[0] = True
        self._slipping = [0, 0]
        self._covered = max(self._covered, self.number)
        self.events.append((self.number, "start"))

    def _clear(self) -> None:
        self.locked = [False, False]
        self.tripped = self.overrun = False

    def _move_lift(self, up: bool) -> None:
        self.lift_up = up

    def _stop(self) -> None:
        self._work = None
        self.stop_motors("stop")

    def stop_motors(self, why: str) -> None:
        """Take both motors off at once."""
        if self.motors_on:
            self.events.append((self.number, why))
        self.motors, self._right_start = [False, False], None
