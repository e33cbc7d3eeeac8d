"""Headlamp test (前照灯检验, GB 38900-2020 appendix E) as an explicit state machine: left side, then right side."""

from collections.abc import Callable
from enum import StrEnum

from station.line.procedures.base import Action, Do, Fetch, Finish, HeadlampTiming, Input, MarkAt, Record, Say, Void

SIDES: dict[str, tuple[str, str]] = {"left": ("H1", "H2"), "right": ("H4", "H3")}
"""The main (outer) and the auxiliary (inner) lamp of each side."""


class Phase(StrEnum):
    """The states: the middle three go round once for each side, and again after a lamp that was not found."""

    POSITION = "position"
    START = "start"
    MEASURE = "measure"
    AGAIN = "again"
    DONE = "done"


class HeadlampRun:
    """One run over the headlamps that are still to be measured.

    The tester works by itself; the run says which beam to switch on, and tells lamps that are dark from a tester that
    cannot measure: a lamp that was not found in any try gets the mark ``no_lamp_<item>``.

    Args:
        items: the lamps to measure.
        lamp_system: ``4`` for main and auxiliary lamps on each side, otherwise one lamp on each.
    """

    def __init__(self, timing: HeadlampTiming, items: tuple[str, ...], lamp_system: str) -> None:
        self.timing, self.items = timing, items
        self.phase = Phase.POSITION
        self._four = lamp_system == "4"
        self._sides = [side for side, lamps in SIDES.items() if set(lamps) & set(items)]
        self._entered_s: float | None = None
        self._tries = 0
        self._seen: set[str] = set()
        self._dark: list[str] = []
        self._steps: dict[Phase, Callable[[Input], list[Action]]] = {
            Phase.POSITION: self._position,
            Phase.START: self._start,
            Phase.MEASURE: self._measure,
            Phase.AGAIN: self._again,
        }

    def step(self, block: Input) -> list[Action]:
        """Take one reading and return what to do now."""
        if self.phase is Phase.DONE:
            return []
        if self._entered_s is None:
            self._entered_s = block.now_s
            setting = Do("four_lamp" if self._four else "two_lamp")
            return [setting, Say("lamp_position", {}, self.timing.position_s)]
        if "FAULT" in block.status:
            return self._void("rig_fault")
        if "RESTARTED" in block.status and self.phase is not Phase.POSITION:
            return self._void("rig_restarted")
        return self._steps[self.phase](block)

    def _enter(self, phase: Phase, block: Input) -> None:
        self.phase, self._entered_s = phase, block.now_s

    def _in_phase_s(self, block: Input) -> float:
        return block.now_s - (self._entered_s if self._entered_s is not None else block.now_s)

    def _void(self, reason: str) -> list[Action]:
        self.phase = Phase.DONE
        return [Void(reason)]

    # -- one method a phase

    def _position(self, block: Input) -> list[Action]:
        if self._in_phase_s(block) < self.timing.position_s or block.busy or "MOVING" in block.status:
            late = self._in_phase_s(block) > self.timing.position_s + self.timing.side_timeout_s
            return self._void("lamp_timeout") if late else []
        return [Record(), *self._begin(block)]

    def _begin(self, block: Input) -> list[Action]:
        """Start the side that is next."""
        self._enter(Phase.START, block)
        self._seen = set()
        self._tries += 1
        return [Say("lamps_on_high", {"side": self._sides[0]}, self.timing.switch_s), Do(f"start_{self._sides[0]}")]

    def _start(self, block: Input) -> list[Action]:
        """Wait until the tester has taken the start: what it said before is of the side before."""
        if block.busy:
            return []
        self._enter(Phase.MEASURE, block)
        return self._measure(block)

    def _measure(self, block: Input) -> list[Action]:
        said = self._follow(block)
        side = self._sides[0].upper()
        if "NO_LAMP" in self._seen:
            return self._not_found(block)
        if "MEASURE_ERROR" in self._seen:
            return self._not_measured(block)
        if f"{side}_READY" in block.status and "MOVING" not in block.status:
            return self._side_done(block)
        late = self._in_phase_s(block) > self.timing.side_timeout_s
        return self._void("lamp_timeout") if late else said

    def _follow(self, block: Input) -> list[Action]:
        """Take note of what the tester has done, and have the low beam switched on after the last high beam."""
        before = self._high_done
        self._seen |= block.status
        return [Say("lamps_on_low", {"side": self._sides[0]})] if self._high_done and not before else []

    @property
    def _high_done(self) -> bool:
        return ("AUX_DONE" if self._four else "HIGH_DONE") in self._seen

    def _not_found(self, block: Input) -> list[Action]:
        if self._tries < self.timing.tries:
            self._enter(Phase.AGAIN, block)
            return [Say("lamps_on_high", {"side": self._sides[0]}, self.timing.switch_s)]
        main, auxiliary = SIDES[self._sides[0]]
        found = {main} if "HIGH_DONE" in self._seen else set()
        found |= {auxiliary} if "AUX_DONE" in self._seen else set()
        wanted = (main, auxiliary) if self._four else (main,)
        self._dark += [lamp for lamp in wanted if lamp not in found and lamp in self.items]
        return self._side_done(block)

    def _not_measured(self, block: Input) -> list[Action]:
        if self._tries >= self.timing.tries:
            return self._void("lamp_error")
        self._enter(Phase.AGAIN, block)
        return [Do("home"), Say("tester_home", {}, self.timing.error_pause_s)]

    def _again(self, block: Input) -> list[Action]:
        pause_s = self.timing.error_pause_s if "MEASURE_ERROR" in self._seen else self.timing.switch_s
        return self._begin(block) if self._in_phase_s(block) >= pause_s and not block.busy else []

    def _side_done(self, block: Input) -> list[Action]:
        self._sides.pop(0)
        self._tries = 0
        if self._sides:
            return self._begin(block)
        self.phase = Phase.DONE
        marks = [MarkAt(f"no_lamp_{lamp}", 0) for lamp in self._dark]
        return [Say("lamp_wait"), Fetch(self.items), *marks, Finish()]
