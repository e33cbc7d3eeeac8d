"""What managers look at, computed from the stage times: pure functions, so that two people get the same figure.

A *visit* is the time from keys taken to keys returned; a vehicle that comes back has another one.
Durations are in seconds, and never negative: where the computer's clock was set back in between (``clock.jumped``),
nobody knows how long it took, and it is counted as unknown.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from station.model.codes import STAGES, Stage
from station.model.inspection import Inspection, StageRecord, State
from station.model.verdict import Outcome


@dataclass(frozen=True)
class Visit:
    """One stay of a vehicle; ``end`` is None while the station still holds the key."""

    serial: str
    begin: datetime
    end: datetime | None

    @property
    def stay_s(self) -> float | None:
        """Return how long a vehicle that has left was here; None if it has not, or if the clock was set back."""
        return _seconds(self.begin, self.end)


@dataclass(frozen=True)
class Span:
    """Finished work on a stage, and the wait before it: from the end of the previous stage, or from keys taken.

    ``waited_from`` is None if the clock was set back since.
    """

    serial: str
    stage: Stage
    attempt: int
    waited_from: datetime | None
    started: datetime
    finished: datetime

    @property
    def wait_s(self) -> float | None:
        """Return how long the vehicle waited; None if nobody knows."""
        return _seconds(self.waited_from, self.started)

    @property
    def work_s(self) -> float | None:
        """Return how long the stage took; None if nobody knows."""
        return _seconds(self.started, self.finished)

    @property
    def known(self) -> bool:
        """Say whether the clock stood by this stage."""
        return self.wait_s is not None and self.work_s is not None


@dataclass(frozen=True)
class StageKpi:
    """The times of one stage; None where none of them is known."""

    stage: Stage
    count: int
    work_p50_s: float | None
    work_p90_s: float | None
    wait_p50_s: float | None
    wait_p90_s: float | None


@dataclass(frozen=True)
class Kpis:
    """The figures of a period; None where nothing in it can be counted.

    ``cars`` counts keys taken, ``first_tests`` signed first tests that passed or failed, ``invalid_first_tests``
    those that could not be judged (neither yield nor failure), ``retests`` signed returns, ``reports`` those issued.
    ``unknown_times`` counts the stays, waits and stages whose duration nobody knows: no other figure has them in it.
    """

    cars: int
    first_tests: int
    invalid_first_tests: int
    retests: int
    reports: int
    per_hour: float | None
    stay_p50_s: float | None
    stay_p90_s: float | None
    value_added: float | None
    first_pass_yield: float | None
    wip_max: int
    unknown_times: int
    stages: tuple[StageKpi, ...]


def percentile(values: Iterable[float], percent: int) -> float | None:
    """Return the nearest-rank percentile: a value that really occurred; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1]


def visits(inspection: Inspection) -> tuple[Visit, ...]:
    """Return the stays of a vehicle, first to last."""
    found: list[Visit] = []
    begin: datetime | None = _time(inspection.keys_taken_at)
    for number in range(1, inspection.attempt + 1):
        records = [r for r in inspection.stages if r.attempt == number]
        begin = begin or min((_time(r.waiting_at) for r in records), default=None)
        back = [_time(r.finished_at) for r in records if r.stage == "handback" and r.finished_at]
        if begin and back:
            found.append(Visit(inspection.serial, begin, max(back)))
            begin = None
    if begin:
        end = inspection.keys_returned_at
        found.append(Visit(inspection.serial, begin, _time(end) if end else None))
    return tuple(found)


def spans(inspection: Inspection) -> tuple[Span, ...]:
    """Return the finished stages of a vehicle in the order of their start."""
    done = [r for r in inspection.stages if r.started_at and r.finished_at]
    stays = visits(inspection)
    ordered = sorted(done, key=lambda r: (r.started_at or "", r.finished_at or ""))
    return tuple(_span(inspection.serial, record, ordered[:at], stays) for at, record in enumerate(ordered))


def _span(serial: str, record: StageRecord, before: Sequence[StageRecord], stays: Sequence[Visit]) -> Span:
    started, finished = _time(record.started_at or ""), _time(record.finished_at or "")
    begin = max((stay.begin for stay in stays if stay.begin <= started), default=None)
    ends = [_time(r.finished_at or "") for r in before]
    # A vehicle is in one stage at a time, and waits before it is worked on: anything else is a clock that was set back.
    bent = begin is None or _time(record.waiting_at) > started or any(end > started for end in ends)
    waited_from = None if bent or begin is None else max([begin, *(end for end in ends if end >= begin)])
    return Span(serial, record.stage, record.attempt, waited_from, started, finished)


def kpis(inspections: Iterable[Inspection]) -> Kpis:
    """Return the figures of a period's inspections; an arrival or inspection that was cancelled is no car."""
    cars = [i for i in inspections if i.state != State.CANCELLED]
    stays = [visit for car in cars for visit in visits(car)]
    worked = [span for car in cars for span in spans(car)]
    closed = [(visit, stay_s) for visit in stays if (stay_s := visit.stay_s) is not None]
    first = [car for car in cars if car.attempts and car.attempts[0].conclusion in ("pass", "fail")]
    return Kpis(
        cars=len(cars),
        first_tests=len(first),
        invalid_first_tests=sum(1 for car in cars if car.attempts and car.attempts[0].conclusion == "invalid"),
        retests=sum(1 for car in cars for attempt in car.attempts[1:] if attempt.conclusion),
        reports=sum(1 for car in cars for attempt in car.attempts if attempt.report_sha256),
        per_hour=_per_hour(cars, first),
        stay_p50_s=percentile((seconds for _, seconds in closed), 50),
        stay_p90_s=percentile((seconds for _, seconds in closed), 90),
        value_added=_value_added(closed, worked),
        first_pass_yield=sum(map(_no_failed_item, first)) / len(first) if first else None,
        wip_max=_wip_max(stays),
        unknown_times=_unknown_times(stays, worked),
        stages=tuple(_stage_kpis(worked)),
    )


def _per_hour(cars: Sequence[Inspection], first: Sequence[Inspection]) -> float | None:
    """Return completed first tests per hour from the first keys taken to the last signature under a first test."""
    signed = [_time(car.attempts[0].signed_at or "") for car in first]
    if not signed:
        return None
    hours = (max(signed) - min(_time(car.keys_taken_at) for car in cars)).total_seconds() / 3600
    return len(first) / hours if hours > 0 else None


def _value_added(closed: Sequence[tuple[Visit, float]], worked: Sequence[Span]) -> float | None:
    """Return the sum of stage work over that of stays that have ended, without the vehicles of unknown times."""
    bent = {span.serial for span in worked if not span.known}
    whole = [(visit, seconds) for visit, seconds in closed if visit.serial not in bent]
    stay = sum(seconds for _, seconds in whole)
    work = sum(s.work_s or 0.0 for s in worked if any(_within(s, visit) for visit, _ in whole))
    return work / stay if stay > 0 else None


def _unknown_times(stays: Iterable[Visit], worked: Iterable[Span]) -> int:
    """Return how many durations nobody knows because the clock was set back."""
    unknown = sum(1 for visit in stays if visit.end and visit.stay_s is None)
    return unknown + sum((span.wait_s is None) + (span.work_s is None) for span in worked)


def _within(span: Span, visit: Visit) -> bool:
    return span.serial == visit.serial and visit.begin <= span.started and (visit.end or span.finished) >= span.finished


def _no_failed_item(car: Inspection) -> bool:
    return not any(item.attempt == 1 and item.outcome is Outcome.FAIL for item in car.items)


def _wip_max(stays: Iterable[Visit]) -> int:
    """Return the most keys held at one moment; a key that goes out as another comes in is not counted twice."""
    # Of a stay whose end lies before its begin nobody knows when it was.
    known = [stay for stay in stays if stay.end is None or stay.stay_s is not None]
    steps = [(stay.begin, 1) for stay in known] + [(stay.end, -1) for stay in known if stay.end]
    held = most = 0
    for _, step in sorted(steps):
        held += step
        most = max(most, held)
    return most


def _stage_kpis(worked: Sequence[Span]) -> Iterator[StageKpi]:
    for stage in STAGES:
        mine = [span for span in worked if span.stage == stage]
        if mine:
            figures = (percentile(values, p) for values in _times(mine) for p in (50, 90))
            yield StageKpi(stage, len(mine), *figures)


def _times(mine: Sequence[Span]) -> tuple[list[float], list[float]]:
    works, waits = ([getattr(span, name) for span in mine] for name in ("work_s", "wait_s"))
    return [s for s in works if s is not None], [s for s in waits if s is not None]


def _seconds(begin: datetime | None, end: datetime | None) -> float | None:
    if begin is None or end is None or end < begin:
        return None
    return (end - begin).total_seconds()


def _time(at: str) -> datetime:
    return datetime.fromisoformat(at)
