"""What the registrar reads from a simulated car's papers, and the car that somebody else's papers describe."""

from datetime import timedelta

from sim.diesel import DieselSpec
from sim.exhaust import EngineSpec
from sim.identity import is_new_energy
from sim.vehicle import Kind, SimVehicle
from station.model.vehicle import Vehicle


def vehicle_data(car: SimVehicle, electric: bool = False) -> Vehicle:
    """Return the vehicle as it is registered; ``electric`` keeps it from the exhaust bays."""
    mass = round(car.mass_kg) if car.mass_kg else None
    engine = car.engine if isinstance(car.engine, EngineSpec | DieselSpec) else None
    return Vehicle(
        plate_type="52" if is_new_energy(car.plate) else "02",
        vehicle_type="K33",
        use_character="A",
        fuel="C" if electric else car.kind.fuel,
        first_registered=car.first_registered,
        produced=car.first_registered - timedelta(days=60),
        curb_mass_kg=mass,
        total_mass_kg=mass + 375 if mass else None,
        persons=5,
        axles=len(car.axles),
        parking_axles=car.parking_axles or (2,),
        electronic_parking_brake=car.kind.electronic_parking,
        lamp_system=car.kind.lamp_system,
        rated_speed_per_min=engine.rated_per_min if engine else None,
        front_suspension="independent",
        steered_axles=1,
    )


def kind_of(vehicle: Vehicle) -> Kind:
    """Return what sort of car papers describe; a fuel that no simulated car burns counts as petrol."""
    return Kind(
        fuel="B" if vehicle.fuel == "B" else "C" if vehicle.fuel == "C" else "A",
        lamp_system="4" if vehicle.lamp_system == "4" else "2",
        electronic_parking=bool(vehicle.electronic_parking_brake),
    )
