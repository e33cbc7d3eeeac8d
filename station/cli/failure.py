"""How a command ends when it cannot do what was asked: one clear line on stderr, and a telling exit code."""

import contextlib
import sys
from collections.abc import Iterator

from devices.errors import ProfileError
from reports.fonts import FontMissingError
from station.authority.keeper import AuthorityError
from station.bus.accounts import AccountsError
from station.bus.broker import BrokerError
from station.bus.link import LinkRefusedError
from station.bus.trust import TrustError
from station.line.config import ConfigError
from station.office.server import OfficeError
from station.rules import PackError
from station.store.errors import StoreError

FINDING, UNUSABLE = 1, 2


class Unusable(Exception):  # noqa: N818 - what the input is
    """The input cannot be used; the message says why and what to do."""


KNOWN = (
    Unusable,
    ConfigError,
    ProfileError,
    PackError,
    StoreError,
    BrokerError,
    AccountsError,
    LinkRefusedError,
    TrustError,
    AuthorityError,
    OfficeError,
    FontMissingError,
    TimeoutError,
    OSError,
)


@contextlib.contextmanager
def said_plainly() -> Iterator[None]:
    """Turn what a person can put right into one line on stderr and exit code 2."""
    try:
        yield
    except KNOWN as error:
        print(f"station: {error}", file=sys.stderr)
        raise SystemExit(UNUSABLE) from error
