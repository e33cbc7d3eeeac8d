"""Old event bodies in today's shape.

A stored event never changes.
When a body changes its shape, its kind's version steps and an upcaster from the version before is registered here;
it stays for ever.
"""

import json
from collections.abc import Callable
from typing import Any

from station.model.canonical import canonical
from station.model.event import Event

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes the JSON body of one version, returns that of the next."""


class Upcasters:
    """The known steps from one version of a body to the next, by kind and version."""

    def __init__(self) -> None:
        self._steps: dict[tuple[str, int], Upcaster] = {}

    def register(self, kind: str, version: int) -> Callable[[Upcaster], Upcaster]:
        """Return a decorator that registers the step from ``version`` of ``kind`` to the version after it.

        Raises:
            ValueError: that step is registered already.
        """

        def keep(step: Upcaster) -> Upcaster:
            if (kind, version) in self._steps:
                raise ValueError(f"two upcasters for {kind} version {version}")
            self._steps[kind, version] = step
            return step

        return keep

    def lift(self, event: Event, version: int) -> Event:
        """Return the event with its body in a newer version; its hash is that of the stored event.

        Raises:
            KeyError: there is no step from some version on the way.
        """
        if event.version == version:
            return event
        body = json.loads(event.body)
        for step in range(event.version, version):
            body = self._steps[event.kind, step](body)
        return event.model_copy(update={"version": version, "body": canonical(body).decode()})


UPCASTERS = Upcasters()
"""The steps of this software."""


@UPCASTERS.register("stage.released", 1)
def _released_without_note(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "note_commitment": None}


@UPCASTERS.register("run.started", 1)
def _started_with_one_item(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "covers": []}
