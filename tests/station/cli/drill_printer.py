"""The printer of a kill drill: a real IPP printer whose tray keeps every sheet, however many come out."""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

from station.model.canonical import sha256_hex
from tests.reports.printing.eve import Bus, EvePrinter

# Names from mktemp: process ids come round again within a long drill, and a sheet must not lie upon another.
_MECHANICS = """#!/bin/sh
cp "$1" "$(mktemp "{tray}/XXXXXXXXXX.pdf")"
"""


@contextlib.asynccontextmanager
async def printer_on(folder: Path) -> AsyncIterator[EvePrinter]:
    """Have a printer that is switched on, until the block ends."""
    folder.mkdir(parents=True)
    bus = Bus(folder)
    try:
        printer = EvePrinter(bus, folder / "printer")
        (folder / "printer" / "mechanics").write_text(_MECHANICS.format(tray=printer.tray))
        await printer.start()
        try:
            yield printer
        finally:
            printer.stop()
    finally:
        bus.stop()


def sheets(printer: EvePrinter) -> Counter[str]:
    """Return how often each document has come out, by its hash."""
    return Counter(sha256_hex(document) for document in printer.printed())
