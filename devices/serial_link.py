"""A serial port, or a pty, as a byte stream."""

import asyncio
import os

import serial

from devices.stream import Link


class SerialLink(Link):
    """A serial port, or a pty, through the loop's own reader: no thread, no polling."""

    kind = "port"

    def __init__(self, url: str, port: str, baud: int, bits: int, parity: str, stop: int) -> None:
        super().__init__(url)
        self._settings = {"port": port, "baudrate": baud, "bytesize": bits, "parity": parity, "stopbits": stop}
        self._port: serial.Serial | None = None

    async def _open(self) -> None:
        # pyserial opens without waiting; what a pty cannot do (DTR, RTS) it leaves out by itself
        self._port = serial.Serial(**self._settings, timeout=0, write_timeout=0, exclusive=True)
        asyncio.get_running_loop().add_reader(self._port.fileno(), self._on_readable, self._port.fileno())

    def _on_readable(self, fd: int) -> None:
        try:
            data = os.read(fd, 4096)
        except BlockingIOError:
            return
        except OSError as error:
            data, why = b"", str(error.strerror)
        else:
            why = "end of file"
        if data:
            self._feed(data)
        else:
            self._hang_up("gone", why)

    def _hang_up(self, what: str, detail: str = "") -> None:
        if self._port is not None:
            asyncio.get_running_loop().remove_reader(self._port.fileno())
            self._port.close()
            self._port = None
        self._lost(what, detail)

    async def _close(self) -> None:
        self._hang_up("not_open")

    async def write(self, data: bytes) -> None:
        """Send all bytes; see the base class."""
        left = data
        while left:
            if self._port is None:
                raise self._failure()
            try:
                left = left[os.write(self._port.fileno(), left) :]
            except BlockingIOError:
                await asyncio.sleep(0.005)  # the port's buffer is full: at 9600 baud five bytes leave meanwhile
            except OSError as error:
                self._hang_up("gone", str(error.strerror))
