"""What a desk is told when it starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.screen import Screen

from station.bus.clock import Clock
from station.bus.link import Account
from station.model.text import Language, Text


@dataclass(frozen=True)
class ExtraBinding:
    """A key that shows an extra screen, from anywhere and back."""

    key: str
    screen: str
    label: Text


@dataclass(frozen=True)
class DeskSettings:
    """The settings of one desk.

    Args:
        broker_url: ``mqtt://host:port`` or ``ws://host:port/mqtt``; over TLS as ``station.bus.link.Link`` takes it.
        station: the station's id, part of every topic.
        account: this desk's account at the broker.
        office_url: where the office's pages are, for report addresses.
        office_ca: file of the authority that the office's certificate must be of (``station.bus.trust.trusting``).
        language: language at start; F10 switches.
        login_hint: shown on the log-in screen, the numbers and PINs of a demo say.
        clock: the station's time; a compressed demo gives its own.
        time_zone: the station's time zone, for times of day.
        line_client: the client id under which the line announces its presence.
        papers_folder: where reports and receipts are kept for a day that were opened at this desk.
        log_path: file for the log; nothing is logged to the terminal.
        extra_screens: more screens by name; ``extra_bindings`` put keys on them.
        start_screen: name of the extra screen that is shown first, before the log-in.
    """

    broker_url: str
    station: str
    account: Account
    office_url: str
    office_ca: Path | None = None
    language: Language = "zh"
    login_hint: Text | None = None
    clock: Clock = field(default_factory=Clock)
    time_zone: str = "Asia/Shanghai"
    line_client: str = "line"
    papers_folder: Path = field(default_factory=lambda: Path.home() / "cloud-inspection")
    log_path: Path | None = None
    extra_screens: Mapping[str, Callable[[], Screen[Any]]] = field(default_factory=dict)
    extra_bindings: tuple[ExtraBinding, ...] = ()
    start_screen: str | None = None
