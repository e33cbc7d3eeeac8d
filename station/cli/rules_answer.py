"""What ``station rules`` answers: the models of its --json output."""

from typing import Literal

from pydantic import Field

from station.model.base import Frozen
from station.model.text import Text
from station.model.verdict import Certainty, PackRef
from station.rules import Value
from station.rules.inside import Difference


class PackSummary(Frozen):
    """One pack that ships with the software; ``error`` if it is not in order, and then nothing is known of it."""

    folder: str
    pack: PackRef | None = None
    title: Text | None = None
    entries: int = 0
    unconfirmed: int = 0
    certainty: dict[Certainty, int] = Field(default_factory=dict)
    error: Text | None = None


class EntryShown(Value):
    """One entry with its condition, and the line of its file."""

    applies_if: str
    line: int | None


class PackShown(Frozen):
    """The entries of a pack, or those on which one item rests."""

    pack: PackRef
    title: Text
    entries: tuple[EntryShown, ...]


class Never(Frozen):
    """An entry that can never decide, where it stands, and why."""

    kind: str
    id: str
    file: str
    line: int | None
    why: Text


class PackChecked(Frozen):
    """A pack that loads: how many entries, which await confirmation, which can never decide."""

    pack: PackRef
    entries: int
    unconfirmed: tuple[EntryShown, ...]
    unreachable: tuple[Never, ...]


class RulesAnswer(Frozen):
    """What ``station rules`` prints with --json: one of these, by the command."""

    v: Literal[1] = 1
    packs: tuple[PackSummary, ...] | None = None
    shown: PackShown | None = None
    difference: Difference | None = None
    checked: tuple[PackChecked, ...] | None = None
