"""`station report`: the papers of the station, from its store."""

import json
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from reports.inspection import render_inspection
from reports.throughput import ThroughputData, throughput_csv, throughput_html, throughput_json, throughput_pdf
from station.bus.clock import Clock
from station.cli.days import day_of
from station.cli.failure import Unusable, sentence
from station.cli.language import Lang
from station.cli.office import office_settings
from station.cli.words import here
from station.line.config import Config, load_config
from station.model.text import Language
from station.office.archive import Archive

report_app = typer.Typer(help="Print a report of an inspection, or of the station's throughput.", no_args_is_help=True)

ConfigOption = Annotated[Path, typer.Option("--config", help="Configuration file, for example station.toml.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="File to write; standard output if none is named.")]
CONFIG = Path("station.toml")


class Format(StrEnum):
    """The forms of the throughput report."""

    PDF = "pdf"
    HTML = "html"
    CSV = "csv"
    JSON = "json"


@report_app.command("throughput")
def throughput(
    config: ConfigOption = CONFIG,
    start: Annotated[
        str | None, typer.Option("--from", help="First local day, YYYY-MM-DD; today if not given.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="Last local day, YYYY-MM-DD; the first one if not given.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="Form of the report.")] = Format.PDF,
    lang: Annotated[Lang, typer.Option("--lang", help="Language of the report.")] = Lang.ZH,
    out: OutOption = None,
) -> None:
    """Cars, stay and stage times, work against waiting, first-pass yield, per hour: one page.

    Example: station report throughput --from 2026-11-22 --format html --out day.html
    """
    settings, _ = load_config(config)
    first = day_of(start) if start is not None else _today(settings)
    last = day_of(end) if end is not None else first
    if first > last:
        raise Unusable.of("days", first=first, last=last)
    archive = Archive(office_settings(settings))
    try:
        data = archive.throughput(first, last, settings.simulated)
    finally:
        archive.close()
    _write(out, _rendered(data, form, lang.value))


def _rendered(data: ThroughputData, form: Format, language: Language) -> bytes:
    if form is Format.PDF:
        return throughput_pdf(data, language)
    if form is Format.HTML:
        return throughput_html(data, language).encode()
    if form is Format.CSV:
        return throughput_csv(data).encode()
    return (json.dumps(throughput_json(data), indent=2, ensure_ascii=False) + "\n").encode()


@report_app.command("inspection")
def inspection(
    serial: Annotated[str, typer.Argument(help="Running number of the inspection.")],
    config: ConfigOption = CONFIG,
    attempt: Annotated[int | None, typer.Option(help="Which attempt; the last signed one if not given.", min=1)] = None,
    lang: Annotated[Lang, typer.Option("--lang", help="Language of the report.")] = Lang.ZH,
    out: OutOption = None,
) -> None:
    """Render the report of a signed inspection again, from the ledger and its evidence.

    Example: station report inspection demo-20261122-0001 --out report.pdf
    """
    settings, _ = load_config(config)
    archive = Archive(office_settings(settings))
    try:
        number = attempt or archive.last_signed_attempt(serial)
        data = archive.report_data(serial, number, settings.simulated)
        _write(out, render_inspection(data, lang.value))
    except ValueError as error:
        raise Unusable(sentence(error)) from error
    finally:
        archive.close()


def _today(config: Config) -> date:
    now: datetime = Clock(config.clock.speed, config.clock.origin).now()
    return now.astimezone(ZoneInfo(config.station.timezone)).date()


def _write(out: Path | None, data: bytes) -> None:
    if out is None:
        sys.stdout.buffer.write(data)
        return
    out.write_bytes(data)
    print(here("report.written", file=out, bytes=len(data)))
