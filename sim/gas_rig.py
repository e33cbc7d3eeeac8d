"""The reference exhaust analyser (尾气分析仪) as it speaks ``gas-ak``: paced like a 9600 baud line."""

from collections.abc import Iterable

from sim.ak_wire import Receiver
from sim.analyser import Analyser
from sim.gas_bench import GasBench
from sim.gas_commands import Commands
from sim.line import Wire
from station.bus.clock import Clock

THINKING_NS = 10_000_000
"""From the ETX of the request to the start of the answer; the page allows 5 to 30 ms."""


class GasRig(Analyser[bytes]):
    """An analyser that speaks AK, on a pty or behind a serial server; for the arguments see ``Analyser``."""

    def __init__(
        self, clock: Clock, warm: bool = False, paced: bool = True, seed: int = 0, tcp_port: int | None = None
    ) -> None:
        self._receiver = Receiver()
        super().__init__(clock, Wire(), THINKING_NS, "tcp", warm, paced, seed, tcp_port)

    def _boot(self, bench: GasBench) -> None:
        self._commands = Commands(bench)

    def _requests_in(self, data: bytes, start_ns: int) -> Iterable[tuple[int, bytes]]:
        for index, content in self._receiver.feed(data):
            yield start_ns + (index + 1) * self.line.byte_ns, content

    def _forget(self) -> None:
        self._receiver = Receiver()

    def _answer_to(self, request: bytes) -> bytes:
        return self._commands.answer(request)
