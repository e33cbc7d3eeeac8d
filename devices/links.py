"""Byte streams to rigs: a serial port (or pty) and a TCP socket behind one interface."""

import asyncio
import os
from abc import ABC, abstractmethod
from urllib.parse import parse_qsl, urlsplit

import serial

from devices.errors import ProfileError, RigOffline

URL_FORMS = "tcp://host:port or serial:///dev/ttyUSB0?baud=9600&parity=N&bits=8&stop=1"
BAUDS = ("1200", "2400", "4800", "9600", "19200", "38400", "57600", "115200")


class Link(ABC):
    """One byte stream to one rig. Whoever asks over it holds it alone until the answer is there."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._bytes = bytearray()
        self._arrived = asyncio.Event()
        self._broken = "not open"

    @property
    def is_open(self) -> bool:
        """Whether the stream stands, as far as this end can tell."""
        return not self._broken

    async def open(self) -> None:
        """Open the stream, one try; what came before is thrown away.

        Raises:
            RigOffline: it cannot be opened; the text says why.
        """
        await self.close()
        try:
            await self._open()
        except (OSError, TimeoutError) as error:
            raise RigOffline(f"{self.url}: cannot open: {error or 'no answer'}: {self._remedy}") from error
        self._bytes.clear()
        self._arrived.clear()
        self._broken = ""

    async def close(self) -> None:
        """Close the stream."""
        self._lost("not open")
        await self._close()

    async def read_until(self, deadline: float) -> bytes:
        """Return what has come, waiting for at least one byte; empty when the loop's time ``deadline`` passes.

        Raises:
            RigOffline: the stream is gone.
        """
        try:
            async with asyncio.timeout_at(deadline):
                await self._arrived.wait()
        except TimeoutError:
            return b""
        if not self._bytes:
            raise RigOffline(f"{self.url}: {self._broken}: {self._remedy}")
        data = bytes(self._bytes)
        self.discard()
        return data

    def discard(self) -> None:
        """Throw away what has come, such as an answer that was sent twice."""
        self._bytes.clear()
        if self.is_open:
            self._arrived.clear()

    async def drain(self, quiet_s: float) -> None:
        """Throw away what comes until the line was quiet for ``quiet_s`` real seconds.

        Raises:
            RigOffline: the stream is gone, or never falls quiet.
        """
        loop = asyncio.get_running_loop()
        limit = loop.time() + 10 * quiet_s + 1.0
        while await self.read_until(loop.time() + quiet_s):
            if loop.time() > limit:
                raise RigOffline(f"{self.url}: the line never falls quiet: does something else send on it?")

    @abstractmethod
    async def write(self, data: bytes) -> None:
        """Send all bytes.

        Raises:
            RigOffline: the stream is gone.
        """

    @abstractmethod
    async def _open(self) -> None: ...

    @abstractmethod
    async def _close(self) -> None: ...

    @property
    @abstractmethod
    def _remedy(self) -> str: ...

    def _feed(self, data: bytes) -> None:
        self._bytes += data
        self._arrived.set()

    def _lost(self, why: str) -> None:
        self._broken = self._broken or why
        self._arrived.set()


class SerialLink(Link):
    """A serial port, or a pty, through the loop's own reader: no thread, no polling."""

    _remedy = "is the cable in, and does no other program use the port?"

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
            data, why = b"", f"the port is gone ({error.strerror})"
        else:
            why = "the port is gone"
        if data:
            self._feed(data)
        else:
            self._hang_up(why)

    def _hang_up(self, why: str) -> None:
        if self._port is not None:
            asyncio.get_running_loop().remove_reader(self._port.fileno())
            self._port.close()
            self._port = None
        self._lost(why)

    async def _close(self) -> None:
        self._hang_up("not open")

    async def write(self, data: bytes) -> None:
        """Send all bytes; see the base class."""
        left = data
        while left:
            if self._port is None:
                raise RigOffline(f"{self.url}: {self._broken}: {self._remedy}")
            try:
                left = left[os.write(self._port.fileno(), left) :]
            except BlockingIOError:
                await asyncio.sleep(0.005)  # the port's buffer is full: at 9600 baud five bytes leave meanwhile
            except OSError as error:
                self._hang_up(f"the port is gone ({error.strerror})")


class _Receiver(asyncio.Protocol):
    """Hands a socket's bytes to its link."""

    def __init__(self, link: "TcpLink") -> None:
        self._link = link

    def data_received(self, data: bytes) -> None:
        self._link._feed(data)  # noqa: SLF001 - the receiver is the link's own half

    def connection_lost(self, error: Exception | None) -> None:
        self._link._gone(self, str(error or "the other end closed"))  # noqa: SLF001


class TcpLink(Link):
    """A TCP socket with plain bytes on it, such as a serial server's."""

    _remedy = "is the rig on, its cable in, the address right?"

    def __init__(self, url: str, host: str, port: int) -> None:
        super().__init__(url)
        self._address = (host, port)
        self._transport: asyncio.Transport | None = None
        self._receiver: _Receiver | None = None

    async def _open(self) -> None:
        receiver = _Receiver(self)
        async with asyncio.timeout(1.0):
            transport, _ = await asyncio.get_running_loop().create_connection(lambda: receiver, *self._address)
        if transport.is_closing():
            raise ConnectionError("closed by the other end at once")
        self._transport, self._receiver = transport, receiver

    def _gone(self, receiver: _Receiver, why: str) -> None:
        if receiver is self._receiver:
            self._transport = self._receiver = None
            self._lost(f"the connection is gone ({why})")

    async def _close(self) -> None:
        if self._transport is not None:
            self._transport.abort()
            self._transport = self._receiver = None
            await asyncio.sleep(0)  # the socket is closed in the loop's next round

    async def write(self, data: bytes) -> None:
        """Send all bytes; see the base class."""
        if self._transport is None:
            raise RigOffline(f"{self.url}: {self._broken}: {self._remedy}")
        self._transport.write(data)


def split_tcp(url: str) -> tuple[str, int]:
    """Return host and port of a ``tcp://host:port`` address.

    Raises:
        ProfileError: it is none.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not url.startswith("tcp://") or not host or port is None:
        raise ProfileError(f"{url}: not a rig's address: expected tcp://host:port")
    return host, port


def open_link(url: str) -> Link:
    """Return the link that an address names, not yet open.

    Raises:
        ProfileError: the address is none that we know; the text says what is expected.
    """
    if url.startswith("tcp://"):
        return TcpLink(url, *split_tcp(url))
    if url.startswith("serial://"):
        return _serial_link(url)
    raise ProfileError(f"{url}: not a rig's address: expected {URL_FORMS}")


def _serial_link(url: str) -> SerialLink:
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    if not parts.path or parts.netloc:
        raise ProfileError(f"{url}: the port's path is missing: expected {URL_FORMS}")
    baud, bits = _choice(url, given, "baud", "9600", BAUDS), _choice(url, given, "bits", "8", ("7", "8"))
    parity, stop = _choice(url, given, "parity", "N", ("N", "E", "O")), _choice(url, given, "stop", "1", ("1", "2"))
    if given:
        raise ProfileError(f"{url}: {', '.join(given)} is not understood: expected {URL_FORMS}")
    return SerialLink(url, parts.path, int(baud), int(bits), parity, int(stop))


def _choice(url: str, given: dict[str, str], key: str, default: str, choices: tuple[str, ...]) -> str:
    value = given.pop(key, default)
    if value not in choices:
        raise ProfileError(f"{url}: {key}={value}: expected one of {', '.join(choices)}")
    return value
