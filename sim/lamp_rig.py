"""The reference headlamp tester (前照灯检测仪) on a paced serial line, and the driver before it."""

from collections.abc import Iterable

from sim.headlamps import Beam, Headlamps
from sim.lamp_bench import LampBench, LampFaults
from sim.lamp_wire import Commands, Receiver, Request, told
from sim.lamp_work import HOME_AT
from sim.line import Wire
from sim.serial_rig import LOOK_EVERY_S, SerialRig
from station.bus.clock import Clock

THINKING_NS = 10_000_000
"""From the request's last byte to the answer's first; the page allows 5 to 50 ms."""

POWER_ON_AT = 2.0
"""Where somebody left the receiver before it was switched on, in seconds of travel from home."""

LOOK_S = 0.1
"""Station seconds after which an event is said at the latest."""


class LampRig(SerialRig[Request]):
    """A headlamp tester that speaks ``lamp-mqd6``.

    Args:
        clock: station time; it scales the baud rate too.
        homed: the receiver stands at its rest position at power-on already.
        paced: bytes take their time on the line; False answers at once.
        seed: same seed, same noise.
        tcp_port: behind a serial server on this TCP port (0: any), None: on a pty.
    """

    def __init__(
        self, clock: Clock, homed: bool = False, paced: bool = True, seed: int = 0, tcp_port: int | None = None
    ) -> None:
        super().__init__(clock, Wire(), paced, tcp_port, THINKING_NS)
        self._look_every_s = min(LOOK_EVERY_S, max(LOOK_S / clock.speed, 0.01))
        self._seed = seed
        self._faults = LampFaults()
        self._receiver = Receiver()
        self._switch_on(HOME_AT if homed else POWER_ON_AT)

    def power_cycle(self) -> None:
        """Switch off and on: it drives home, set up as new, without records; the vehicle stays where it is."""
        lamps, beam = self._bench.lamps, self._bench.beam
        self._switch_on(self._now().at)
        self._bench.lamps, self._bench.beam = lamps, beam

    def _switch_on(self, at: float) -> None:
        self._bench = LampBench(self.clock.monotonic_ns(), at, self._faults, self._seed)
        self._commands = Commands(self._bench)

    def _requests_in(self, data: bytes, start_ns: int) -> Iterable[tuple[int, Request]]:
        return self._receiver.feed(data, start_ns, self.line.byte_ns)

    def _forget(self) -> None:
        self._receiver = Receiver()

    def _answer_to(self, request: Request) -> bytes:
        return self._commands.answer(request)

    def _said(self) -> Iterable[bytes]:
        events, self._bench.events = self._bench.events, []
        return () if self._faults.lose_events else [told(*event) for event in events]

    def _advance(self) -> None:
        self._now()

    def _now(self) -> LampBench:
        """Bring the tester to the present."""
        self._bench.advance(self.clock.monotonic_ns())
        return self._bench

    # the driver

    @property
    def faults(self) -> LampFaults:
        """Faults to inject; change its fields at any time."""
        self._now()
        return self._faults

    def attach(self, lamps: Headlamps) -> None:
        """Drive up with these lamps, switched off, and stop square to the track."""
        bench = self._now()
        bench.lamps, bench.beam = lamps, "off"

    def detach(self) -> None:
        """Drive off."""
        bench = self._now()
        bench.lamps, bench.beam = None, "off"

    def switch(self, beam: Beam) -> None:
        """Switch the lamps.

        Raises:
            RuntimeError: no vehicle stands before the tester.
        """
        bench = self._now()
        if bench.lamps is None:
            raise RuntimeError("no vehicle stands before the headlamp tester")
        bench.beam = beam

    # for tests to look at

    @property
    def lamps(self) -> Headlamps | None:
        """The lamps of the vehicle before the tester."""
        return self._bench.lamps

    @property
    def beam(self) -> Beam:
        """The position of the driver's switch."""
        return self._bench.beam

    @property
    def home(self) -> bool:
        """Tell whether the receiver is at its rest position now."""
        return self._now().home

    @property
    def moving(self) -> bool:
        """Tell whether a measurement or a movement is under way now."""
        return self._now().moving
