"""The reference roller brake tester (滚筒反力式制动检验台) on a TCP port, and the hands that work on it."""

import asyncio
import contextlib

from sim.brake_bay import Bay, RigFaults, StillOnRollersError
from sim.brake_controller import Controller
from sim.brake_registers import RegisterMap
from sim.brake_samples import Sample
from sim.modbus_wire import FrameBuffer, MbapError, answer
from sim.vehicle import SimVehicle
from station.bus.clock import Clock

MAX_CONNECTIONS = 4
LOOK_EVERY_S = 0.05
"""Real seconds between two looks of the rig at itself when no host asks."""

PEDAL_STROKE_S = 2.5
LEVER_STROKE_S = 1.5


class BrakeRig:
    """A brake tester that speaks ``rbt-modbus-tcp`` and holds a car.

    The samples follow the clock by an absolute schedule; they are computed when somebody asks, and every 50 ms.

    Args:
        clock: station time.
        host: address to listen on.
        port: TCP port, 0 for any; ``port`` tells which after ``start``.
        seed: same seed, same noise.
    """

    def __init__(self, clock: Clock, host: str = "127.0.0.1", port: int = 0, seed: int = 0) -> None:
        self.clock, self.host, self.port = clock, host, port
        self._bay = Bay(seed)
        self._boots = 0
        self._zero_n = [0, 0]
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self._timer: asyncio.Task[None] | None = None
        self._power_on()

    # life

    async def start(self) -> None:
        """Listen, and let the rig live without hosts.

        Raises:
            OSError: the port is taken.
        """
        await self.plug_in()
        self._timer = asyncio.create_task(self._live())

    async def stop(self) -> None:
        """End the rig."""
        await self.unplug()
        if self._timer is not None:
            self._timer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._timer
            self._timer = None

    async def plug_in(self) -> None:
        """Put the network plug in: listen, on the same port as before.

        Raises:
            OSError: the port is taken.
        """
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, self.host, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def unplug(self) -> None:
        """Pull the network plug: nobody can connect, connections end. The rig itself goes on."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            self._drop_connections()
            await server.wait_closed()
            await asyncio.gather(*filter(None, self._connections.values()), return_exceptions=True)

    def power_cycle(self) -> None:
        """Switch the rig off and on again: connections end, motors stop, the counters begin anew."""
        self._drop_connections()
        self._bay.stand_still()
        self._power_on()

    def _power_on(self) -> None:
        self._boots += 1
        self._controller = Controller(self._bay, self.clock.monotonic_ns(), self._zero_n)
        self._registers = RegisterMap(self._controller, self._boots)

    async def _live(self) -> None:
        while True:
            self._now()
            await asyncio.sleep(LOOK_EVERY_S)

    def _now(self) -> Controller:
        """Bring the rig to the present."""
        self._controller.advance(self.clock.monotonic_ns())
        return self._controller

    # the wire

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= MAX_CONNECTIONS or self._server is None:
            writer.close()
            return
        self._connections[writer] = asyncio.current_task()
        try:
            await self._talk(reader, writer)
        except (MbapError, ConnectionError):
            pass
        finally:
            del self._connections[writer]
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = FrameBuffer()
        while data := await reader.read(4096):
            for frame in frames.feed(data):
                self._now()
                writer.write(answer(frame, self._registers))
            await writer.drain()

    def _drop_connections(self) -> None:
        for writer in self._connections:
            writer.transport.abort()

    # hands and feet

    @property
    def faults(self) -> RigFaults:
        """Faults to inject; change its fields at any time."""
        self._now()
        return self._bay.faults

    @property
    def vehicle(self) -> SimVehicle | None:
        """The vehicle on the rollers."""
        return self._bay.vehicle

    def drive_on(self, vehicle: SimVehicle, axle: int) -> None:
        """Drive with axle 1, 2 ... onto the rollers.

        Raises:
            ValueError: the vehicle has no such axle, or another one stands there.
        """
        self._now()
        self._bay.enter(vehicle, axle)

    def drive_off(self, anyway: bool = False) -> None:
        """Leave the rollers over the lift; ``anyway`` climbs out over turning or standing rollers (wheel lost).

        Raises:
            StillOnRollersError: the lift is down.
        """
        rig = self._now()
        if self._bay.occupied and not rig.lift_up and not anyway:
            raise StillOnRollersError("the exit lift is down: wait for it, or leave anyway")
        self._bay.leave()
        if rig.motors_on:
            rig.stop_motors("wheel lost")

    def pedal(self, position: float, stroke_s: float = PEDAL_STROKE_S) -> None:
        """Move the brake pedal to 0 (released) to 1 (full); a whole stroke takes ``stroke_s`` seconds.

        Raises:
            ValueError: the position is outside 0 to 1.
        """
        self._now()
        self._bay.pedal.move(position, stroke_s)

    def parking_lever(self, position: float, stroke_s: float = LEVER_STROKE_S) -> None:
        """Move the parking lever, likewise.

        Raises:
            ValueError: the position is outside 0 to 1.
        """
        self._now()
        self._bay.lever.move(position, stroke_s)

    def press_emergency_stop(self) -> None:
        """Press the button at the wall: it cuts the motors without any computer."""
        rig = self._now()
        self._bay.emergency_stop = True
        rig.stop_motors("emergency stop")

    def release_emergency_stop(self) -> None:
        """Pull the button out again; the motors stay off."""
        self._now()
        self._bay.emergency_stop = False

    def drift(self, left_n: float, right_n: float) -> None:
        """Let the force sensors show this much at rest, until ZERO takes it off."""
        self._now()
        self._bay.offset_n = [left_n, right_n]

    # for tests to look at

    @property
    def motors_on(self) -> bool:
        """Tell whether a motor is on now."""
        return self._now().motors_on

    @property
    def lift_up(self) -> bool:
        """Tell whether the exit lift is up now."""
        return self._now().lift_up

    @property
    def history(self) -> tuple[Sample, ...]:
        """The samples of the last two minutes since power-on, as delivered."""
        return tuple(self._now().samples.history)

    @property
    def events(self) -> tuple[tuple[int, str], ...]:
        """Starts and stops of the motors since power-on, with the sample number and the cause."""
        return tuple(self._now().events)
