"""How long a vehicle may still take: an honest range from what this desk has seen today, or nothing."""

from dataclasses import dataclass
from datetime import datetime

from station.bus.messages import BayState, StationState
from station.desk.moments import moment
from station.model.codes import RIG_KINDS, Stage
from station.model.inspection import Inspection, State

LEAST_SEEN = 3
"""Fewer vehicles than that through a stage say nothing of the next one."""
TAIL = 10
"""The quickest and the slowest tenth are left out of a range."""


@dataclass(frozen=True)
class Range:
    """From so many whole minutes to so many."""

    low_min: int
    high_min: int


class StageTimes:
    """How long each stage took each vehicle of the day, in seconds, as far as this desk saw it."""

    def __init__(self) -> None:
        self._day = ""
        self._seen: dict[tuple[str, int, Stage], tuple[str, float]] = {}

    def begin_day(self, day: str) -> None:
        """Forget the day before."""
        if day != self._day:
            self._day = day
            self._seen.clear()

    def learn(self, inspection: Inspection) -> None:
        """Take note of the stages that a vehicle has behind it; where the clock was set back nobody knows how long."""
        for done in inspection.stages:
            key = (inspection.serial, done.attempt, done.stage)
            if not (done.started_at and done.finished_at):
                continue
            if self._seen.get(key, ("", 0.0))[0] != done.finished_at:
                seconds = (moment(done.finished_at) - moment(done.started_at)).total_seconds()
                self._seen.pop(key, None)
                if seconds >= 0:
                    self._seen[key] = (done.finished_at, seconds)

    def usual_s(self, stage: Stage) -> tuple[float, float] | None:
        """Return the usual least and most seconds of a stage, None while too few vehicles went through it."""
        times = sorted(seconds for (_, _, seen), (_, seconds) in self._seen.items() if seen == stage)
        if len(times) < LEAST_SEEN:
            return None
        cut = len(times) // TAIL
        return times[cut], times[-1 - cut]


def still(inspection: Inspection, state: StationState, times: StageTimes, now: datetime) -> Range | None:
    """Return how long it may still be until the signature; None if nobody can know yet.

    Least: nobody is in the way but those in front in the slowest queue. Most: every stage takes as long as it may, and
    the longest of the queues is waited for as a whole; the other queues get shorter meanwhile.
    """
    if inspection.state not in (State.IN_PROGRESS, State.REVIEW):
        return None
    left = _stages_left(inspection)
    ahead = {stage: found for stage in left if (found := _ahead(inspection, stage, state, times))}
    now_on = _rest_of_work(inspection, times, now)
    if now_on is None or len(ahead) < len(left):
        return None
    review = ahead.pop("review", _Ahead((0.0, 0.0), (0.0, 0.0)))
    stages = ahead.values()
    work_s = now_on[0] + sum(one.own[0] for one in stages)
    low_s = max([work_s, *(one.wait[0] + one.own[0] for one in stages)]) + review.wait[0] + review.own[0]
    everything = [*stages, review]
    high_s = now_on[1] + sum(one.own[1] for one in everything) + max(one.wait[1] for one in everything)
    return Range(int(low_s // 60), -int(-high_s // 60))


@dataclass(frozen=True)
class _Ahead:
    """One stage ahead: the wait before it and the work in it, each least and most seconds."""

    wait: tuple[float, float]
    own: tuple[float, float]


def _stages_left(inspection: Inspection) -> list[Stage]:
    stages = [record.stage for record in inspection.waiting]
    reviewed = "review" in stages or (inspection.working is not None and inspection.working.stage == "review")
    return stages if reviewed else [*stages, "review"]


def _rest_of_work(inspection: Inspection, times: StageTimes, now: datetime) -> tuple[float, float] | None:
    work = inspection.working
    if work is None or work.started_at is None:
        return 0.0, 0.0
    usual = times.usual_s(work.stage)
    if usual is None:
        return None
    gone = (now - moment(work.started_at)).total_seconds()
    if gone < 0:  # the clock was set back: it may have just begun, or be nearly done
        return 0.0, usual[1]
    # What already takes longer than usual may take as long again: nobody can say better.
    return max(0.0, usual[0] - gone), usual[1] - gone if gone <= usual[1] else usual[1]


def bays_for(inspection: Inspection, stage: Stage, state: StationState) -> list[BayState]:
    """Return the bays of a stage that can do what the vehicle needs there: a diesel car waits for no gas analyser."""
    kinds = {RIG_KINDS[item.code] for item in inspection.open_items(stage) if item.code in RIG_KINDS}
    others = {rig.rig for rig in state.rigs if kinds and rig.kind not in kinds}
    return [bay for bay in state.bays if bay.stage == stage and bay.rig not in others]


def _ahead(inspection: Inspection, stage: Stage, state: StationState, times: StageTimes) -> _Ahead | None:
    own, serial = times.usual_s(stage), inspection.serial
    if own is None:
        return None
    queue = state.queue.get(stage, ())
    bays = bays_for(inspection, stage, state)
    count, busy = max(1, len(bays)), sum(1 for bay in bays if bay.serial and bay.serial != serial)
    # Who is at work elsewhere stands in no queue yet: at best it finds nobody there, at worst everybody.
    least = queue.index(serial) + busy if serial in queue else 0
    most = queue.index(serial) + busy if serial in queue else len(queue) + busy
    return _Ahead((_rounds(least, count, 0) * own[0], _rounds(most, count, 1) * own[1]), own)


def _rounds(ahead: int, bays: int, unfinished: int) -> int:
    """Return how many rounds of the bays pass before it is one's turn; the round that is on may be over at once."""
    return 0 if ahead < bays else (ahead - bays) // bays + unfinished
