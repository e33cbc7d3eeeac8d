"""`station backup` and `station restore`: a copy of everything that must not be lost, and the way back."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import TaskID

from station.bus.clock import Clock
from station.cli.failure import FINDING, Unusable
from station.cli.language import language_here
from station.ledger.accept import Word, accept_fork
from station.ledger.backup import CONFIG, Backup, Home, back_up
from station.ledger.backup_words import TEXTS
from station.ledger.manifest import find_backup
from station.ledger.restore import Restored
from station.ledger.restore import restore as put_back
from station.line.config import Config, load_config
from station.line.line import SOFTWARE
from station.model.event import Event
from station.model.facts import LedgerForked
from station.store.copy import Progress
from station.store.files import copy_private

ConfigOption = Annotated[Path, typer.Option("--config", help="Configuration file, for example station.toml.")]
CONFIG_FILE = Path("station.toml")


def backup(
    to: Annotated[Path, typer.Argument(help="Folder for backups, best on another disk; each gets a folder in it.")],
    config: ConfigOption = CONFIG_FILE,
) -> None:
    """Copy ledger, evidence, keys and configuration while the station works, and check the copy.

    Exit code 1: the backup is made, and something in the station is not in order.

    Example: station backup /mnt/backup --config station.toml
    """
    settings, _ = load_config(config)
    with _bars() as progress:
        made = back_up(home_of(settings, config), to, datetime.now(UTC), progress)
    _tell_backup(made, _same_disk(to, settings.store.folder))
    if made.manifest.findings:
        raise SystemExit(FINDING)


def restore(
    source: Annotated[
        Path | None,
        typer.Argument(
            help="A backup, or the folder of several: then the newest. None: only --fork, for what is there."
        ),
    ] = None,
    config: ConfigOption = CONFIG_FILE,
    to_database: Annotated[
        str, typer.Option(help="Restore into this database instead: sqlite:///FILE or postgresql://USER@HOST/NAME.")
    ] = "",
    fork: Annotated[
        bool, typer.Option("--fork", help="What came after the backup is lost; the ledger goes on without it.")
    ] = False,
    reason: Annotated[str, typer.Option(help="With --fork: why, for the record.")] = "",
    complete: Annotated[
        bool, typer.Option("--complete", help="The station did not work after the backup, as when it moves.")
    ] = False,
    lost_size: Annotated[
        int | None, typer.Option(help="An event number that was reached, as in the QR code of a report.", min=1)
    ] = None,
    lost_head: Annotated[str, typer.Option(help="The hash of that event, 64 hexadecimal digits.")] = "",
) -> None:
    """Put a backup back; the station must be stopped. What stood there is kept beside it.

    Exit code 1: it is restored, and files that the ledger names are missing.

    Example: station restore /mnt/backup --config station.toml --fork --reason "disk died"
    """
    word = _word(fork, reason.strip(), complete, (lost_size, lost_head))
    if source is not None and not config.exists():
        _bring_config(source, config)
    settings, _ = load_config(config)
    home, clock = home_of(settings, config), Clock(settings.clock.speed, settings.clock.origin)
    if source is None:
        _tell_fork(_accepted(home, clock, word))
        return
    with _bars() as progress:
        restored = put_back(home, source, clock, word, progress, to_database)
    _tell_restored(restored, bool(to_database) and to_database != settings.database_url)
    if restored.findings:
        raise SystemExit(FINDING)


def home_of(config: Config, file: Path) -> Home:
    """Return what must not be lost of a station, by its configuration."""
    return Home(
        station=config.station.id,
        database_url=config.database_url,
        folder=config.store.folder,
        evidence=config.evidence_folder,
        keys=config.keys_folder,
        config_file=file,
        software=SOFTWARE,
    )


def _word(fork: bool, reason: str, complete: bool, lost: tuple[int | None, str]) -> Word:
    size, head = lost
    if fork != bool(reason):
        raise Unusable.of("fork_reason")
    if fork and complete:
        raise Unusable.of("fork_or_complete")
    if (size is None) != (head == ""):
        raise Unusable.of("lost_pair")
    if head and (len(head) != 64 or set(head) - set("0123456789abcdef")):
        raise Unusable.of("lost_head", head=head)
    return Word(reason, complete, None if size is None else (size, head))


def _accepted(home: Home, clock: Clock, word: Word) -> Event:
    if not word.reason:
        raise Unusable.of("which_backup")
    return accept_fork(home, clock, word)


def _bring_config(source: Path, config: Path) -> None:
    folder, _ = find_backup(source)
    copy_private(folder / CONFIG, config)
    print(config)


def _same_disk(to: Path, folder: Path) -> bool:
    return to.stat().st_dev == folder.stat().st_dev


@contextmanager
def _bars() -> Iterator[Progress]:
    """Show on stderr how far each step is."""
    with Bars(console=Console(stderr=True), transient=sys.stderr.isatty()) as bars:
        known: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in known:
                known[what] = bars.add_task(_say(f"step.{what}"), total=total)
            bars.update(known[what], completed=done, total=total)

        yield show


def _say(key: str, **values: object) -> str:
    return TEXTS.say(language_here(), key, **values)


def _tell_backup(made: Backup, same_disk: bool) -> None:
    manifest = made.manifest
    print(_say("done", folder=made.folder))
    files = len(manifest.files) + len(manifest.evidence)
    print(_say("size", size=manifest.size, head=manifest.head, files=files, new=made.new + len(manifest.files)))
    print(_say("secret"))
    if same_disk:
        print(_say("same_disk"))
    for finding in manifest.findings:
        print(finding.in_(language_here()))


def _tell_restored(restored: Restored, elsewhere: bool) -> None:
    size, head = restored.head
    print(_say("restored", made_at=restored.manifest.made_at, size=size, head=head))
    if restored.after and restored.after.events:
        none = _say("none")
        serials, reports = (", ".join(names) or none for names in (restored.after.serials, restored.after.reports))
        print(_say("lost", events=restored.after.events, serials=serials, reports=reports))
    if restored.fork is None:
        print(_say("whole"))
    else:
        _tell_fork(restored.fork)
    for path in restored.aside:
        print(_say("aside", path=path))
    if elsewhere:
        print(_say("configured"))
    for finding in restored.findings:
        print(finding.in_(language_here()))


def _tell_fork(event: Event) -> None:
    body = LedgerForked.model_validate_json(event.body)
    case = "forked" if body.lost_size > body.size else "forked_unknown"
    print(_say(case, seq=event.seq, size=body.size, lost=body.lost_size - body.size))
