"""Rigs and their serial ports. While a line may be at them their ports are its own: then its word is taken."""

import grp
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from serial.tools import list_ports

from devices.errors import ProfileError, RigError
from devices.links import open_link, open_rtu_link
from devices.profile import load_profile
from station.bus.messages import RigState
from station.cli.doctor.case import Case
from station.cli.doctor.finding import Finding, beware, broken, fine, told
from station.line.config import RigSection
from station.line.wording import WORDS, explained
from station.model.text import Text

SYS = Path("/sys")
SLOW_MS = 1
RTU = "modbus-rtu"


async def rigs(case: Case) -> list[Finding]:
    """Each rig is on line, as the line says; without a line, whether its link opens."""
    if not case.config.rig:
        return [fine("rigs.none")]
    if case.line_may_run:
        return [_as_said(case, rig) for rig in case.config.rig]
    # Of a serial port that is not there the check of the ports tells.
    absent = {rig for rig, port in _ports(case).items() if not port.exists()}
    return [await _opened(rig) for rig in case.config.rig if rig.id not in absent]


def _as_said(case: Case, rig: RigSection) -> Finding:
    state = case.heard.state if case.heard.line else None
    said = next((found for found in state.rigs if found.rig == rig.id), None) if state else None
    if said is None:
        return beware("rigs.unsaid", rig=rig.id, link=rig.link)
    if said.state == "online":
        return fine("rigs.online", rig=rig.id, link=rig.link)
    return told("rigs", "fault", _named(rig, said), WORDS.text(f"lock.remedy.{said.state}"))


def _named(rig: RigSection, said: RigState) -> Text:
    return Text(zh=f"{rig.id}：{said.reason.zh}", en=f"{rig.id}: {said.reason.en}")


async def _opened(rig: RigSection) -> Finding:
    """Open a rig's link and close it again; nothing is sent, so that nothing moves."""
    try:
        link = open_rtu_link(rig.link) if load_profile(rig.profile).protocol == RTU else open_link(rig.link)
        await link.open()
    except RigError as error:
        why = explained(error.why)
        found = Text(zh=f"{rig.id}：{why.zh}", en=f"{rig.id}: {why.en}")
        return told("rigs", "fault", found, WORDS.text("lock.remedy.offline"))
    except ProfileError as error:
        return broken("rigs.address", rig=rig.id, detail=error)
    await link.close()
    return fine("rigs.opens", rig=rig.id, link=rig.link)


def serial(case: Case) -> Iterator[Finding]:
    """Each serial port is there, is used by one rig only, may be opened, and hands bytes on without waiting."""
    ports = _ports(case)
    found = [finding for rig, port in ports.items() for finding in port_findings(rig, port)] + [*_shared(ports)]
    yield from found
    if ports and not found:
        yield fine("serial.ok", ports=", ".join(str(port) for port in ports.values()))


def _ports(case: Case) -> dict[str, Path]:
    """Return the serial port of each rig that has one."""
    return {rig.id: Path(urlsplit(rig.link).path) for rig in case.config.rig if rig.link.startswith("serial:")}


def _shared(ports: dict[str, Path]) -> Iterator[Finding]:
    real = {rig: port.resolve() for rig, port in ports.items()}
    for rig, port in real.items():
        other = next(name for name, same in real.items() if same == port)
        if other != rig:
            yield broken("serial.shared", port=ports[rig], one=other, two=rig)


def port_findings(rig: str, port: Path, system: Path = SYS) -> Iterator[Finding]:
    """Yield what is wrong with one serial port; ``system`` is where the kernel shows its devices."""
    if not port.exists():
        yield broken("serial.missing", rig=rig, port=port, present=_present())
    elif not port.is_char_device():
        yield broken("serial.strange", rig=rig, port=port)
    elif not os.access(port, os.R_OK | os.W_OK):
        yield broken("serial.rights", rig=rig, port=port, group=_group(port))
    else:
        latency = system / "bus" / "usb-serial" / "devices" / port.resolve().name / "latency_timer"
        slow = int(latency.read_text()) if latency.exists() else 0
        if slow > SLOW_MS:
            yield beware("serial.slow", rig=rig, port=port, ms=slow)


def _present() -> str:
    return ", ".join(sorted(found.device for found in list_ports.comports())) or "-"


def _group(port: Path) -> str:
    number = port.stat().st_gid
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
