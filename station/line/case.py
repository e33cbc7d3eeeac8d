"""One command on the table: who sends it, what it decides, or why it is refused."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from station.line.hall import Hall
from station.line.wording import WORDS
from station.model import facts
from station.model.event import Fact, PersonalValue
from station.model.inspection import Inspection, State
from station.model.text import Text


class Refusal(Exception):  # noqa: N818 - the contract's word
    """The command is refused: a code for machines and a text for people; ``body``: what the sender can act on."""

    def __init__(
        self, code: str, text: Text | None = None, body: Mapping[str, object] | None = None, **values: object
    ) -> None:
        super().__init__(code)
        self.body = dict(body or {})
        self.code = code
        self.text = text or WORDS.text(f"refused.{code}", **values)

    @classmethod
    def of_roles(cls, roles: Collection[str]) -> "Refusal":
        """Return the refusal of somebody who has none of these roles."""
        names = [WORDS.text(f"role.{role}") for role in sorted(roles)]
        return cls("role", roles="、".join(n.zh for n in names), roles_en=", ".join(n.en for n in names))


@dataclass(frozen=True)
class Sender:
    """Who sends: the client from the topic, the person from its session (empty for the office)."""

    client: str
    staff: str
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Decision:
    """What a command does: facts for the ledger, and what the reply says beside *accepted*.

    ``enter``: the bay into which the vehicle is called after the facts are stored. ``release``: the bay to be left.
    """

    facts: tuple[Fact, ...] = ()
    personal: tuple[PersonalValue, ...] = ()
    body: dict[str, Any] = field(default_factory=dict)
    enter: tuple[str, str] | None = None
    release: str | None = None


@dataclass(frozen=True)
class Case:
    """One command on the table."""

    hall: Hall
    sender: Sender
    now: datetime

    def fact(self, subject: str, body: facts.Body) -> Fact:
        """Return a fact of this sender."""
        return Fact(subject=subject, actor=self.sender.staff, device=self.sender.client, body=body)

    def facts(self, subject: str, *bodies: facts.Body) -> tuple[Fact, ...]:
        """Return facts of this sender about one subject."""
        return tuple(self.fact(subject, body) for body in bodies)

    def inspection(self, serial: str, *states: State) -> Inspection:
        """Return an inspection that is in one of these states.

        Raises:
            Refusal: there is none, or it is in another state.
        """
        found = self.hall.inspections.get(serial)
        if found is None:
            raise Refusal("unknown_serial", serial=serial)
        if states and found.state not in states:
            state = WORDS.text(f"state.{found.state.value}")
            raise Refusal("wrong_state", state=state.zh, state_en=state.en)
        return found


def personal(subject: str, name: str, value: str) -> PersonalValue:
    """Return a personal value with a salt of its own."""
    return PersonalValue(subject=subject, field=name, value=value, salt=secrets.token_hex(16))
