"""The configuration of a station: ``station.toml``, checked before anything starts."""

import re
import tomllib
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from station.model.canonical import sha256_hex
from station.model.codes import Stage
from station.model.text import Text


class ConfigError(Exception):
    """The configuration cannot be used; the message names file, line and what was expected."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StationSection(_Section):
    """``[station]``: who we are. ``id`` is part of every topic and serial."""

    id: str = Field(pattern="^[a-z0-9-]{2,24}$")
    name_zh: str
    name_en: str
    timezone: str = "Asia/Shanghai"

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("expected a time zone name such as Asia/Shanghai") from error
        return value

    @property
    def name(self) -> Text:
        """Return the station's name."""
        return Text(zh=self.name_zh, en=self.name_en)


class StoreSection(_Section):
    """``[store]``: where the ledger and the evidence are kept."""

    folder: Path
    database: str = ""


class BrokerSection(_Section):
    """``[broker]``: the bundled broker's ports on this machine."""

    host: str = "127.0.0.1"
    mqtt_port: int = Field(default=18883, ge=1, le=65535)
    ws_port: int = Field(default=18884, ge=1, le=65535)

    @property
    def url(self) -> str:
        """Return the address for clients in Python."""
        return f"mqtt://{self.host}:{self.mqtt_port}"

    @property
    def ws_url(self) -> str:
        """Return the address for the browser."""
        return f"ws://{self.host}:{self.ws_port}/mqtt"


class OfficeSection(_Section):
    """``[office]``: the pages' address."""

    host: str = "127.0.0.1"
    port: int = Field(default=18080, ge=1, le=65535)

    @property
    def url(self) -> str:
        """Return the address of the pages."""
        return f"http://{self.host}:{self.port}"


class RulesSection(_Section):
    """``[rules]``: the rule pack, and how often an item that came out invalid is measured again by itself."""

    pack: str = "cn-gb38900-2020"
    repeats: int = Field(default=1, ge=0, le=5)


class RigSection(_Section):
    """``[[rig]]``: one declared rig, its profile and where it is plugged in."""

    id: str = Field(pattern="^[a-z0-9-]{1,24}$")
    profile: str
    link: str = Field(pattern="^(tcp|serial|rfc2217)://.+")


class BaySection(_Section):
    """``[[bay]]``: one bay: the stage it serves, and its rig if it has one."""

    id: str = Field(pattern="^[a-z0-9-]{1,24}$")
    lane: str = Field(pattern="^[a-z0-9-]{1,24}$")
    stage: Stage
    rig: str | None = None


class ClockSection(_Section):
    """``[clock]``: a compressed demo's time; a station leaves it out."""

    speed: float = Field(default=1.0, ge=1.0, le=100.0)
    origin: float = 0.0


class Config(_Section):
    """The whole file."""

    station: StationSection
    store: StoreSection
    broker: BrokerSection = BrokerSection()
    office: OfficeSection = OfficeSection()
    rules: RulesSection = RulesSection()
    clock: ClockSection = ClockSection()
    simulated: bool = False
    rig: tuple[RigSection, ...] = ()
    bay: tuple[BaySection, ...] = ()

    @model_validator(mode="after")
    def _joined(self) -> "Config":
        rigs = [rig.id for rig in self.rig]
        bays = [bay.id for bay in self.bay]
        for kind, ids in (("rig", rigs), ("bay", bays)):
            double = {i for i in ids if ids.count(i) > 1}
            if double:
                raise ValueError(f"{kind} id used twice: {', '.join(sorted(double))}")
        for bay in self.bay:
            if bay.rig is not None and bay.rig not in rigs:
                raise ValueError(f"bay {bay.id}: rig {bay.rig!r} is not declared; expected one of {', '.join(rigs)}")
        return self

    @property
    def database_url(self) -> str:
        """Return the database's address: the one given, or SQLite in the store's folder."""
        return self.store.database or f"sqlite:///{self.store.folder / 'station.sqlite'}"

    @property
    def evidence_folder(self) -> Path:
        """Return the folder of evidence files."""
        return self.store.folder / "evidence"

    @property
    def accounts_file(self) -> Path:
        """Return the file of the broker accounts' secrets."""
        return self.store.folder / "accounts.json"


def parse_config(text: str, file: str) -> tuple[Config, str]:
    """Return the configuration and the SHA-256 of its text.

    Raises:
        ConfigError: broken TOML, an unknown key, a value that is not allowed: with file, line and what was expected.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: not valid TOML: {error}") from error
    try:
        return Config.model_validate(tree), sha256_hex(text.encode())
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{file}{_line_of(text, first['loc'])}: {_explain(first)}") from error


def load_config(path: Path) -> tuple[Config, str]:
    """Read and check a configuration file.

    Raises:
        ConfigError: the file cannot be read or used.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    return parse_config(text, str(path))


def _explain(error: object) -> str:
    fields = error if isinstance(error, dict) else {}
    where = ".".join(str(part) for part in fields["loc"]) or "file"
    hints: dict[str, str] = {
        "extra_forbidden": "unknown key; remove it or correct its spelling",
        "missing": "missing; it must be given",
    }
    return f"{where}: {hints.get(fields['type'], fields['msg'])}"


def _line_of(text: str, location: tuple[int | str, ...]) -> str:
    """Return ``, line n`` of the innermost part of a location that stands in the file."""
    line, lines = 0, text.splitlines()
    for position, part in enumerate(location):
        if isinstance(part, int):
            continue
        following = location[position + 1] if position + 1 < len(location) else None
        count = following + 1 if isinstance(following, int) else 1
        found = _nth(lines, line, rf"^\s*(\[+\s*)?{re.escape(str(part))}\s*(\]+|=)", count)
        if found is None:
            break
        line = found
    return f", line {line + 1}" if line or location else ""


def _nth(lines: list[str], start: int, pattern: str, count: int) -> int | None:
    hits = [i for i in range(start, len(lines)) if re.match(pattern, lines[i])]
    return hits[count - 1] if len(hits) >= count else None


Kind = Literal["brake", "gas"]
