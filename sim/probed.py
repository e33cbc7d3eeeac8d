"""What an exhaust analyser and an opacimeter have in common: probes in and on a vehicle with a running engine."""

from abc import abstractmethod
from typing import Generic, Protocol, TypeVar

from sim.serial_rig import SerialRig

E = TypeVar("E")
R = TypeVar("R")


class ProbedBench(Protocol[E]):
    """The instrument behind the line, whatever it measures."""

    engine: E | None
    dilution: float | None

    def advance(self, now_ns: int) -> None:
        """Do everything that is due until now."""
        ...


class ProbedRig(SerialRig[R], Generic[R, E]):
    """A rig with a probe in the tail pipe, and others that read engine speed and oil temperature."""

    _bench: ProbedBench[E]

    @abstractmethod
    def _switch_on(self, warm: bool) -> None:
        """Begin with a new bench."""

    def power_cycle(self, warm: bool = False) -> None:
        """Switch off and on: warming up, every check and calibration unknown; the probes stay where they are."""
        engine, dilution = self._bench.engine, self._bench.dilution
        self._switch_on(warm)
        self._bench.engine, self._bench.dilution = engine, dilution

    def _advance(self) -> None:
        self._bench.advance(self.clock.monotonic_ns())

    def attach(self, engine: E) -> None:
        """Connect the speed and oil probes to a running engine."""
        self._advance()
        self._bench.engine = engine

    def detach(self) -> None:
        """Take every probe off the vehicle."""
        self._advance()
        self._bench.engine = self._bench.dilution = None

    def insert_probe(self, dilution: float = 0.0) -> None:
        """Put the probe into the tail pipe; ``dilution`` is the share of ambient air that it draws (too shallow).

        Raises:
            ValueError: the share is outside 0 to 1.
        """
        if not 0.0 <= dilution <= 1.0:
            raise ValueError(f"dilution {dilution} is outside 0 to 1")
        self._advance()
        self._bench.dilution = dilution

    def remove_probe(self) -> None:
        """Pull the probe out: it draws ambient air."""
        self._advance()
        self._bench.dilution = None

    @property
    def engine(self) -> E | None:
        """The attached engine, brought to the present."""
        self._advance()
        return self._bench.engine
