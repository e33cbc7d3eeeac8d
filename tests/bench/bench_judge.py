"""What the engine costs: 20 judged items of a passenger car with curves of 500 samples, beside the bare arithmetic.

The car has four headlamps and a petrol engine: ten measured items, judged in a first inspection and once more in full.
The bare side computes the same numbers from the same whole numbers in plain Python and compares them with the limits,
which stand in it: no conditions, no exact fractions, no checks of the samples, no sentences. Both sides take turns.
Beside it: how long it takes to load and check every pack.

Usage: python tests/bench/bench_judge.py [--rounds N] [--json]
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from station.line.packs import load_pack
from station.model.capture import Capture, Curve, Mark, Scalar
from station.model.quantity import Quantity, Unit
from station.model.vehicle import Vehicle
from station.model.verdict import Outcome
from station.rules import Pack, judge

SAMPLES = 500
ON = date(2026, 11, 22)
PACKS = ("cn-gb38900-2020", "cn-gb7258-optional-2017", "gb-mot-class4-2025", "eu-2014-45")
ITEMS = ("B1", "B2", "B0", "BV", "H1", "H2", "H3", "H4", "PF", "A1")
TWICE = 2
LOADS = {"B1": 350, "B2": 300}
G = 9.8
CAR = Vehicle(
    plate_type="02",
    vehicle_type="K33",
    use_character="A",
    fuel="A",
    first_registered=date(2015, 5, 3),
    produced=date(2015, 3, 1),
    total_mass_kg=1_800,
    curb_mass_kg=1_300,
    persons=5,
    electronic_parking_brake=False,
    lamp_system="4",
    front_suspension="dependent",
    closed_loop_catalyst=True,
)


def rise(top: int, seed: int) -> tuple[int, ...]:
    """Return a braking force in whole tens of newtons that rises to a top and stays about there."""
    noise = random.Random(seed)
    return tuple(min(top, top * n // 300) - noise.randrange(3) if n else 3 for n in range(SAMPLES))


def flat(level: int, seed: int) -> tuple[int, ...]:
    noise = random.Random(seed)
    return tuple(level + noise.randrange(3) for _ in range(SAMPLES))


def curve(name: str, unit: Unit, scale: str, raw: tuple[int, ...]) -> Curve:
    return Curve(channel=name, unit=unit, scale=Decimal(scale), raw=raw, quality="g" * len(raw))


def scalar(name: str, value: str, unit: Unit) -> Scalar:
    return Scalar(channel=name, quantity=Quantity(value=Decimal(value), unit=unit))


def capture(item: str, curves: tuple[Curve, ...] = (), scalars: tuple[Scalar, ...] = (), **marks: int) -> Capture:
    return Capture(
        run=f"run-{item}",
        item=item,
        rig="rig",
        profile="bench",
        profile_sha256="0" * 64,
        period_us=10_000,
        first_sequence=0,
        samples=SAMPLES,
        lost=0,
        curves=curves,
        scalars=scalars,
        marks=tuple(Mark(name=name, index=index) for name, index in marks.items()),
    )


def brakes(item: str, left: int, right: int, load: int) -> Capture:
    forces = (curve("force_left", "N", "10", rise(left, 1)), curve("force_right", "N", "10", rise(right, 2)))
    loads = (scalar("load_left", str(load), "kg"), scalar("load_right", str(load), "kg"))
    return capture(item, forces, loads, brake=0, rise=5)


def lamps() -> dict[str, Capture]:
    names = ("H1", "H2", "H3", "H4")
    run = capture("H1", scalars=tuple(scalar(f"{name}_intensity", "21000", "cd") for name in names))
    return dict.fromkeys(names, run)


def double_idle() -> Capture:
    channels = (
        curve("co", "% vol", "0.01", flat(8, 3)),
        curve("co2", "% vol", "0.01", flat(1450, 4)),
        curve("hc", "1e-6 vol", "1", flat(20, 5)),
        curve("lambda", "1", "0.001", flat(1000, 6)),
        curve("engine_speed", "1/min", "1", flat(2500, 7)[:250] + flat(800, 8)[:250]),
        curve("oil_temperature", "degC", "1", flat(90, 9)),
    )
    slow = capture("PF", channels, high_idle_average=50, high_idle_end=200, idle_average=300, idle_end=450)
    return slow.model_copy(update={"period_us": 200_000})


def captures() -> dict[str, Capture]:
    """Return everything that was measured of the car."""
    return {
        "B1": brakes("B1", 240, 235, LOADS["B1"]),
        "B2": brakes("B2", 150, 145, LOADS["B2"]),
        "B0": brakes("B0", 140, 142, LOADS["B2"]),
        "PF": double_idle(),
        "A1": capture("A1", scalars=(scalar("slip_axle_1", "2.1", "m/km"),)),
        **lamps(),
    }


def engine(pack: Pack, runs: Mapping[str, Capture]) -> list[Outcome]:
    """Judge the items as the line does."""
    return [judge(pack, CAR, "in_use", ON, item, runs).outcome for _ in range(TWICE) for item in ITEMS]


# -- the bare arithmetic


def raw(run: Capture, channel: str) -> tuple[int, ...]:
    found = run.curve(channel)
    return tuple(number or 0 for number in found.raw) if found else ()


def bare_axle(left: tuple[int, ...], right: tuple[int, ...], load_kg: int, front: bool) -> bool:
    highest = max(left), max(right)
    rate = sum(highest) * 1000 / (load_kg * G)
    end = max(left.index(highest[0]), right.index(highest[1])) + 1
    difference = max(abs(a - b) for a, b in zip(left[5:end], right[5:end], strict=True))
    weak = not front and rate < 60
    imbalance = difference * 1000 / (load_kg * G) if weak else difference * 100 / max(highest)
    return rate >= (60 if front else 20) and imbalance <= (10 if weak else 24 if front else 30)


def bare_rate(forces: list[tuple[int, ...]], load_kg: int, limit: float) -> bool:
    return sum(max(force) for force in forces) * 1000 / (load_kg * G) >= limit


def bare_gases(gases: Mapping[str, tuple[int, ...]]) -> bool:
    def mean(name: str, begin: int, end: int) -> float:
        return sum(gases[name][begin:end]) / (end - begin)

    diluted = min(mean("co", 50, 200) + mean("co2", 50, 200), mean("co", 300, 450) + mean("co2", 300, 450)) < 600
    warm = min(gases["oil_temperature"][50:450]) >= 80
    fast = min(gases["engine_speed"][50:200]) >= 2300 and max(gases["engine_speed"][50:200]) <= 2700
    high = mean("co", 50, 200) <= 30 and mean("hc", 50, 200) <= 50 and 950 <= mean("lambda", 50, 200) <= 1050
    return warm and fast and high and not diluted and mean("co", 300, 450) <= 60 and mean("hc", 300, 450) <= 80


class Bare:
    """The same arrays as plain tuples, and the sums over them."""

    def __init__(self, runs: Mapping[str, Capture]) -> None:
        self.forces = {item: (raw(runs[item], "force_left"), raw(runs[item], "force_right")) for item in LOADS}
        self.parking = raw(runs["B0"], "force_left"), raw(runs["B0"], "force_right")
        self.gases = {c.channel: raw(runs["PF"], c.channel) for c in runs["PF"].curves}
        self.loads = {item: 2 * load for item, load in LOADS.items()}

    def judge(self) -> list[bool]:
        """Judge the same items."""
        return [met for _ in range(TWICE) for met in self._once()]

    def _once(self) -> list[bool]:
        total = sum(self.loads.values())
        return [
            bare_axle(*self.forces["B1"], self.loads["B1"], front=True),
            bare_axle(*self.forces["B2"], self.loads["B2"], front=False),
            bare_rate(list(self.parking), total, 20),
            bare_rate([side for pair in self.forces.values() for side in pair], total, 60),
            *([21_000 >= 12_000] * 4),
            bare_gases(self.gases),
            -5 <= 2.1 <= 5,
        ]


def seconds(work: Callable[[], object], times: int = 20) -> float:
    begin = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begin) / times


def main() -> None:
    """Measure in turns and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    pack, runs = load_pack(PACKS[0]), captures()
    bare = Bare(runs)
    found = engine(pack, runs)
    if [outcome is Outcome.PASS for outcome in found] != bare.judge():
        raise SystemExit(f"engine and arithmetic differ: {found}")
    rounds = [(seconds(lambda: engine(pack, runs)), seconds(bare.judge)) for _ in range(options.rounds)]
    loads = [seconds(lambda: [load_pack(name) for name in PACKS], 1) for _ in range(options.rounds)]
    ours, plain = (statistics.median(side) for side in zip(*rounds, strict=True))
    result = {
        "items": len(found),
        "samples": SAMPLES,
        "rounds": options.rounds,
        "engine_ms": round(ours * 1000, 3),
        "bare_ms": round(plain * 1000, 3),
        "ratio": round(statistics.median(a / b for a, b in rounds), 2),
        "judgements_per_s": round(len(found) / ours),
        "load_all_packs_s": round(statistics.median(loads), 3),
    }
    print(json.dumps(result) if options.json else "\n".join(f"{name:18} {value}" for name, value in result.items()))


if __name__ == "__main__":
    main()
