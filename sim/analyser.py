"""The exhaust analyser (尾气分析仪) whatever its line, and the hands that work on it."""

from abc import abstractmethod
from typing import TypeVar

from sim.exhaust import Engine
from sim.gas_bench import GasBench, GasFaults
from sim.line import Wire
from sim.probed import ProbedRig
from station.bus.clock import Clock

R = TypeVar("R")


class Analyser(ProbedRig[R, Engine]):
    """A bench on a line; what it speaks is the business of the classes below it.

    Args:
        clock: station time; it scales the baud rate too.
        wire: baud rate and parity.
        thinking_ns: from the end of the request to the start of the answer.
        scheme: how a rig link names a serial server.
        warm: the bench is warm at power-on (checks are still due).
        paced: bytes take their time on the line; False answers at once.
        seed: same seed, same noise.
        tcp_port: behind a serial server on this TCP port (0: any), None: on a pty.
    """

    _bench: GasBench

    def __init__(
        self,
        clock: Clock,
        wire: Wire,
        thinking_ns: int,
        scheme: str,
        warm: bool,
        paced: bool,
        seed: int,
        tcp_port: int | None,
    ) -> None:
        super().__init__(clock, wire, paced, tcp_port, thinking_ns, scheme)
        self._seed = seed
        self._faults = GasFaults()
        self._switch_on(warm)

    def _switch_on(self, warm: bool) -> None:
        self._bench = GasBench(self.clock.monotonic_ns(), warm, self._faults, self._seed)
        self._boot(self._bench)

    @abstractmethod
    def _boot(self, bench: GasBench) -> None:
        """Begin to speak for a bench that was just switched on."""

    def _now(self) -> GasBench:
        """Bring the analyser to the present."""
        self._advance()
        return self._bench

    # hands and feet

    @property
    def faults(self) -> GasFaults:
        """Faults to inject; change its fields at any time."""
        self._now()
        return self._faults

    def throttle(self, target_per_min: float) -> None:
        """Ask the attached engine for a speed, 1/min (0: foot off).

        Raises:
            RuntimeError: no engine is attached.
        """
        engine = self._now().engine
        if engine is None:
            raise RuntimeError("no engine is attached to the analyser's probes")
        engine.throttle(target_per_min)

    # for tests to look at

    @property
    def pump_on(self) -> bool:
        """Tell whether the sample pump runs now."""
        return self._now().pump_on

    @property
    def function(self) -> str:
        """The running function now, as ASTZ tells it."""
        return self._now().function
