"""Private files, signing keys, certificates."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from station.authority.state import certificate_state
from station.cli.doctor.case import Case
from station.cli.doctor.finding import Finding, beware, broken, fine, told
from station.cli.lan import names_of_station
from station.ledger.keys import load_keys
from station.store import read

PRIVATE = ("accounts.json", "pair-code", "office.sqlite*", "station.sqlite*", "broker/broker.conf", "logs/*")
PUBLIC_KEYS = (".pub", ".crt")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def files(case: Case) -> Iterator[Finding]:
    """Nobody but the owner reads secrets and names, and the owner is who runs this."""
    found = sorted(private_files(case))
    open_ = [path for path in found if path.stat().st_mode & _OTHERS]
    strange = [path for path in found if path.stat().st_uid != os.geteuid() != 0]
    yield from (broken("files.open", path=path, mode=f"{stat.S_IMODE(path.stat().st_mode):04o}") for path in open_)
    yield from (broken("files.owner", path=path) for path in strange)
    if not open_ and not strange:
        yield fine("files.ok", count=len(found))


def private_files(case: Case) -> Iterator[Path]:
    """Yield every file of a station that is nobody else's business."""
    folder, keys = case.config.store.folder, case.config.keys_folder
    for pattern in PRIVATE:
        yield from (path for path in folder.glob(pattern) if path.is_file())
    yield from (path for path in keys.glob("*") if path.is_file() and path.suffix not in PUBLIC_KEYS)


def keys(case: Case) -> Iterator[Finding]:
    """The signing key that the ledger has in use is here, and may be used."""
    if case.engine is None:
        return
    here = [file.key.id for file in load_keys(case.config.keys_folder)]
    enrolled = read.signing_keys(case.engine)
    if not enrolled:
        yield beware("keys.none")
    elif enrolled[-1] not in here:
        yield broken("keys.lost", signer=enrolled[-1], folder=case.config.keys_folder)
    elif set(here) - set(enrolled):
        yield beware("keys.fresh", signer=next(key for key in here if key not in enrolled))
    else:
        yield fine("keys.ok", signer=enrolled[-1])


def certificates(case: Case) -> Iterator[Finding]:
    """The certificates of page and broker hold, if other devices are to reach them."""
    if not case.config.lan.enabled:
        yield fine("certificates.none")
        return
    state = certificate_state(case.config.keys_folder, case.now, names_of_station(case.config))
    level = {"ok": "ok", "expires_soon": "warning"}.get(state.kind, "fault")
    yield told("certificates", "ok" if level == "ok" else "warning" if level == "warning" else "fault",
               state.sentence, state.remedy)  # fmt: skip
