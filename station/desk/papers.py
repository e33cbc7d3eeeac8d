"""What became of the prints of a report, and of the printer, in words."""

from station.bus.messages import PrinterState
from station.desk.findings import same
from station.desk.words import KNOWN, text
from station.model.inspection import AttemptRecord, PrintRecord
from station.model.text import Text

PRINT_SIGNS = {"requested": "…", "printed": "✓", "filed": "✓", "failed": "✗"}
PRINTER_SIGNS = {"none": "·", "ready": "✓", "printing": "▶", "stopped": "✗", "offline": "✗"}


def print_words(record: PrintRecord) -> Text:
    """Return which copy it is, what became of it, and why it did not come out."""
    which = text("print.original") if record.copy_no == 1 else text("print.copy", number=record.copy_no)
    state = text(f"print.{record.state}")
    why = text("print.why", why=_why(record.detail)) if record.state == "failed" and record.detail else same("")
    return text("print.line", sign=PRINT_SIGNS[record.state], which=which, state=state, why=why)


def prints_words(prints: tuple[PrintRecord, ...]) -> Text:
    """Return the newest print, and how many there were."""
    if not prints:
        return text("print.none")
    last = print_words(prints[-1])
    return last if len(prints) == 1 else text("print.last_of", last=last, count=len(prints))


def _why(code: str) -> Text:
    key = f"print_detail.{code}"
    return text(key) if key in KNOWN else same(code)


def print_lines(attempts: tuple[AttemptRecord, ...]) -> list[Text]:
    """Return a line for each print of each report of a vehicle."""
    return [
        text("print.of_report", report=attempt.report_no, what=print_words(record))
        for attempt in attempts
        for record in attempt.prints
    ]


def printer_words(printer: PrinterState | None) -> Text:
    """Return sign and state of the printer, and how many prints wait."""
    if printer is None:
        return text("printer.unknown")
    state = text(f"printer.{printer.state}", sign=PRINTER_SIGNS[printer.state])
    return text("printer.queued", state=state, count=printer.queued) if printer.queued else state
