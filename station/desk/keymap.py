"""Every key of the desk, in one place: key bar, help screen, command palette and bindings come from here."""

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True)
class Key:
    """One key: what it does, and the catalogue keys of its short label (``key.<id>``) and help (``help.<id>``)."""

    id: str
    key: str
    action: str
    show: bool = True
    priority: bool = False
    palette: bool = False

    @property
    def display(self) -> str:
        """Return the key as it is printed on keyboards."""
        names = {"escape": "Esc", "enter": "Enter", "slash": "/", "space": "Space", "delete": "Del"}
        first = self.key.split(",")[0]
        return "+".join(
            names.get(part, part.capitalize() if len(part) > 1 else part.upper()) for part in first.split("+")
        )

    def binding(self) -> Binding:
        """Return the binding; its description is the id, the words come from the catalogue."""
        return Binding(self.key, self.action, self.id, show=False, priority=self.priority, id=self.id)


GROUPS: dict[str, tuple[Key, ...]] = {
    "app": (
        Key("app.help", "f1", "app.help", palette=True),
        Key("app.language", "f10", "app.language", palette=True),
        Key("app.palette", "ctrl+p", "app.command_palette", show=False),
        Key("app.quit", "ctrl+c,ctrl+q", "app.quit", show=False, priority=True, palette=True),
    ),
    "main": (
        Key("main.register", "f2", "app.go('register')", palette=True, priority=True),
        Key("main.lane", "f3", "app.go('lane')", palette=True, priority=True),
        Key("main.review", "f4", "app.go('review')", palette=True, priority=True),
        Key("main.devices", "f7", "app.go('devices')", palette=True, priority=True),
        Key("main.logout", "f9", "app.log_out", show=False, palette=True, priority=True),
    ),
    "find": (Key("find.search", "f8,slash", "app.search", palette=True, priority=True),),
    "back": (Key("back.queue", "escape", "app.go('queue')"),),
    "login": (Key("login.submit", "enter", "screen.submit", priority=True),),
    "queue": (
        Key("queue.return", "f5", "screen.return_vehicle", palette=True),
        Key("queue.keys", "f6", "screen.keys_back", palette=True),
        Key("queue.details", "enter", "screen.details"),
        Key("queue.receipt", "ctrl+r", "screen.open_receipt", palette=True),
        Key("queue.cancel", "delete", "screen.cancel_inspection", palette=True),
    ),
    "search": (
        Key("search.open", "enter", "screen.open_hit", priority=True),
        Key("search.up", "up", "screen.move(-1)", show=False),
        Key("search.down", "down", "screen.move(1)", show=False),
        Key("search.close", "escape", "screen.close"),
    ),
    "details": (
        Key("details.print", "p,P", "screen.print_again"),
        Key("details.open", "o,O", "screen.open_report"),
        Key("details.receipt", "r,R,ctrl+r", "screen.open_receipt", palette=True),
        Key("details.history", "h,H", "screen.history"),
    ),
    "history": (
        Key("history.details", "enter", "screen.details"),
        Key("history.print", "p,P", "screen.print_again"),
        Key("history.open", "o,O", "screen.open_report"),
    ),
    "devices": (
        Key("devices.zero", "z,Z", "screen.check('zero')", show=False),
        Key("devices.self_check", "s,S", "screen.check('self_check')", show=False),
        Key("devices.leak_test", "l,L", "screen.check('leak_test')", show=False),
        Key("devices.purge", "p,P", "screen.check('purge')", show=False),
        Key("devices.home", "h,H", "screen.check('home')", show=False),
        Key("devices.pin", "n,N", "screen.reset_pin"),
        Key("devices.join", "a,A", "screen.join"),
    ),
    "register": (
        Key("register.save", "ctrl+s", "screen.save", priority=True),
        Key("register.cancel", "escape", "screen.cancel"),
        Key("register.scan", "f8", "screen.scan", show=False),
        Key("register.next", "enter", "screen.next_field", show=False, priority=True),
    ),
    "review": (
        Key("review.sign", "s,S", "screen.sign"),
        Key("review.send_back", "b,B", "screen.send_back"),
        Key("review.open", "o,O", "screen.open_report"),
        Key("review.details", "enter", "screen.details", show=False),
    ),
    "modal": (Key("modal.close", "escape", "screen.close"),),
    "confirm": (
        Key("confirm.yes", "y,Y", "screen.answer(True)"),
        Key("confirm.no", "n,N,escape", "screen.answer(False)"),
    ),
    "send_back": (
        Key("send_back.send", "ctrl+s", "screen.send", priority=True),
        Key("send_back.choose", "space", "screen.choose"),
        Key("send_back.close", "escape", "screen.close"),
    ),
}


def bindings(*groups: str) -> list[BindingType]:
    """Return the bindings of some groups, for a ``BINDINGS``."""
    return [key.binding() for group in groups for key in GROUPS[group]]


def keys(*groups: str) -> tuple[Key, ...]:
    """Return the keys of some groups, in the order in which they are shown."""
    return tuple(key for group in groups for key in GROUPS[group])
