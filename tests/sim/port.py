"""A host's end of a line: a pty read in a thread, or a socket."""

import asyncio
import os
import select
import socket
import time


class Port:
    def __init__(self, rig):
        if rig.path:
            self.descriptor, self._socket = os.open(rig.path, os.O_RDWR | os.O_NOCTTY), None
        else:
            self._socket = socket.create_connection(("127.0.0.1", rig.port))
            self.descriptor = self._socket.fileno()

    def send(self, data):
        os.write(self.descriptor, bytes.fromhex(data) if isinstance(data, str) else data)

    def read_now(self, count, timeout_s):
        """Return so many bytes, fewer if no more come in time, and the moment of the last one."""
        data = b""
        while len(data) < count and select.select([self.descriptor], [], [], timeout_s)[0]:
            new = os.read(self.descriptor, count - len(data))
            if not new:
                break
            data += new
        return data, time.monotonic()

    async def read(self, count, timeout_s=5.0):
        data, _ = await asyncio.to_thread(self.read_now, count, timeout_s)
        return data

    async def ask(self, request, count, timeout_s=5.0):
        """Send hex, return the answer in hex."""
        self.send(request)
        return (await self.read(count, timeout_s)).hex(" ").upper()

    async def quiet(self, timeout_s=0.1):
        return await self.read(1, timeout_s) == b""

    def close(self):
        if self._socket:
            self._socket.close()
        else:
            os.close(self.descriptor)
