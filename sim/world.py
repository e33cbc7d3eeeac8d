"""The physical world of one simulated station: its rigs, and the cars that come to it."""

from collections.abc import Collection
from typing import Literal

from sim.brake_rig import BrakeRig
from sim.diesel import DieselEngine
from sim.exhaust import Engine
from sim.gas_modbus import GasModbusRig
from sim.gas_rig import GasRig
from sim.lamp_rig import LampRig
from sim.smoke_rig import SmokeRig
from sim.vehicle import SimVehicle, diesel_engine, for_plate, petrol_engine
from station.bus.clock import Clock
from station.model.codes import RigKind

FIRST_RIGS: tuple[RigKind, ...] = ("brake", "gas")
ALL_RIGS: tuple[RigKind, ...] = ("brake", "gas", "smoke", "lamp")


class World:
    """The rigs of one station, and every car by its plate.

    Args:
        clock: station time.
        brake_port: TCP port of the brake tester, 0 for any.
        gas_warm: exhaust analyser and opacimeter are warm at the start, the headlamp tester is at its rest position.
        gas_paced: bytes take their time on the serial lines.
        seed: same seed, same noise of the rigs.
        rigs: the kinds of rigs that are started; the others stand there without power.
        gas_protocol: what the exhaust analyser speaks.
        gas_port: its serial server's TCP port (0: any); None: it is on a pty. Likewise the two that follow.
        smoke_port: the opacimeter's.
        lamp_port: the headlamp tester's.
    """

    def __init__(
        self,
        clock: Clock,
        brake_port: int = 0,
        gas_warm: bool = False,
        gas_paced: bool = True,
        seed: int = 0,
        rigs: Collection[RigKind] = FIRST_RIGS,
        gas_protocol: Literal["ak", "modbus"] = "ak",
        gas_port: int | None = None,
        smoke_port: int | None = None,
        lamp_port: int | None = None,
    ) -> None:
        self.clock = clock
        self.brakes = BrakeRig(clock, port=brake_port, seed=seed)
        analyser = GasRig if gas_protocol == "ak" else GasModbusRig
        self.gas: GasRig | GasModbusRig = analyser(clock, gas_warm, gas_paced, seed, gas_port)
        self.smoke = SmokeRig(clock, gas_warm, gas_paced, seed, smoke_port)
        self.lamps = LampRig(clock, gas_warm, gas_paced, seed, lamp_port)
        by_kind = {"brake": self.brakes, "gas": self.gas, "smoke": self.smoke, "lamp": self.lamps}
        self._started = [rig for kind, rig in by_kind.items() if kind in rigs]
        self._cars: dict[str, SimVehicle] = {}
        self._engines: dict[str, Engine] = {}
        self._diesels: dict[str, DieselEngine] = {}

    async def start(self) -> None:
        """Start the rigs.

        Raises:
            OSError: a TCP port is taken.
        """
        for rig in self._started:
            await rig.start()

    async def stop(self) -> None:
        """End the rigs."""
        for rig in reversed(self._started):
            await rig.stop()

    @property
    def brake_url(self) -> str:
        """Address of the brake tester as a rig link names it."""
        return f"tcp://{self.brakes.host}:{self.brakes.port}"

    @property
    def gas_url(self) -> str:
        """Address of the exhaust analyser as a rig link names it."""
        return self.gas.url

    @property
    def smoke_url(self) -> str:
        """Address of the opacimeter as a rig link names it."""
        return self.smoke.url

    @property
    def lamp_url(self) -> str:
        """Address of the headlamp tester as a rig link names it."""
        return self.lamps.url

    def register(self, car: SimVehicle) -> None:
        """Let this car carry its plate from now on (a new one, or the old one repaired)."""
        self._cars[car.plate] = car
        self._engines.pop(car.plate, None)
        self._diesels.pop(car.plate, None)

    def car(self, plate: str) -> SimVehicle:
        """Return the car with this plate; one that nobody registered is made from the plate."""
        if plate not in self._cars:
            self.register(for_plate(plate))
        return self._cars[plate]

    def engine(self, plate: str) -> Engine:
        """Return the running petrol engine of a car; it keeps its temperature between visits to the analyser.

        Raises:
            ValueError: the car has no petrol engine.
        """
        if plate not in self._engines:
            self._engines[plate] = Engine(petrol_engine(self.car(plate)))
        return self._engines[plate]

    def diesel(self, plate: str) -> DieselEngine:
        """Return the running diesel engine of a car, likewise.

        Raises:
            ValueError: the car has no diesel engine.
        """
        if plate not in self._diesels:
            car = self.car(plate)
            self._diesels[plate] = DieselEngine(diesel_engine(car), car.seed)
        return self._diesels[plate]
