"""`station rules`: what packs hold, how certain it is, what differs between two, and whether all is in order."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from station.cli.failure import FINDING, Unusable
from station.cli.judge_words import pack_line
from station.cli.language import language_here
from station.cli.rules_answer import EntryShown, Never, PackChecked, PackShown, PackSummary, RulesAnswer
from station.cli.words import here
from station.line.packs import DEFAULT, load_pack, pack_files, shipped
from station.rules import Pack, PackError, Value, parse_pack
from station.rules.inside import Change, Difference, applies_text, difference, entries, entries_of_item
from station.rules.reach import unreachable
from station.rules.toml_places import line_of

rules_app = typer.Typer(help="List, show, compare and check the rule packs.", no_args_is_help=True)
WIDTH = 160
"""Columns of a table that goes into a file or a pipe."""

PackArgument = Annotated[str, typer.Argument(help="Folder's name, NAME@EDITION, or a path with a slash.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print as JSON; see: station schema rules.")]


@rules_app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the packs that ship with the software: edition, entries, how many await confirmation.

    Exit code 1: one of them is not in order.

    Example: station rules list
    """
    packs = tuple(_summary(name) for name in shipped())
    if as_json:
        _print(RulesAnswer(packs=packs))
    else:
        for line in (line for summary in packs for line in _summary_lines(summary)):
            print(line)
    if any(summary.error for summary in packs):
        raise SystemExit(FINDING)


@rules_app.command("show")
def show(
    pack: PackArgument = DEFAULT,
    item: Annotated[str, typer.Option(help="Only what this item rests on, for example B1.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Show every value of a pack: condition, certainty, clause, source and dates.

    Example: station rules show cn-gb38900-2020 --item B1
    """
    found = load_pack(pack)
    wanted = entries_of_item(found, item) if item else entries(found).keys()
    if not wanted:
        raise Unusable.of("no_item", item=item, known=", ".join(dict.fromkeys(entry.code for entry in found.items)))
    values = (value for value in found.values() if (value.kind, value.id) in wanted)
    shown = tuple(_shown(found, pack_files(pack), values))
    if as_json:
        _print(RulesAnswer(shown=PackShown(pack=found.ref, title=found.title, entries=shown)))
        return
    print(pack_line(found, by_default=False))
    _print_table(shown)


@rules_app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(help="The first pack: folder's name, NAME@EDITION, or a path with a slash.")],
    new: Annotated[str, typer.Argument(help="The second pack, in the same way.")],
    as_json: JsonOption = False,
) -> None:
    """Say which entries the second pack adds, leaves out or changes.

    Exit code 1: they differ.

    Example: station rules diff cn-gb38900-2020 ./my-pack
    """
    found = difference(load_pack(old), load_pack(new))
    if as_json:
        _print(RulesAnswer(difference=found))
    else:
        for line in _difference_lines(found):
            print(line)
    if found.added or found.removed or found.changed:
        raise SystemExit(FINDING)


@rules_app.command("check")
def check(
    pack: Annotated[
        str, typer.Argument(help="Folder's name, NAME@EDITION, or a path with a slash; none: every pack that ships.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Load packs and name every value that awaits confirmation, and every entry that can never decide.

    Exit code 1: there is one. Exit code 2: a pack cannot be used; names file, line and remedy.

    Example: station rules check ./my-pack
    """
    checked = tuple(_checked(name) for name in ([pack] if pack else shipped()))
    if as_json:
        _print(RulesAnswer(checked=checked))
    else:
        for line in (line for each in checked for line in _checked_lines(each)):
            print(line)
    if any(each.unconfirmed or each.unreachable for each in checked):
        raise SystemExit(FINDING)


def _print(answer: RulesAnswer) -> None:
    others = {name for name, value in answer if value is None}
    print(answer.model_dump_json(indent=2, exclude=others))


def _summary(folder: str) -> PackSummary:
    try:
        pack = load_pack(folder)
    except PackError as error:
        return PackSummary(folder=folder, error=error.text)
    values = tuple(pack.values())
    return PackSummary(
        folder=folder,
        pack=pack.ref,
        title=pack.title,
        entries=len(values),
        unconfirmed=len(pack.unconfirmed),
        certainty=dict(sorted(Counter(value.certainty for value in values).items())),
    )


def _summary_lines(summary: PackSummary) -> Iterator[str]:
    language = language_here()
    if summary.error or not summary.pack or not summary.title:
        yield here("rules.broken", folder=summary.folder, why=summary.error)
        return
    yield f"{summary.folder}  {summary.pack.name}@{summary.pack.edition}  {summary.title.in_(language)}"
    certainty = ", ".join(f"{mark} {count}" for mark, count in summary.certainty.items())
    words = {"entries": summary.entries, "certainty": certainty, "unconfirmed": summary.unconfirmed}
    yield f"  {here('rules.entries', **words)}"


def _shown(pack: Pack, files: dict[str, bytes], values: Iterable[Value]) -> Iterator[EntryShown]:
    known = entries(pack)
    for value in values:
        entry = known[value.kind, value.id]
        yield EntryShown(
            **value.model_dump(),
            applies_if=applies_text(getattr(entry, "applies_if", ())),
            line=_line(files, value.file, value.kind, value.id),
        )


def _line(files: dict[str, bytes], file: str, kind: str, name: str) -> int | None:
    return line_of(files, file, kind if kind == name else f"{kind} ({name})")


def _print_table(shown: Iterable[EntryShown]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("entry", "value", "applies", "certainty", "clause", "from"):
        table.add_column(here(f"rules.{column}"), overflow="fold")
    for each in shown:
        certainty = f"{each.certainty}  {here('judge.confirmed' if each.confirmed else 'rules.open')}"
        clause = f"{each.clause} ({each.clause_certainty})\n{each.source}"
        dates = f"{each.effective_from} – {each.effective_to or ''}".rstrip()
        cells = (f"{each.kind} {each.id}\n{each.file}:{each.line}", each.value, each.applies_if)
        table.add_row(*map(_escaped, (*cells, certainty, clause, dates)))
    console = Console()
    console.width = console.width if console.is_terminal else WIDTH
    console.print(table)


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")


def _difference_lines(found: Difference) -> Iterator[str]:
    old, new = (f"{ref.name}@{ref.edition}" for ref in (found.old, found.new))
    counts = {"added": len(found.added), "removed": len(found.removed), "changed": len(found.changed)}
    yield here("rules.difference", old=old, new=new, **counts)
    yield from (f"+ {each.kind} {each.id}  {each.value}".rstrip() for each in found.added)
    yield from (f"- {each.kind} {each.id}  {each.value}".rstrip() for each in found.removed)
    yield from (line for change in found.changed for line in _change_lines(change))


def _change_lines(change: Change) -> Iterator[str]:
    yield f"~ {change.kind} {change.id}"
    none = here("readings.none")
    yield from (f"    {each.name}: {each.old or none} → {each.new or none}" for each in change.fields)


def _checked(name: str) -> PackChecked:
    files = pack_files(name)
    pack = parse_pack(files)
    never = (Never(line=_line(files, each.file, each.kind, each.id), **each.model_dump()) for each in unreachable(pack))
    return PackChecked(
        pack=pack.ref,
        entries=len(tuple(pack.values())),
        unconfirmed=tuple(_shown(pack, files, pack.unconfirmed)),
        unreachable=tuple(never),
    )


def _checked_lines(checked: PackChecked) -> Iterator[str]:
    for never in checked.unreachable:
        yield f"{never.file}:{never.line}  {never.kind} {never.id}: {never.why.in_(language_here())}"
    for each in checked.unconfirmed:
        words = {"certainty": each.certainty, "source": each.source}
        yield f"{each.file}:{each.line}  {each.kind} {each.id}: {each.value}  {here('rules.awaits', **words)}"
    counts = {"unconfirmed": len(checked.unconfirmed), "unreachable": len(checked.unreachable)}
    ref = checked.pack
    yield here("rules.checked", pack=f"{ref.name}@{ref.edition}", entries=checked.entries, **counts)
