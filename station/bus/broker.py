"""The bundled broker: nats-server as an MQTT broker, with its accounts and permissions, as a supervised child."""

import asyncio
import contextlib
import errno
import json
import logging
import os
import shutil
import socket
import sysconfig
import time
from pathlib import Path
from typing import Any, Self

from station.bus.accounts import PROBE, Accounts, write_private
from station.bus.acl import rights
from station.bus.link import Account, Link, NoBrokerError
from station.bus.place import Place
from station.bus.topics import Topics
from station.bus.words import words
from station.model.os_text import os_text
from station.model.text import SaidError, Text
from station.process import Child

log = logging.getLogger(__name__)

# A client that takes in a backlog must not stall: the default is 1024 for each subscription. All of a client's together
# may be 65,535, and nats refuses whatever subscription goes beyond: this leaves room for fifteen.
MAX_ACK_PENDING = 4096
ACK_WAIT = "3s"
ORPHAN_AFTER = "1m"
"""A broker that is killed while a client connects leaves a consumer behind that nobody will ever read: it would keep
every message from then on, until the store is full, and each restart would read them all."""
START_TIMEOUT_S = 15.0
PROBE_PAUSE_S = 0.02
LOOK_S = 1.0
"""How often it is looked whether the broker's folder is still the one in which it was started."""
# Two seconds are the default: too few for a phone on a patchy network.
HANDSHAKE_S = 10
LOG_BYTES = 4_000_000
STORE_BYTES = 1_000_000_000
MEMORY_BYTES = 64_000_000
LEAST_BYTES = 100_000
"""With less room on the disk the broker writes nothing."""
# What nats needs to deliver QoS 1 to an MQTT client, beside the client's own topics.
MQTT_DELIVERY = ("$MQTT.sub.>", "$MQTT.deliver.pubrel.>")


class BrokerError(SaidError):
    """The broker could not be started; says why and what to do."""

    @classmethod
    def of(cls, case: str, /, **values: object) -> Self:
        """Return the error of one case of the catalogue."""
        return cls(words().text(f"broker.{case}", **values))


class PortTakenError(BrokerError):
    """Another program listens on the port."""


def subject(topic: str) -> str:
    """Return a topic or filter in the form of nats, in which permissions are written."""
    return topic.replace("/", ".").replace("+", "*").replace("#", ">")


def permissions(topics: Topics, client: str) -> dict[str, Any]:
    """Return an account's rights (``station.bus.acl``) as nats writes them."""
    given = rights(topics, client)
    return {
        "publish": {"allow": [subject(topic) for topic in given.publish]},
        "subscribe": {"allow": [*(subject(topic) for topic in given.subscribe), *MQTT_DELIVERY]},
    }


def broker_config(place: Place, accounts: Accounts) -> str:
    """Return the configuration of nats-server (its format takes JSON).

    The passwords stand in it as they are: the file is as private as the accounts file beside it, which the
    station's processes need in clear anyway, and machine-made secrets of 192 bits gain nothing from bcrypt.
    """
    topics = Topics(place.station)
    folder = place.folder.absolute()
    host = f"[{place.host}]" if ":" in place.host else place.host
    config = {
        # Fixed: the store of another server name is not found again.
        "server_name": f"broker-{place.station}",
        # nats insists on a port for its own protocol; no account may use it, and no other device may reach it.
        "listen": "127.0.0.1:-1",
        "pid_file": str(folder / "broker.pid"),
        "log_file": str(folder / "broker.log"),
        "logfile_size_limit": LOG_BYTES,
        "logfile_max_num": 3,
        "jetstream": {
            "store_dir": str(folder / "jetstream"),
            "max_file_store": STORE_BYTES,
            "max_memory_store": MEMORY_BYTES,
            # fsync before each acknowledgement: what was acknowledged survives a power cut.
            "sync_interval": "always",
        },
        "mqtt": {
            "listen": f"{host}:{place.port}",
            "ack_wait": ACK_WAIT,
            "max_ack_pending": MAX_ACK_PENDING,
            "consumer_inactive_threshold": ORPHAN_AFTER,
            **_tls(place),
        },
        "websocket": {
            "listen": f"{host}:{place.ws_port}",
            **({"handshake_timeout": f"{HANDSHAKE_S}s"} | _tls(place) if place.tls else {"no_tls": True}),
        },
        "authorization": {"users": [_user(topics, accounts, client) for client in accounts.clients]},
    }
    return json.dumps(config, indent=1, ensure_ascii=False) + "\n"


def _tls(place: Place) -> dict[str, Any]:
    if not place.tls:
        return {}
    pair = str(place.tls.pair.absolute())
    return {"tls": {"cert_file": pair, "key_file": pair, "timeout": HANDSHAKE_S}}


def _user(topics: Topics, accounts: Accounts, client: str) -> dict[str, Any]:
    return {
        "user": client,
        "password": accounts.account(client).password,
        "allowed_connection_types": ["MQTT", "MQTT_WS"],
        "permissions": permissions(topics, client),
    }


def server_path() -> Path:
    """Return the nats-server to run: the one that NATS_SERVER names, or the one installed beside Python.

    Raises:
        BrokerError: there is none.
    """
    path = Path(os.environ.get("NATS_SERVER") or Path(sysconfig.get_path("scripts")) / "nats-server")
    if not os.access(path, os.X_OK):
        raise BrokerError.of("no_server", path=path)
    return path


class Broker:
    """The bundled broker as a child process: started again when it dies, gone when this process is gone.

    Before each start it gets its files; one whose folder is deleted under it stores nothing any more and stands still,
    so it is started again in a new one. What it kept, the line says again.
    """

    name = "broker"

    def __init__(self, place: Place, accounts: Accounts) -> None:
        self.place = place
        self.accounts = accounts
        self._config = place.folder.absolute() / "broker.conf"
        self._log = place.folder.absolute() / "broker.log"
        self._store = place.folder.absolute() / "jetstream"
        self._files: tuple[object, ...] = ()
        self._child: Child | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Return the address for MQTT over TCP."""
        return self.place.url

    @property
    def ws_url(self) -> str:
        """Return the address for MQTT over WebSocket."""
        return self.place.ws_url

    def account(self, client: str) -> Account:
        """Return one account, or raise ``AccountsError``."""
        return self.accounts.account(client)

    @property
    def pid(self) -> int | None:
        """Return the process id, None while it is not running."""
        return self._child.pid if self._child else None

    @property
    def restarts(self) -> int:
        """Return how often it had to be started again."""
        return self._child.restarts if self._child else 0

    async def start(self) -> None:
        """Start it, wait until it answers an MQTT connection, and keep it running until ``stop``.

        Raises:
            PortTakenError: another program listens on one of its ports.
            BrokerError: it does not start; says what it wrote last.
            OSError: its files cannot be written; names one.
        """
        server = server_path()
        for port in (self.place.port, self.place.ws_port):
            require_free(self.place.host, port, self._earlier())
        errors = self.place.folder.absolute() / "broker.err"
        command = (str(server), "-c", str(self._config))
        self._child = Child(self.name, command, errors, prepare=self._prepare)
        await self._child.start()
        try:
            await self._answers(self._child)
        except BaseException:
            await self.stop()
            raise
        self._watch = asyncio.create_task(self._watch_folder(self._child), name="watch the broker's folder")

    async def stop(self) -> None:
        """End it in order."""
        (child, self._child), (watch, self._watch) = (self._child, None), (self._watch, None)
        if watch:
            watch.cancel()
        if child:
            await child.stop()

    def _prepare(self) -> None:
        write_private(self._config, broker_config(self.place, self.accounts))
        with contextlib.suppress(FileExistsError):
            self._store.mkdir(mode=0o700, exist_ok=True)
        self._files = self._identities()

    def _identities(self) -> tuple[object, ...]:
        return tuple(_identity(path) for path in (self._config, self._store))

    async def _watch_folder(self, child: Child) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            if child.pid is not None and self._identities() != self._files:
                told = words().text("broker.wiped", folder=self.place.folder)
                log.warning("%s · %s", told.zh, told.en)
                await child.renew()

    def _earlier(self) -> Text:
        """Say whether a broker of an earlier run still lives, which would explain a port that is taken."""
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.place.folder / "broker.pid").read_text())
            if str(self._config) in Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace"):
                return words().text("broker.left_behind", pid=pid)
        return words().text("broker.another")

    async def _answers(self, child: Child) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not await _accepts(self.place.near, self.place.port):
            if child.restarts or child.pid is None or time.monotonic() > deadline:
                raise self._dead(child)
            await asyncio.sleep(PROBE_PAUSE_S)
        link = Link(self.url, self.accounts.account(PROBE))
        await link.start()
        try:
            await link.wait(max(1.0, deadline - time.monotonic()))
        except NoBrokerError as error:
            raise BrokerError.of("silent", why=error.text, last=self._last_words(child)) from error
        finally:
            await link.stop()

    def _dead(self, child: Child) -> BrokerError:
        """Return why it does not start: nats says of a full disk that it has too little space for its limits."""
        if shutil.disk_usage(self.place.folder).free < LEAST_BYTES:
            return BrokerError.of("full", folder=self.place.folder.absolute())
        return BrokerError.of("does_not_start", why=self._last_words(child))

    def _last_words(self, child: Child) -> Text | str:
        written = [path for path in (child.log_path, self._log) if path.exists() and path.stat().st_size]
        if not written:
            return words().text("broker.wrote_nothing", path=self._log)
        newest = max(written, key=lambda path: path.stat().st_mtime_ns)
        return f"{newest.read_text(errors='replace').splitlines()[-1].strip()} ({newest})"


def _identity(path: Path) -> object:
    """Return what tells a file from another one in its place, None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def require_free(host: str, port: int, holder: Text) -> None:
    """Refuse a port on which another program listens.

    Raises:
        PortTakenError: says which, by whom, and what to do.
        BrokerError: the port may not be used for another reason.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As nats-server does it: connections of an earlier run that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise BrokerError.of("port", host=host, port=port, why=os_text(error)) from error
            raise PortTakenError.of("taken", host=host, port=port, holder=holder) from error


async def _accepts(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


def free_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """Return ports on which nobody listens now, for a demo or a test."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) for _ in range(count)]
        for probe in probes:
            probe.bind((host, 0))
        return [probe.getsockname()[1] for probe in probes]
