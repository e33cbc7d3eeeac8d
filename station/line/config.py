"""The configuration of a station: ``station.toml``, checked before anything starts."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from station.authority.files import Files
from station.authority.names import as_address, is_dns_name, is_wildcard
from station.line.config_words import TEXTS
from station.model.canonical import sha256_hex
from station.model.codes import Item, Stage
from station.model.expected import expected, toml_text
from station.model.os_text import os_text
from station.model.text import SaidError, SaidValueError, Text

Location = tuple[int | str, ...]


class ConfigError(SaidError):
    """The configuration cannot be used; the message names file, line and what was expected."""

    @classmethod
    def of(cls, case: str, /, **values: object) -> "ConfigError":
        """Return the error of one case of the catalogue."""
        return cls(TEXTS.text(case, **values))


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
            raise SaidValueError(TEXTS.text("time_zone")) from error
        return value

    @property
    def name(self) -> Text:
        """Return the station's name."""
        return Text(zh=self.name_zh, en=self.name_en)


class StoreSection(_Section):
    """``[store]``: where the ledger and the evidence are kept."""

    folder: Path
    database: str = ""
    min_free_mb: int = Field(default=500, ge=0, le=1_000_000)
    """With less space left than this no run starts: what is measured could not be kept."""


class BrokerSection(_Section):
    """``[broker]``: the bundled broker's ports on this machine, or another broker by its address.

    ``external``: ``mqtt://host:port`` or ``mqtts://host:port``, with ``ca`` the file of its authority, and
    ``external_ws`` the address that handhelds use; then no broker is started here.
    """

    external: str = Field(default="", pattern="^((mqtt|mqtts)://.+)?$")
    external_ws: str = Field(default="", pattern="^((ws|wss)://.+)?$")
    ca: Path | None = None
    host: str = "127.0.0.1"
    mqtt_port: int = Field(default=18883, ge=1, le=65535)
    ws_port: int = Field(default=18884, ge=1, le=65535)

    @property
    def url(self) -> str:
        """Return the address for clients in Python; over TLS with the authority's file in it."""
        return f"{self.address}?ca={quote(str(self.ca))}" if self.ca else self.address

    @property
    def address(self) -> str:
        """Return the address as people are shown it."""
        scheme = "mqtts" if self.ca else "mqtt"
        return self.external or f"{scheme}://{_reachable(self.host)}:{self.mqtt_port}"

    @property
    def ws_url(self) -> str:
        """Return the address for the browser; ``{host}`` in it stands for the host by which it asked for the page."""
        own = f"wss://{{host}}:{self.ws_port}/mqtt" if self.ca else f"ws://{_reachable(self.host)}:{self.ws_port}/mqtt"
        return self.external_ws if self.external else own


class OfficeSection(_Section):
    """``[office]``: the pages' address; the pairing code of handhelds, made once by the station if none is given."""

    host: str = "127.0.0.1"
    port: int = Field(default=18080, ge=1, le=65535)
    pair_code: str = Field(default="", pattern="^([0-9]{4,12})?$")

    @property
    def url(self) -> str:
        """Return the address of the pages for programs on this computer."""
        return f"http://{_reachable(self.host)}:{self.port}"


class OfficeOverTls(OfficeSection):
    """``[office]`` of a station that is open to other devices (``[lan]``)."""

    @property
    def url(self) -> str:
        """Return the address of the pages for programs on this computer."""
        return f"https://{_reachable(self.host)}:{self.port}"


class LanSection(_Section):
    """``[lan]``: pages and broker for other devices of the station, over TLS with the station's own authority.

    ``host`` is the address to listen on, ``names`` the names and addresses by which devices reach this computer;
    ``onboarding_port`` serves, without TLS, the page that says how to trust the authority, and nothing more.
    """

    enabled: bool = False
    host: str = "0.0.0.0"  # noqa: S104 - the point of the section
    names: tuple[str, ...] = ()
    onboarding_port: int = Field(default=18085, ge=1, le=65535)

    @field_validator("host")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if as_address(value) is None:
            raise SaidValueError(TEXTS.text("own_address"))
        return value

    @field_validator("names")
    @classmethod
    def _for_certificates(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if as_address(name) is None and not is_dns_name(name):
                raise SaidValueError(TEXTS.text("host_name", name=name))
        return value


class PrinterSection(_Section):
    """``[printer]``: ``ipp://host:631/ipp/print``, or none: then reports are filed as PDF in ``folder``."""

    url: str = Field(default="", pattern="^((ipp|ipps)://.+)?$")
    folder: Path | None = None
    language: Literal["zh", "en"] = "zh"


class SealSection(_Section):
    """``[seal]``: how often at least the ledger is sealed with a checkpoint."""

    every_s: int = Field(default=600, ge=10, le=600)


class LogSection(_Section):
    """``[log]``: how much is written, and how much of it is kept: ``files`` of ``megabytes`` each."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    files: int = Field(default=5, ge=1, le=100)
    megabytes: int = Field(default=10, ge=1, le=1000)


class RulesSection(_Section):
    """``[rules]``: the rule pack, and how often an item that came out invalid is measured again by itself.

    ``elsewhere``: items that another station does; they are not planned, and the report names them. ``official``: no
    report is signed while a value that judged the vehicle is not confirmed. ``altitude_m``: how high the station lies.
    ``settings``: choices of the local authority that the pack leaves open.
    """

    pack: str = "cn-gb38900-2020"
    repeats: int = Field(default=1, ge=0, le=5)
    elsewhere: tuple[Item, ...] = ()
    official: bool = False
    altitude_m: int | None = Field(default=None, ge=-500, le=6_000)
    settings: dict[str, str] = {}


class RigSection(_Section):
    """``[[rig]]``: one declared rig, its profile and where it is plugged in."""

    id: str = Field(pattern="^[a-z0-9-]{1,24}$")
    profile: str
    link: str = Field(pattern="^(tcp|serial|rtu\\+tcp)://.+")


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
    lan: LanSection = LanSection()
    printer: PrinterSection = PrinterSection()
    seal: SealSection = SealSection()
    log: LogSection = LogSection()
    rules: RulesSection = RulesSection()
    clock: ClockSection = ClockSection()
    simulated: bool = False
    rig: tuple[RigSection, ...] = ()
    bay: tuple[BaySection, ...] = ()

    @property
    def database_url(self) -> str:
        """Return the database's address: the one given, or SQLite in the store's folder."""
        return self.store.database or f"sqlite:///{self.store.folder / 'station.sqlite'}"

    @property
    def evidence_folder(self) -> Path:
        """Return the folder of evidence files."""
        return self.store.folder / "evidence"

    @property
    def keys_folder(self) -> Path:
        """Return the folder of the station's private keys: seal and authority."""
        return self.store.folder / "keys"

    @property
    def authority_file(self) -> Path | None:
        """Return the file of the station's own authority, which page and broker are trusted by; None without TLS."""
        return Files(self.keys_folder).authority if self.lan.enabled else None

    @property
    def print_folder(self) -> Path:
        """Return the folder into which reports go that no printer prints."""
        return self.printer.folder or self.store.folder / "printed"

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
        raise ConfigError.of("not_toml", file=file, where=toml_text(error)) from error
    try:
        config = Config.model_validate(tree)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _wrong(text, file, first["loc"], expected(first)) from error
    for where, what in (*_clashes(config), *_crowded(config)):
        raise _wrong(text, file, where, what)
    return _on_lan(config), sha256_hex(text.encode())


def load_config(path: Path) -> tuple[Config, str]:
    """Read and check a configuration file; folders and files in it are relative to its own folder.

    Raises:
        ConfigError: the file cannot be read or used.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError.of("unreadable", file=path, why=os_text(error)) from error
    except UnicodeDecodeError as error:
        raise ConfigError.of("unreadable", file=path, why=TEXTS.text("not_utf8")) from error
    config, digest = parse_config(text, str(path))
    return _placed(config, path.parent), digest


def _placed(config: Config, folder: Path) -> Config:
    store = config.store.model_copy(update={"folder": folder / config.store.folder})
    broker = config.broker.model_copy(update={"ca": config.broker.ca and folder / config.broker.ca})
    printer = config.printer.model_copy(update={"folder": config.printer.folder and folder / config.printer.folder})
    return config.model_copy(update={"store": store, "broker": broker, "printer": printer})


def _on_lan(config: Config) -> Config:
    """Return the configuration with page and bundled broker where other devices reach them, over TLS."""
    if not config.lan.enabled:
        return config
    at: dict[str, object] = {"host": config.lan.host}
    office = OfficeOverTls(**(config.office.model_dump() | at))
    broker = config.broker.model_copy(update={**at, "ca": config.authority_file})
    return config.model_copy(update={"office": office} | ({} if config.broker.external else {"broker": broker}))


def _exposed(config: Config) -> Iterator[tuple[Location, Text]]:
    """Return where page or broker would be open to other devices without TLS."""
    for section, host in (("office", config.office.host), ("broker", config.broker.host)):
        address = as_address(host)
        if host != "localhost" and not (address and address.is_loopback):
            yield (section, "host"), TEXTS.text("exposed", host=host)
    if config.broker.ca and not config.broker.external:
        yield ("broker", "ca"), TEXTS.text("ca_alone")


def _reachable(host: str) -> str:
    """Return where a program of this computer finds what listens on ``host``, as it stands in an address."""
    here = "127.0.0.1" if is_wildcard(host) else host
    return f"[{here}]" if ":" in here else here


def _clashes(config: Config) -> Iterator[tuple[Location, Text]]:
    """Return where sections do not go together, and why."""
    yield from _exposed(config)
    for kind, ids in (("rig", [rig.id for rig in config.rig]), ("bay", [bay.id for bay in config.bay])):
        for index, id_ in enumerate(ids):
            if id_ in ids[:index]:
                yield (kind, index, "id"), TEXTS.text("twice", id=id_, kind=kind)
    rigs, taken = [rig.id for rig in config.rig], [bay.rig for bay in config.bay]
    for index, rig in enumerate(taken):
        if rig is not None and rig not in rigs:
            declared = ", ".join(rigs) or TEXTS.text("none")
            yield ("bay", index, "rig"), TEXTS.text("undeclared", rig=rig, rigs=declared)
        elif rig is not None and rig in taken[:index]:
            yield ("bay", index, "rig"), TEXTS.text("another_bay", rig=rig)


def _crowded(config: Config) -> Iterator[tuple[Location, Text]]:
    """Return bays with a rig that share a lane: its prompt can speak to one driver only."""
    lanes = [bay.lane if bay.rig else None for bay in config.bay]
    for index, lane in enumerate(lanes):
        if lane is not None and lane in lanes[:index]:
            yield ("bay", index, "lane"), TEXTS.text("lane_taken", lane=lane)


def _wrong(text: str, file: str, where: Location, what: Text) -> ConfigError:
    key, line = ".".join(str(part) for part in where), _line_of(text, where)
    if line is None:
        return ConfigError.of("wrong", file=file, key=key, what=what)
    return ConfigError.of("wrong_at", file=file, line=line, key=key, what=what)


def _line_of(text: str, location: Location) -> int | None:
    """Return the number of the line of the innermost part of a location that stands in the file; None if none does."""
    lines = [line.strip() for line in text.splitlines()]
    names = [re.escape(part) for part in location if isinstance(part, str)]
    number = next((part for part in location if isinstance(part, int)), 0)
    headers = [i for i, line in enumerate(lines) if re.match(rf"\[+\s*{names[0]}\s*\]", line)]
    header = headers[number] if number < len(headers) else None
    begin = 0 if header is None else header + 1
    end = next((i for i in range(begin, len(lines)) if lines[i].startswith("[")), len(lines))
    keys = (i for name in reversed(names) for i in range(begin, end) if re.match(rf"{name}\s*=", lines[i]))
    found = next(keys, header)
    return None if found is None else found + 1
