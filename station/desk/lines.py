"""Text on a screen of the desk that follows the language, or is drawn only when it changed."""

from typing import ClassVar, cast

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from station.desk.core import DeskCore
from station.desk.words import say


def desk_of(widget: Widget) -> DeskCore:
    """Return the application a widget is part of."""
    return cast(DeskCore, widget.app)


class Say(Static):
    """A sentence of the catalogue; follows the language."""

    def __init__(self, key: str, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__("", id=id, classes=classes, markup=False)
        self._key = key

    def on_mount(self) -> None:
        """Show the sentence."""
        self.retext()

    def retext(self) -> None:
        """Show the sentence in the language of the moment."""
        self.update(say(desk_of(self).language, self._key))


class Line(Static):
    """Text that is drawn again only when it has changed: ten times a second most of it has not."""

    _put: Content | None = None
    _laid_out: tuple[int, int] | None = None
    steady: ClassVar[bool] = False
    """Every line of it is broken already: the screen is laid out anew only when there are more or fewer of them, or the
    screen has another width, for which what stood there may have been broken once more."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)

    def put(self, content: Content) -> None:
        """Show this content."""
        if content == self._put:
            return
        self._put = content
        before, self._laid_out = self._laid_out, (self.app.size.width, content.plain.count("\n"))
        self.update(content, layout=not (self.steady and self._laid_out == before))
