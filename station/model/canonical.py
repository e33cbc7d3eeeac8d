"""The one way in which a record becomes bytes, so that every hash can be made again by anybody.

JSON in UTF-8, keys sorted by code point, no spaces, no floats, whole numbers within 53 bits
(a larger one stands as a string).
"""

import hashlib
import json
from collections.abc import Mapping

SAFE_INTEGER = 2**53 - 1

type_json = (str, bool, type(None))


def canonical(value: object) -> bytes:
    """Return the canonical bytes of a JSON value.

    Raises:
        TypeError: a float, or anything that is not JSON.
        ValueError: an integer outside 53 bits, or text that is not valid Unicode.
    """
    _check(value, "$")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of bytes, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _check(value: object, path: str) -> None:
    if isinstance(value, type_json):
        return
    if isinstance(value, int):
        if abs(value) > SAFE_INTEGER:
            raise ValueError(f"{path}: {value} needs more than 53 bits: write it as a string")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{path}: key {key!r} is not text")
            _check(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _check(inner, f"{path}[{index}]")
    else:
        raise TypeError(f"{path}: {type(value).__name__} has no canonical form")
