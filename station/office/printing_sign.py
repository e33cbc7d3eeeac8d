"""What everybody in the station is told of the printer: one retained message."""

import logging
from datetime import UTC
from typing import Literal

from reports.printing.codes import PrintCode
from station.bus.clock import Clock
from station.bus.link import Link
from station.bus.messages import PrinterState
from station.bus.topics import Topics
from station.office.words import words

log = logging.getLogger(__name__)

State = Literal["none", "ready", "printing", "stopped", "offline"]
Code = PrintCode | Literal["folder", "no_folder", "no_office"]


def printer_state(printer: str, state: State, code: Code, queued: int, at: str) -> PrinterState:
    """Return the message of a state, with what is wrong and what to do about it."""
    reason, remedy = (words().text(f"{kind}.{code}") for kind in ("printer", "remedy"))
    return PrinterState(printer=printer, state=state, reason=reason, remedy=remedy, queued=queued, at=at)


class PrinterSign:
    """Says the printer's state when it changes, and again when the broker has come back.

    Args:
        link: the office's.
        topics: of the station.
        printer: its address as it may be shown, empty for none.
        clock: the station's.
    """

    def __init__(self, link: Link, topics: Topics, printer: str, clock: Clock) -> None:
        self._link = link
        self._topic = topics.printer
        self._printer = printer
        self._clock = clock
        self._said: PrinterState | None = None

    def say(self, state: State, code: Code, queued: int) -> None:
        """Publish a state if it is another one than before."""
        at = self._said.at if self._said else ""
        if printer_state(self._printer, state, code, queued, at) == self._said:
            return
        self._said = printer_state(self._printer, state, code, queued, stamp(self._clock))
        log.info("printer %s: %s, %d waiting", state, code, queued)
        self.again()

    def again(self) -> None:
        """Publish the last state once more."""
        if self._said:
            self._link.publish(self._topic, self._said.to_bytes(), qos=1, retain=True)


def stamp(clock: Clock) -> str:
    """Return the present time as it stands in messages."""
    return clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
