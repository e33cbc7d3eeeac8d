"""The command `station`."""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from station.bus.schema import schemas
from station.cli.again import Rejudged
from station.cli.alone import only_station
from station.cli.backup import backup, restore
from station.cli.broker import broker_app
from station.cli.certs import certs_app
from station.cli.demo_result import DemoResult
from station.cli.demo_station import Lan, alone_in
from station.cli.doctor.command import doctor
from station.cli.doctor.finding import Diagnosis
from station.cli.due import due
from station.cli.failure import FINDING, Unusable, said_plainly
from station.cli.headless import run_headless
from station.cli.help import in_language
from station.cli.init import init
from station.cli.judge import judge
from station.cli.keys import keys_app
from station.cli.lan import app_url, invitation
from station.cli.language import Lang, language_here, speak
from station.cli.office import pair_code
from station.cli.processes import start_station
from station.cli.readings_verdict import ReadingsVerdict
from station.cli.rejudge import rejudge
from station.cli.reports import report_app
from station.cli.rules import rules_app
from station.cli.rules_answer import RulesAnswer
from station.cli.spokesman import Spokesman
from station.cli.staff import staff_app
from station.cli.stage import set_stage
from station.cli.supervise import Supervisor
from station.cli.system_files import system_app
from station.cli.verify import KeyOption, ledger_text, say, verify_app, verify_file
from station.cli.words import here, text
from station.cli.world import Plan
from station.ledger.keys import read_public
from station.ledger.projection import rebuild
from station.ledger.verify import VerifyReport, export, verify_database
from station.line.config import Config, load_config
from station.rules.case import Case
from station.rules.case_judge import CaseVerdict
from station.rules.periods import Due
from station.rules.schema import PackFile
from station.store.database import open_database

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
ledger_app = typer.Typer(help="Prove, export or rebuild the ledger, or judge it again.", no_args_is_help=True)
app.add_typer(ledger_app, name="ledger")
app.add_typer(report_app, name="report")
app.add_typer(staff_app, name="staff")
app.add_typer(keys_app, name="keys")
app.add_typer(verify_app, name="verify")
app.add_typer(certs_app, name="certs")
app.add_typer(system_app, name="system")
app.add_typer(broker_app, name="broker")
app.add_typer(rules_app, name="rules")
app.command()(init)
app.command()(backup)
app.command()(restore)
app.command()(doctor)
app.command()(judge)
ledger_app.command()(rejudge)
app.command()(due)

ConfigOption = Annotated[Path, typer.Option("--config", help="Configuration file, for example station.toml.")]
CONFIG = Path("station.toml")
A_DAY = 40
"""Cars of a whole day."""
BUSY = 8
"""Cars that are in the station at once on such a day."""


@app.callback()
def station(
    lang: Annotated[
        Lang | None, typer.Option("--lang", help="Language of help and messages; else by STATION_LANG or the terminal.")
    ] = None,
) -> None:
    """Cloud Inspection (云检测): the software of one motor-vehicle inspection station."""  # read by ``speak``


@app.command()
def demo(
    headless: Annotated[
        bool, typer.Option("--headless", help="Without a screen; ends when the cars are through.")
    ] = False,
    vehicles: Annotated[int, typer.Option(help="How many cars come (with --headless).", min=1, max=1000)] = 3,
    replay: Annotated[
        Path | None, typer.Option(help="Replay real brake readings from this file (with --headless).")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="At most so many rows of the replay.", min=1)] = None,
    day: Annotated[
        bool, typer.Option("--day", help="A whole day of mixed cars, 40 unless --vehicles says more (with --headless).")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON; see: station schema demo.")
    ] = False,
    speed: Annotated[
        float | None, typer.Option(help="Times real time: 5 on screen, 10 headless.", min=1, max=100)
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where the demo keeps its ledger: var/demo, or var/headless.")
    ] = None,
    fault: Annotated[
        list[str] | None, typer.Option(help="A fault of the simulated tester: scale_error=1.02, swap_sides=1.")
    ] = None,
    lan: Annotated[
        bool, typer.Option("--lan", help="Also for phones and computers of this network, over TLS.")
    ] = False,
    name: Annotated[
        str | None, typer.Option(help="Name or address by which they reach this computer (with --lan).")
    ] = None,
    listen: Annotated[str, typer.Option(help="Address to listen on (with --lan).")] = Lan.listen,
) -> None:
    """Run a whole station with simulated rigs and people, and the desk on screen.

    Example: station demo --headless --vehicles 3 --json
    """
    open_to = Lan(listen, (name,) if name else ()) if lan else None
    if not lan and (name or listen != Lan.listen):
        raise Unusable.of("lan_only")
    if headless:
        plan = Plan(vehicles, str(replay) if replay else None, limit, hurried=True)
        plan = _with_faults(_of_a_day(plan) if day else plan, fault or [])
        _demo_headless(plan, speed or 10.0, folder or Path("var/headless"), as_json, open_to)
        return
    if replay or as_json:
        raise Unusable.of("headless_only")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Unusable.of("no_terminal_demo")
    from station.cli.demo import run_demo  # Textual takes half a second to load, which only this branch needs

    run_demo(folder or Path("var/demo"), speed or 5.0, open_to)


def _of_a_day(plan: Plan) -> Plan:
    return replace(plan, day=True, vehicles=max(plan.vehicles or 0, A_DAY), at_most=BUSY)


def _with_faults(plan: Plan, given: list[str]) -> Plan:
    for entry in given:
        name, _, value = entry.partition("=")
        try:
            changed = {"scale_error": float(value)} if name == "scale_error" else {"swap_sides": int(value)}
        except ValueError:
            changed = {}
        if name not in ("scale_error", "swap_sides") or not changed:
            raise Unusable.of("fault", entry=entry)
        plan = replace(plan, **changed)
    return plan


def _demo_headless(plan: Plan, speed: float, folder: Path, as_json: bool, lan: Lan | None) -> None:
    with alone_in(folder):
        stage = set_stage(folder, speed, plan, lan)
        print(invitation(stage.config), end="", file=sys.stderr)
        result = asyncio.run(run_headless(stage))
    if result is None:
        raise SystemExit(FINDING)
    if as_json:
        print(result.model_dump_json(indent=2))
    else:
        _print_result(result)


def _print_result(result: DemoResult) -> None:
    for inspection in result.inspections:
        verdict, attempts = here(f"demo.{inspection.verdict or 'none'}"), inspection.attempts
        print(f"{inspection.serial}  {inspection.plate}  {verdict}  {here('demo.attempts', attempts=attempts)}")
    verified = text("demo.verified" if result.ledger.verified else "demo.not_verified")
    print(here("demo.ledger", events=result.ledger.events, verified=verified, seconds=result.duration_s))


@app.command()
def run(config: ConfigOption = CONFIG) -> None:
    """Run a station: line, office and the bundled broker, each kept running.

    Example: station run --config station.toml
    """
    settings, _ = load_config(config)

    async def work() -> None:
        async with Supervisor() as supervisor:
            await start_station(supervisor, config, on_end=Spokesman)
            page = app_url(settings)
            print(here("run.pages", pages=page.removesuffix("app/"), app=page, code=pair_code(settings)))
            print(invitation(settings), end="", flush=True)
            await supervisor.wait()

    with only_station(settings):
        asyncio.run(work())


@app.command()
def desk(
    config: ConfigOption = CONFIG,
    client: Annotated[str, typer.Option(help="The desk's account at the broker.")] = "desk-1",
) -> None:
    """Open the front desk in this terminal.

    Example: station desk --config station.toml
    """
    from station.cli.desk import run_desk

    run_desk(load_config(config)[0], client)


@app.command()
def schema(
    name: Annotated[
        str, typer.Argument(help="case, verdict, due, pack, readings, demo, doctor, config, or a message or command.")
    ],
) -> None:
    """Print the JSON Schema of a file, a message or a --json output.

    Example: station schema demo
    """
    known: dict[str, Any] = {
        "demo": DemoResult.model_json_schema(),
        "doctor": Diagnosis.model_json_schema(),
        "config": Config.model_json_schema(),
        "case": Case.model_json_schema(),
        "verdict": CaseVerdict.model_json_schema(),
        "due": Due.model_json_schema(),
        "pack": PackFile.model_json_schema(),
        "rejudge": Rejudged.model_json_schema(),
        "rules": RulesAnswer.model_json_schema(),
        "readings": ReadingsVerdict.model_json_schema(),
        **schemas(),
    }
    if name not in known:
        raise Unusable.of("no_schema", name=name, known=", ".join(sorted(known)))
    print(json.dumps(known[name], indent=2, ensure_ascii=False))


@ledger_app.command("verify")
def ledger_verify(
    config: ConfigOption = CONFIG,
    file: Annotated[Path | None, typer.Option("--export", help="Verify this export instead of a database.")] = None,
    key: KeyOption = [],  # noqa: B006  # typer copies it
) -> None:
    """Make every hash of the chain again, check every seal, and say whether all is in order; exit code 1 if it is not.

    Example: station ledger verify --config station.toml
    """
    found = verify_file(file, key) if file else _verify_station(config, key)
    say(found.ok, ledger_text(found))


def _verify_station(config: Path, keys: list[str]) -> VerifyReport:
    settings, _ = load_config(config)
    engine = open_database(settings.database_url, create=False, station=settings.station.id)
    try:
        return verify_database(engine, published=[read_public(key) for key in keys])
    finally:
        engine.dispose()


@ledger_app.command("export")
def ledger_export(config: ConfigOption = CONFIG) -> None:
    """Print every event as one line of JSON; it verifies without the database.

    Example: station ledger export --config station.toml > ledger.jsonl
    """
    settings, _ = load_config(config)
    engine = open_database(settings.database_url, create=False, station=settings.station.id)
    export(engine, sys.stdout)
    engine.dispose()


@ledger_app.command("rebuild")
def ledger_rebuild(config: ConfigOption = CONFIG) -> None:
    """Make every table again from the events; the line must be stopped.

    Example: station ledger rebuild --config station.toml
    """
    settings, _ = load_config(config)
    engine = open_database(settings.database_url, create=False, station=settings.station.id)
    rebuild(engine)
    engine.dispose()
    print(here("ledger.rebuilt"))


def main() -> None:
    """Run the command; what a person can put right is said in one line."""
    with said_plainly():
        speak(sys.argv[1:])
        command = in_language(typer.main.get_command(app), language_here())
        raise SystemExit(command(prog_name="station", standalone_mode=False))


if __name__ == "__main__":
    main()
