"""The one way in which a record becomes bytes, so that every hash can be made again by anybody.

JSON in UTF-8, keys sorted by code point, no spaces, no floats, whole numbers within 53 bits
(a larger one stands as a string).
"""

import hashlib
import json
from collections.abc import Mapping

SAFE_INTEGER = 2**53 - 1

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: object) -> bytes:
    """Return the canonical bytes of a JSON value.

    Raises:
        TypeError: a float, or anything that is not JSON.
        ValueError: an integer outside 53 bits, or text that is not valid Unicode.
    """
    _check(value)
    return _encode(value).encode("utf-8")


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of bytes, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _check(value: object) -> None:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if kind is int:
        _check_size(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"key {key!r} is not text")
            _check(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner)
    elif isinstance(value, int):
        _check_size(value)
    elif not isinstance(value, str):
        raise TypeError(f"{kind.__name__} {value!r} has no canonical form")


def _check_size(value: object) -> None:
    if isinstance(value, int) and abs(value) > SAFE_INTEGER:
        raise ValueError(f"{value} needs more than 53 bits: write it as a string")
