"""`station judge`: one case in, one explained verdict out; or a whole file of readings."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from station.cli.failure import FINDING, Unusable
from station.cli.judge_readings import judge_readings
from station.cli.judge_words import decided_by, item_name, pack_line
from station.cli.language import language_here
from station.cli.words import here
from station.line.packs import DEFAULT, example, examples, load_pack
from station.model.verdict import ItemVerdict, Outcome, QuantityVerdict
from station.rules import Pack
from station.rules.bounds import MOST_BYTES
from station.rules.case_file import read_case
from station.rules.case_judge import CaseVerdict, judge_case
from station.rules.wording import with_unit

GOOD = (Outcome.PASS, Outcome.NOT_APPLICABLE)


class Format(StrEnum):
    """The formats of readings that are known."""

    ESTONIA = "estonia"


PackOption = Annotated[
    str,
    typer.Option("--pack", help="Rule pack: its folder's name, NAME@EDITION, or a path with a slash."),
]


def judge(
    case: Annotated[
        Path | None, typer.Argument(help="A case as JSON: see station schema case, or begin with --example.")
    ] = None,
    pack: PackOption = DEFAULT,
    item: Annotated[str, typer.Option(help="Judge this item only, for example B1.")] = "",
    example: Annotated[str, typer.Option(help="Print the example case of an item instead, for example B1.")] = "",
    readings: Annotated[Path | None, typer.Option(help="Judge every row of this file of readings instead.")] = None,
    format_: Annotated[
        Format | None, typer.Option("--format", help="Format of the readings: estonia, the open data of that country.")
    ] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option(help="With --readings: a fact that the file lacks, of every vehicle: eu_category=M1."),
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="With --readings: print every row, too.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print as JSON; see: station schema verdict, station schema readings.")
    ] = False,
) -> None:
    """Judge a case and say why: value, limit, clause, certainty and the sample that decided. Nothing is stored.

    Exit code 1: something fails, is invalid or unknown.

    Example: station judge --example B1 > case.json; station judge case.json
    """
    given = [case is not None, bool(example), readings is not None]
    if given.count(True) != 1:
        raise Unusable.of("judge_what")
    if (readings is not None) != (format_ is not None) or (readings is None and (rows or assume)):
        raise Unusable.of("readings_only")
    if example:
        _print_example(pack, example)
    elif case is not None:
        _judge_case(case, pack, item, as_json)
    elif readings is not None:
        judge_readings(readings, load_pack(pack), assume or [], rows, as_json)


def _print_example(pack: str, item: str) -> None:
    found = example(pack, item)
    if found is None:
        raise Unusable.of("no_example", item=item, pack=pack, known=", ".join(examples(pack)) or "—")
    print(found.decode("utf-8"), end="")


def _judge_case(file: Path, name: str, item: str, as_json: bool) -> None:
    with file.open("rb") as stream:
        case = read_case(file.name, stream.read(MOST_BYTES + 1))
    pack = load_pack(name)
    verdict = judge_case(pack, case, item or None)
    if as_json:
        print(verdict.model_dump_json(indent=2))
    else:
        for line in _lines(pack, verdict, name == DEFAULT):
            print(line)
    if verdict.outcome not in GOOD:
        raise SystemExit(FINDING)


def _lines(pack: Pack, verdict: CaseVerdict, by_default: bool) -> Iterator[str]:
    yield pack_line(pack, by_default)
    yield here("judge.day", on=verdict.on, category=here(f"judge.{verdict.category}"))
    for each in verdict.items:
        yield from ("", *_item_lines(pack, each))
    outcome = here(f"judge.{verdict.outcome}")
    yield ""
    yield here("judge.all", outcome=outcome, items=len(verdict.items), unconfirmed=verdict.unconfirmed)


def _item_lines(pack: Pack, verdict: ItemVerdict) -> Iterator[str]:
    language = language_here()
    yield f"{item_name(pack, verdict.item)}  {here(f'judge.{verdict.outcome}')}"
    for quantity in verdict.quantities:
        yield from _quantity_lines(quantity)
    if verdict.reason and verdict.reason not in [quantity.sentence for quantity in verdict.quantities]:
        yield f"  {verdict.reason.in_(language)}"
    for warning in verdict.warnings:
        yield f"  {here('judge.warning', text=warning)}"


def _quantity_lines(verdict: QuantityVerdict) -> Iterator[str]:
    yield f"  {verdict.sentence.in_(language_here())}"
    if verdict.unrounded is not None:
        exact = with_unit(str(verdict.unrounded), verdict.unit)
        yield f"    {here('judge.value', unrounded=exact, by=decided_by(verdict.decided_by))}"
    confirmed = here("judge.confirmed" if verdict.confirmed else "judge.unconfirmed")
    words = {"limit": verdict.limit_shown, "clause": verdict.clause, "certainty": verdict.certainty}
    yield f"    {here('judge.limit', confirmed=confirmed, **words)}"
