"""A labelled field of a form, with what is to say about it under it."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Select, Static

from station.desk.lines import Say, desk_of
from station.desk.registration import CHOICES, DEFAULTS, Remark
from station.desk.words import say


class Field(Vertical):
    """One fact of the form: a free text, or one of a closed list of codes."""

    def __init__(self, name: str) -> None:
        super().__init__(id=f"field-{name}", classes="form-field")
        self.field = name
        self._remark: Remark | None = None

    def compose(self) -> ComposeResult:
        """Make label, control and remark."""
        with Horizontal(classes="field"):
            yield Say(f"field.{self.field}", classes="label")
            yield self._control()
        yield Static(classes="remark", markup=False)

    def _control(self) -> Input | Select[str]:
        if self.field not in CHOICES:
            return Input(DEFAULTS.get(self.field, ""), id=self.field, max_length=64, compact=True)
        return Select(self._options(), value=DEFAULTS[self.field], allow_blank=False, id=self.field, compact=True)

    def _options(self) -> list[tuple[str, str]]:
        language = desk_of(self).language
        return [(say(language, f"{self.field}.{code}"), code) for code in CHOICES[self.field]]

    @property
    def value(self) -> str:
        """Return what stands in the field: text, or the code that is chosen."""
        if self.field in CHOICES:
            return str(self.query_one(Select).value)
        return self.query_one(Input).value.strip()

    def retext(self) -> None:
        """Put choices and remark into the language of the moment; what is chosen stays."""
        if self.field in CHOICES:
            select = self.query_one(Select)
            chosen = select.value
            with self.prevent(Select.Changed):
                select.set_options(self._options())
                select.value = chosen
        else:
            self.query_one(Input).placeholder = say(desk_of(self).language, f"placeholder.{self.field}")
        self.remark(self._remark)

    def remark(self, remark: Remark | None) -> None:
        """Say something about the field, or nothing any more."""
        self._remark = remark
        line = self.query_one(".remark", Static)
        line.display = remark is not None
        if remark:
            line.set_class(remark.error, "error")
            line.update(("✗ " if remark.error else "! ") + remark.text.in_(desk_of(self).language))

    def take_focus(self) -> None:
        """Put the cursor into the field."""
        self.query_one(f"#{self.field}").focus()
