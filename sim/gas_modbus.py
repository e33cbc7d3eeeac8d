"""The reference exhaust analyser as it speaks ``gas-modbus-rtu``: on a serial line, or RTU over TCP."""

from collections.abc import Iterable

from sim.analyser import Analyser
from sim.gas_bench import GasBench
from sim.gas_registers import GasRegisters
from sim.line import Wire
from sim.rtu_wire import Frame, Receiver, answer
from station.bus.clock import Clock

WIRE = Wire(baud=19_200, parity="E")
THINKING_NS = 5_000_000
"""From the request's end to the first byte of the answer; the page allows 3 to 20 ms."""

SILENCE_NS = WIRE.byte_ns * 7 // 2
SERVER_GAP_NS = 100_000_000
"""Behind a serial server the bytes of one frame may come with gaps; how long is ours."""


class GasModbusRig(Analyser[tuple[Frame, int]]):
    """An analyser that speaks Modbus RTU; for the other arguments see ``Analyser``.

    Args:
        device: its device id.
    """

    def __init__(
        self,
        clock: Clock,
        warm: bool = False,
        paced: bool = True,
        seed: int = 0,
        tcp_port: int | None = None,
        device: int = 1,
    ) -> None:
        self._device, self._boots = device, 0
        self._gap_ns = SILENCE_NS if tcp_port is None else SERVER_GAP_NS
        self._receiver = Receiver(self._gap_ns)
        super().__init__(clock, WIRE, THINKING_NS, "rtu+tcp", warm, paced, seed, tcp_port)

    def _boot(self, bench: GasBench) -> None:
        self._boots += 1
        self._registers = GasRegisters(bench, self._boots)

    def _requests_in(self, data: bytes, start_ns: int) -> Iterable[tuple[int, tuple[Frame, int]]]:
        frame = self._receiver.feed(data, start_ns, self.line.byte_ns)
        yield frame.end_ns, (frame, frame.end_ns)

    def _forget(self) -> None:
        self._receiver = Receiver(self._gap_ns)

    def _answer_to(self, request: tuple[Frame, int]) -> bytes:
        told = answer(*request, self._device, self._registers)
        if told:
            self._bench.heard()
        return told
