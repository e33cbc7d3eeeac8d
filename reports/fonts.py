"""The embedded font, and the guard against characters that it does not have."""

import re
import threading
from functools import cache
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import ttfonts
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

from station.model.text import SaidError, Text

FOLDER = Path(__file__).parent / "fonts"
REGULAR = "NotoSansSC"
BOLD = "NotoSansSC-Bold"
FILES = {REGULAR: "NotoSansSC_400Regular.ttf", BOLD: "NotoSansSC_700Bold.ttf"}
DRAWING = threading.RLock()
"""Held while a document is made: reportlab's font objects serve one document at a time."""

GETA = "〓"
"""What stands for a character that cannot be printed (geta mark, U+3013)."""


NO_BREAK = "\xa0"
"""The space at which no line ends."""


class FontMissingError(SaidError):
    """The font files are not there: set-up brings them."""


_plain_to_unicode = ttfonts.makeToUnicodeCMap


def _to_unicode(fontname: str, subset: list[int]) -> str:
    """Return the map by which readers copy and search text, with characters beyond U+FFFF as UTF-16."""
    return re.sub(
        r"(?<= )<([0-9A-F]{5,6})>", lambda m: f"<{_utf16(int(m[1], 16))}>", _plain_to_unicode(fontname, subset)
    )


def _utf16(code: int) -> str:
    return chr(code).encode("utf-16-be").hex().upper()


@cache
def characters() -> frozenset[int]:
    """Register both weights once in this process, and return the code points that both of them can print.

    Raises:
        FontMissingError: a font file is missing; says which, and what to run.
    """
    # reportlab writes five digits there, which no reader understands: rare characters of names could not be copied.
    ttfonts.makeToUnicodeCMap = _to_unicode
    # Streams as plain bytes: as text they are a quarter larger and take a tenth of a report's time.
    rl_config.useA85 = 0
    found: list[set[int]] = []
    for name, file in FILES.items():
        path = FOLDER / file
        if not path.is_file():
            raise FontMissingError(
                Text(
                    zh=f"reports 的 {FOLDER.name}/ 中没有字体 {file}：请运行 make setup",
                    en=f"font {file} is not in {FOLDER.name}/ of reports: run make setup",
                )
            )
        font = TTFont(name, str(path))
        registerFont(font)
        found.append(set(font.face.charToGlyph))
    return frozenset(set.intersection(*found))


class Glyphs:
    """Makes every string printable and remembers what could not be printed.

    A missing glyph would print as a box or as nothing, without an error: on a report a name must never lose
    a character silently.
    """

    def __init__(self) -> None:
        self._known = characters()
        self._missing: dict[int, None] = {}

    def clean(self, text: str) -> str:
        """Return the text with each white space as a space and each character that the font lacks as a geta mark."""
        return "".join(self._printable(char) for char in text)

    def _printable(self, char: str) -> str:
        if char.isspace():
            return NO_BREAK if char == NO_BREAK else " "
        if ord(char) in self._known:
            return char
        self._missing[ord(char)] = None
        return GETA

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the code points that were replaced, in order of appearance, as ``U+20BB7``."""
        return tuple(f"U+{code:04X}" for code in self._missing)
