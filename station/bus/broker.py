"""The bundled broker: nats-server as an MQTT broker, with its accounts and permissions, as a supervised child."""

import asyncio
import contextlib
import errno
import logging
import os
import shutil
import socket
import sysconfig
import time
from pathlib import Path
from typing import Self

from station.bus.accounts import PROBE, Accounts, write_private
from station.bus.link import Account, Link, NoBrokerError
from station.bus.nats import broker_config
from station.bus.place import Place
from station.bus.words import words
from station.model.os_text import os_text
from station.model.text import SaidError, Text
from station.process import Child

log = logging.getLogger(__name__)

START_TIMEOUT_S = 15.0
PROBE_PAUSE_S = 0.02
LOOK_S = 1.0
"""How often it is looked whether the broker's folder is still the one in which it was started."""
LEAST_BYTES = 1_000_000
"""With less room on the disk nats starts and answers nobody."""


class BrokerError(SaidError):
    """The broker could not be started; says why and what to do."""

    @classmethod
    def of(cls, case: str, /, **values: object) -> Self:
        """Return the error of one case of the catalogue."""
        return cls(words().text(f"broker.{case}", **values))


class PortTakenError(BrokerError):
    """Another program listens on the port."""


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
            BrokerError: the disk is full, or it does not start; says what it wrote last.
            OSError: its files cannot be written; names one.
        """
        server = server_path()
        for port in (self.place.port, self.place.ws_port):
            require_free(self.place.host, port, self._earlier())
        self._require_room()
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

    def _require_room(self) -> None:
        folder = self.place.folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < LEAST_BYTES:
            raise BrokerError.of("full", folder=folder)

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
                raise BrokerError.of("does_not_start", why=self._last_words(child))
            await asyncio.sleep(PROBE_PAUSE_S)
        link = Link(self.url, self.accounts.account(PROBE))
        await link.start()
        try:
            await link.wait(max(1.0, deadline - time.monotonic()))
        except NoBrokerError as error:
            raise BrokerError.of("silent", why=error.text, last=self._last_words(child)) from error
        finally:
            await link.stop()

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
