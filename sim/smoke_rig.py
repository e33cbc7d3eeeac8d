"""The reference opacimeter (不透光烟度计) on a paced serial line, and the hands and feet that work with it."""

from collections.abc import Iterable

from sim.diesel import DieselEngine
from sim.line import Wire
from sim.probed import ProbedRig
from sim.smoke_bench import SmokeBench, SmokeFaults
from sim.smoke_wire import Commands, Receiver
from station.bus.clock import Clock

THINKING_NS = 5_000_000
"""From the request's last byte to the reply's first; the page allows 2 to 15 ms."""


class SmokeRig(ProbedRig[bytes, DieselEngine]):
    """An opacimeter that speaks ``smoke-nht6``.

    Args:
        clock: station time; it scales the baud rate too.
        warm: it is warm at power-on (a calibration is still due).
        paced: bytes take their time on the line; False answers at once.
        seed: same seed, same noise.
        tcp_port: behind a serial server on this TCP port (0: any), None: on a pty.
    """

    _bench: SmokeBench

    def __init__(
        self, clock: Clock, warm: bool = False, paced: bool = True, seed: int = 0, tcp_port: int | None = None
    ) -> None:
        super().__init__(clock, Wire(), paced, tcp_port, THINKING_NS)
        self._seed = seed
        self._faults = SmokeFaults()
        self._receiver = Receiver()
        self._switch_on(warm)

    def _switch_on(self, warm: bool) -> None:
        self._bench = SmokeBench(self.clock.monotonic_ns(), warm, self._faults, self._seed)
        self._commands = Commands(self._bench)

    def _requests_in(self, data: bytes, start_ns: int) -> Iterable[tuple[int, bytes]]:
        return self._receiver.feed(data, start_ns, self.line.byte_ns)

    def _forget(self) -> None:
        self._receiver = Receiver()

    def _answer_to(self, request: bytes) -> bytes:
        return self._commands.answer(request)

    def _now(self) -> SmokeBench:
        """Bring the opacimeter to the present."""
        self._advance()
        return self._bench

    # hands and feet

    @property
    def faults(self) -> SmokeFaults:
        """Faults to inject; change its fields at any time."""
        self._now()
        return self._faults

    def pedal(self, position: float) -> None:
        """Put the accelerator of the attached vehicle to 0 (released) to 1 (fully down).

        Raises:
            RuntimeError: no engine is attached.
            ValueError: the position is outside 0 to 1.
        """
        engine = self._now().engine
        if engine is None:
            raise RuntimeError("no engine is attached to the opacimeter's probes")
        engine.pedal(position)

    # for tests to look at

    @property
    def state(self) -> int:
        """The state now, as A1 tells it."""
        return self._now().state
