"""The accounts at the broker: machine-made secrets, kept in one file that only the owner can read."""

import contextlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from station.bus.link import Account
from station.bus.words import words
from station.model.os_text import os_text
from station.model.text import SaidError, SaidValueError, Text

LINE = "line"
OFFICE = "office"
# Has a client's rights and no person behind it: asks whether the broker answers, and tries what is forbidden.
PROBE = "probe"
SECRET_BYTES = 24


class AccountsError(SaidError):
    """The accounts file cannot be used, or does not hold an account; says what to do."""


@dataclass(frozen=True)
class Accounts:
    """The broker's accounts, by the name of the client."""

    path: Path
    secrets: dict[str, str]

    @property
    def clients(self) -> tuple[str, ...]:
        """Return the names of all accounts."""
        return tuple(self.secrets)

    def account(self, client: str) -> Account:
        """Return one account.

        Raises:
            AccountsError: there is none of that name.
        """
        if client not in self.secrets:
            known = ", ".join(self.secrets)
            raise AccountsError(words().text("accounts.none", client=client, path=self.path, known=known))
        return Account(client, self.secrets[client])


def names(handhelds: int, desks: int, people: int) -> tuple[str, ...]:
    """Return the names of a station's accounts; ``people`` are the simulated ones of a demo."""
    return (
        *(LINE, OFFICE, PROBE),
        *(f"desk-{n}" for n in range(1, desks + 1)),
        *(f"handheld-{n:02}" for n in range(1, handhelds + 1)),
        *(f"sim-{n:02}" for n in range(1, people + 1)),
    )


def make_accounts(path: Path, handhelds: int = 8, desks: int = 2, people: int = 0) -> Accounts:
    """Return the accounts of a file, with new ones for the names that it lacks; secrets stay over restarts.

    Raises:
        AccountsError: the file is there and is no accounts file.
    """
    known = read_accounts(path).secrets if path.exists() else {}
    wanted = names(handhelds, desks, people)
    every = known | {name: secrets.token_urlsafe(SECRET_BYTES) for name in wanted if name not in known}
    write_private(path, json.dumps({"v": 1, "accounts": every}, indent=1) + "\n")
    return Accounts(path, every)


def read_accounts(path: Path) -> Accounts:
    """Return the accounts of a file.

    Raises:
        AccountsError: it is missing, unreadable or no accounts file.
    """
    try:
        return Accounts(path, _parsed(json.loads(path.read_text(encoding="utf-8"))))
    except OSError as error:
        raise AccountsError(words().text("accounts.unreadable", path=path, why=os_text(error))) from error
    except ValueError as error:
        raise AccountsError(words().text("accounts.damaged", path=path, detail=_damage(error))) from error


def _parsed(found: Any) -> dict[str, str]:
    accounts = found.get("accounts") if isinstance(found, dict) and found.get("v") == 1 else None
    if not isinstance(accounts, dict) or not all(isinstance(secret, str) for secret in accounts.values()):
        raise SaidValueError(words().text("damaged.form"))
    return accounts


def _damage(error: ValueError) -> Text:
    if isinstance(error, SaidValueError):
        return error.text
    if isinstance(error, json.JSONDecodeError):
        return words().text("damaged.json", line=error.lineno, column=error.colno)
    return words().text("damaged.utf8")


def write_private(path: Path, text: str) -> None:
    """Replace a file at once by one that only the owner can read.

    Raises:
        OSError: it cannot be written, and stands as it was; names it.
    """
    # A name of this process's own: two that start at once do not take each other's away.
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        _write_new(beside, text)
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        # What a full disk raises names no file.
        error.filename, error.filename2 = str(path), None
        raise


def _write_new(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
