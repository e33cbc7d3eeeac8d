"""`station due`: when a vehicle's next inspection is due, on-line or for the mark alone, and from when on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from station.cli.days import day_of
from station.cli.failure import FINDING, Unusable
from station.cli.judge import PackOption
from station.cli.judge_words import pack_line
from station.cli.language import language_here
from station.cli.words import here
from station.line.packs import DEFAULT, load_pack
from station.rules import Due, Pack, next_due
from station.rules.bounds import MOST_BYTES
from station.rules.case_file import read_case


def due(
    case: Annotated[Path, typer.Argument(help="A case as JSON: its vehicle and its day; see station schema case.")],
    pack: PackOption = DEFAULT,
    last: Annotated[
        str | None, typer.Option(help="Day of the last inspection or mark, YYYY-MM-DD; else all was done in time.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON; see: station schema due.")] = False,
) -> None:
    """Say when the vehicle of a case is next due, on-line or for its mark alone, from when on, and by which rule.

    Exit code 1: it is overdue, or facts are missing or no rule applies, so that something cannot be told.

    Example: station due case.json --last 2025-10-11
    """
    with case.open("rb") as stream:
        asked = read_case(case.name, stream.read(MOST_BYTES + 1))
    done = day_of(last) if last is not None else None
    if done and done > asked.on:
        raise Unusable.of("last_after", last=done, on=asked.on)
    rules = load_pack(pack)
    found = next_due(rules, asked.vehicle, asked.on, done)
    if as_json:
        print(found.model_dump_json(indent=2))
    else:
        print("\n".join(_lines(rules, found, pack == DEFAULT)))
    if found.was_due or found.missing or found.due is None:
        raise SystemExit(FINDING)


def _lines(pack: Pack, found: Due, by_default: bool) -> Iterator[str]:
    yield pack_line(pack, by_default)
    yield found.sentence.in_(language_here())
    if found.period:
        yield here("due.rule", period=found.period, clause=found.clause, certainty=found.certainty)
