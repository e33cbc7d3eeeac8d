"""Petrol double idle test (双怠速法, GB 18285-2018 appendix A) as an explicit state machine."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from station.line.procedures.base import Action, Do, DoubleIdleTiming, Finish, Input, MarkAt, Record, Say, Void


class Phase(StrEnum):
    """The states, in their order."""

    WARM = "warm"
    PROBE = "probe"
    RAISE = "raise"
    HIGH_SETTLE = "high_settle"
    HIGH_AVERAGE = "high_average"
    IDLE_SETTLE = "idle_settle"
    IDLE_AVERAGE = "idle_average"
    DONE = "done"


def preparation(checks: Mapping[str, Decimal | None], timing: DoubleIdleTiming) -> tuple[str, ...]:
    """Return the checks that the analyser needs before a vehicle: leak test, zero, purge.

    ``checks`` has ``zero_age_s``, ``leak_age_s`` (None: never passed) and ``residue`` (1e-6 vol).
    """
    zero, leak, residue = checks.get("zero_age_s"), checks.get("leak_age_s"), checks.get("residue")
    needed = (
        ("leak_test", leak is None or leak > timing.leak_age_s),
        ("purge", residue is not None and residue > timing.residue_limit),
        ("zero", zero is None or zero > timing.zero_age_s),
    )
    return tuple(check for check, needs in needed if needs)


class DoubleIdleRun:
    """One double idle test: engine warm, probe in, 70 % of rated speed, high idle, idle.

    Args:
        rated_speed: rated engine speed in 1/min, None if the vehicle's record has none.
        high_idle: the high idle speed in 1/min that the maker gives, None for the table's.
    """

    def __init__(
        self, timing: DoubleIdleTiming, rated_speed: int | None = None, high_idle: Decimal | None = None
    ) -> None:
        self.timing = timing
        self.phase = Phase.WARM
        raised = (rated_speed or timing.rated_speed_default) * timing.raise_share_percent // 100
        high = int(high_idle) if high_idle else timing.high_idle
        self._bands: dict[Phase, tuple[int, int, int]] = {
            Phase.RAISE: (raised, raised - timing.raise_tolerance, raised + timing.raise_tolerance),
            Phase.HIGH_SETTLE: (high, high - timing.high_idle_tolerance, high + timing.high_idle_tolerance),
            Phase.IDLE_SETTLE: (0, timing.idle_low, timing.idle_high),
        }
        self._bands[Phase.HIGH_AVERAGE] = self._bands[Phase.HIGH_SETTLE]
        self._bands[Phase.IDLE_AVERAGE] = self._bands[Phase.IDLE_SETTLE]
        self._entered_s: float | None = None
        self._held_since_s: float | None = None
        self._missing_since_s: dict[str, float] = {}
        self._restarts = 0

    def step(self, block: Input) -> list[Action]:
        """Take one reading and return what to do now."""
        if self._entered_s is None:
            self._entered_s = block.now_s
            return [Do("measure"), *self._prompt()]
        if self.phase is Phase.WARM:
            return self._warm(block)
        if self.phase is Phase.PROBE:
            return self._probe(block)
        if self.phase is Phase.DONE:
            return []
        return self._trouble(block) or self._hold(block)

    def _prompt(self) -> list[Action]:
        codes = {
            Phase.WARM: ("warm_engine", None),
            Phase.PROBE: ("insert_probe", None),
            Phase.RAISE: ("hold_speed", self.timing.raise_s),
            Phase.HIGH_SETTLE: ("hold_speed", self.timing.settle_s + self.timing.average_s),
            Phase.IDLE_SETTLE: ("idle", self.timing.settle_s + self.timing.average_s),
        }
        code, seconds = codes[self.phase]
        target, low, high = self._bands.get(self.phase, (0, 0, 0))
        return [Say(code, {"speed": str(target), "low": str(low), "high": str(high)}, seconds)]

    def _enter(self, phase: Phase, block: Input) -> None:
        self.phase, self._entered_s, self._held_since_s = phase, block.now_s, None

    def _in_phase_s(self, block: Input) -> float:
        return block.now_s - (self._entered_s if self._entered_s is not None else block.now_s)

    def _void(self, reason: str) -> list[Action]:
        self.phase = Phase.DONE
        return [Void(reason)]

    def _warm(self, block: Input) -> list[Action]:
        oil = block.values.get("oil_temperature")
        # Without an oil probe the operator's word that the engine is warm has to do; the pack warns of it.
        if oil is not None and oil < self.timing.oil_temperature_c:
            return self._void("engine_cold") if self._in_phase_s(block) > self.timing.warm_timeout_s else []
        self._enter(Phase.PROBE, block)
        return self._prompt()

    def _probe(self, block: Input) -> list[Action]:
        if not self._carbon_above(block, self.timing.probe_percent):
            self._held_since_s = None
            return self._void("no_probe") if self._in_phase_s(block) > self.timing.probe_timeout_s else []
        self._held_since_s = block.now_s if self._held_since_s is None else self._held_since_s
        if block.now_s - self._held_since_s < self.timing.probe_hold_s:
            return []
        self._enter(Phase.RAISE, block)
        return [Record(), *self._prompt()]

    def _carbon_above(self, block: Input, percent: Decimal) -> bool:
        co, co2 = block.values.get("co"), block.values.get("co2")
        return co is not None and co2 is not None and co + co2 >= percent

    def _lasting(self, name: str, happens: bool, block: Input, seconds: float) -> bool:
        if not happens:
            self._missing_since_s.pop(name, None)
            return False
        return block.now_s - self._missing_since_s.setdefault(name, block.now_s) > seconds

    def _trouble(self, block: Input) -> list[Action]:
        out = not self._carbon_above(block, self.timing.probe_out_percent)
        silent = block.values.get("engine_speed") is None
        if self._lasting("probe", out, block, self.timing.probe_out_s):
            return self._void("probe_out")
        if self._lasting("speed", silent, block, self.timing.speed_lost_s):
            return self._void("no_engine_speed")
        return self._void("speed_not_held") if self._too_long(block) else []

    def _too_long(self, block: Input) -> bool:
        unheld = self._held_since_s is None and self._in_phase_s(block) > self.timing.speed_timeout_s
        return unheld or self._restarts > self.timing.restarts

    def _hold(self, block: Input) -> list[Action]:
        """Count the seconds in the band of the phase; leaving it begins the phase, or the settling before it, again."""
        speed = block.values.get("engine_speed")
        _, low, high = self._bands[self.phase]
        if speed is None or not low <= speed <= high:
            return self._lost_band(block)
        if self._held_since_s is None:
            self._held_since_s = block.now_s
        held_s = block.now_s - self._held_since_s
        return self._next(block) if held_s >= self._needed_s() else []

    def _needed_s(self) -> float:
        if self.phase is Phase.RAISE:
            return self.timing.raise_s
        return self.timing.settle_s if self.phase in (Phase.HIGH_SETTLE, Phase.IDLE_SETTLE) else self.timing.average_s

    def _lost_band(self, block: Input) -> list[Action]:
        if self._held_since_s is None:
            return []
        self._restarts += 1
        back = {Phase.HIGH_AVERAGE: Phase.HIGH_SETTLE, Phase.IDLE_AVERAGE: Phase.IDLE_SETTLE}
        self._enter(back.get(self.phase, self.phase), block)
        return self._prompt()

    def _next(self, block: Input) -> list[Action]:
        if self.phase is Phase.RAISE:
            self._enter(Phase.HIGH_SETTLE, block)
            return self._prompt()
        if self.phase is Phase.HIGH_SETTLE:
            return self._average(Phase.HIGH_AVERAGE, "high_idle_average", block)
        if self.phase is Phase.HIGH_AVERAGE:
            self._enter(Phase.IDLE_SETTLE, block)
            return [MarkAt("high_idle_end", block.index), *self._prompt()]
        if self.phase is Phase.IDLE_SETTLE:
            return self._average(Phase.IDLE_AVERAGE, "idle_average", block)
        self._enter(Phase.DONE, block)
        return [MarkAt("idle_end", block.index), Finish()]

    def _average(self, phase: Phase, mark: str, block: Input) -> list[Action]:
        self._enter(phase, block)
        self._held_since_s = block.now_s
        return [MarkAt(mark, block.index)]
