"""The physical world of one simulated station: its rigs, and the cars that come to it."""

from sim.brake_rig import BrakeRig
from sim.exhaust import Engine
from sim.gas_rig import GasRig
from sim.vehicle import SimVehicle, for_plate, petrol_engine
from station.bus.clock import Clock


class World:
    """The brake tester and the exhaust analyser of one station, and every car by its plate.

    Args:
        clock: station time.
        brake_port: TCP port of the brake tester, 0 for any.
        gas_warm: the exhaust analyser is warm at the start.
        gas_paced: its bytes take their time on the line.
        seed: same seed, same noise of the rigs.
    """

    def __init__(
        self, clock: Clock, brake_port: int = 0, gas_warm: bool = False, gas_paced: bool = True, seed: int = 0
    ) -> None:
        self.clock = clock
        self.brakes = BrakeRig(clock, port=brake_port, seed=seed)
        self.gas = GasRig(clock, warm=gas_warm, paced=gas_paced, seed=seed)
        self._cars: dict[str, SimVehicle] = {}
        self._engines: dict[str, Engine] = {}

    async def start(self) -> None:
        """Start the rigs.

        Raises:
            OSError: the port of the brake tester is taken.
        """
        await self.brakes.start()
        await self.gas.start()

    async def stop(self) -> None:
        """End the rigs."""
        await self.gas.stop()
        await self.brakes.stop()

    @property
    def brake_url(self) -> str:
        """Address of the brake tester as a rig link names it."""
        return f"tcp://{self.brakes.host}:{self.brakes.port}"

    @property
    def gas_url(self) -> str:
        """Address of the exhaust analyser as a rig link names it."""
        return f"serial://{self.gas.path}?baud=9600&parity=N"

    def register(self, car: SimVehicle) -> None:
        """Let this car carry its plate from now on (a new one, or the old one repaired)."""
        self._cars[car.plate] = car
        self._engines.pop(car.plate, None)

    def car(self, plate: str) -> SimVehicle:
        """Return the car with this plate; one that nobody registered is made from the plate."""
        if plate not in self._cars:
            self.register(for_plate(plate))
        return self._cars[plate]

    def engine(self, plate: str) -> Engine:
        """Return the running engine of a car; it keeps its temperature between visits to the analyser."""
        if plate not in self._engines:
            self._engines[plate] = Engine(petrol_engine(self.car(plate)))
        return self._engines[plate]
