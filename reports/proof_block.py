"""The foot of a report: the runs behind it, and what ties it to the ledger."""

from functools import lru_cache
from typing import Any

import segno
from reportlab.lib.units import mm
from reportlab.platypus import Table

from reports.data import ReportData
from reports.scene import Box, Boxes, Scene, SceneFlowable
from reports.style import FAINT, INK, RULE, SOFT, WIDTH, paragraph, table
from reports.words import Words
from station.model.inspection import RunRecord

QR_SIDE = 34 * mm
SHOWN_DIGITS = 64
"""Half of the signature: so that it stands on one line; the QR code has all of it."""
RUN_SHARES = (0.28, 0.13, 0.16, 0.18, 0.08, 0.17)
RUN_HEADS = ("item", "rig", "started", "samples", "lost", "evidence")


def runs_table(data: ReportData, words: Words) -> Table | None:
    """Return every run with its samples, also those that do not count; None if nothing was measured."""
    if not data.runs():
        return None
    head: list[Any] = [paragraph(words.say(f"run.{key}"), words.language, 7, SOFT, bold=True) for key in RUN_HEADS]
    rows = [head, *(_run(run, words) for run in data.runs())]
    style = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, RULE),
        ("LINEABOVE", (0, 0), (-1, 0), 0.6, INK),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
    ]
    return table(rows, [WIDTH * share for share in RUN_SHARES], style, heads=1, after=8)


def _run(run: RunRecord, words: Words) -> list[Any]:
    counted = words.raw(str(run.samples or "—")) if run.state == "finished" else _uncounted(run, words)
    cells = (
        words.say("run.name", item=words.item(run.item), attempt=run.attempt),
        words.raw(run.rig),
        words.raw(f"{words.local(run.started_at):%m-%d %H:%M:%S}"),
        counted,
        words.raw(str(run.lost)),
        words.raw((run.evidence_sha256 or "—")[:16]),
    )
    return [paragraph(cell, words.language, 7) for cell in cells]


def _uncounted(run: RunRecord, words: Words) -> str:
    if run.state == "open":
        return words.say("run.open")
    return words.say("run.voided", reason=words.code("reason", run.reason or "unknown"))


def proof_block(data: ReportData, words: Words) -> Table:
    """Return the QR code with the proof beside the signed event, the station's seal and the rule pack."""
    pack, signed = data.inspection.pack, data.signed
    facts = [
        ("proof.event", words.raw(f"{signed.signed_seq} · {signed.signed_hash}")),
        ("proof.seal", words.raw(signed.seal_key) if signed.seal_key else words.say("proof.unsealed")),
        ("proof.signature", words.raw((signed.seal_signature or "—")[:SHOWN_DIGITS])),
        ("proof.pack", words.raw(f"{pack.name} {pack.edition}") if pack else "—"),
        ("proof.pack_hash", words.raw(pack.sha256) if pack else "—"),
    ]
    rows = [[paragraph(words.say("proof.title"), words.language, 8.6, bold=True), ""]]
    rows += [[paragraph(words.say(k), words.language, 7, SOFT), paragraph(v, words.language, 7.1)] for k, v in facts]
    rows.append([paragraph(words.say("proof.note"), words.language, 7, SOFT), ""])
    inner_width = WIDTH - QR_SIDE - 10 * mm
    inner_style = [
        ("SPAN", (0, 0), (-1, 0)),
        ("SPAN", (0, -1), (-1, -1)),
        ("TOPPADDING", (0, 0), (-1, -1), 0.6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    inner = table(rows, [27 * mm, inner_width - 27 * mm], inner_style)
    outer_style = [
        ("BACKGROUND", (0, 0), (-1, -1), FAINT),
        ("BOX", (0, 0), (-1, -1), 0.5, RULE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    return table(
        [[qr(data.proof().to_text(), QR_SIDE), inner]],
        [QR_SIDE + 8 * mm, WIDTH - QR_SIDE - 8 * mm],
        outer_style,
    )


def qr(text: str, side: float) -> SceneFlowable:
    """Return a QR code of a side in points, quiet zone included, as vectors: a box for each run of dark modules."""
    rows = modules(text)
    module = side / len(rows)
    dark = tuple(
        (start * module, side - (number + 1) * module, length * module, module)
        for number, row in enumerate(rows)
        for start, length in _dark(row)
    )
    return SceneFlowable(Scene(side, side, (Box(0, 0, side, side, "#ffffff"), Boxes(dark, "#000000"))))


@lru_cache(maxsize=8)
def modules(text: str) -> tuple[bytes, ...]:
    """Return the rows of a QR code: kept, because a report is drawn in every language."""
    return tuple(bytes(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4))


def _dark(row: bytes) -> list[tuple[int, int]]:
    """Return start and length of each run of dark modules in a row."""
    runs: list[tuple[int, int]] = []
    start = None
    for column, dark in enumerate((*row, 0)):
        if dark and start is None:
            start = column
        elif not dark and start is not None:
            runs.append((start, column - start))
            start = None
    return runs
