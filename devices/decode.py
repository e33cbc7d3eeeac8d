"""From raw words and tokens to values with a quality: a sentinel is a quality, never a number."""

import re
from collections.abc import Sequence
from decimal import Decimal

from devices.errors import RigProtocolError
from devices.profile import Channel
from devices.sample import QUALITY_LETTER, Quality, Reading

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


def _token_value(channel: Channel, token: str) -> tuple[int | None, Quality]:
    if token == "#":
        return None, "missing"
    value = _whole(channel, token.removeprefix("#"))
    return value, "invalid" if token.startswith("#") else _in_range(channel, value)


def _whole(channel: Channel, text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise RigProtocolError(f"{channel.name}: {text!r} is not a number")
    steps = Decimal(text) / channel.scale
    if steps != int(steps):
        raise RigProtocolError(f"{channel.name}: {text!r} is not a multiple of {channel.scale}: another firmware?")
    return int(steps)


def _in_range(channel: Channel, value: int) -> Quality:
    return "good" if channel.low <= value <= channel.high else "suspect"
