"""From raw words and tokens to values with a quality: a sentinel is a quality, never a number."""

import re
from collections.abc import Sequence
from decimal import Decimal

from devices.errors import RigProtocolError
from devices.profile import Channel
from devices.sample import QUALITY_LETTER, Quality, Reading

DIGITS = re.compile(rb"[+-]?[0-9]{1,9}")
NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")


def decode_raw(channel: Channel, raw: int) -> tuple[int | None, Quality]:
    """Return value and quality of a raw word, sentinels first, then the sign, then the range."""
    if raw in channel.sentinels:
        return None, channel.sentinels[raw]
    value = raw - 0x10000 if channel.type == "s16" and raw >= 0x8000 else raw
    return value, _in_range(channel, value)


def decode_curve(channel: Channel, raws: Sequence[int]) -> tuple[tuple[int | None, ...], str]:
    """Return the values of a fast channel and one quality letter for each."""
    decoded = [decode_raw(channel, raw) for raw in raws]
    return tuple(value for value, _ in decoded), "".join(QUALITY_LETTER[quality] for _, quality in decoded)


def decode_words(channel: Channel, words: Sequence[int], base: int, sequence: int, monotonic_ns: int) -> Reading:
    """Return the reading of a channel out of a block of registers that begins at ``base``; 32 bits: high word first."""
    at = channel.address - base
    raw = (words[at] << 16) + words[at + 1] if channel.type == "u32" else words[at]
    value, quality = decode_raw(channel, raw)
    return Reading(channel.name, value, channel.scale, channel.unit, quality, sequence, monotonic_ns)


def decode_token(channel: Channel, token: str, sequence: int, monotonic_ns: int) -> Reading:
    """Return the reading of one AK token: ``#`` alone is missing, ``#14.62`` is a number that the rig does not trust.

    Raises:
        RigProtocolError: the token is not a number, or has more decimals than the profile declares.
    """
    value, quality = _token_value(channel, token)
    return Reading(channel.name, value, channel.scale, channel.unit, quality, sequence, monotonic_ns)


def decode_digits(channel: Channel, frame: bytes, sequence: int, monotonic_ns: int) -> Reading:
    """Return the reading of a field of digits at ``channel.address`` of a frame; what is no number is invalid."""
    field = frame[channel.address : channel.address + channel.width]
    value, quality = _digits_value(channel, field)
    return Reading(channel.name, value, channel.scale, channel.unit, quality, sequence, monotonic_ns)


def _digits_value(channel: Channel, field: bytes) -> tuple[int | None, Quality]:
    if len(field) != channel.width or not DIGITS.fullmatch(field):
        return None, "invalid"
    return int(field), _in_range(channel, int(field))


def _token_value(channel: Channel, token: str) -> tuple[int | None, Quality]:
    if token == "#":
        return None, "missing"
    value = _whole(channel, token.removeprefix("#"))
    return value, "invalid" if token.startswith("#") else _in_range(channel, value)


def _whole(channel: Channel, text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise RigProtocolError("wrong_value", channel=channel.name, detail=f"{text!r} is not a number")
    steps = Decimal(text) / channel.scale
    if steps != int(steps):
        detail = f"{text!r} is not a multiple of {channel.scale}"
        raise RigProtocolError("wrong_value", channel=channel.name, detail=detail)
    return int(steps)


def _in_range(channel: Channel, value: int) -> Quality:
    return "good" if channel.low <= value <= channel.high else "suspect"
