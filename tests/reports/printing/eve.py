"""A real IPP Everywhere printer for tests: ``ippeveprinter`` of CUPS, on loopback, with its own D-Bus beside it.

It announces itself over DNS-SD, for which it insists on a D-Bus system bus: one of ours stands in for it, on a socket
in the test's folder, so that nothing is announced and nothing of the machine is needed. A print command takes the
place of the mechanics: what it copies into ``tray`` has been printed.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

from station.bus.broker import free_ports

_BUS = """<busconfig><type>session</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow own="*"/><allow receive_sender="*"/></policy></busconfig>
"""
# The mechanics: waits while there is a file "hold", fails while there is one "fail", else puts the sheet out.
_COMMAND = """#!/bin/sh
cd "{folder}" || exit 1
[ -e state ] && echo "STATE: $(cat state)" >&2
while [ -e hold ]; do sleep 0.02; done
[ -e fail ] && exit 1
cp "$1" "tray/$$.pdf"
"""
# Debian puts it where not everybody looks for programs.
_PROGRAM = shutil.which("ippeveprinter") or "/usr/sbin/ippeveprinter"
_SHEETS = {"size1": "iso_a4_210x297mm", "type1": "stationery", "size3": "", "level3": "-2"}


class Bus:
    """A D-Bus daemon of the tests' own."""

    def __init__(self, folder: Path) -> None:
        self.address = f"unix:path={folder / 'bus'}"
        config = folder / "bus.conf"
        config.write_text(_BUS.format(socket=folder / "bus"))
        command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address=1"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._process.stdout
        assert self._process.stdout.readline()  # it listens once it has said where

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


class EvePrinter:
    """A printer that can be switched off in the middle of a job, run out of paper and fail."""

    def __init__(self, bus: Bus, folder: Path, formats: str = "application/pdf") -> None:
        self._bus, self._folder, self._formats = bus, folder, formats
        (self.port,) = free_ports(1)
        self.url = f"ipp://localhost:{self.port}/ipp/print"
        self.tray = folder / "tray"
        self.tray.mkdir(parents=True)
        (folder / "spool").mkdir()
        (folder / "keys").mkdir()
        command = folder / "mechanics"
        command.write_text(_COMMAND.format(folder=folder))
        command.chmod(0o755)
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        command = [_PROGRAM, "-n", "localhost", "-p", str(self.port), "-r", "off", "-f", self._formats]
        command += ["-d", str(self._folder / "spool"), "-K", str(self._folder / "keys")]
        command += ["-c", str(self._folder / "mechanics"), "Test printer"]
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": self._bus.address}
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet, cwd=self._folder)
        async with asyncio.timeout(20):
            while not await self._answers():
                assert self._process.poll() is None, "ippeveprinter does not start"
                await asyncio.sleep(0.02)

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    def kill(self) -> None:
        """Pull the plug: what it had in its list is gone."""
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    async def paper(self, sheets: int) -> None:
        """Put that many sheets (0, 25, 250) into its only tray, by its own page."""
        query = urllib.parse.urlencode({**_SHEETS, "level1": sheets})
        page = f"http://127.0.0.1:{self.port}/media?{query}"
        await asyncio.to_thread(lambda: urllib.request.urlopen(page).close())

    def hold(self) -> None:
        """Let its mechanics stand still in the middle of a job, until :meth:`go`."""
        (self._folder / "hold").touch()

    def go(self) -> None:
        (self._folder / "hold").unlink()

    def fail(self, yes: bool = True) -> None:
        """Let it give up every job."""
        path = self._folder / "fail"
        path.touch() if yes else path.unlink()

    def reason(self, words: str) -> None:
        """Let it say these state reasons with the next job."""
        (self._folder / "state").write_text(words)

    def printed(self) -> list[bytes]:
        """Return what has come out, in any order."""
        return [path.read_bytes() for path in self.tray.iterdir()]

    def stop(self) -> None:
        """Switch it off, and let mechanics that stand still end."""
        self.kill()
        (self._folder / "hold").unlink(missing_ok=True)
