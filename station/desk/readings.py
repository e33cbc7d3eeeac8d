"""The live panels without a curve: exhaust readings and headlamps."""

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text as Cell
from textual.widgets import Static

from station.desk.lines import desk_of
from station.desk.panels import reading
from station.desk.trace import Trace
from station.desk.words import item_word, say
from station.model.text import Language

READINGS: tuple[tuple[str, str], ...] = (
    ("co", "% vol"),
    ("co2", "% vol"),
    ("hc", "1e-6 vol"),
    ("no", "1e-6 vol"),
    ("o2", "% vol"),
    ("lambda", ""),
    ("engine_speed", "1/min"),
    ("oil_temperature", "°C"),
)
LAMPS: tuple[tuple[str, str, str], ...] = (
    ("H1", "left", "left_main"),
    ("H2", "left", "left_aux"),
    ("H3", "right", "right_aux"),
    ("H4", "right", "right_main"),
)
"""Item, side, and how the tester's channels of that lamp begin."""
LAMP_COLUMNS = ("intensity", "high_dx", "high_dy", "low_dx", "low_dy")


class ExhaustPanel(Static):
    """The analyser's readings; one that does not count is marked with a sign."""

    def show(self, trace: Trace | None) -> None:
        """Draw the readings of a run."""
        language = desk_of(self).language
        self.border_title = say(language, "lane.exhaust")
        table = Table.grid(padding=(0, 2))
        for _ in range(2):
            table.add_column()
            table.add_column(justify="right")
            table.add_column()
        cells = [_cells(trace, channel, unit, language) for channel, unit in READINGS]
        for left, right in zip(cells[::2], cells[1::2], strict=True):
            table.add_row(*left, *right)
        self.update(table, layout=False)


def _cells(trace: Trace | None, channel: str, unit: str, language: Language) -> list[Cell]:
    shown = reading(trace, channel)
    style = "bold yellow" if shown.startswith("!") else "bold"
    return [Cell(say(language, f"channel.{channel}")), Cell(shown, style), Cell(unit, "dim")]


class LampPanel(Static):
    """The headlamps one by one: which is measured now, which are done, and with what."""

    def show(self, trace: Trace | None, target: Mapping[str, str]) -> None:
        """Draw the lamps of a run; ``target`` of the lane's prompt says which side is on."""
        language = desk_of(self).language
        self.border_title = say(language, "lane.lamps")
        table = Table.grid(padding=(0, 2))
        table.add_column()
        for _ in LAMP_COLUMNS:
            table.add_column(justify="right")
        table.add_row("", *(Cell(say(language, f"channel.{name}"), "dim") for name in LAMP_COLUMNS))
        for item, side, prefix in LAMPS:
            values = [trace.values.get(f"{prefix}_{name}") if trace else None for name in LAMP_COLUMNS]
            # Inner lamps are there on a four-lamp system only.
            if prefix.endswith("_main") or any(values):
                now = trace is not None and target.get("side") == side
                table.add_row(_lamp(item, values[0], now, language), *(value or "—" for value in values))
        self.update(table, layout=False)


def _lamp(item: str, intensity: str | None, now: bool, language: Language) -> Cell:
    sign = "✓" if intensity else "▶" if now else "·"
    return Cell(f"{sign} {item_word(language, item)}", "bold" if sign == "▶" else "")
