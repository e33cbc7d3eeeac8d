"""The top of a report: what was found, which limit failed, who answers for it. Words first, colour second."""

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Table

from reports.data import FINE, ReportData
from reports.findings import bad_quantities, failed_points, point_line, told, why_of
from reports.style import BARE, FAINT, INK, RULE, SOFT, TONES, WIDTH, paragraph, table
from reports.words import Words
from station.model.inspection import ItemRecord
from station.model.verdict import Outcome, QuantityVerdict

WORD_WIDTH, STAMP_WIDTH = 38 * mm, 28 * mm
WORD_SIZE = {"zh": 27.0, "en": 20.0}
SHOWN_FINDINGS = 5


def notices(data: ReportData, words: Words) -> list[Flowable]:
    """Return the strips that qualify the whole report: simulated data, limits that wait for confirmation."""
    said = []
    if data.simulated:
        said.append((words.say("notice.simulated"), words.say("notice.simulated_more")))
    if count := data.unconfirmed():
        said.append((words.say("notice.unconfirmed"), words.say("notice.unconfirmed_more", count=count)))
    return [_strip(head, more, words) for head, more in said]


def _strip(head: str, more: str, words: Words) -> Table:
    cells = [
        paragraph(head, words.language, 9.5 if words.language == "zh" else 8.4, bold=True, centred=True),
        paragraph(more, words.language, 7.6),
    ]
    style = [
        ("BOX", (0, 0), (-1, -1), 0.9, INK),
        ("LINEAFTER", (0, 0), (0, 0), 0.9, INK),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    return table([cells], [WORD_WIDTH, WIDTH - WORD_WIDTH], style, after=4)


def verdict_band(data: ReportData, words: Words) -> Table:
    """Return the band: the conclusion in large type, what decided it, signatory, time and seal, room for the stamp."""
    ink, tint = TONES[data.conclusion]
    said = words.say(f"conclusion.{data.conclusion}")
    word = paragraph(said, words.language, WORD_SIZE[words.language], "#ffffff", bold=True, centred=True)
    stamp = paragraph(words.say("field.stamp"), words.language, 6.8, SOFT, centred=True)
    style = [
        ("BACKGROUND", (0, 0), (0, -1), ink),
        ("BACKGROUND", (1, 0), (1, 0), tint),
        ("BACKGROUND", (1, 1), (1, 1), FAINT),
        ("BOX", (0, 0), (-1, -1), 1.1, ink),
        ("SPAN", (0, 0), (0, 1)),
        ("SPAN", (2, 0), (2, 1)),
        ("LINEBEFORE", (2, 0), (2, -1), 0.5, RULE),
        ("VALIGN", (0, 0), (1, -1), "MIDDLE"),
        ("VALIGN", (2, 0), (2, -1), "TOP"),
        ("LEFTPADDING", (1, 0), (1, -1), 9),
        ("TOPPADDING", (1, 0), (1, 0), 6),
        ("BOTTOMPADDING", (1, 0), (1, 0), 7),
        ("BOTTOMPADDING", (0, 0), (0, -1), 9),
    ]
    rows = [[word, _findings(data, words), stamp], ["", _signed_line(data, words), ""]]
    return table(rows, [WORD_WIDTH, WIDTH - WORD_WIDTH - STAMP_WIDTH, STAMP_WIDTH], style)


def _findings(data: ReportData, words: Words) -> list[Flowable]:
    bad = [item for item in data.deciding() if item.outcome not in FINE]
    if not bad:
        return _all_well(data, words)
    # What failed comes first: what could not be judged must not push it off the band.
    failed = [item for item in bad if item.outcome is Outcome.FAIL]
    found = [line for item in (*failed, *(i for i in bad if i not in failed)) for line in _lines(data, item, words)]
    ink = TONES[data.conclusion][0]
    lines = [paragraph(head, words.language, 8, SOFT) for head in _heads(len(failed), len(bad) - len(failed), words)]
    lines += [paragraph(line, words.language, 9.4, ink, bold=True) for line in found[:SHOWN_FINDINGS]]
    if len(found) > SHOWN_FINDINGS:
        lines.append(paragraph(words.say("band.more", count=len(found) - SHOWN_FINDINGS), words.language, 8, SOFT))
    return list(lines)


def _heads(failed: int, not_judged: int, words: Words) -> list[str]:
    heads = [words.say("band.failed", count=failed)] if failed else []
    heads += [words.say("band.not_judged", count=not_judged)] if not_judged else []
    return [words.say("list.semicolon").join(heads)]


def _all_well(data: ReportData, words: Words) -> list[Flowable]:
    deciding = data.deciding()
    lines: list[Flowable] = [
        paragraph(words.say("band.passed", count=len(deciding)), words.language, 11, TONES["pass"][0], bold=True)
    ]
    returned = {item.code for item in deciding if item.attempt > 1}
    if returned:
        names = words.say("list.comma").join(words.item(code) for code in data.attempts()[-1].plan if code in returned)
        lines.append(paragraph(words.say("band.returned", items=names), words.language, 8, INK))
    return lines


def _lines(data: ReportData, item: ItemRecord, words: Words) -> list[str]:
    name = words.item(item.code)
    if bad := bad_quantities(item):
        return [_quantity_line(name, q, words) for q in bad]
    if points := failed_points(data, item, words):
        return [point_line(point, words, notes=False) for point in points]
    return [words.say("band.item", item=name, why=why_of(data, item, words))]


def _quantity_line(name: str, quantity: QuantityVerdict, words: Words) -> str:
    return words.say(
        "band.quantity",
        item=name,
        quantity=words.of(quantity.name),
        shown=words.unbroken(told(quantity)),
        limit=words.unbroken(quantity.limit_shown) or "—",
    )


def _signed_line(data: ReportData, words: Words) -> Table:
    signed = data.signed
    facts = (
        ("field.signatory", words.raw(data.staff.get(signed.signed_by or "", signed.signed_by or "—"))),
        ("field.signed_at", words.moment(signed.signed_at)),
        ("field.seal", words.raw(signed.seal_key) if signed.seal_key else words.say("field.unsealed")),
    )
    cells: list[list[Paragraph]] = [
        [
            paragraph(words.say(key), words.language, 6.8, SOFT),
            paragraph(value, words.language, 9.5, bold=True),
        ]
        for key, value in facts
    ]
    third = (WIDTH - WORD_WIDTH - STAMP_WIDTH - 12) / 3
    style = [
        *BARE,
        ("LINEBEFORE", (1, 0), (-1, -1), 0.4, RULE),
        ("LEFTPADDING", (1, 0), (-1, -1), 6),
    ]
    return table([cells], [third * 0.8, third * 1.1, third * 1.1], style)
