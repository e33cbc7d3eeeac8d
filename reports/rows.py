"""What the tables of results have in common: rows, the heads of attempts, and how a verdict looks."""

from dataclasses import dataclass, field
from typing import Any

from reportlab.platypus import Paragraph, Table

from reports.data import FINE, ReportData
from reports.style import FAINT, INK, RULE, SOFT, TONES, paragraph, table
from reports.words import Words
from station.model.inspection import AttemptRecord, ItemRecord
from station.model.verdict import Outcome

HEAD = 7.4
EXCEPTED = " †"
"""The mark of a value that missed its limit and passes by an exception of the rules."""
_FRAME: list[tuple[Any, ...]] = [
    ("LINEBELOW", (0, 0), (-1, -1), 0.3, RULE),
    ("LINEABOVE", (0, 0), (-1, 0), 0.9, INK),
    ("LINEBELOW", (0, -1), (-1, -1), 0.9, INK),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 1.2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
]


@dataclass
class Rows:
    """Rows of a table, and the style commands that belong to them.

    ``verdict`` is the column of the verdicts, ``tinted`` the first one that is tinted where a verdict is no plain pass.
    """

    words: Words
    verdict: int
    tinted: int = 0
    cells: list[list[Any]] = field(default_factory=list)
    style: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def last(self) -> int:
        """Return the number of the row that was added last."""
        return len(self.cells) - 1

    def heads(self, *keys: str) -> None:
        """Add the row of the columns' names."""
        self.add(*(self.cell(self.words.say(key), HEAD, SOFT, bold=True) for key in keys))

    def add(self, *cells: Any, outcome: Outcome | None = None) -> None:
        """Add a row; one with an outcome that is no plain pass is tinted, barred, and its verdict stands inverse."""
        self.cells.append([self.cell(cell) if isinstance(cell, str) else cell for cell in cells])
        if outcome is not None and outcome not in FINE:
            ink, tint = TONES[outcome.value]
            row, column = self.last, self.verdict
            self.style += [
                ("BACKGROUND", (self.tinted, row), (-1, row), tint),
                ("BACKGROUND", (column, row), (column, row), ink),
                ("LINEBEFORE", (self.tinted, row), (self.tinted, row), 2.4, ink),
            ]

    def cell(self, text: str, size: float = 8, colour: str = INK, bold: bool = False) -> Paragraph:
        """Return one line or more of text."""
        return paragraph(text, self.words.language, size, colour, bold)

    def name(self, item: ItemRecord) -> Paragraph:
        """Return an item's name with its code."""
        return self.cell(f"{self.words.item(item.code)}  {self.words.raw(item.code)}", bold=True)

    def said(self, outcome: Outcome | None, mark: str = "") -> Paragraph:
        """Return a verdict in words, with the mark of a footnote."""
        if outcome is None:
            return self.cell(self.words.say("outcome.not_done"), colour=SOFT)
        colour = TONES[outcome.value][0] if outcome in FINE else "#ffffff"
        return self.cell(self.words.say(f"outcome.{outcome.value}") + mark, 8.2, colour, bold=True)

    def attempt(self, data: ReportData, attempt: AttemptRecord) -> None:
        """Add the head of an attempt; the only one needs none."""
        if len(data.attempts()) == 1:
            return
        head = self.words.say(
            "attempt.first" if attempt.number == 1 else "attempt.return",
            number=attempt.number,
            conclusion=self.words.say(f"conclusion.{attempt.conclusion or 'none'}"),
            signed_at=self.words.moment(attempt.signed_at),
            report_no=self.words.raw(attempt.report_no or "—"),
        )
        self.add(self.cell(head, 7.6, INK, bold=True))
        self.style += [
            ("SPAN", (0, self.last), (-1, self.last)),
            ("BACKGROUND", (0, self.last), (-1, self.last), FAINT),
        ]

    def table(self, widths: list[float]) -> Table:
        """Return the table; its first row is repeated on each page."""
        wide = [[*row, *[""] * (len(widths) - len(row))] for row in self.cells]
        return table(wide, widths, [*_FRAME, *self.style], heads=1)
