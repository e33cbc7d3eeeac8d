"""A bystander at the brake tester: reads its status over the wire, from the protocol page, with no code of ours.

A read does not kick the rig's watchdog, so that looking keeps no motor running.
"""

import asyncio
import struct
from dataclasses import dataclass

MOTORS = 0b11000
LIFT_UP = 1 << 7
MODULUS = 1 << 16
SAMPLES_PER_TENTH_S = 10
COUNT = 25
FIRST_REGISTERS = struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 0, COUNT)
STATUS, SEQUENCE, WATCHDOG = 2, 4, 24


@dataclass(frozen=True)
class Look:
    """What the rig said: number of its newest sample (one every 10 ms of its time), status bits, watchdog time."""

    sequence: int
    status: int
    watchdog_samples: int

    @property
    def motors_on(self) -> bool:
        return bool(self.status & MOTORS)

    @property
    def lift_up(self) -> bool:
        return bool(self.status & LIFT_UP)

    def samples_since(self, earlier: "Look") -> int:
        return (self.sequence - earlier.sequence) % MODULUS


class RigEye:
    """One connection to the rig, kept open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def look(self) -> Look:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(FIRST_REGISTERS)
        answer = await reader.readexactly(9 + 2 * COUNT)
        words = struct.unpack(f">{COUNT}H", answer[9:])
        return Look(words[SEQUENCE], words[STATUS], words[WATCHDOG] * SAMPLES_PER_TENTH_S)

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            await self._streams[1].wait_closed()
            self._streams = None
