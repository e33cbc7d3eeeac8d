"""The computer: clock, time zone, ports, logs."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from station.cli.doctor.case import Case
from station.cli.doctor.finding import Finding, beware, broken, fine
from station.cli.doctor.system import Process, clock_error_us, is_of, is_synchronised, listener
from station.line.config import Config

MB = 1_000_000
ROLES = ("line", "office")


def clock(_case: Case, error_us: Callable[[], int | None] = clock_error_us) -> Iterator[Finding]:
    """A time server keeps the computer's clock."""
    error = error_us()
    if error is None:
        yield beware("clock.unknown")
    elif is_synchronised(error):
        yield fine("clock.ok", ms=error // 1000)
    else:
        yield beware("clock.free")


def zone(case: Case) -> Iterator[Finding]:
    """The computer's time zone is the station's, so that its logs tell the time that people know."""
    station = case.config.station.timezone
    here, wanted = (case.now.astimezone(tz).utcoffset() for tz in (None, ZoneInfo(station)))
    if here == wanted:
        yield fine("zone.ok", zone=station)
    else:
        yield beware("zone.other", zone=station, here=f"{datetime.now().astimezone():%Z}")


def ports(case: Case) -> Iterator[Finding]:
    """Every port that the station listens on is free, or its own."""
    wanted = ports_of(case.config)
    taken = [(port, key, owner) for port, key in wanted for owner in _strangers(case, port)]
    yield from (broken("ports.taken", port=port, setting=key, owner=owner) for port, key, owner in taken)
    if not taken:
        yield fine("ports.ok", ports=", ".join(str(port) for port, _ in wanted))


def ports_of(config: Config) -> list[tuple[int, str]]:
    """Return the ports on which the station listens, each with its key in the configuration."""
    found = [(config.office.port, "office.port")]
    if not config.broker.external:
        found += [(config.broker.mqtt_port, "broker.mqtt_port"), (config.broker.ws_port, "broker.ws_port")]
    if config.lan.enabled:
        found.append((config.lan.onboarding_port, "lan.onboarding_port"))
    return found


def _strangers(case: Case, port: int) -> Iterator[str]:
    taken, owner = listener(port)
    if taken and owner is None:
        yield "?"
    elif owner is not None and not _ours(case, owner):
        yield f"PID {owner.pid}: {owner.name}"


def _ours(case: Case, owner: Process) -> bool:
    conf = str(case.config.store.folder.absolute() / "broker" / "broker.conf")
    return conf in owner.words or any(is_of(owner, role, case.file) for role in ROLES)


def logs(case: Case) -> Iterator[Finding]:
    """Logs stay within the size that is configured."""
    every = [path for path in log_files(case.config.store.folder) if path.is_file()]
    size, limit = sum(path.stat().st_size for path in every), 2 * case.config.log.megabytes * MB
    large = [path for path in every if path.stat().st_size > limit]
    if large:
        yield beware("logs.large", path=large[0], size=large[0].stat().st_size // MB)
    else:
        yield fine("logs.ok", count=len(every), size=f"{size / MB:.1f}")


def log_files(folder: Path) -> Iterator[Path]:
    """Yield the files into which the station's processes write what happens."""
    yield from (folder / "logs").glob("*")
    yield from (folder / "broker").glob("broker.log*")
    yield from (folder / "broker").glob("broker.err")
