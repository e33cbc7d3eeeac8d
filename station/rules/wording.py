"""Numbers and sentences as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from station.model.quantity import Unit
from station.model.text import LANGUAGES, Text
from station.rules.compare import rounded
from station.rules.limits import Bound
from station.rules.pack import Pack
from station.rules.schema import QuantityEntry

# ppm and not a power of ten: fonts of reports and terminals often lack the raised minus.
UNIT_LABELS: dict[str, str] = {"% vol": "%", "1e-6 vol": "ppm", "1": "", "1/min": "r/min", "degC": "°C"}
COMPARISON_KEYS = {">=": "ge", "<=": "le", ">": "gt", "<": "lt", "within": "within"}
COMPARISON_SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}
MOST_DECIMALS = 12


def decimal(value: Fraction) -> Decimal:
    """Return a value as a decimal of at most 28 significant digits."""
    with localcontext() as context:
        context.prec = 28
        return Decimal(value.numerator) / Decimal(value.denominator)


def number(value: Fraction, decimals: int) -> str:
    """Return a value rounded half to even, with that many decimals."""
    units = round(value * 10**decimals)
    sign, digits = "-" if units < 0 else "", str(abs(units)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"


def with_unit(text: str, unit: Unit) -> str:
    """Return a number with the sign of its unit as people write it."""
    return f"{text} {UNIT_LABELS.get(unit, unit)}".rstrip()


def limit_texts(bound: Bound, decimals: int) -> tuple[str, str]:
    """Return a limit alone (``60.0 %``) and with its comparison (``≥ 60.0 %``)."""
    if bound.low is not None:
        # A dash before a minus sign cannot be read.
        to = "–" if bound.low >= 0 else " ~ "
        between = with_unit(f"{_exact(bound.low, decimals)}{to}{_exact(bound.value, decimals)}", bound.entry.unit)
        return between, between
    alone = with_unit(_exact(bound.value, decimals), bound.entry.unit)
    return alone, f"{COMPARISON_SIGNS[bound.entry.comparison]} {alone}"


def telling(value: Fraction, bounds: Sequence[Fraction], decimals: int) -> str:
    """Return a value that missed a bound with enough decimals to tell it from the bound, if it is not the bound."""
    digits = decimals
    while value not in bounds and rounded(value, digits) in bounds and digits < MOST_DECIMALS:
        digits += 1
    return number(value, digits)


def say(pack: Pack, key: str, words: Mapping[str, object]) -> Text:
    """Return a text of the pack; words that name a side, a channel, an item, facts or an outcome are translated."""
    in_words = {language: {k: _named(pack, k, w).in_(language) for k, w in words.items()} for language in LANGUAGES}
    return Text(zh=pack.texts.say("zh", key, **in_words["zh"]), en=pack.texts.say("en", key, **in_words["en"]))


def named_facts(pack: Pack, facts: Iterable[str]) -> Text:
    """Return what facts are called, in one line."""
    return _list_of([_labelled(pack, f"fact_{name}", name) for name in facts])


def name_of(pack: Pack, quantity: QuantityEntry, position: object) -> Text:
    """Return a quantity's name, with the axle's position (``前轴制动率``)."""
    axle = pack.texts.text(f"position_{position}") if position else Text(zh="", en="")
    zh, en = quantity.name.zh.format(axle=axle.zh), quantity.name.en.format(axle=axle.en).strip()
    return Text(zh=zh, en=en[:1].upper() + en[1:])


def joined(first: Text, second: Text | None) -> Text:
    """Return two sentences after one another."""
    return first if second is None else Text(zh=first.zh + second.zh, en=f"{first.en} {second.en}")


def sentence_key(met: bool, comparison: str) -> str:
    """Return the key of the sentence on a limit that was met or missed."""
    return f"{'met' if met else 'missed'}_{COMPARISON_KEYS[comparison]}"


def _exact(value: Fraction, decimals: int) -> str:
    """Return a limit with as many decimals as it has, but not fewer than its quantity is shown with."""
    digits = decimals
    while rounded(value, digits) != value and digits < MOST_DECIMALS:
        digits += 1
    return number(value, digits)


def _named(pack: Pack, kind: str, word: object) -> Text:
    if isinstance(word, Text):
        return word
    if kind == "item":
        entry = pack.item(str(word))
        return entry.name if entry else Text(zh=str(word), en=str(word))
    if kind == "facts" and isinstance(word, frozenset):
        return named_facts(pack, sorted(word))
    return _labelled(pack, f"{kind}_{word}", word)


def _labelled(pack: Pack, key: str, word: object) -> Text:
    return pack.texts.text(key) if key in pack.texts else Text(zh=str(word), en=str(word))


def _list_of(texts: list[Text]) -> Text:
    return Text(zh="、".join(t.zh for t in texts), en=", ".join(t.en for t in texts))
