"""What came of a file of readings: the model of the --json output, and as people read it."""

from collections.abc import Iterator
from decimal import Decimal

from rich.cells import cell_len, set_cell_size

from station.cli.judge_words import pack_line
from station.cli.language import language_here
from station.cli.words import here
from station.model.base import Frozen
from station.model.text import Text
from station.model.verdict import Outcome, PackRef
from station.rules import Pack


class Agreement(Frozen):
    """How many of the compared values are equal as whole percents, and how many differ by one at most."""

    compared: int
    equal: int
    within_one: int


class CauseCount(Frozen):
    """The rows of one cause: how many, and with which outcomes of the service brake."""

    cause: str
    rows: int
    outcomes: dict[Outcome, int]


class RowVerdict(Frozen):
    """One row: the worst outcome of its service brake, ours beside the reported values, and why it does not count.

    The parking brake (B0) stands among the items.
    """

    line: int
    cause: str
    outcome: Outcome
    items: dict[str, Outcome]
    efficiency_percent: Decimal | None
    reported_efficiency_percent: Decimal | None
    differences_percent: tuple[Decimal | None, ...]
    reported_differences_percent: tuple[Decimal | None, ...]
    reason: Text | None


class ReadingsVerdict(Frozen):
    """A file of readings under a rule pack, with what was assumed of its vehicles.

    Agreement is of the complete rows; no row is left out of the causes.
    """

    v: int = 1
    file: str
    pack: PackRef
    assumed: tuple[str, ...]
    rows: int
    filter: Text
    causes: tuple[CauseCount, ...]
    items: dict[str, dict[Outcome, int]]
    efficiency: Agreement
    difference: Agreement
    verdicts: tuple[RowVerdict, ...] = ()


def lines(pack: Pack, verdict: ReadingsVerdict) -> Iterator[str]:
    """Yield the lines of a report on a file of readings."""
    yield pack_line(pack, by_default=False)
    yield here("readings.rows", file=verdict.file, rows=verdict.rows)
    if verdict.assumed:
        yield here("readings.assumed", facts=", ".join(verdict.assumed))
    yield here("readings.filter_is", filter=verdict.filter)
    yield ""
    names = {cause.cause: here(f"readings.{cause.cause}") for cause in verdict.causes}
    table = [(names[cause.cause], cause.rows, cause.outcomes) for cause in verdict.causes]
    yield from _table(here("readings.cause"), table)
    yield ""
    items = [(item, sum(outcomes.values()), outcomes) for item, outcomes in verdict.items.items()]
    yield from _table(here("readings.item"), items)
    yield ""
    yield _agreement("readings.efficiency", verdict.efficiency)
    yield _agreement("readings.difference", verdict.difference)
    if verdict.verdicts:
        yield ""
        yield from (_row_line(row, names) for row in verdict.verdicts)


def _table(head: str, rows: list[tuple[str, int, dict[Outcome, int]]]) -> Iterator[str]:
    outcomes = (Outcome.PASS, Outcome.FAIL, Outcome.INVALID, Outcome.UNKNOWN)
    heads = [here("readings.count"), *(here(f"judge.{outcome}") for outcome in outcomes)]
    first = max(cell_len(cell) for cell in (head, *(name for name, _, _ in rows)))
    yield set_cell_size(head, first) + "".join(f"  {' ' * (9 - cell_len(each))}{each}" for each in heads)
    for name, count, found in rows:
        numbers = [count, *(found.get(outcome, 0) for outcome in outcomes)]
        yield set_cell_size(name, first) + "".join(f"  {number:>9,}" for number in numbers)


def _agreement(key: str, found: Agreement) -> str:
    if not found.compared:
        return here("readings.nothing_compared", what=here(key))
    equal, within_one = (f"{100 * n / found.compared:.2f}" for n in (found.equal, found.within_one))
    return here("readings.agreement", what=here(key), compared=found.compared, equal=equal, within_one=within_one)


def _row_line(row: RowVerdict, names: dict[str, str]) -> str:
    none = here("readings.none")
    efficiency = none if row.efficiency_percent is None else f"{row.efficiency_percent:.2f}"
    reported = none if row.reported_efficiency_percent is None else row.reported_efficiency_percent
    words = {"line": row.line, "cause": names[row.cause], "outcome": here(f"judge.{row.outcome}")}
    said = here("readings.row", efficiency=efficiency, reported=reported, **words)
    return f"{said}  {row.reason.in_(language_here())}" if row.reason else said
