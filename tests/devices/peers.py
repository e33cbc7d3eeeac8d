"""Byte-level peers on ptys, and the wires between ptys and sockets: written from the protocol pages."""

import asyncio
import os
import re
import tty
from abc import ABC, abstractmethod
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from devices.profile import load_profile

PAGES = Path(__file__).parents[2] / "docs" / "reference" / "protocols"


def with_timing(name, **times):
    profile = load_profile(name)
    return replace(profile, timing=replace(profile.timing, **times))


def page_examples(page):
    """The byte lines of a page's examples, in their order."""
    text = (PAGES / page).read_text(encoding="utf-8").split("## Examples")[1]
    return [bytes.fromhex(line) for line in re.findall(r"^    ((?:[0-9A-F]{2}(?: +|$))+)", text, re.MULTILINE)]


class PtyPeer(ABC):
    """The rig's end of a pty. ``take`` is given all bytes not yet used and returns how many it used."""

    def __init__(self):
        self.requests = []
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self.url = f"serial://{self.path}?baud=9600"
        os.set_blocking(self.master, False)
        self._held = b""
        asyncio.get_running_loop().add_reader(self.master, self._on_readable)

    def _on_readable(self):
        try:
            self._held += os.read(self.master, 1000)
        except OSError:
            return
        while used := self.take(self._held):
            self._held = self._held[used:]

    @abstractmethod
    def take(self, held):
        """Answer what was received; return how many bytes were used."""

    def request(self, request, answer):
        """Note a request and send its answer: bytes, None for silence, or a function that returns one of them."""
        self.requests.append(request)
        if callable(answer):
            answer = answer()
        if answer:
            self.send(answer)

    def send(self, data):
        os.write(self.master, data)

    def unplug(self):
        if self.master >= 0:
            asyncio.get_running_loop().remove_reader(self.master)
            os.close(self.master)
            os.close(self._slave)
            self.master = -1


def summed(*parts):
    """A frame whose bytes sum to 0 modulo 256."""
    body = b"".join(part if isinstance(part, bytes) else bytes([part]) for part in parts)
    return body + bytes([(256 - sum(body) % 256) % 256])


class SmokePeer(PtyPeer):
    """The opacimeter's end. ``answers[request without CHK]``: a frame, None, or a function."""

    def __init__(self):
        super().__init__()
        self.answers = {
            b"\xa0\x01": summed(0xA0),
            b"\xa0\x02": summed(0xA0),
            b"\xa1": summed(0xA1, 2),
            b"\xa3": summed(0xA3, 0, 0),
            b"\xa4": summed(0xA4),
            b"\xa5": bytes.fromhex("A5 00 7B 00 1F 02 EE 00 50 81"),
            b"\xa6": bytes.fromhex("A6 02 1E 00 B4 10 68 0E"),
            b"\xa7": summed(0xA7),
            b"\xb2": bytes.fromhex("B2 01 01 2C 20"),
        }

    def take(self, held):
        length = 3 if held[:1] == b"\xa0" else 2
        if len(held) < length:
            return 0
        request = held[:length]
        good = sum(request) % 256 == 0
        self.request(request, self.answers.get(request[:-1], summed(0x15, 1)) if good else summed(0x15, 2))
        return length

    def in_state(self, *states):
        """Answer these states one after the other, the last one for ever."""
        left = list(states)
        self.answers[b"\xa1"] = lambda: summed(0xA1, left.pop(0) if len(left) > 1 else left[0])

    @property
    def asked(self):
        return [request[:-1].hex() for request in self.requests]


class LampPeer(PtyPeer):
    """The headlamp tester's end. ``answers[GRP * 256 + CMD]``: a frame, None, or a function; others are taken."""

    def __init__(self):
        super().__init__()
        self.bits = 0x01
        self.records = summed(b"\x02\x32", b"0" * 54, b" ", b"0" * 54)
        self.answers = {
            0x546F: lambda: summed(b"\x02\x32\x6f", self.bits),
            0x474F: lambda: self.records,
        }

    def take(self, held):
        if len(held) < 6:
            return 0
        request = held[:6]
        assert sum(request) % 256 == 0
        code = int.from_bytes(request[3:5], "big")
        self.request(request, self.answers.get(code, summed(b"\x02\x32\x06", code & 0xFF)))
        return 6

    def event(self, code):
        self.send(summed(b"\x02\x32", code.to_bytes(2, "big")))

    @property
    def asked(self):
        return [int.from_bytes(request[3:5], "big") for request in self.requests]


def crc(body):
    """A Modbus RTU frame, its check bytes computed bit by bit."""
    value = 0xFFFF
    for byte in body:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return body + value.to_bytes(2, "little")


class RtuPeer(PtyPeer):
    """A device on an RTU line with registers. ``answer(request)``: bytes, None, or what ``respond`` gives."""

    def __init__(self):
        super().__init__()
        self.registers = {}
        self.written = []
        self.answer = self.respond

    def take(self, held):
        if len(held) < 8:
            return 0
        request = held[:8]
        assert crc(request[:6]) == request
        self.request(request, self.answer(request))
        return 8

    def respond(self, request):
        address, value = (int.from_bytes(request[at : at + 2], "big") for at in (2, 4))
        if request[1] == 6:
            self.written.append((address, value))
            self.obey(value)
            return request
        if any(at not in self.registers for at in range(address, address + value)):
            return crc(bytes([request[0], 0x83, 2]))
        words = [self.registers[at] for at in range(address, address + value)]
        return crc(bytes([request[0], 3, 2 * value]) + b"".join(word.to_bytes(2, "big") for word in words))

    def obey(self, command):
        """What the device does with a written value."""


class GasRegisters(RtuPeer):
    """The analyser with the register map, as the page's first example has it."""

    def __init__(self):
        super().__init__()
        data = page_examples("exhaust-analyser-modbus.md")[1][3:-2]
        self.registers = {at: int.from_bytes(data[2 * at : 2 * at + 2], "big") for at in range(26)} | {100: 0}
        self.refuse = {}
        self.running = 0

    def read(self, address):
        return self.registers[address]

    def respond(self, request):
        if request[1] == 3 and self.registers[16] == 3:
            self.running -= 1
            if self.running < 0:
                self.registers[16] = 1
        return super().respond(request)

    def obey(self, command):
        reason = self.refuse.get(command, 0)
        self.registers |= {15: command, 16: 2 if reason else 3 if self.running > 0 else 1, 17: reason, 100: command}
        if not reason and command in (1, 3, 4, 8):
            states = {1: 0x09, 3: 0x09, 4: 0x11, 8: 0x09}
            self.registers[2] = states[command]


@asynccontextmanager
async def serial_server(peer):
    """A serial server: passes the bytes of the peer's port on to whoever connects by TCP; gives its host and port."""
    port = os.open(peer.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    loop = asyncio.get_running_loop()

    async def serve(reader, writer):
        loop.add_reader(port, lambda: writer.write(os.read(port, 1000)))
        try:
            while data := await reader.read(1000):
                os.write(port, data)
        except ConnectionError:
            pass
        finally:
            loop.remove_reader(port)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()
        for _ in range(3):
            await asyncio.sleep(0)
        os.close(port)
