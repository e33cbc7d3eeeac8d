"""A TCP socket as a byte stream."""

import asyncio

from devices.stream import Link


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

    kind = "connection"

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
            self._lost("gone", why)

    async def _close(self) -> None:
        if self._transport is not None:
            self._transport.abort()
            self._transport = self._receiver = None
            await asyncio.sleep(0)  # the socket is closed in the loop's next round

    async def write(self, data: bytes) -> None:
        """Send all bytes; see the base class."""
        if self._transport is None:
            raise self._failure()
        self._transport.write(data)
