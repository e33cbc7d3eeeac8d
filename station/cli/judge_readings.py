"""A whole file of readings, judged row by row, beside what its own testers reported."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from pydantic import ValidationError

from station.cli.failure import Unusable
from station.cli.readings import MASS_TOLERANCE_KG, Reading, read_estonia
from station.cli.readings_verdict import Agreement, CauseCount, ReadingsVerdict, RowVerdict, lines
from station.cli.watched import watched
from station.cli.words import text
from station.model.codes import AXLE_ITEMS
from station.model.expected import expected
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome
from station.rules import Pack, judge

CODES = ("plate_type", "vehicle_type", "use_character", "fuel")
"""What every vehicle has, and the file does not say."""
COMPLETE = "complete"
CAUSES = (COMPLETE, "zero", "no_mass", "force", "some_mass", "third_axle", "mass_sum")
WORST_FIRST = (Outcome.INVALID, Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)
EFFICIENCY = ("braking_efficiency", "vehicle_braking_rate")
DIFFERENCE = ("imbalance_of_maxima", "imbalance_of_largest_force")
"""The formulas of packs that compute what the testers reported, too; of one sample the last two are the same."""


@dataclass
class _Tally:
    compared: int = 0
    equal: int = 0
    within_one: int = 0

    def take(self, ours: Decimal | None, reported: Decimal | None) -> None:
        if ours is None or reported is None:
            return
        self.compared += 1
        self.equal += _whole(ours) == _whole(reported)
        self.within_one += abs(_whole(ours) - _whole(reported)) <= 1

    def agreement(self) -> Agreement:
        return Agreement(compared=self.compared, equal=self.equal, within_one=self.within_one)


@dataclass
class _Count:
    """What is counted while the rows go by."""

    causes: dict[str, Counter[Outcome]] = field(default_factory=lambda: {cause: Counter() for cause in CAUSES})
    items: dict[str, Counter[Outcome]] = field(default_factory=dict)
    efficiency: _Tally = field(default_factory=_Tally)
    difference: _Tally = field(default_factory=_Tally)

    def take(self, row: RowVerdict) -> None:
        self.causes[row.cause][row.outcome] += 1
        for item, outcome in row.items.items():
            self.items.setdefault(item, Counter())[outcome] += 1
        if row.cause == COMPLETE:
            self.efficiency.take(row.efficiency_percent, row.reported_efficiency_percent)
            for pair in zip(row.differences_percent, row.reported_differences_percent, strict=True):
                self.difference.take(*pair)


def judge_readings(file: Path, pack: Pack, assumptions: Sequence[str], with_rows: bool, as_json: bool) -> None:
    """Judge every row of a file and print what came of it, and how far it agrees with what the testers reported.

    Raises:
        Unusable, OSError: the file, or what is assumed of its vehicles, cannot be used.
    """
    assumed = assumed_vehicle(assumptions)
    count, rows = _Count(), []
    with watched(read_estonia(file), _count_lines(file), file.name) as readings:
        for reading in readings:
            row = judge_row(pack, reading, assumed)
            count.take(row)
            if with_rows:
                rows.append(row)
    verdict = _verdict(file, pack, assumptions, count, rows)
    if as_json:
        print(verdict.model_dump_json(indent=2))
    else:
        for line in lines(pack, verdict):
            print(line)


def judge_row(pack: Pack, reading: Reading, assumed: Vehicle) -> RowVerdict:
    """Judge each axle of a row, the whole vehicle, and the parking brake where a force of it was measured."""
    vehicle, captures = reading.vehicle(assumed), reading.captures()
    axles = AXLE_ITEMS[: reading.axle_count]
    service = (*axles, "BV")
    codes = (*service, "B0") if reading.parking_axles else service
    verdicts = {code: judge(pack, vehicle, "in_use", reading.on, code, captures) for code in codes}
    outcomes = {code: verdict.outcome for code, verdict in verdicts.items()}
    worst = next(outcome for outcome in WORST_FIRST if outcome in [outcomes[code] for code in service])
    decisive = next(verdict for verdict in verdicts.values() if verdict.outcome is worst)
    return RowVerdict.model_construct(
        line=reading.line,
        cause=reading.cause,
        outcome=worst,
        items=outcomes,
        efficiency_percent=_value(pack, verdicts["BV"], EFFICIENCY),
        reported_efficiency_percent=reading.efficiency_percent,
        differences_percent=tuple(_value(pack, verdicts[axle], DIFFERENCE) for axle in axles),
        reported_differences_percent=tuple(axle.difference_percent for axle in reading.axles[: len(axles)]),
        reason=decisive.reason,
    )


def assumed_vehicle(assumptions: Sequence[str]) -> Vehicle:
    """Return a vehicle of which nothing is known but what is assumed, each as FACT=VALUE.

    Raises:
        Unusable: no fact of a vehicle, or no value of it.
    """
    pairs = [entry.partition("=")[::2] for entry in assumptions]
    try:
        return Vehicle.model_validate({**dict.fromkeys(CODES, ""), **dict(pairs)})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        known = ", ".join(sorted(Vehicle.model_fields.keys() - {"axles", "parking_axles", "make_model"}))
        raise Unusable.of("assume", name=name, value=dict(pairs)[name], why=expected(first), known=known) from None


def _value(pack: Pack, verdict: ItemVerdict, formulas: tuple[str, ...]) -> Decimal | None:
    """Return the value that one of these formulas gave, whatever came of it."""
    return next((q.unrounded for q in verdict.quantities if pack.quantity(q.quantity).formula in formulas), None)


def _whole(value: Decimal) -> int:
    return round(Fraction(value))


def _count_lines(file: Path) -> int:
    with file.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))


def _verdict(
    file: Path, pack: Pack, assumptions: Sequence[str], count: _Count, rows: list[RowVerdict]
) -> ReadingsVerdict:
    causes = (
        CauseCount(cause=cause, rows=outcomes.total(), outcomes=dict(outcomes))
        for cause, outcomes in count.causes.items()
    )
    return ReadingsVerdict(
        file=file.name,
        pack=pack.ref,
        assumed=tuple(assumptions),
        rows=sum(outcomes.total() for outcomes in count.causes.values()),
        filter=text("readings.filter", kg=MASS_TOLERANCE_KG),
        causes=tuple(causes),
        items={item: dict(outcomes) for item, outcomes in sorted(count.items.items())},
        efficiency=count.efficiency.agreement(),
        difference=count.difference.agreement(),
        verdicts=tuple(rows),
    )
