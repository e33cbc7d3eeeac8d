"""Diesel free acceleration test (自由加速法, GB 3847-2018 appendix A) as an explicit state machine."""

from collections.abc import Callable
from enum import StrEnum

from station.line.procedures.base import Action, Do, Finish, FreeAccelerationTiming, Input, MarkAt, Record, Say, Void


class Phase(StrEnum):
    """The states: the last four go round once for each acceleration."""

    WARM = "warm"
    PROBE = "probe"
    IDLE = "idle"
    RISE = "rise"
    HOLD = "hold"
    FALL = "fall"
    DONE = "done"


class FreeAccelerationRun:
    """One free acceleration test: blow-outs first, then the measured accelerations, each from idle to cut-off.

    The cut-off speed (断油转速) shows itself: the engine speed does not rise any more although the pedal is down.

    Args:
        rated_speed: rated engine speed in 1/min, None if the vehicle's record has none.
    """

    def __init__(self, timing: FreeAccelerationTiming, rated_speed: int | None = None) -> None:
        self.timing = timing
        self.phase = Phase.WARM
        self._least = (rated_speed or timing.rated_speed_default) * timing.cut_off_share_percent // 100
        self._entered_s: float | None = None
        self._since_s: float | None = None
        self._silent_since_s: float | None = None
        self._read_s: float | None = None
        self._peak = 0.0
        self._peak_s = 0.0
        self._count = 0
        self._steps: dict[Phase, Callable[[Input, float], list[Action]]] = {
            Phase.IDLE: self._idle,
            Phase.RISE: self._rise,
            Phase.HOLD: self._hold,
            Phase.FALL: self._fall,
        }

    def step(self, block: Input) -> list[Action]:
        """Take one reading and return what to do now."""
        if self.phase is Phase.DONE:
            return []
        if self._entered_s is None:
            self._entered_s = block.now_s
            return [Do("measure"), Say("warm_engine")]
        if self.phase is Phase.WARM:
            return self._warm(block)
        if self.phase is Phase.PROBE:
            return self._probe(block)
        speed = block.values.get("engine_speed")
        trouble = self._trouble(block, speed is None)
        if trouble or speed is None:
            return trouble
        return self._steps[self.phase](block, float(speed))

    def _enter(self, phase: Phase, block: Input) -> None:
        self.phase, self._entered_s, self._since_s = phase, block.now_s, None

    def _in_phase_s(self, block: Input) -> float:
        return block.now_s - (self._entered_s if self._entered_s is not None else block.now_s)

    def _held_s(self, block: Input, holds: bool) -> float:
        """Return for how long something has held, block by block."""
        if not holds:
            self._since_s = None
            return 0.0
        self._since_s = block.now_s if self._since_s is None else self._since_s
        return block.now_s - self._since_s

    def _void(self, reason: str) -> list[Action]:
        self.phase = Phase.DONE
        return [Void(reason)]

    def _warm(self, block: Input) -> list[Action]:
        oil = block.values.get("oil_temperature")
        # Without an oil probe the operator's word that the engine is warm has to do; the pack warns of it.
        if oil is not None and oil < self.timing.oil_temperature_c:
            return self._void("engine_cold") if self._in_phase_s(block) > self.timing.warm_timeout_s else []
        self._enter(Phase.PROBE, block)
        return [Say("insert_probe", {}, self.timing.probe_s)]

    def _probe(self, block: Input) -> list[Action]:
        if self._in_phase_s(block) < self.timing.probe_s:
            return []
        self._enter(Phase.IDLE, block)
        return [Record(), Say("idle")]

    def _trouble(self, block: Input, silent: bool) -> list[Action]:
        if "FAULT" in block.status:
            return self._void("rig_fault")
        before_s, self._read_s = self._read_s, block.now_s
        # While the pedal is down the smoke rises and falls within a second: a gap could hide its peak.
        if self.phase is not Phase.IDLE and before_s is not None and block.now_s - before_s > self.timing.gap_s:
            return self._void("samples_lost")
        if not silent:
            self._silent_since_s = None
        elif self._silent_since_s is None:
            self._silent_since_s = block.now_s
        elif block.now_s - self._silent_since_s > self.timing.speed_lost_s:
            return self._void("no_engine_speed")
        slow = self.phase is not Phase.HOLD and self._in_phase_s(block) > self.timing.phase_timeout_s
        return self._void("not_accelerated" if self.phase is Phase.RISE else "not_idle") if slow else []

    # -- one acceleration

    def _idle(self, block: Input, speed: float) -> list[Action]:
        if self._held_s(block, speed <= self.timing.idle_high) < self.timing.idle_s:
            return []
        self._enter(Phase.RISE, block)
        self._peak, self._peak_s = speed, block.now_s
        number = self._count + 1 - self.timing.blow_outs
        marks: list[Action] = [MarkAt(f"acceleration_{number}", block.index)] if number > 0 else []
        return [*marks, Say("accelerate", self._numbers(), self.timing.phase_timeout_s)]

    def _numbers(self) -> dict[str, str]:
        total = self.timing.blow_outs + self.timing.accelerations
        return {"number": str(self._count + 1), "of": str(total)}

    def _rise(self, block: Input, speed: float) -> list[Action]:
        """Follow the speed up until it rises no more, high enough to be the cut-off."""
        if speed > self._peak * (1 + self.timing.rise_percent / 100):
            self._peak, self._peak_s = speed, block.now_s
        steady = block.now_s - self._peak_s >= self.timing.steady_s
        if not steady or self._peak < self._least:
            return []
        self._enter(Phase.HOLD, block)
        return []

    def _hold(self, block: Input, speed: float) -> list[Action]:
        if self._in_phase_s(block) < self.timing.hold_s:
            return []
        self._enter(Phase.FALL, block)
        return [Say("release_pedal", self._numbers())]

    def _fall(self, block: Input, speed: float) -> list[Action]:
        if speed > self.timing.idle_high:
            return []
        self._count += 1
        number = self._count - self.timing.blow_outs
        marks: list[Action] = [MarkAt(f"acceleration_{number}_end", block.index)] if number > 0 else []
        if number >= self.timing.accelerations:
            self._enter(Phase.DONE, block)
            return [*marks, Finish()]
        self._enter(Phase.IDLE, block)
        return [*marks, Say("idle", self._numbers())]
