"""A roller brake tester (滚筒反力式制动检验台) over Modbus TCP."""

import asyncio
from collections.abc import Sequence

from devices.clock import Clock, moment_after, real_s
from devices.command_registers import CommandRegisters
from devices.decode import decode_curve, decode_words
from devices.errors import RigProtocolError, RigRefused, RigRestarted
from devices.fast_block import NewSamples, Pair, SampleRow, pairs_of
from devices.instrument import Instrument
from devices.links import split_tcp
from devices.modbus import ModbusTcp
from devices.modbus_words import map_words
from devices.profile import Command, FastBlock, Profile
from devices.profile_words import profile_error
from devices.sample import Block

WATCHDOG_FLOOR_S = 1.0
"""Real seconds the host is given between two heartbeats, however fast the clock, as far as the rig can be set."""
RESULT_POLL_S = 0.1


class BrakeTester(Instrument):
    """One brake tester. One caller reads blocks; commands may be given beside it."""

    def __init__(self, profile: Profile, url: str, clock: Clock) -> None:
        super().__init__(profile, url, clock)
        if profile.block is None:
            raise profile_error("no_block", name=profile.name)
        self._layout: FastBlock = profile.block
        self._at = profile.registers
        deadline_s = real_s(clock, profile.timing.deadline_s)
        self._modbus = ModbusTcp(*split_tcp(url), self._at["unit"], deadline_s)
        self._commands = CommandRegisters(self._modbus, profile)
        self._row = SampleRow(profile.block)
        self._boot_count: int | None = None
        self._reading = asyncio.Lock()
        self._commanding = asyncio.Lock()

    @property
    def watchdog_s(self) -> float:
        """Seconds of the rig's clock within which ``heartbeat`` must be called while a motor is on."""
        timing = self.profile.timing
        return min(max(timing.watchdog_s, WATCHDOG_FLOOR_S * self.clock.speed), timing.watchdog_max_s)

    @property
    def _link_up(self) -> bool:
        return self._modbus.connected

    async def close(self) -> None:
        """Close the connection; motors that are on are stopped by the rig's watchdog."""
        await self._modbus.close()

    async def _open(self) -> None:
        await self._modbus.connect()
        self._check_map(await self._modbus.read(self._at["map_id"], 2))

    async def _probe(self) -> None:
        # not as far as SEQUENCE: that would count as a block read and hide an overrun
        self._check_map(await self._modbus.read(self._at["map_id"], 2))

    async def _read_status(self) -> frozenset[str]:
        return self._status((await self._modbus.read(self._at["status"], 1))[0])

    def _status(self, bits: int) -> frozenset[str]:
        return frozenset(name for name, bit in self.profile.status.items() if bits >> bit & 1)

    def _check_map(self, words: Sequence[int]) -> None:
        expected = [int(self.profile.identity[key]) for key in ("map_id", "map_version")]
        if list(words[:2]) != expected:
            raise self._another(map_words(words), map_words(expected))

    async def read_block(self) -> Block:
        """Read the live window in one request; fill a gap since the block before from the ring.

        Raises:
            RigRefused: the rig answers with an exception; it is a fault until it answers well again.
            RigOffline: no answer. The samples are not lost yet: the next block reads them from the ring.
            RigRestarted: the rig was restarted since the block before; said once, the next block begins anew.
            RigProtocolError: an answer that the profile does not allow.
        """
        async with self._reading, self._used():
            words, middle_ns = await self._window()
            self._check_boot(words[self._word("boot_count")])
            sequence = self._row.unwrap(words[self._word("sequence")], middle_ns)
            new = await self._row.take(sequence, self._window_pairs(words), middle_ns, self)
            block = self._block(words, new, sequence, middle_ns)
            self._trouble = self._trouble_in(block.status, block.faults)
            return block

    def _word(self, name: str) -> int:
        return self._at[name] - self._layout.address

    async def _window(self) -> tuple[list[int], int]:
        before_ns = self.clock.monotonic_ns()
        try:
            words = await self._modbus.read(self._layout.address, self._layout.registers)
        except RigRefused as error:
            self._become("fault", error.why)
            raise
        middle_ns = (before_ns + self.clock.monotonic_ns()) // 2
        self._check_map(words[self._word("map_id") :])
        period_us = words[self._word("sample_period")] * self._layout.period_step_us
        if period_us != self._layout.period_us:
            raise self._another(f"a sample every {period_us} us", f"every {self._layout.period_us} us")
        return words, middle_ns

    def _check_boot(self, boot_count: int) -> None:
        before, self._boot_count = self._boot_count, boot_count
        if before not in (None, boot_count):
            self._row.restart()
            raise RigRestarted("restarted", where=self._modbus.where, detail=f"start {boot_count}, before {before}")

    def _window_pairs(self, words: Sequence[int]) -> list[Pair]:
        count = words[self._word("window_count")]
        if count > self._layout.pairs:
            detail = f"{count}, at most {self._layout.pairs} fit"
            raise RigProtocolError("wrong_value", channel="WINDOW_COUNT", detail=detail)
        begin = self._layout.first_pair - self._layout.address
        pairs = pairs_of(words[begin : begin + 2 * self._layout.pairs])
        return pairs[len(pairs) - count :]

    async def pairs(self, position: int, count: int) -> list[Pair]:
        """Read ``count`` pairs of the ring as they stand now; ``read_block`` does this where it must."""
        return pairs_of(await self._modbus.read(self._layout.ring + 2 * position, 2 * count))

    async def sequence(self) -> int:
        """Read the 16-bit number of the newest sample; ``read_block`` does this where it must."""
        first, last = self._at["sequence"], self._at["boot_count"]
        words = await self._modbus.read(first, last - first + 1)
        self._check_boot(words[last - first])
        return words[0]

    def _block(self, words: Sequence[int], new: NewSamples, sequence: int, middle_ns: int) -> Block:
        fast = self._layout.channels
        scalars = {
            name: decode_words(channel, words, self._layout.address, sequence, middle_ns)
            for name, channel in self.profile.channels.items()
            if name not in fast
        }
        columns = zip(*new.pairs, strict=True) if new.pairs else ((), ())
        curves = {
            name: decode_curve(self.profile.channels[name], raws) for name, raws in zip(fast, columns, strict=True)
        }
        fault = words[self._word("fault")]
        return Block(
            status=self._status(words[self._word("status")]),
            faults=(fault,) if fault else (),
            scalars=scalars,
            first_sequence=new.first_sequence,
            monotonic_ns=middle_ns,
            channels={name: values for name, (values, _) in curves.items()},
            quality={name: letters for name, (_, letters) in curves.items()},
            lost=new.lost,
        )

    async def command(self, name: str) -> None:
        """Give one command and wait until the rig has done it; sets the watchdog first if the command moves something.

        Raises:
            RigRefused: the rig said no, another command came between, or it is still running after its deadline.
            RigOffline: no answer: whether the command took effect is open.
            RigProtocolError: an answer that the profile does not allow.
        """
        command = self.profile.command(name)
        limit = moment_after(self.clock, command.deadline_s)
        async with self._used():
            await self._send(command)
            while await self._commands.running(command):
                if self.clock.monotonic() > limit:
                    raise self._still_running(command)
                await self.clock.sleep(RESULT_POLL_S)

    async def heartbeat(self) -> None:
        """Tell the rig that the host is alive, so that its watchdog leaves the motors on.

        Raises:
            RigOffline: no answer.
        """
        async with self._used():
            await self._modbus.write(self._at["heartbeat"], 1)

    async def _send(self, command: Command) -> None:
        async with self._commanding:  # nobody's command between this one and what the rig says of it
            if command.moves:
                steps = round(self.watchdog_s / self.profile.timing.watchdog_step_s)
                await self._modbus.write(self._at["watchdog"], steps)
            await self._commands.give(command)
