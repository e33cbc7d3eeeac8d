"""`station ledger rejudge`: which stored inspections another rule pack would judge otherwise, and why."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from station.cli.again import InspectionChange, QuantityChange, Rejudged, judge_again
from station.cli.days import day_of
from station.cli.failure import FINDING, Unusable
from station.cli.judge import PackOption
from station.cli.judge_words import item_name, pack_line
from station.cli.language import language_here
from station.cli.words import here
from station.line.config import Config, load_config
from station.line.packs import load_pack
from station.rules import Pack
from station.store.database import open_database

CONFIG = Path("station.toml")
ConfigOption = Annotated[Path, typer.Option("--config", help="Configuration file, for example station.toml.")]


def rejudge(
    pack: PackOption,
    config: ConfigOption = CONFIG,
    start: Annotated[str, typer.Option("--from", help="First local day, YYYY-MM-DD; else the first of all.")] = "",
    end: Annotated[str, typer.Option("--to", help="Last local day, YYYY-MM-DD; else the last of all.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON; see: station schema rejudge.")] = False,
) -> None:
    """Judge stored runs again under another pack: what would change, and why. Nothing is changed.

    Exit code 1: something would change, or cannot be judged again.

    Example: station ledger rejudge --pack ./my-pack --from 2026-11-01
    """
    other = load_pack(pack)
    settings, _ = load_config(config)
    begin, until = _bounds(settings, start, end)
    engine = open_database(settings.database_url, create=False, station=settings.station.id)
    try:
        found = judge_again(engine, other, ZoneInfo(settings.station.timezone), begin, until)
    finally:
        engine.dispose()
    if as_json:
        print(found.model_dump_json(indent=2))
    else:
        for line in _lines(other, found):
            print(line)
    if found.changed or found.unreadable:
        raise SystemExit(FINDING)


def _bounds(config: Config, start: str, end: str) -> tuple[str, str]:
    first, last = day_of(start) if start else date.min, day_of(end) if end else date.max
    if first > last:
        raise Unusable.of("days", first=first, last=last)
    zone = ZoneInfo(config.station.timezone)
    return _utc(first, zone), _utc(last, zone, days=1)


def _utc(day: date, zone: ZoneInfo, days: int = 0) -> str:
    """Return the beginning of a local day, or of one so many days later, as the UTC text of events."""
    if day.year in (date.min.year, date.max.year):
        return "" if day.year == date.min.year else "9999"
    local = datetime.combine(day + timedelta(days=days), time(), zone)
    return f"{local.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%S.%fZ}"


def _lines(pack: Pack, found: Rejudged) -> Iterator[str]:
    yield pack_line(pack, by_default=False)
    for inspection in found.changed:
        yield from ("", *_inspection_lines(pack, inspection))
    for each in found.unreadable:
        words = {"serial": each.serial, "run": each.run, "why": each.why}
        yield here("rejudge.unreadable", **words)
    yield ""
    counts = {"inspections": found.inspections, "verdicts": found.verdicts, "changed": len(found.changed)}
    yield here("rejudge.all", **counts)


def _inspection_lines(pack: Pack, change: InspectionChange) -> Iterator[str]:
    old, new = (
        here(f"judge.{conclusion}") if conclusion else here("readings.none") for conclusion in (change.old, change.new)
    )
    yield here("rejudge.inspection", serial=change.serial, old=old, new=new)
    for item in change.items:
        outcomes = {"old": here(f"judge.{item.old}"), "new": here(f"judge.{item.new}")}
        yield f"  {here('rejudge.item', attempt=item.attempt, item=item_name(pack, item.item), **outcomes)}"
        yield from (f"    {line}" for quantity in item.quantities for line in _why(quantity))
        if item.reason:
            yield f"    {item.reason.in_(language_here())}"


def _why(change: QuantityChange) -> Iterator[str]:
    for key, verdict in (("rejudge.before", change.old), ("rejudge.now", change.new)):
        if verdict:
            yield here(key, sentence=verdict.sentence, clause=verdict.clause)
