"""Roller brake run: service brake of one axle, or parking brake, as an explicit state machine."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from station.line.procedures.base import Action, BrakeTiming, Do, Finish, Input, Keep, MarkAt, Record, Say, Void
from station.model.capture import EndState

LOADS = ("load_left", "load_right")
DRAGS = ("drag_left", "drag_right")
SIDES = ("left", "right")
WHEELS = frozenset({"LEFT_WHEEL", "RIGHT_WHEEL"})
MOTORS = frozenset({"LEFT_MOTOR", "RIGHT_MOTOR"})
LOCKED = frozenset({"LEFT_LOCKED", "RIGHT_LOCKED"})
END_STATES: dict[frozenset[str], EndState] = {
    LOCKED: "both_locked",
    frozenset({"LEFT_LOCKED"}): "left_locked",
    frozenset({"RIGHT_LOCKED"}): "right_locked",
}


class Phase(StrEnum):
    """The states, in their order; each has one way on, and every other way out is void."""

    CLEAR = "clear"
    POSITION = "position"
    WEIGH = "weigh"
    SPIN_UP = "spin_up"
    DRAG = "drag"
    ROLL = "roll"
    BRAKE = "brake"
    DONE = "done"


@dataclass
class _Rise:
    """What the forces did since the driver was asked to brake."""

    begun_index: int | None = None
    begun_s: float = 0.0
    peak_n: float = 0.0
    peak_s: float = 0.0


class BrakeRun:
    """One run over one axle.

    Args:
        axle: which axle must stand on the rollers, counted from 1.
        brake: the pedal (行车制动) or the parking lever (驻车制动).
        in_place: the axle is known to stand on the rollers already, because this line put it there.
    """

    def __init__(
        self, timing: BrakeTiming, axle: int, brake: Literal["service", "parking"], in_place: bool = False
    ) -> None:
        self.timing = timing
        self.axle = axle
        self.brake = brake
        self.phase = Phase.POSITION if in_place else Phase.CLEAR
        self._since_s: float | None = None
        self._entered_s = 0.0
        self._rise = _Rise()
        self._free_n = 0.0
        self._span: tuple[float, float] | None = None
        self._turning = False
        self._sampled_s: float | None = None
        self._place_s = timing.release_s if in_place else timing.debounce_s
        self._said: str | None = None
        self._steps: dict[Phase, Callable[[Input], list[Action]]] = {
            Phase.CLEAR: self._clear,
            Phase.POSITION: self._position,
            Phase.WEIGH: self._weigh,
            Phase.SPIN_UP: self._spin_up,
            Phase.DRAG: self._drag,
            Phase.ROLL: self._roll,
            Phase.BRAKE: self._brake,
        }

    def step(self, block: Input) -> list[Action]:
        """Take one block read and return what to do now."""
        if self.phase is Phase.DONE:
            return []
        reason = self._trouble(block)
        return self._void(reason) if reason else self._steps[self.phase](block)

    def _say(self, code: str, countdown_s: float | None = None) -> list[Action]:
        if self._said == code:
            return []
        self._said = code
        return [Say(code, {"axle": str(self.axle)}, countdown_s)]

    def _enter(self, phase: Phase, block: Input) -> None:
        self.phase, self._entered_s, self._since_s = phase, block.now_s, None

    def _in_phase_s(self, block: Input) -> float:
        return block.now_s - self._entered_s

    def _held_s(self, block: Input) -> float:
        """Return for how long this has been called block by block."""
        self._since_s = block.now_s if self._since_s is None else self._since_s
        return block.now_s - self._since_s

    def _trouble(self, block: Input) -> str | None:
        """Return why the run cannot go on, None if it can."""
        if self.phase in (Phase.CLEAR, Phase.POSITION):
            return None
        happened = self._danger(block)
        # What the rig latched in an earlier run still stands until START has taken it off.
        if self.phase is not Phase.WEIGH and not (self.phase is Phase.SPIN_UP and block.busy):
            happened = {**happened, **self._trouble_of_a_turning_rig(block)}
        return next((reason for reason, holds in happened.items() if holds), None)

    def _danger(self, block: Input) -> dict[str, bool]:
        return {
            "emergency_stop": "EMERGENCY_STOP" in block.status,
            "rig_fault": "FAULT" in block.status,
            "wheel_lost": not block.status >= WHEELS,
        }

    def _trouble_of_a_turning_rig(self, block: Input) -> dict[str, bool]:
        motors, locked = bool(block.status & MOTORS), bool(block.status & LOCKED)
        stopped = self._turning and not motors and not locked
        self._turning = self._turning or motors
        self._sampled_s = block.now_s if self._sampled_s is None or self._sums(block) else self._sampled_s
        silent_s = block.now_s - self._sampled_s
        return {
            "samples_lost": block.lost > 0 or "OVERRUN" in block.status or silent_s > self.timing.silence_s,
            "watchdog": "WATCHDOG_TRIPPED" in block.status,
            "braked_early": locked and self.phase is not Phase.BRAKE,
            "motors_stopped": stopped,
        }

    # -- one method a phase

    def _clear(self, block: Input) -> list[Action]:
        if WHEELS & block.status:
            return self._say("clear_rollers")
        self._enter(Phase.POSITION, block)
        return self._say("drive_on")

    def _position(self, block: Input) -> list[Action]:
        if not block.status >= WHEELS:
            self._since_s = None
            return self._say("drive_on")
        if self._held_s(block) < self._place_s:
            return []
        self._enter(Phase.WEIGH, block)
        return [Do("LIFT_DOWN"), *self._say("stand_still")]

    def _weigh(self, block: Input) -> list[Action]:
        lift_moves = block.busy or "LIFT_UP" in block.status
        stable = "LOAD_STABLE" in block.status and not lift_moves
        if not stable and self._in_phase_s(block) < self.timing.stable_timeout_s:
            return []
        self._enter(Phase.SPIN_UP, block)
        return [Keep(LOADS), Record(), *self._say("rollers_start"), Do("START")]

    def _spin_up(self, block: Input) -> list[Action]:
        if block.busy or not block.status >= {"AT_SPEED", *MOTORS}:
            late = self._in_phase_s(block) > self.timing.speed_timeout_s
            return self._void("rollers_too_slow") if late else []
        if self.brake == "parking":
            self._enter(Phase.ROLL, block)
            return []
        self._enter(Phase.DRAG, block)
        return [*self._say("do_not_brake"), Do("DRAG_MEASURE")]

    def _drag(self, block: Input) -> list[Action]:
        if block.busy:
            return []
        self._enter(Phase.ROLL, block)
        return [Keep(DRAGS)]

    def _roll(self, block: Input) -> list[Action]:
        """Wait until the wheels roll freely: a foot still on the pedal shows as forces that change."""
        for total in self._sums(block):
            low, high = self._span or (total, total)
            self._span = min(low, total), max(high, total)
            if self._span[1] - self._span[0] > self.timing.quiet_n:
                self._span, self._since_s = (total, total), None
        if self._held_s(block) < self.timing.settle_s or self._span is None:
            late = self._in_phase_s(block) > self.timing.press_timeout_s
            return self._void("not_released") if late else self._say("do_not_brake")
        self._free_n = self._span[1]
        self._enter(Phase.BRAKE, block)
        code = "press_slowly" if self.brake == "service" else "pull_lever_slowly"
        return [MarkAt("brake", block.index), *self._say(code, self.timing.press_timeout_s)]

    def _brake(self, block: Input) -> list[Action]:
        marks = self._follow(block)
        locked = block.status & LOCKED
        if locked:
            return [*marks, *self._finish(END_STATES[locked])]
        if self._rise.begun_index is None:
            late = self._in_phase_s(block) > self.timing.press_timeout_s
            return [*marks, *(self._finish("timeout") if late else [])]
        return [*marks, *(self._finish("normal") if self._over(block) else [])]

    # -- the rise of the forces

    def _sums(self, block: Input) -> list[float]:
        left, right = (block.curves.get(f"force_{side}", ()) for side in SIDES)
        return [float((a or 0) + (b or 0)) for a, b in zip(left, right, strict=True)]

    def _follow(self, block: Input) -> list[Action]:
        marks: list[Action] = []
        for offset, total in enumerate(self._sums(block)):
            if self._rise.begun_index is None and total > self._free_n + self.timing.rise_n:
                self._rise = _Rise(block.index + offset, block.now_s, total, block.now_s)
                marks.append(MarkAt("rise", block.index + offset))
            if total > self._rise.peak_n * (1 + self.timing.hold_percent / 100):
                self._rise.peak_n, self._rise.peak_s = total, block.now_s
        return marks

    def _over(self, block: Input) -> bool:
        newest = self._sums(block)[-1:] or [self._rise.peak_n]
        return (
            newest[0] < self._rise.peak_n * self.timing.fall_percent / 100
            or block.now_s - self._rise.peak_s > self.timing.hold_s
            or block.now_s - self._rise.begun_s > self.timing.brake_timeout_s
        )

    def _finish(self, end_state: EndState) -> list[Action]:
        self.phase = Phase.DONE
        # Said first: a foot on the brake must not wait for the disk.
        return [*self._say("release"), Finish(end_state)]

    def _void(self, reason: str) -> list[Action]:
        self.phase = Phase.DONE
        return [Void(reason)]
