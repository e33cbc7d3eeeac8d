"""The print worker of a configuration, put together."""

from concurrent.futures import Executor

from reports.printing.printer import Printer
from station.bus.commands import Commander
from station.bus.link import Link, Will
from station.bus.topics import Topics
from station.office.archive import Archive
from station.office.memory import Memory
from station.office.printing import PrintWorker
from station.office.printing_memory import PrintMemory
from station.office.printing_paper import Paper
from station.office.printing_queue import PrintQueue
from station.office.printing_sign import PrinterSign, printer_state, stamp
from station.office.printing_steps import AtPrinter
from station.office.settings import OfficeConfig


def print_worker(
    config: OfficeConfig, archive: Archive, memory: Memory, link: Link, commander: Commander, executor: Executor
) -> PrintWorker:
    """Return the worker that prints over IPP, or files where no printer is set up."""
    prints = PrintMemory(memory)
    paper = Paper(archive, memory, prints, config.evidence_folder, config.folder_of_prints)
    queue = PrintQueue(prints, paper, executor)
    at_printer = AtPrinter(queue, Printer(config.printer_url)) if config.printer_url else None
    sign = PrinterSign(link, Topics(config.station), _shown(config), config.clock)
    return PrintWorker(queue, at_printer, commander, sign)


def printer_will(config: OfficeConfig) -> Will:
    """Return what the broker says once the office is gone: then nothing is printed, whatever the printer does."""
    state = printer_state(_shown(config), "offline", "no_office", 0, stamp(config.clock))
    return Will(Topics(config.station).printer, state.to_bytes())


def _shown(config: OfficeConfig) -> str:
    return Printer(config.printer_url).name if config.printer_url else ""
