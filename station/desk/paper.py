"""Text in lines of a width: paragraphs of styled runs, and tables. Made for details that follow every key."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from station.desk.wrapping import wrapped

Run = tuple[str, str]
"""Words and their style."""
Line = list[Segment]

NARROWEST = 8
"""A column that breaks its words keeps at least so many cells."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, the side on which it stands, whether its words may break."""

    label: str
    right: bool = False
    breaks: bool = False


class Paper:
    """Takes paragraphs and tables, and gives lines."""

    def __init__(self, width: int) -> None:
        self._width = width
        self.lines: list[Line] = []

    def put(self, *runs: Run) -> None:
        """Add a paragraph."""
        place, plain = 0, "".join(words for words, _ in runs)
        styles = [Style.parse(style) for words, style in runs for _ in words]
        for line in wrapped(plain, self._width):
            place = plain.index(line, place) if line else place
            self.lines.append(_segments(line, styles[place : place + len(line)]))
            place += len(line)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Run]]) -> None:
        """Add a table, with a line that names its columns."""
        widths = self._widths(columns, rows)
        head = [(column.label, "bold underline") for column in columns]
        for row in (head, *rows):
            self._row(columns, row, widths)

    def _widths(self, columns: Sequence[Column], rows: Sequence[Sequence[Run]]) -> list[int]:
        widths = [
            max([cell_len(column.label), *(cell_len(row[n][0]) for row in rows)]) for n, column in enumerate(columns)
        ]
        soft = [n for n, column in enumerate(columns) if column.breaks]
        while soft and sum(widths) + len(widths) - 1 > self._width:
            widest = max(soft, key=lambda n: widths[n])
            if widths[widest] <= NARROWEST:
                break
            widths[widest] -= 1
        return widths

    def _row(self, columns: Sequence[Column], row: Sequence[Run], widths: list[int]) -> None:
        cells = [
            wrapped(words, width) if column.breaks else [words]
            for column, (words, _), width in zip(columns, row, widths, strict=True)
        ]
        styles = [Style.parse(style) for _, style in row]
        for number in range(max(map(len, cells))):
            line: Line = []
            for column, cell, width, style in zip(columns, cells, widths, styles, strict=True):
                words = cell[number] if number < len(cell) else ""
                line += [Segment(_sized(words, width, column.right), style), Segment(" ")]
            self.lines.append(line[:-1])


def _sized(words: str, width: int, right: bool) -> str:
    return " " * (width - cell_len(words)) + words if right else set_cell_size(words, width)


def _segments(words: str, styles: Sequence[Style]) -> Line:
    """Return words as runs of one style each."""
    line: Line = []
    begin = 0
    for end in range(1, len(words) + 1):
        if end == len(words) or styles[end] is not styles[begin]:
            line.append(Segment(words[begin:end], styles[begin]))
            begin = end
    return line
