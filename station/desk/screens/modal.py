"""What all modal screens share: a box over the screen, keys of their own."""

from typing import TypeVar

from textual.screen import ModalScreen

from station.desk.lines import desk_of
from station.desk.words import say

Result = TypeVar("Result")


class DeskModal(ModalScreen[Result]):
    """A box over a screen; what it gives back is None when it was closed without an answer."""

    def say(self, key: str, **values: object) -> str:
        """Return a sentence in the language of the moment."""
        return say(desk_of(self).language, key, **values)

    def action_close(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
