"""What is configured and installed: configuration, rule pack, files that come with the software."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from devices.errors import ProfileError
from devices.profile import load_profile
from reports import fonts
from station.cli.doctor.case import Case
from station.cli.doctor.finding import Finding, beware, broken, fine
from station.line.packs import load_pack
from station.model.codes import RIG_STAGES
from station.rules import PackError

_SHELL = re.compile(r"const SHELL = \[(.*?)\];", re.DOTALL)


def config(case: Case) -> Iterator[Finding]:
    """The file itself was read before; here whether its parts fit together."""
    found = [*_profiles(case), *_idle(case)]
    rigs, bays = len(case.config.rig), len(case.config.bay)
    yield from found or [fine("config.ok", file=case.file, rigs=rigs, bays=bays)]


def _profiles(case: Case) -> Iterator[Finding]:
    """Every profile is there, and its kind serves the stage of the bay."""
    bays = {bay.rig: bay for bay in case.config.bay}
    for rig in case.config.rig:
        try:
            kind = load_profile(rig.profile).kind
        except ProfileError as error:
            yield broken("config.profile", rig=rig.id, detail=error)
            continue
        bay = bays.get(rig.id)
        if bay and RIG_STAGES[kind] != bay.stage:
            yield broken("config.stage", rig=rig.id, kind=kind, bay=bay.id, stage=bay.stage, wanted=RIG_STAGES[kind])


def _idle(case: Case) -> Iterator[Finding]:
    taken = {bay.rig for bay in case.config.bay}
    yield from (beware("config.idle", rig=rig.id) for rig in case.config.rig if rig.id not in taken)


def rules(case: Case) -> Iterator[Finding]:
    """The rule pack can be used, and how much of it awaits confirmation."""
    try:
        pack = load_pack(case.config.rules.pack).with_settings(case.config.rules.settings)
    except (PackError, OSError) as error:
        yield broken("rules.broken", pack=case.config.rules.pack, detail=error)
        return
    values, open_ = len(tuple(pack.values())), len(pack.unconfirmed)
    if open_:
        yield beware("rules.open", pack=pack.ref.name, values=values, open=open_)
    else:
        yield fine("rules.ok", pack=pack.ref.name, values=values)


def assets(_case: Case) -> Iterator[Finding]:
    """What set-up copies in: modules of the handheld, fonts of the reports."""
    app = Path(str(files("handheld").joinpath("app")))
    wanted = [*(app / name for name in shell_of(app)), *(fonts.FOLDER / name for name in fonts.FILES.values())]
    missing = [path.name for path in wanted if not path.exists()]
    if missing:
        yield broken("assets.missing", count=len(missing), names=", ".join(missing[:5]))
    else:
        yield fine("assets.ok", count=len(wanted))


def shell_of(app: Path) -> list[str]:
    """Return the files that the handheld's page needs, as its service worker lists them."""
    listed = _SHELL.search((app / "sw.js").read_text(encoding="utf-8")) if (app / "sw.js").exists() else None
    return re.findall(r'"\./([^"]+)"', listed[1]) if listed else ["sw.js"]
