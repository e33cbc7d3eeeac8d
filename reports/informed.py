"""What an instrument measured beside the judged values: told for information, from the evidence of the run."""

from collections.abc import Iterator
from decimal import Decimal

from reports.data import ReportData
from reports.words import Words
from station.model.capture import Capture
from station.model.codes import LAMP_ITEMS
from station.model.inspection import ItemRecord

BEAMS = ("high", "low")
K_DECIMALS = 2


def informed(data: ReportData, item: ItemRecord, words: Words) -> Iterator[str]:
    """Yield lines for information on an item: where a headlamp's beams point, the largest k of each acceleration."""
    capture = data.capture_of(item)
    if capture is None:
        return
    if item.code in LAMP_ITEMS and (said := _beams(item.code, capture, words)):
        yield said
    if peaks := peaks_of(capture):
        shown = words.say("list.comma").join(str(round(peak, K_DECIMALS)) for peak in peaks)
        yield words.say("informed.peaks", peaks=shown)


def _beams(lamp: str, capture: Capture, words: Words) -> str:
    found = [said for beam in BEAMS if (said := _beam(f"{lamp}_{beam}", beam, capture, words))]
    height = _number(capture, f"{lamp}_height")
    found += [words.say("informed.height", height=height)] if height is not None else []
    return words.say("informed.beams", beams=words.say("list.semicolon").join(found)) if found else ""


def _beam(channel: str, beam: str, capture: Capture, words: Words) -> str:
    right, up = (_number(capture, f"{channel}_{axis}") for axis in ("dx", "dy"))
    if right is None or up is None:
        return ""
    return words.say(
        f"informed.{beam}",
        across=words.say("informed.right" if right >= 0 else "informed.left", offset=abs(right)),
        along=words.say("informed.up" if up >= 0 else "informed.down", offset=abs(up)),
    )


def _number(capture: Capture, channel: str) -> Decimal | None:
    scalar = capture.scalar(channel)
    if scalar is None or scalar.quantity is None or scalar.quality in ("invalid", "missing"):
        return None
    return scalar.quantity.value


def accelerations(capture: Capture) -> Iterator[tuple[int, int]]:
    """Yield the first sample and the end of each acceleration (自由加速) that was measured to its end."""
    number = 1
    while (begin := capture.mark(f"acceleration_{number}")) is not None:
        end = capture.mark(f"acceleration_{number}_end")
        if end is None:
            return
        yield begin, end
        number += 1


def peaks_of(capture: Capture) -> tuple[Decimal, ...]:
    """Return the largest k of each acceleration in 1/m; nothing for a run without k."""
    curve = capture.curve("k")
    if curve is None:
        return ()
    sound = [raw if quality in "gs" else None for raw, quality in zip(curve.raw, curve.quality, strict=True)]
    windows = [[raw for raw in sound[begin:end] if raw is not None] for begin, end in accelerations(capture)]
    return tuple(max(window) * curve.scale for window in windows if window)
