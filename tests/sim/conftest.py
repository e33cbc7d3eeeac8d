"""A clock moved by hand, and a Modbus host made of a raw socket: bytes as the protocol page writes them."""

import asyncio
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from sim.brake_rig import BrakeRig
from sim.vehicle import SimVehicle, healthy
from station.bus.clock import Clock


@dataclass(frozen=True)
class HandClock(Clock):
    hand: list[int] = field(default_factory=lambda: [1_000_000_000_000])

    def monotonic_ns(self) -> int:
        return self.hand[0]

    def monotonic(self) -> float:
        return self.hand[0] / 1e9

    def pass_s(self, seconds: float) -> None:
        self.hand[0] += round(seconds * 1e9)


class RawHost:
    """A host that knows the page's numbers and nothing else."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, request: str) -> str:
        """Send hex, return the whole answer in hex."""
        self.writer.write(bytes.fromhex(request))
        return (await self.frame()).hex(" ").upper()

    async def frame(self) -> bytes:
        header = await self.reader.readexactly(6)
        return header + await self.reader.readexactly(int.from_bytes(header[4:]))

    async def read(self, address: int, quantity: int) -> list[int]:
        answer = await self.ask(f"0001 0000 0006 01 03 {address:04x} {quantity:04x}")
        words = bytes.fromhex(answer)
        assert words[7] == 3, answer
        return list(struct.unpack(f">{quantity}H", words[9:]))

    async def window(self) -> list[int]:
        return await self.read(0, 125)

    async def write(self, address: int, value: int) -> str:
        return await self.ask(f"0002 0000 0006 01 06 {address:04x} {value:04x}")

    async def command(self, number: int) -> tuple[int, int, int]:
        """Write a command; return echo, result and reason."""
        await self.write(2000, number)
        echo, result, reason = await self.read(18, 3)
        return echo, result, reason

    async def bits(self) -> set[int]:
        (status,) = await self.read(2, 1)
        return {bit for bit in range(16) if status >> bit & 1}

    def close(self) -> None:
        self.writer.close()


@dataclass
class Bench:
    """A rig on a TCP port, its clock, and hosts that connect to it."""

    clock: HandClock
    rig: BrakeRig
    hosts: list[RawHost] = field(default_factory=list)

    async def host(self) -> RawHost:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.rig.port)
        self.hosts.append(RawHost(reader, writer))
        return self.hosts[-1]

    async def running(self, car: SimVehicle | None = None, axle: int = 1, watchdog: int = 50) -> RawHost:
        """Both motors on and at speed with an axle on the rollers; the host has read until now."""
        host = await self.host()
        self.rig.drive_on(car or healthy(1), axle)
        await host.write(2001, 50)
        assert await host.command(2) == (2, 1, 0)
        self.clock.pass_s(1.2)
        await host.window()
        self.clock.pass_s(0.6)
        await host.window()
        await host.write(2002, 1)
        await host.write(2001, watchdog)
        return host


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def bench(clock: HandClock) -> AsyncIterator[Bench]:
    rig = BrakeRig(clock, seed=7)
    await rig.start()
    bench = Bench(clock, rig)
    yield bench
    for host in bench.hosts:
        host.close()
    await rig.stop()


@pytest.fixture
def slippery() -> SimVehicle:
    """A car whose left front wheel stands on ice."""
    car = healthy(3)
    front = car.axles[0]
    left = replace(front.left, brake=replace(front.left.brake, friction=0.4))
    return replace(car, axles=(replace(front, left=left), car.axles[1]))
