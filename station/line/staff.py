"""Enrolling people while no line runs: an opaque id in the chain, name and PIN beside it."""

import secrets

from station.ledger.journal import Ledger
from station.model.codes import Role
from station.model.event import Entry, Fact, PersonalValue
from station.model.facts import StaffEnrolled
from station.model.text import SaidValueError, Text
from station.store.credential import make_credential

_NOBODY = Text(
    zh="工号应为 1 到 32 个字符，PIN 应为 4 到 12 个",
    en="staff number: expected 1 to 32 characters; PIN: expected 4 to 12",
)


def enrol(ledger: Ledger, staff: str, name: str, pin: str, roles: tuple[Role, ...], actor: str) -> None:
    """Enrol a person, or give one new roles and a new PIN.

    Raises:
        SaidValueError: with this number or PIN nobody could log in.
        StoreError: the database failed; nothing was written.
    """
    if not 1 <= len(staff) <= 32 or not 4 <= len(pin) <= 12:
        raise SaidValueError(_NOBODY)
    value = PersonalValue(staff, "name", name, secrets.token_hex(16))
    fact = StaffEnrolled(staff=staff, roles=roles, name_commitment=value.commitment)
    ledger.append(Entry((Fact(staff, actor, "station", fact),), (value,)), make_credential(staff, pin))
