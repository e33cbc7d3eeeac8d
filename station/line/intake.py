"""From a command's bytes to a checked command: who sends it, and may they."""

from dataclasses import dataclass

from pydantic import ValidationError

from station.bus import messages as m
from station.bus.accounts import OFFICE
from station.line.case import Refusal, Sender
from station.line.hall import Hall
from station.model.canonical import canonical, sha256_hex


@dataclass(frozen=True)
class Order:
    """A command that may be carried out."""

    command: m.Command
    body: m.CommandBody
    sender: Sender


def read_command(payload: bytes) -> m.Command:
    """Return the command of a payload.

    Raises:
        Refusal: it cannot be read.
    """
    try:
        return m.Command.model_validate_json(payload)
    except ValidationError as error:
        raise Refusal("malformed", detail=first_error(error)) from error


def first_error(error: ValidationError) -> str:
    """Return where a message is wrong, and how, without repeating what was sent."""
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


def body_hash(command: m.Command) -> str:
    """Return the hash by which a command that is sent again is known to be the same one.

    A PIN is left out: it must reach neither journal nor store, not even as a hash that could be tried out.
    """
    body = {key: value for key, value in command.body.items() if key != "pin"}
    try:
        return sha256_hex(canonical({"kind": command.kind, "body": body}))
    except (TypeError, ValueError) as error:
        raise Refusal("malformed", detail=str(error)) from error


def check(hall: Hall, client: str, command: m.Command) -> Order:
    """Return the order of a command, after everything that can be said without the ledger.

    Raises:
        Refusal: unknown kind, unreadable body, not logged in, not allowed, or an old epoch.
    """
    kind = m.COMMAND_OF.get(command.kind)
    if kind is None:
        raise Refusal("unknown_kind", kind=command.kind)
    try:
        body = kind.model_validate(command.body)
    except ValidationError as error:
        raise Refusal("malformed", detail=first_error(error)) from error
    sender = _sender(hall, client, kind)
    if kind.roles and not kind.roles & sender.roles:
        raise Refusal.of_roles(kind.roles)
    if kind.moves_rig and command.epoch != hall.epoch:
        raise Refusal("epoch")
    return Order(command, body, sender)


def _sender(hall: Hall, client: str, kind: type[m.CommandBody]) -> Sender:
    session = hall.sessions.get(client)
    if session:
        return Sender(client, session.staff, session.roles)
    if kind.session:
        raise Refusal("not_logged_in")
    return Sender(client, OFFICE if client == OFFICE else "")
