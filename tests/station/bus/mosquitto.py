"""Debian's mosquitto as a process of the test's own, with the files that ``station broker acl`` makes."""

import contextlib
import getpass
import shutil
from pathlib import Path

from station.bus.accounts import PROBE, Accounts
from station.bus.acl import ACL, CONF, PASSWORDS, Doors, mosquitto_acl, mosquitto_conf, mosquitto_passwords
from station.bus.broker import free_ports
from station.bus.link import Account, Link
from station.process import Child

PROGRAM = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
# What Debian's own mosquitto.conf says; started by root it would give up the right to read the test's folder.
DISTRIBUTION = """persistence true
persistence_location {folder}/
log_dest file {folder}/mosquitto.log
user {user}
include_dir {folder}/conf.d
"""


class Mosquitto:
    """A mosquitto for a station's accounts; started again when it dies."""

    name = "mosquitto"

    def __init__(self, folder: Path, station: str, accounts: Accounts) -> None:
        self.folder = folder
        self.accounts = accounts
        self.port, self.ws_port = free_ports(2)
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.ws_port}/mqtt"
        self._child: Child | None = None
        self._write(station)

    def _write(self, station: str) -> None:
        conf = self.folder / "conf.d"
        conf.mkdir(parents=True)
        own = DISTRIBUTION.format(folder=self.folder, user=getpass.getuser())
        (self.folder / "mosquitto.conf").write_text(own)
        (conf / CONF).write_text(mosquitto_conf(Doors(self.port, self.ws_port), self.folder))
        (self.folder / ACL).write_text(mosquitto_acl(station, self.accounts))
        (self.folder / PASSWORDS).write_text(mosquitto_passwords(self.accounts))

    def account(self, client: str) -> Account:
        return self.accounts.account(client)

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    async def start(self) -> None:
        command = (str(PROGRAM), "-c", str(self.folder / "mosquitto.conf"))
        self._child = Child(self.name, command, self.folder / "mosquitto.err")
        await self._child.start()
        link = Link(self.url, self.account(PROBE))
        await link.start()
        try:
            await link.wait(10)
        except TimeoutError:
            await self.stop()
            raise AssertionError(self.said()) from None
        finally:
            await link.stop()

    async def stop(self) -> None:
        child, self._child = self._child, None
        if child:
            await child.stop()

    def said(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "mosquitto.log").read_text()
        return (self.folder / "mosquitto.err").read_text()
