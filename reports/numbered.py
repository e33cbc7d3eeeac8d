"""Page numbers of the form "1 of 3": the count is known only when the last page is done."""

from collections.abc import Callable
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from reports.fonts import REGULAR
from reports.style import MARGIN, PAGE_WIDTH, SOFT


def numbered(say: Callable[..., str]) -> type[Canvas]:
    """Return a canvas class that writes ``say(page=, pages=)`` at the foot of each page."""

    class NumberedCanvas(Canvas):
        """Holds every page back until the document is complete."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._held: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  # the name is reportlab's
            """Keep the page's state instead of writing it out."""
            self._held.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]  # the stubs lack it; reportlab's own recipe for page counts

        def save(self) -> None:
            """Number and write every page, then the document."""
            for page, state in enumerate(self._held, start=1):
                self.__dict__.update(state)
                self.setFont(REGULAR, 6.6)
                self.setFillColor(SOFT)
                self.drawRightString(PAGE_WIDTH - MARGIN, 7 * mm, say(page=page, pages=len(self._held)))
                super().showPage()
            super().save()

    return NumberedCanvas
