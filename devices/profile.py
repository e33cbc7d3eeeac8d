"""Rig profiles: a rig is declared in a TOML file, and the code behind it is one small class per kind of rig."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast, get_args

from devices.errors import Words
from devices.profile_words import broken_at, profile_error, unreadable, words
from devices.sample import Quality
from devices.toml_table import TomlTable

PROFILES = Path(__file__).parent / "profiles"

Kind = Literal["brake", "gas", "smoke", "lamp"]
PROTOCOLS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {"brake": ("modbus-tcp",), "gas": ("ak", "modbus-rtu"), "smoke": ("nht6",), "lamp": ("mqd6",)}
)
ValueType = Literal["u16", "s16", "u32", "decimal", "digits"]


@dataclass(frozen=True)
class Channel:
    """One value of the rig; ``address`` is the register, the token from 1, or the byte of the frame from 0.

    ``low`` and ``high`` bound the raw value; outside it is suspect. ``sentinels`` are raw words that are no numbers.
    ``width`` is the number of characters of a field of digits, 0 for other types.
    """

    name: str
    address: int
    type: ValueType
    scale: Decimal
    unit: str
    low: int
    high: int
    sentinels: Mapping[int, Quality]
    width: int = 0


@dataclass(frozen=True)
class Command:
    """One command: its number or code, whether it moves something, how long it may be ``running`` (rig seconds)."""

    name: str
    code: int | str
    moves: bool
    deadline_s: float


@dataclass(frozen=True)
class Timing:
    """Times of the rig in seconds of the rig's clock, ``reconnect_s`` in real seconds."""

    deadline_s: float
    drain_s: float
    poll_interval_s: float
    request_interval_s: float
    watchdog_s: float
    watchdog_max_s: float
    watchdog_step_s: float
    reconnect_s: float


@dataclass(frozen=True)
class FastBlock:
    """Where status, sequence and the newest samples stand in one read, and the ring that holds the older ones."""

    address: int
    registers: int
    first_pair: int
    pairs: int
    ring: int
    ring_pairs: int
    period_us: int
    period_step_us: int
    channels: tuple[str, ...]


@dataclass(frozen=True)
class SafeState:
    """The commands that make the rig safe, and the status names that then must be set and clear."""

    commands: tuple[str, ...]
    set: tuple[str, ...]
    clear: tuple[str, ...]
    deadline_s: float


@dataclass(frozen=True)
class Profile:
    """A declared rig. ``sha256`` is the hash of the file's bytes, kept with every run."""

    name: str
    title: Words
    kind: Kind
    protocol: str
    sha256: str
    identity: Mapping[str, int | str]
    timing: Timing
    registers: Mapping[str, int]
    block: FastBlock | None
    status: Mapping[str, int]
    fault_status: Mapping[str, Words]
    events: Mapping[int, str]
    faults: Mapping[int, Words]
    reasons: Mapping[str, Words]
    commands: Mapping[str, Command]
    safe_state: SafeState
    channels: Mapping[str, Channel]

    def command(self, name: str) -> Command:
        """Return a command.

        Raises:
            ProfileError: this rig has no command of that name.
        """
        if name not in self.commands:
            raise profile_error("no_command", name=self.name, command=name, known=", ".join(self.commands))
        return self.commands[name]

    def trouble(self, status: frozenset[str], faults: tuple[int, ...]) -> Words | None:
        """Return in words what keeps the rig from being used: its fault status and its faults; None if nothing does."""
        words = [text for name, text in self.fault_status.items() if name in status]
        words += [self.faults.get(n, Words(f"故障 {n}", f"fault {n}")) for n in faults]
        if not words:
            return None
        return Words("、".join(text.zh for text in words), ", ".join(text.en for text in words))

    def why(self, reason: int | str) -> Words:
        """Return in words why the rig refused."""
        return self.reasons.get(str(reason), Words(f"原因 {reason}", f"reason {reason}"))


def profile_names() -> list[str]:
    """Return the names of the profiles that come with the software."""
    return sorted(path.stem for path in PROFILES.glob("*.toml"))


def load_profile(name_or_path: str | Path) -> Profile:
    """Read a profile by name, or a file of one's own by path (anything that ends in ``.toml``).

    Raises:
        ProfileError: no such profile, or its TOML is not what is expected; names file, key and expected value.
    """
    path = Path(name_or_path) if str(name_or_path).endswith(".toml") else PROFILES / f"{name_or_path}.toml"
    try:
        raw = path.read_bytes()
    except OSError as error:
        known = ", ".join(profile_names())
        raise profile_error("unreadable", file=path, detail=unreadable(error), known=known) from error
    return parse_profile(raw, path.name)


def parse_profile(raw: bytes, file: str) -> Profile:
    """Return the profile that the bytes of a TOML file declare.

    Raises:
        ProfileError: names file, key and expected value.
    """
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise profile_error("not_toml", file=file, where=broken_at(error)) from error
    top = TomlTable(data, file)
    profile = _profile(top, hashlib.sha256(raw).hexdigest())
    top.done()
    return profile


def _profile(top: TomlTable, sha256: str) -> Profile:
    channels = {name: _channel(name, table) for name, table in top.tables("channels")}
    commands = {name: _command(name, table) for name, table in top.tables("commands")}
    status = _numbers(top.table("status"), high=63)
    kind = cast(Kind, top.text("kind", get_args(Kind)))
    return Profile(
        name=top.text("name"),
        title=top.words("title"),
        kind=kind,
        protocol=top.text("protocol", PROTOCOLS[kind]),
        sha256=sha256,
        identity=_identity(top.table("identity")),
        timing=_timing(top.table("timing")),
        registers=_numbers(top.table("registers")) if top.has("registers") else MappingProxyType({}),
        block=_block(top.table("block"), tuple(channels)) if top.has("block") else None,
        status=status,
        fault_status=_fault_status(top.table("fault_status"), tuple(status)),
        events=_events(top.table("events")) if top.has("events") else MappingProxyType({}),
        faults=_faults(top.table("faults")),
        reasons=_reasons(top.table("reasons")),
        commands=MappingProxyType(commands),
        safe_state=_safe_state(top.table("safe_state"), tuple(commands), tuple(status)),
        channels=MappingProxyType(channels),
    )


def _channel(name: str, table: TomlTable) -> Channel:
    low, high = table.span("range")
    channel = Channel(
        name=name,
        address=table.whole("address", 0, 0xFFFF),
        type=cast(ValueType, table.text("type", get_args(ValueType))),
        scale=table.decimal("scale"),
        unit=table.text("unit"),
        low=low,
        high=high,
        sentinels=_sentinels(table.table("sentinels")) if table.has("sentinels") else MappingProxyType({}),
        width=table.whole("width", 1, 9) if table.has("width") else 0,
    )
    table.done()
    return channel


def _sentinels(table: TomlTable) -> Mapping[int, Quality]:
    choices = get_args(Quality)
    return MappingProxyType({table.number_key(k): cast(Quality, table.text(k, choices)) for k in table.left()})


def _command(name: str, table: TomlTable) -> Command:
    deadline_s = table.seconds("deadline_s") if table.has("deadline_s") else 1.0
    command = Command(name, table.code("code"), table.flag("moves", False), deadline_s)
    table.done()
    return command


def _timing(table: TomlTable) -> Timing:
    timing = Timing(**{name: table.seconds(name) for name in Timing.__dataclass_fields__})
    table.done()
    return timing


def _block(table: TomlTable, channels: tuple[str, ...]) -> FastBlock:
    whole = [name for name in FastBlock.__dataclass_fields__ if name != "channels"]
    numbers = {name: table.whole(name, 0, 0xFFFF) for name in whole}
    block = FastBlock(channels=table.names("channels", channels), **numbers)
    table.done()
    return block


def _safe_state(table: TomlTable, commands: tuple[str, ...], status: tuple[str, ...]) -> SafeState:
    names = table.names("commands", commands), table.names("set", status), table.names("clear", status)
    safe = SafeState(*names, deadline_s=table.seconds("deadline_s"))
    table.done()
    return safe


def _identity(table: TomlTable) -> Mapping[str, int | str]:
    return MappingProxyType({key: table.code(key) for key in table.left()})


def _numbers(table: TomlTable, high: int = 0xFFFF) -> Mapping[str, int]:
    return MappingProxyType({key: table.whole(key, 0, high) for key in table.left()})


def _reasons(table: TomlTable) -> Mapping[str, Words]:
    return MappingProxyType({key: table.words(key) for key in table.left()})


def _faults(table: TomlTable) -> Mapping[int, Words]:
    return MappingProxyType({table.number_key(key): table.words(key) for key in table.left()})


def _events(table: TomlTable) -> Mapping[int, str]:
    return MappingProxyType({table.number_key(key): table.text(key) for key in table.left()})


def _fault_status(table: TomlTable, status: tuple[str, ...]) -> Mapping[str, Words]:
    for key in table.left():
        if key not in status:
            raise table.error(key, words("one_of", choices=", ".join(status)), key)
    return _reasons(table)
