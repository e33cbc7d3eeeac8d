"""The desk of the demo: a station's own, with the demo's first screen and a key that types for a visitor."""

from dataclasses import replace
from pathlib import Path

from textual.widgets import Input

import station.desk.app
from station.cli.demo_guide import FIRST_REGISTERED, Guide
from station.cli.demo_screen import DemoScreen
from station.cli.demo_station import HUMANS, PAIR_CODE
from station.cli.demo_trials import Places, Trials
from station.cli.lan import app_url, onboarding_url
from station.cli.words import say, text
from station.desk.app import DeskApp
from station.desk.fields import Field
from station.desk.keymap import Key
from station.desk.screens.register import RegisterScreen
from station.desk.settings import DeskSettings, ExtraBinding
from station.line.config import Config

LOOK_S = 0.1
EXAMPLE = Key("demo.example", "f7", "app.example")
# Of priority, so that it works over a question or the help, too.
FIRST = Key("demo.first", "f12", "app.extra('demo')", priority=True)


def facts_of(config: Config) -> dict[str, object]:
    """Return what the first screen says of this demo: addresses, numbers, folder."""
    numbers = {f"staff_{person.staff}": person.staff for person in HUMANS}
    return {
        "pages": app_url(config).removesuffix("app/"),
        # A phone that does not trust the station yet finds the app through the page that says how.
        "app": onboarding_url(config) if config.lan.enabled else app_url(config),
        "code": PAIR_CODE,
        "mqtt": config.broker.address,
        "folder": config.store.folder,
        "speed": f"{config.clock.speed:g}",
    } | numbers


class DemoApp(DeskApp):
    """The desk with the demo's first screen on F12.

    Args:
        settings: the desk's.
        config: the demo's configuration.
        places: the demo's files and doors.
    """

    CSS_PATH = str(Path(station.desk.app.__file__).with_name("desk.tcss"))
    BINDINGS = [EXAMPLE.binding(), FIRST.binding()]  # noqa: RUF012  # the type that Textual declares

    def __init__(self, settings: DeskSettings, config: Config, places: Places) -> None:
        self.guide = Guide(settings.account.client)
        facts = facts_of(config)
        super().__init__(
            replace(
                settings,
                login_hint=text("hint"),
                extra_screens={"demo": lambda: DemoScreen(self.guide, self.trials, facts)},
                extra_bindings=(ExtraBinding(FIRST.key, "demo", text("key.demo")),),
                start_screen="demo",
            )
        )
        self.trials = Trials(places, self.board)
        self.link.subscribe(self.board.topics.event, self.trials.on_event)

    async def on_mount(self) -> None:
        """Follow the visitor's car as long as the desk runs; Textual calls the desk's own handler beside this one."""
        self.set_interval(LOOK_S, self._look)

    def _look(self) -> None:
        if self.board.broker_online:
            self.guide.follow(self.board.vehicles)

    def extra_keys(self) -> list[tuple[Key, str]]:
        """Return the keys of the demo: on the form also the one that fills it in."""
        types = isinstance(self.screen, RegisterScreen)
        return [(EXAMPLE, say(self.language, "key.demo.example"))] * types + super().extra_keys()

    def action_example(self) -> None:
        """Type an example car into the form."""
        if not isinstance(self.screen, RegisterScreen):
            return
        example = self.guide.example(self.board.vehicles)
        typed = {"plate": example.plate, "vin": example.vin, "first_registered": FIRST_REGISTERED}
        for field in self.screen.query(Field):
            if field.field in typed:
                field.query_one(Input).value = typed[field.field]
