"""How a pack and an item are named on the command line."""

from station.cli.language import language_here
from station.cli.words import here
from station.model.codes import ITEM_NAMES
from station.rules import Pack


def pack_line(pack: Pack, by_default: bool) -> str:
    """Return which pack judges: name, edition and SHA-256."""
    said = here("judge.by", title=pack.title.in_(language_here()), **pack.ref.model_dump())
    return f"{said}{here('judge.by_default')}" if by_default else said


def item_name(pack: Pack, code: str) -> str:
    """Return an item's code with its name, that of the pack if it has the item."""
    entry = pack.item(code)
    name = entry.name if entry else ITEM_NAMES.get(code)
    return f"{code} {name.in_(language_here())}" if name else code
