"""`station doctor`: what is wrong with this station, and what to do."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from station.cli.doctor.case import examined
from station.cli.doctor.checks import diagnose
from station.cli.doctor.finding import LEVELS, Diagnosis, Finding, broken, words
from station.cli.failure import FINDING, UNUSABLE
from station.cli.language import Lang, language_here
from station.line.config import Config, ConfigError, load_config
from station.model.text import Language

ConfigOption = Annotated[Path, typer.Option("--config", help="Configuration file, for example station.toml.")]
CONFIG = Path("station.toml")
MARKS = {"ok": "✓", "warning": "!", "fault": "✗"}


def doctor(
    config: ConfigOption = CONFIG,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the findings as JSON, in both languages; see: station schema doctor.")
    ] = False,
    lang: Annotated[Lang | None, typer.Option(help="The terminal's own language if it is not given.")] = None,
    whole: Annotated[
        bool, typer.Option("--all", help="Verify the whole ledger and every evidence file, not a sample.")
    ] = False,
    backups: Annotated[
        Path | None, typer.Option("--backup", help="The folder of the backups, to see their age.")
    ] = None,
) -> None:
    """Look at everything that a station needs, and say what is wrong and what to do. Nothing is changed.

    Exit code 0: in order, or warnings only; 1: a fault; 2: the configuration cannot be used.

    Example: station doctor --config station.toml --backup /mnt/backup
    """
    try:
        settings, _ = load_config(config)
    except ConfigError as error:
        _tell(unusable(error), as_json, _language(lang))
        raise SystemExit(UNUSABLE) from error
    # What a link logs of its tries is the finding itself.
    logging.getLogger().addHandler(logging.NullHandler())
    diagnosis = asyncio.run(_examine(config, settings, whole, backups))
    _tell(diagnosis, as_json, _language(lang))
    if diagnosis.level == "fault":
        raise SystemExit(FINDING)


async def _examine(config: Path, settings: Config, whole: bool, backups: Path | None) -> Diagnosis:
    async with examined(config, settings, whole, backups) as case:
        return await diagnose(case)


def unusable(error: ConfigError) -> Diagnosis:
    """Return the diagnosis of a configuration that cannot be used: then nothing else can be known."""
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Diagnosis(station="", at=at, level="fault", findings=(broken("config.broken", detail=error),))


def _language(lang: Lang | None) -> Language:
    return lang.value if lang else language_here()


def _tell(diagnosis: Diagnosis, as_json: bool, language: Language) -> None:
    print(diagnosis.model_dump_json(indent=2) if as_json else as_text(diagnosis, language))


def as_text(diagnosis: Diagnosis, language: Language) -> str:
    """Return a diagnosis as a person reads it: one line for each finding, and below it what to do."""
    lines = [line for finding in diagnosis.findings for line in _lines(finding, language)]
    counts = {level: sum(1 for f in diagnosis.findings if f.level == level) for level in LEVELS}
    return "\n".join([*lines, words().say(language, "sum", **counts)])


def _lines(finding: Finding, language: Language) -> Iterator[str]:
    level, title = (words().say(language, name) for name in (f"level.{finding.level}", f"title.{finding.check}"))
    said = {"level": level, "title": title, "found": finding.found.in_(language)}
    yield f"{MARKS[finding.level]} {words().say(language, 'finding', **said)}"
    if remedy := finding.remedy.in_(language):
        yield f"    → {remedy}"
