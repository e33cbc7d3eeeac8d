"""From the bytes of a case file to a case, or to one sentence with the place and what to do."""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from pydantic import ValidationError

from station.model.expected import expected
from station.model.text import SaidValueError, Text
from station.rules.bounds import MOST_BYTES
from station.rules.case import Case
from station.rules.case_words import TEXTS
from station.rules.json_places import Path, bare_words, line_and_column, place_of, twice
from station.rules.plausible import doubts

_IN_JSON = re.compile(r"at line (\d+) column (\d+)")
_BYTE_ORDER_MARK = "\ufeff"


class CaseError(SaidValueError):
    """A case that cannot be used: the file, where in it, the key, what is wrong there and what to do."""

    def __init__(self, file: str, at: tuple[int, int] | None, key: str, wrong: Text) -> None:
        zh, en = (f"，第 {at[0]} 行第 {at[1]} 列", f", line {at[0]}, column {at[1]}") if at else ("", "")
        zh_key, en_key = (f"：{key}", f": {key}") if key else ("", "")
        super().__init__(Text(zh=f"{file}{zh}{zh_key}：{wrong.zh}", en=f"{file}{en}{en_key}: {wrong.en}"))
        self.line = at[0] if at else None
        self.key = key


def read_case(file: str, data: bytes) -> Case:
    """Return the case that a file's bytes are.

    Raises:
        CaseError: too large, no text, no JSON, or not what a case must be; the first fault that is found.
    """
    text = _text(file, data)
    _check_json(file, text)
    try:
        # Strict: in a case a number is no text, and true is no number.
        case = Case.model_validate_json(text, strict=True)
    except ValidationError as error:
        # A key that is misspelled is told before the key that is therefore missing.
        first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        raise _refused(file, text, first) from error
    for path, wrong in doubts(case):
        raise _at_path(file, text, path, wrong)
    return case


def _refused(file: str, text: str, error: Mapping[str, Any]) -> CaseError:
    """Return what pydantic found: in the JSON itself it is stricter than Python's reader."""
    if error["type"] != "json_invalid":
        return _at_path(file, text, error["loc"], expected(error))
    found = _IN_JSON.search(error["msg"])
    return CaseError(file, (int(found[1]), int(found[2])) if found else None, "", TEXTS.text("not_json"))


def _at_path(file: str, text: str, path: Path, wrong: Text) -> CaseError:
    # Of a key that is missing, the place is that of the object.
    _, position = place_of(text, path)
    return CaseError(file, line_and_column(text, position), _key(path), wrong)


def _key(path: Path) -> str:
    return ".".join(map(str, path))


def _bare(text: str, word: str) -> int:
    """Return where a word stands that is not in quotes; more may be written against it."""
    return next(position for position, found in bare_words(text) if found.startswith(word))


def _text(file: str, data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise CaseError(file, None, "", TEXTS.text("size", most=MOST_BYTES // 1_000_000))
    try:
        text = data.decode().removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode().removeprefix(_BYTE_ORDER_MARK)
        at = line_and_column(before, len(before))
        raise CaseError(file, at, "", TEXTS.text("not_utf8", byte=error.start)) from error
    if not text.strip():
        raise CaseError(file, None, "", TEXTS.text("empty"))
    return text


def _check_json(file: str, text: str) -> None:
    """Refuse what is no JSON, and what JSON readers do not agree on: NaN, and keys that stand twice."""
    try:
        # Numbers are read elsewhere: here whole ones stay text, however long they are.
        found = json.loads(text, parse_constant=_no_number, object_pairs_hook=_once, parse_int=str)
    except json.JSONDecodeError as error:
        raise CaseError(file, (error.lineno, error.colno), "", TEXTS.text("not_json")) from error
    except RecursionError as error:
        raise CaseError(file, None, "", TEXTS.text("deep")) from error
    except _Constant as error:
        at = line_and_column(text, _bare(text, str(error)))
        raise CaseError(file, at, "", TEXTS.text("constant", found=error)) from error
    except _Twice as error:
        path, position = twice(text) or ((), 0)
        raise CaseError(file, line_and_column(text, position), _key(path), TEXTS.text("twice")) from error
    if not isinstance(found, dict):
        raise CaseError(file, (1, 1), "", TEXTS.text("no_object"))


class _Constant(Exception):  # noqa: N818 - what was found
    """NaN or an infinity."""


class _Twice(Exception):  # noqa: N818 - what was found
    """A key stands twice in an object."""


def _no_number(found: str) -> NoReturn:
    raise _Constant(found)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice
    return found
