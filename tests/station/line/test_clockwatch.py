"""The clock that jumps: noticed, said with both times, and over when it is put right or long ago."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from station.bus.clock import Clock
from station.line.clockwatch import SAID_S, STEP_S, ClockWatch

BEGIN = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Hands(Clock):
    """A clock that a test moves; ``times`` are the seconds that went by and the jumps of the time of day."""

    gone_s: list[float] = field(default_factory=list)
    moved: list[timedelta] = field(default_factory=list)

    def monotonic(self) -> float:
        return 1000.0 + sum(self.gone_s)

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=sum(self.gone_s)) + sum(self.moved, timedelta())


def watched(speed: float = 1.0) -> tuple[Hands, ClockWatch]:
    clock = Hands(speed)
    return clock, ClockWatch(clock, ZONE)


def said(watch: ClockWatch) -> list[str]:
    return [text.zh for text in watch.trouble or ()]


def test_time_that_goes_by_is_no_jump() -> None:
    clock, watch = watched()
    clock.gone_s.append(5 * SAID_S)
    assert watch.look() is None
    assert watch.trouble is None


def test_a_jump_is_told_once_and_said_with_both_times() -> None:
    clock, watch = watched()
    clock.moved.append(HOUR)
    assert watch.look() == HOUR
    assert watch.look() is None
    assert said(watch)[0] == "本机时钟从 10:00:00 向前跳到了 11:00:00"
    clock.moved.append(-2 * HOUR)
    assert watch.look() == -2 * HOUR
    assert said(watch)[0] == "本机时钟从 10:00:00 倒退到了 09:00:00"
    assert watch.trouble is not None
    assert watch.trouble[0].en == "the computer's clock was set back from 10:00:00 to 09:00:00"
    assert "改正后再签发" in said(watch)[1]


def test_another_day_is_named() -> None:
    clock, watch = watched()
    clock.moved.append(timedelta(days=-365))
    watch.look()
    assert said(watch)[0] == "本机时钟从 2026-11-22 10:00:00 倒退到了 2025-11-22 10:00:00"


def test_a_clock_that_is_put_right_is_no_trouble_any_more() -> None:
    clock, watch = watched()
    clock.moved.append(-HOUR)
    watch.look()
    clock.moved.append(HOUR + timedelta(seconds=1))
    assert watch.look() == HOUR + timedelta(seconds=1)
    assert watch.trouble is None


def test_a_jump_of_long_ago_is_said_no_more_and_the_next_one_counts_anew() -> None:
    clock, watch = watched()
    clock.moved.append(HOUR)
    watch.look()
    clock.gone_s.append(SAID_S)
    watch.look()
    assert watch.trouble
    clock.gone_s.append(1.0)
    watch.look()
    assert watch.trouble is None
    clock.moved.append(-HOUR)
    watch.look()
    assert said(watch)[0] == "本机时钟从 12:00:01 倒退到了 11:00:01"


@given(st.floats(-2, 2), st.sampled_from([1.0, 10.0]))
def test_what_a_time_server_does_is_no_jump_at_any_speed(share: float, speed: float) -> None:
    clock, watch = watched(speed)
    clock.moved.append(timedelta(seconds=share * STEP_S * speed))
    step = watch.look()
    jumped = abs(clock.moved[0]) > timedelta(seconds=STEP_S * speed)
    assert (step is not None, watch.trouble is not None) == (jumped, jumped)
