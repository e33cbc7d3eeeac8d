"""Register a vehicle: the running number is given when the form opens, plate and VIN are checked as they are typed."""

from textual import on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.containers import Grid, VerticalScroll
from textual.widgets import Input, Static

from station.bus.messages import ArrivalCancel, ArrivalOpen, Reply
from station.desk.fields import Field
from station.desk.frame import DeskScreen
from station.desk.keymap import bindings
from station.desk.registration import ASKED, LAYOUT, Remark, check, check_all, command
from station.desk.screens.confirm import ConfirmScreen
from station.desk.words import short_serial, text
from station.model.identity import IdentityError, parse_plate, parse_vin
from station.model.text import Text

IDENTITY = ("plate", "vin")


class RegisterScreen(DeskScreen[None]):
    """The form of one arrival."""

    title_key = "title.register"
    key_groups = ("register", "app")
    BINDINGS = bindings("register")

    def __init__(self, serial: str | None = None) -> None:
        super().__init__()
        self._serial = serial

    def body(self) -> ComposeResult:
        """Make the form."""
        with VerticalScroll(id="form", can_focus=False):
            yield Static(id="number", markup=False)
            for name in IDENTITY:
                yield Field(name)
            with Grid(id="facts"):
                for name in LAYOUT:
                    yield Field(name)

    async def on_mount(self) -> None:
        """Take the key: ask for a running number, if this is a new arrival."""
        self.set_focus(self.query_one("#plate", Input))
        if self._serial is None:
            self.run_worker(self._arrive(), exclusive=True)

    async def _arrive(self) -> None:
        reply = await self.desk.order(ArrivalOpen())
        if reply and reply.accepted:
            self._serial = str(reply.body["serial"])
            self.desk.tell("ok", text("register.arrived", number=short_serial(self._serial)))
            self.redraw()

    def retext(self) -> None:
        """Put every field into the language of the moment."""
        for field in self.query(Field):
            field.retext()

    def redraw(self) -> None:
        """Show the running number."""
        number = short_serial(self._serial) if self._serial else "----"
        words = self.say("register.number", number=number, serial=self._serial or self.say("register.no_number"))
        self.query_one("#number", Static).update(words)

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    def _values(self) -> dict[str, str]:
        return {field.field: field.value for field in self.query(Field)}

    # -- typing

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Check a field as it is typed; an empty plate or VIN is only missed when the form is saved."""
        name, value = str(event.input.id), event.value.strip()
        today = self.desk.settings.clock.now().date()
        self._field(name).remark(None if name in IDENTITY and not value else check(name, value, today))

    def action_next_field(self) -> None:
        """Go on to the next field; what a scanner types behind the Enter goes there too."""
        if not isinstance(self.focused, Input):
            raise SkipAction
        self.after_typing(self._next)

    def _next(self) -> bool:
        """Go on; a VIN that was scanned into the plate goes where it belongs, and the other way round."""
        source = self.focused
        if isinstance(source, Input) and not (source.id in IDENTITY and self._swap(source)):
            order = self.focus_chain
            self.set_focus(order[(order.index(source) + 1) % len(order)])
        return True

    def _swap(self, source: Input) -> bool:
        other = "vin" if source.id == "plate" else "plate"
        parse = parse_vin if other == "vin" else parse_plate
        try:
            parse(source.value)
        except IdentityError:
            return False
        self.query_one(f"#{other}", Input).value = source.value
        source.value = ""
        return True

    def action_scan(self) -> None:
        """Put the cursor where a scanner may type a plate or a VIN."""
        self._field("plate").take_focus()

    # -- saving

    def action_save(self) -> None:
        """Register, if every field is in order; the first one that is not gets the cursor."""
        if self._serial is None:
            self.run_worker(self._arrive(), exclusive=True)
            return
        values = self._values()
        remarks = check_all(values, self.desk.settings.clock.now().date())
        for field in self.query(Field):
            field.remark(remarks.get(field.field))
        wrong = [name for name, remark in remarks.items() if remark.error]
        if wrong:
            self._field(wrong[0]).take_focus()
            self.desk.tell("error", text("register.wrong", count=len(wrong)))
            return
        self.run_worker(self._register(self._serial, values), exclusive=True)

    async def _register(self, serial: str, values: dict[str, str]) -> None:
        reply = await self.desk.order(command(serial, values))
        if reply is None:
            return
        if not reply.accepted:
            await self._refused(reply)
            return
        plan = " ".join(str(code) for code in reply.body.get("plan", ()))
        done = text("register.done", plate=values["plate"].upper(), number=short_serial(serial), plan=plan)
        doubts = [Text.model_validate(doubt) for doubt in reply.body.get("warnings", ())]
        self.desk.tell("info" if doubts else "ok", _with_doubts(done, doubts))
        self.dismiss(None)

    async def _refused(self, reply: Reply) -> None:
        """Show the line's words on the field that they are about: it names missing facts, or means the plate."""
        missing = [str(name) for name in reply.body.get("missing", ())]
        here = self._values()
        await self.query_one("#facts", Grid).mount(*(Field(n) for n in missing if n in ASKED and n not in here))
        named = [name for name in missing if name in (*here, *ASKED)]
        fields = named or (["plate"] if reply.code in ("identity", "already_here") else [])
        for name in fields:
            self._field(name).remark(Remark(reply.text))
        if fields:
            self._field(fields[0]).take_focus()

    # -- giving up

    def action_cancel(self) -> None:
        """Give the key back; when something was typed, ask first."""
        if self._serial and any(self._field(name).value for name in IDENTITY):
            question = text(
                "register.cancel_question", number=short_serial(self._serial), plate=self._field("plate").value
            )
            self.app.push_screen(ConfirmScreen(question), self._cancel)
        else:
            self._cancel(True)

    def _cancel(self, yes: bool | None) -> None:
        if yes:
            self.run_worker(self._leave(), exclusive=True)

    async def _leave(self) -> None:
        if self._serial:
            reply = await self.desk.order(ArrivalCancel(serial=self._serial))
            if reply and reply.accepted:
                self.desk.tell("ok", text("register.cancelled", number=short_serial(self._serial)))
        self.dismiss(None)


def _with_doubts(done: Text, doubts: list[Text]) -> Text:
    """Return what was done, and behind it what is to be compared with the vehicle's licence."""
    if not doubts:
        return done
    return Text(zh=f"{done.zh}。{''.join(d.zh for d in doubts)}", en=f"{done.en}. {' '.join(d.en for d in doubts)}")
