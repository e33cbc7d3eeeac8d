"""Remarks (备注): what the rules warn of, and what qualifies the values."""

from collections.abc import Iterator

from reportlab.platypus import Flowable

from reports.data import ReportData
from reports.findings import excepted
from reports.style import SOFT, paragraph
from reports.words import Words
from station.model.inspection import ItemRecord
from station.model.text import Text


def remarks(data: ReportData, words: Words) -> list[Flowable]:
    """Return the remarks; none if there is nothing to say."""
    lines = list(_of_items(data, words))
    if elsewhere := [words.item(code) for code in data.inspection.elsewhere]:
        lines.append(words.say("remark.elsewhere", items=words.say("list.comma").join(elsewhere)))
    if any(excepted(quantity) for quantity in data.quantities()):
        lines.append(words.say("footnote.excepted"))
    if data.unconfirmed():
        lines.append(words.say("footnote.unconfirmed"))
    return [paragraph(line, words.language, 7.4, SOFT) for line in lines]


def _of_items(data: ReportData, words: Words) -> Iterator[str]:
    """Yield each sentence once, with the names of all the items that it is about."""
    key = "remark.of_attempt" if len(data.attempts()) > 1 else "remark.of"
    named: dict[str, list[str]] = {}
    for item in data.inspection.items:
        if item.attempt <= data.attempt:
            name = words.say(key, attempt=item.attempt, item=words.item(item.code))
            for text in _texts(item):
                named.setdefault(words.of(text), []).append(name)
    for said, names in named.items():
        yield words.say("remark.line", items=words.say("list.comma").join(dict.fromkeys(names)), said=said)


def _texts(item: ItemRecord) -> Iterator[Text]:
    if item.verdict is None:
        return
    # Without quantities the reason stands in the table itself.
    if item.verdict.reason and item.verdict.quantities:
        yield item.verdict.reason
    yield from item.verdict.warnings
