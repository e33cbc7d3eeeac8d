"""What each account may say and hear, in one table; and the same table as the files of another broker (mosquitto)."""

import hashlib
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from station.bus.accounts import LINE, OFFICE, Accounts
from station.bus.topics import Topics

ITERATIONS = 101
"""mosquitto's own number: secrets of 192 random bits are not guessed, however quickly one guess is tried."""
SALT_BYTES = 12
"""What every mosquitto that knows the form ``$7$`` accepts."""
MAX_WAITING = 8192
"""Messages that may wait for one slow client: an inspection has some fifty."""
MAX_MESSAGE_BYTES = 1 << 20
ACL, PASSWORDS, CONF = "station.acl", "station.passwords", "station.conf"


@dataclass(frozen=True)
class Rights:
    """The topics and filters that one account may publish on, and those that it may subscribe to."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


@dataclass(frozen=True)
class Doors:
    """Where a broker that is not ours listens: ports for MQTT and for MQTT over WebSocket, and over TLS or not.

    ``here`` restricts it to this computer; ``ws_port`` None: handhelds are not served.
    """

    port: int
    ws_port: int | None
    here: bool = True
    tls: bool = False


def rights(topics: Topics, client: str) -> Rights:
    """Return what an account may publish and subscribe.

    A client speaks on its own command and presence only; state, events and replies come from the line alone.
    Everybody may know whether the line is there: a line that was killed leaves only its last will.
    """
    told = (topics.state, topics.catalogue, topics.event, topics.inspection(), topics.prompt(), topics.live())
    own = (topics.command(client), topics.presence(client))
    if client == LINE:
        return Rights((*told, topics.reply("+"), *own), (*told, topics.command(), topics.presence()))
    publish: tuple[str, ...] = (*own, topics.printer) if client == OFFICE else own
    return Rights(publish, (*told, topics.printer, topics.presence(LINE), topics.reply(client)))


def mosquitto_acl(station: str, accounts: Accounts) -> str:
    """Return mosquitto's ``acl_file``: nothing for those without an account, the table's rights for each account."""
    topics = Topics(station)
    parts = ("\n".join(_user(client, rights(topics, client))) for client in accounts.clients)
    return "# Made by `station broker acl`; nothing else is allowed.\n\n" + "\n\n".join(parts) + "\n"


def _user(client: str, given: Rights) -> Iterator[str]:
    yield f"user {client}"
    yield from (f"topic write {topic}" for topic in given.publish)
    yield from (f"topic read {topic}" for topic in given.subscribe)


def mosquitto_passwords(accounts: Accounts, salt: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Return mosquitto's ``password_file``: the hash of each account's secret (PBKDF2 with SHA-512, form ``$7$``)."""
    return "".join(f"{client}:{_hashed(secret, salt(SALT_BYTES))}\n" for client, secret in accounts.secrets.items())


def _hashed(secret: str, salt: bytes) -> str:
    found = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, ITERATIONS)
    return f"$7${ITERATIONS}${b64encode(salt).decode()}${b64encode(found).decode()}"


def mosquitto_conf(doors: Doors, folder: Path) -> str:
    """Return what mosquitto's configuration needs beside the distribution's own, for example in ``conf.d``.

    Args:
        doors: where it listens.
        folder: where it will find the other two files.
    """
    return "\n".join((*_GENERAL, f"acl_file {folder / ACL}", f"password_file {folder / PASSWORDS}", *_doors(doors), ""))


_GENERAL = (
    "# Made by `station broker acl`. Goes into conf.d beside the distribution's own mosquitto.conf.",
    "# One set of accounts for every listener, and nobody without one.",
    "per_listener_settings false",
    "allow_anonymous false",
    "# What is retained outlives an orderly restart (persistence_location stands in the distribution's file);",
    "# after a crash the line says everything again.",
    "persistence true",
    "# A client that is slow for a moment loses nothing; QoS 0 (live readings) never waits.",
    f"max_queued_messages {MAX_WAITING}",
    "max_queued_bytes 0",
    f"message_size_limit {MAX_MESSAGE_BYTES}",
    "set_tcp_nodelay true",
)


def _doors(doors: Doors) -> Iterator[str]:
    host = " 127.0.0.1" if doors.here else ""
    yield from ("", f"listener {doors.port}{host}", "protocol mqtt", *_tls(doors))
    if doors.ws_port is not None:
        yield from ("", f"listener {doors.ws_port}{host}", "protocol websockets", *_tls(doors))


def _tls(doors: Doors) -> tuple[str, ...]:
    if not doors.tls:
        return ()
    told = "# your certificate and its key; the authority's file is `ca` under [broker] in station.toml"
    return (told, "certfile FILE", "keyfile FILE")
