"""Small byte-level peers, written from the protocol pages: the other end of the wire for the drivers' tests."""

import asyncio
import struct

import pytest

from devices.clock import RealClock
from tests.devices.peers import GasRegisters, LampPeer, PtyPeer, SmokePeer, with_timing


class FastClock(RealClock):
    """Rig time that runs faster than real time."""

    def __init__(self, speed):
        self.speed = speed

    def monotonic_ns(self):
        return int(super().monotonic_ns() * self.speed)

    def monotonic(self):
        return super().monotonic() * self.speed

    async def sleep(self, seconds):
        await asyncio.sleep(max(0.0, seconds) / self.speed)


class ModbusPeer:
    """A TCP server that hands each request to ``answer`` and sends what it returns; None: silence."""

    def __init__(self):
        self.requests = []
        self.connections = 0
        self.writers = []
        self.answer = None

    async def start(self, port=0):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"tcp://127.0.0.1:{self.port}"
        return self

    async def stop(self):
        self._server.close()
        for writer in self.writers:
            writer.close()
        await self._server.wait_closed()
        for _ in range(3):
            await asyncio.sleep(0)

    async def _serve(self, reader, writer):
        self.connections += 1
        self.writers.append(writer)
        try:
            while True:
                head = await reader.readexactly(6)
                request = head + await reader.readexactly(int.from_bytes(head[4:6], "big"))
                self.requests.append(request)
                answer = self.answer(request)
                if asyncio.iscoroutine(answer):
                    answer = await answer
                if answer is not None:
                    writer.write(answer)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def frame(request, pdu, unit=1, protocol=0):
    """The answer frame to a request: same transaction, then the PDU."""
    return request[:2] + struct.pack(">HHB", protocol, len(pdu) + 1, unit) + pdu


def words(values):
    return b"".join(struct.pack(">H", value & 0xFFFF) for value in values)


class BrakePeer(ModbusPeer):
    """The reference brake tester's registers, as the page has them. Samples are appended by the test."""

    def __init__(self):
        super().__init__()
        self.answer = self.respond
        self.samples = []  # (number, left, right), newest last
        self.fixed = {0: 0x4252, 1: 1, 2: 1, 5: 7, 7: 100, 8: 412, 9: 398, 10: 810, 17: 0xFFFF, 23: 0xFFFF}
        self.fixed |= {11: 0xFFFF, 12: 0xFFFF, 13: -5, 14: 251, 15: 12, 26: 4711, 25: 2, 27: 0x0102}
        self.control = {2000: 0, 2001: 0, 2002: 0}
        self.refuse = {}  # command -> reason
        self.running = {}  # command -> reads of the result that still say running
        self.written = []
        self.on_read = lambda address: None

    def sample(self, count, start=None):
        """Append ``count`` samples; sample n is (n % 1000, -(n % 400))."""
        at = start if start is not None else (self.samples[-1][0] + 1 if self.samples else 0)
        self.samples += [(n, n % 1000, -(n % 400)) for n in range(at, at + count)]

    def respond(self, request):
        function, a, b = struct.unpack(">BHH", request[7:12])
        if function == 3:
            return frame(request, self.read(a, b))
        self.written.append((a, b))
        self.control[a] = b
        if a == 2000:
            self.obey(b)
        return frame(request, request[7:])

    def read(self, address, count):
        self.on_read(address)
        if address >= 2000:
            values = [self.control[address + i] for i in range(count)]
        elif address >= 1000:
            values = self.ring()[address - 1000 : address - 1000 + count]
        elif address + count <= 125:
            values = self.window()[address : address + count]
        else:
            return b"\x83\x02"
        return struct.pack(">BB", 3, 2 * count) + words(values)

    def ring(self):
        values = [0x8000] * 256
        for number, left, right in self.samples[-128:]:
            at = 2 * (number % 128)
            values[at : at + 2] = [left, right]
        return values

    def window(self):
        values = [0] * 125
        newest = self.samples[-48:]
        result = self.fixed.get(19, 0)
        if result == 3:
            self.running[self.fixed[18]] -= 1
            if self.running[self.fixed[18]] < 0:
                self.fixed[19] = 1
        for address, value in self.fixed.items():
            values[address] = value
        values[4] = self.samples[-1][0] if self.samples else 0
        values[6] = len(newest)
        values[29:] = [0x8000] * 96
        for k, (_, left, right) in enumerate(newest, start=48 - len(newest)):
            values[29 + 2 * k : 31 + 2 * k] = [left, right]
        return values

    def obey(self, command):
        reason = self.refuse.get(command, 0)
        result = 2 if reason else 3 if self.running.get(command) else 1
        self.fixed |= {18: command, 19: result, 20: reason}
        bits = {1: (0x18, 0), 2: (0, 0x18), 7: (0, 0x80), 8: (0x80, 0)}
        if not reason and command in bits:
            clear, put = bits[command]
            self.fixed[2] = self.fixed[2] & ~clear | put


class GasPeer(PtyPeer):
    """The analyser's end of a pty. ``answers[code]``: the answer after code and blank, or bytes, or None."""

    def __init__(self):
        super().__init__()
        self.answers = {
            "AKEN": "0 REFGAS 1 000123 1.0",
            "ASTZ": "0 SREM STBY",
            "AKON": "0 0.03 14.62 12 0.21 45 1.002 780 86",
            "ASTF": "0",
            "APRF": "0 ZERO 1 30 LEAK 9 0 RESIDUE 4",
        }

    def take(self, held):
        request, end, _ = held.partition(b"\x03")
        if not end:
            return 0
        code = request[2:6].decode()
        self.request(request + end, lambda: self._answer(code))
        return len(request) + 1

    def _answer(self, code):
        answer = self.answers.get(code, "0")
        if callable(answer):
            answer = answer()
        return b"\x02 " + f"{code} {answer}".encode() + b"\x03" if isinstance(answer, str) else answer

    @property
    def codes(self):
        return [request[2:6].decode() for request in self.requests]


@pytest.fixture
def fast_clock():
    return FastClock


@pytest.fixture
def answer_frame():
    return frame


@pytest.fixture
async def modbus_peer():
    peer = await ModbusPeer().start()
    yield peer
    await peer.stop()


@pytest.fixture
async def brake_peer():
    peer = await BrakePeer().start()
    yield peer
    await peer.stop()


def pty_fixture(kind):
    @pytest.fixture
    async def peer():
        peer = kind()
        yield peer
        peer.unplug()

    return peer


gas_peer = pty_fixture(GasPeer)
gas_registers = pty_fixture(GasRegisters)
smoke_peer = pty_fixture(SmokePeer)
lamp_peer = pty_fixture(LampPeer)


@pytest.fixture
def brake_profile():
    return with_timing("rbt-modbus-tcp", deadline_s=0.5, reconnect_s=0.02)


@pytest.fixture
def gas_profile():
    return with_timing("gas-ak", deadline_s=0.4, drain_s=0.05, request_interval_s=0.0, reconnect_s=0.02)


@pytest.fixture
def gas_modbus_profile():
    return with_timing("gas-modbus-rtu", deadline_s=0.4, drain_s=0.05, request_interval_s=0.0, reconnect_s=0.02)


@pytest.fixture
def smoke_profile():
    return with_timing("smoke-nht6", deadline_s=0.4, drain_s=0.05, reconnect_s=0.02)


@pytest.fixture
def lamp_profile():
    return with_timing("lamp-mqd6", deadline_s=0.6, drain_s=0.05, request_interval_s=0.0, reconnect_s=0.02)
