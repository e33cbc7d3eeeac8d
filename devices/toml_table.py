"""Reads a TOML table strictly: every error names the file, the key and what was expected."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from devices.errors import ProfileError, Words
from devices.profile_words import profile_error, words

T = TypeVar("T")


class TomlTable:
    """One table of a profile. Each key is taken once; what is left over at ``done`` is an error."""

    def __init__(self, data: dict[str, object], file: str, path: str = "") -> None:
        self._left = dict(data)
        self._file = file
        self._path = path

    def _key(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def error(self, key: str, expected: Words, found: object) -> ProfileError:
        """Return the error for one key."""
        return profile_error("wrong", file=self._file, key=self._key(key), expected=expected, found=repr(found))

    def _take(self, key: str, kind: type[T], expected: Words) -> T:
        if key not in self._left:
            raise profile_error("missing", file=self._file, key=self._key(key), expected=expected)
        value = self._left.pop(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(key, expected, value)
        return value

    def has(self, key: str) -> bool:
        """Tell whether the key is there and not yet taken."""
        return key in self._left

    def left(self) -> list[str]:
        """Return the keys not yet taken, in the order of the file."""
        return list(self._left)

    def text(self, key: str, choices: tuple[str, ...] = ()) -> str:
        """Take a text, one of ``choices`` if there are any."""
        expected = words("one_of", choices=", ".join(choices)) if choices else words("text")
        value = self._take(key, str, expected)
        if not value or (choices and value not in choices):
            raise self.error(key, expected, value)
        return value

    def words(self, key: str) -> Words:
        """Take a text in both languages: ``{ zh = "...", en = "..." }``."""
        table = self.table(key)
        both = Words(table.text("zh"), table.text("en"))
        table.done()
        return both

    def flag(self, key: str, default: bool) -> bool:
        """Take true or false."""
        return self._take(key, bool, words("flag")) if self.has(key) else default

    def whole(self, key: str, low: int, high: int) -> int:
        """Take a whole number from ``low`` to ``high``."""
        expected = words("whole", low=low, high=high)
        value = self._take(key, int, expected)
        if not low <= value <= high:
            raise self.error(key, expected, value)
        return value

    def seconds(self, key: str) -> float:
        """Take a time in seconds, 0 to 3,600."""
        expected = words("seconds")
        value = self._take(key, object, expected)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
            raise self.error(key, expected, value)
        return float(value)

    def decimal(self, key: str) -> Decimal:
        """Take a positive decimal number, written as text so that no digit is rounded."""
        expected = words("decimal")
        text = self._take(key, str, expected)
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise self.error(key, expected, text) from None
        if not value.is_finite() or value <= 0:
            raise self.error(key, expected, text)
        return value

    def code(self, key: str) -> int | str:
        """Take a command's code: a whole number from 0 to 65,535 or a text."""
        expected = words("code")
        value = self._take(key, object, expected)
        if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
            raise self.error(key, expected, value)
        if isinstance(value, int) and not 0 <= value <= 0xFFFF:
            raise self.error(key, expected, value)
        return value

    def names(self, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """Take a list of names, each of which must be known."""
        expected = words("names", known=", ".join(known))
        values = self._take(key, list, expected)
        for value in values:
            if value not in known:
                raise self.error(key, expected, value)
        return tuple(values)

    def span(self, key: str) -> tuple[int, int]:
        """Take a range as a list of two whole numbers, low and high."""
        expected = words("span")
        values = self._take(key, list, expected)
        whole = [v for v in values if isinstance(v, int) and not isinstance(v, bool)]
        if len(values) != 2 or len(whole) != 2 or whole[0] > whole[1]:
            raise self.error(key, expected, values)
        return whole[0], whole[1]

    def table(self, key: str) -> "TomlTable":
        """Take a table."""
        return TomlTable(self._take(key, dict, words("table")), self._file, self._key(key))

    def tables(self, key: str) -> Iterator[tuple[str, "TomlTable"]]:
        """Take a table of tables, name by name."""
        outer = self.table(key)
        for name in outer.left():
            yield name, outer.table(name)

    def number_key(self, key: str) -> int:
        """Return a key that is itself a number, decimal or hexadecimal."""
        try:
            return int(key, 0)
        except ValueError:
            raise self.error(key, words("number_key"), key) from None

    def done(self) -> None:
        """End the table: a key that nobody asked for is an error."""
        for key in self._left:
            raise profile_error("unread", file=self._file, key=self._key(key))
