"""The table of checks, and how they are gone through: what goes wrong in one keeps no other from being made."""

import inspect
import traceback
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC
from pathlib import Path

from station.cli.doctor import (
    bus_checks,
    machine_checks,
    process_checks,
    rig_checks,
    setup_checks,
    store_checks,
    trust_checks,
)
from station.cli.doctor.case import Case
from station.cli.doctor.finding import Diagnosis, Finding, broken, refused, words, worst
from station.cli.failure import KNOWN, sentence
from station.model.text import Text
from station.store.errors import StoreError

Check = Callable[[Case], Iterable[Finding] | Awaitable[Iterable[Finding]]]

CHECKS: tuple[tuple[str, Check], ...] = (
    ("config", setup_checks.config),
    ("rules", setup_checks.rules),
    ("assets", setup_checks.assets),
    ("database", store_checks.database),
    ("chain", store_checks.chain),
    ("space", store_checks.space),
    ("evidence", store_checks.evidence),
    ("backup", store_checks.backup),
    ("files", trust_checks.files),
    ("keys", trust_checks.keys),
    ("certificates", trust_checks.certificates),
    ("broker", bus_checks.broker),
    ("accounts", bus_checks.accounts),
    ("rights", bus_checks.rights),
    ("clock", machine_checks.clock),
    ("zone", machine_checks.zone),
    ("ports", machine_checks.ports),
    ("line", process_checks.line),
    ("office", process_checks.office),
    ("rigs", rig_checks.rigs),
    ("serial", rig_checks.serial),
    ("printer", process_checks.printer),
    ("logs", machine_checks.logs),
)
"""Name and function of each check, in the order in which a person reads them."""


async def diagnose(case: Case) -> Diagnosis:
    """Make every check, and return what was found."""
    found = [finding for name, check in CHECKS for finding in await made(name, check, case)]
    at = case.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Diagnosis(station=case.config.station.id, at=at, level=worst(tuple(found)), findings=tuple(found))


async def made(name: str, check: Check, case: Case) -> list[Finding]:
    """Return what one check finds; that it cannot be made is a finding as well."""
    try:
        found = check(case)
        return list(await found if inspect.isawaitable(found) else found)
    except StoreError as error:
        return [refused(name, error)]
    except Exception as error:  # a maintainer in need is helped by the other checks, not by a traceback
        about = {"name": words().text(f"title.{name}"), "detail": _detail(error)}
        return [broken("check.failed", **about).model_copy(update={"check": name})]


def _detail(error: Exception) -> Text:
    """Return what a maintainer of the software asks for first: what was raised, and where.

    Its words are a programmer's, and English: they stand in the English finding alone.
    """
    if isinstance(error, KNOWN):
        return sentence(error)
    *_, at = traceback.extract_tb(error.__traceback__)
    what = f"{type(error).__name__} ({Path(at.filename).name}:{at.lineno})"
    return Text(zh=what, en=f"{what}: {error}")
