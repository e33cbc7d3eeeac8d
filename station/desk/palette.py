"""The command palette in the language of the moment: the built-in list is English, so all of it is supplied here."""

from collections.abc import Awaitable, Callable
from typing import cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from station.desk.core import DeskCore


class DeskCommands(Provider):
    """The keys of the screen and of the application, by name."""

    async def discover(self) -> Hits:
        """List every command."""
        for name, help_text, action in self._commands():
            yield DiscoveryHit(name, self._runner(action), help=help_text)

    async def search(self, query: str) -> Hits:
        """List the commands that match; one line says so when none does."""
        matcher, found = self.matcher(query), False
        for name, help_text, action in self._commands():
            score = matcher.match(f"{name} {help_text}")
            if score > 0:
                found = True
                yield Hit(score, matcher.highlight(name), self._runner(action), text=name, help=help_text)
        if not found:
            yield Hit(0.01, self._desk.say("palette.none"), self._nothing, text=query)

    @property
    def _desk(self) -> DeskCore:
        return cast(DeskCore, self.app)

    def _commands(self) -> list[tuple[str, str, str]]:
        return self._desk.palette_commands(self.screen)

    def _runner(self, action: str) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            await self.app.run_action(action, default_namespace=self.screen)

        return run

    def _nothing(self) -> None:
        """Do nothing: the line that says that nothing matches was chosen."""
