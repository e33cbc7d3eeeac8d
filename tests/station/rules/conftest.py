"""Captures and vehicles for the rules' tests, and the Chinese pack as bytes."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import station.rules
from station.line.packs import load_pack
from station.model.capture import Capture, Curve, Mark, Scalar
from station.model.quantity import Quantity
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict
from station.rules import Pack, judge, parse_pack
from station.rules.case import Case
from station.rules.case_judge import judge_case

FOLDER = Path(station.rules.__file__).parent / "packs" / "cn-gb38900-2020"
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in FOLDER.glob("*.toml")}


@pytest.fixture(scope="session")
def pack(files: dict[str, bytes]) -> Pack:
    return parse_pack(files)


@pytest.fixture(scope="session")
def edited(files: dict[str, bytes]) -> Callable[..., dict[str, bytes]]:
    """Return the pack's files with one piece of text replaced, exactly once."""

    def edit(file: str, old: str, new: str) -> dict[str, bytes]:
        text = files[file].decode()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        return {**files, file: text.replace(old, new).encode()}

    return edit


def vehicle(**facts: Any) -> Vehicle:
    known: dict[str, Any] = {
        "plate_type": "02",
        "vehicle_type": "K33",
        "use_character": "A",
        "fuel": "A",
        "first_registered": date(2020, 6, 30),
        "total_mass_kg": 1800,
        "curb_mass_kg": 1300,
        "persons": 5,
        "electronic_parking_brake": False,
    }
    return Vehicle(**{**known, **facts})


@pytest.fixture(scope="session")
def car() -> Callable[..., Vehicle]:
    return vehicle


def brake_run(
    item: str,
    left: Sequence[int | None],
    right: Sequence[int | None],
    *,
    load: tuple[Any, Any] = (500, 500),
    scale: str = "0.1",
    marks: Mapping[str, int] | None = None,
    **more: Any,
) -> Capture:
    """A brake run: forces as raw numbers of 0.1 N, loads in kg, both marks at the first sample."""
    sides = {"left": left, "right": right}
    quality = {side: "".join("m" if raw is None else "g" for raw in raws) for side, raws in sides.items()}
    known: dict[str, Any] = {
        "run": f"run-{item}",
        "item": item,
        "rig": "bay-1",
        "profile": "reference",
        "profile_sha256": "0" * 64,
        "period_us": 10_000,
        "first_sequence": 0,
        "samples": len(left),
        "lost": 0,
        "curves": tuple(
            Curve(channel=f"force_{s}", unit="N", scale=Decimal(scale), raw=tuple(r), quality=quality[s])
            for s, r in sides.items()
        ),
        "scalars": tuple(
            Scalar(channel=f"load_{s}", quantity=Quantity(value=Decimal(kg), unit="kg"))
            for s, kg in zip(sides, load, strict=True)
        ),
        "marks": tuple(Mark(name=n, index=i) for n, i in ({"brake": 0, "rise": 0} if marks is None else marks).items()),
    }
    return Capture(**{**known, **more})


@pytest.fixture(scope="session")
def brakes() -> Callable[..., Capture]:
    return brake_run


STEADY: dict[str, tuple[str, str, int]] = {
    "co": ("% vol", "0.01", 10),
    "co2": ("% vol", "0.01", 1450),
    "hc": ("1e-6 vol", "1", 20),
    "lambda": ("1", "0.001", 1000),
    "engine_speed": ("1/min", "1", 2500),
    "oil_temperature": ("degC", "1", 90),
}
HIGH, IDLE = (75, 225), (300, 450)


def exhaust_run(
    high: Mapping[str, int | None] | None = None,
    idle: Mapping[str, int | None] | None = None,
    one: Mapping[str, int | None] | None = None,
    *,
    without: str = "",
    marks: Mapping[str, int] | None = None,
    **more: Any,
) -> Capture:
    """An exhaust run, 5 samples a second: raw values of the two windows; ``one`` changes one high-idle sample."""
    curves = []
    for channel, (unit, scale, steady) in STEADY.items():
        raw: list[int | None] = [steady] * 450
        raw[slice(*HIGH)] = [(high or {}).get(channel, steady)] * 150
        raw[slice(*IDLE)] = [(idle or {}).get(channel, steady)] * 150
        raw[100] = (one or {}).get(channel, raw[100])
        letters = "".join("i" if value is None else "g" for value in raw)
        curves.append(Curve(channel=channel, unit=unit, scale=Decimal(scale), raw=tuple(raw), quality=letters))
    windows = {
        "high_idle_average": HIGH[0],
        "high_idle_end": HIGH[1],
        "idle_average": IDLE[0],
        "idle_end": IDLE[1],
    }
    known: dict[str, Any] = {
        "run": "run-PF",
        "item": "PF",
        "rig": "gas-1",
        "profile": "reference",
        "profile_sha256": "0" * 64,
        "period_us": 200_000,
        "first_sequence": 0,
        "samples": 450,
        "lost": 0,
        "curves": tuple(curve for curve in curves if curve.channel != without),
        "marks": tuple(Mark(name=n, index=i) for n, i in (windows if marks is None else marks).items()),
    }
    return Capture(**{**known, **more})


@pytest.fixture(scope="session")
def exhaust() -> Callable[..., Capture]:
    return exhaust_run


def lamp_run(*, dark: str = "", scalars: Mapping[str, Scalar] | None = None, **intensities: Any) -> Capture:
    """A headlamp run over the lamps that are named, in cd; None: no reading; ``dark``: lamps that were not found."""
    read = {
        f"{lamp}_intensity": Scalar(channel=f"{lamp}_intensity", quantity=Quantity(value=Decimal(str(cd)), unit="cd"))
        for lamp, cd in intensities.items()
        if cd is not None and lamp not in dark.split()
    }
    first, *others = intensities
    return Capture(
        run="run-lamps",
        item=first,
        covers=tuple(others),
        rig="lamps-1",
        profile="reference",
        profile_sha256="0" * 64,
        period_us=250_000,
        first_sequence=0,
        samples=0,
        lost=0,
        curves=(),
        scalars=tuple({**read, **(scalars or {})}.values()),
        marks=tuple(Mark(name=f"no_lamp_{lamp}", index=0) for lamp in dark.split()),
    )


@pytest.fixture(scope="session")
def lamps() -> Callable[..., Capture]:
    return lamp_run


def smoke_run(
    peaks: Sequence[int | None] = (500, 500, 500),
    *,
    speeds: Sequence[int] | None = None,
    oil: int = 90,
    without: str = "",
    marks: Mapping[str, int] | None = None,
    quality: str = "g",
    **more: Any,
) -> Capture:
    """A smoke run: accelerations of 20 samples, the largest k in thousandths of 1/m at their middle, each marked."""
    tops = [4500] * len(peaks) if speeds is None else speeds
    k: list[int | None] = [10 for _ in range(20 * len(peaks))]
    speed: list[int | None] = [800 for _ in range(20 * len(peaks))]
    for number, (peak, top) in enumerate(zip(peaks, tops, strict=True)):
        k[20 * number + 10], speed[20 * number + 12] = peak, top
    channels: dict[str, tuple[Any, str, list[int | None]]] = {
        "k": ("1/m", "0.001", k),
        "engine_speed": ("1/min", "1", speed),
        "oil_temperature": ("degC", "1", [oil] * len(k)),
    }
    framed = {f"acceleration_{n}{end}": 20 * (n - 1) + at for n in range(1, len(peaks) + 1) for end, at in FRAME}
    known: dict[str, Any] = {
        "run": "run-FA",
        "item": "FA",
        "rig": "smoke-1",
        "profile": "reference",
        "profile_sha256": "0" * 64,
        "period_us": 50_000,
        "first_sequence": 0,
        "samples": len(k),
        "lost": 0,
        "curves": tuple(
            Curve(
                channel=name,
                unit=unit,
                scale=Decimal(scale),
                raw=tuple(raw),
                quality="".join("m" if value is None else quality for value in raw),
            )
            for name, (unit, scale, raw) in channels.items()
            if name not in without.split()
        ),
        "marks": tuple(Mark(name=n, index=i) for n, i in (framed if marks is None else marks).items()),
    }
    return Capture(**{**known, **more})


FRAME = (("", 1), ("_end", 19))


@pytest.fixture(scope="session")
def smoke() -> Callable[..., Capture]:
    return smoke_run


@pytest.fixture(scope="session")
def verdict(pack: Pack) -> Callable[..., ItemVerdict]:
    """Judge an item from captures: by default an in-use passenger car, today, with the Chinese pack."""

    def judged(item: str, *captures: Capture, on: date = TODAY, **facts: Any) -> ItemVerdict:
        category = facts.pop("category", "in_use")
        chosen = facts.pop("pack", pack)
        by_item = {code: capture for capture in captures for code in capture.items}
        return judge(chosen, vehicle(**facts), category, on, item, by_item)

    return judged


@pytest.fixture(scope="session")
def quantity() -> Callable[[ItemVerdict, str], Any]:
    """Pick one quantity of a verdict."""

    def pick(judged: ItemVerdict, name: str) -> Any:
        return next(q for q in judged.quantities if q.quantity == name)

    return pick


@pytest.fixture(scope="session")
def case_verdict() -> Callable[..., ItemVerdict]:
    """Judge one item of a case by a pack that ships with the software."""

    def judged(folder: str, item: str, case: Mapping[str, Any]) -> ItemVerdict:
        return judge_case(shipped(folder), Case.model_validate(case), item).items[0]

    return judged


ULP = Decimal("0.000000001")
PACKS = FOLDER.parent
shipped = cache(load_pack)


@pytest.fixture(scope="session")
def limits_in() -> Callable[..., dict[str, dict[str, Any]]]:
    """Return the limits of files of a pack that ships with the software, by their ids."""

    def read(folder: str, *names: str) -> dict[str, dict[str, Any]]:
        tables = [tomllib.loads((PACKS / folder / name).read_text("utf-8"), parse_float=Decimal) for name in names]
        return {limit["id"]: limit for table in tables for limit in table.get("limit", ())}

    return read


@pytest.fixture(scope="session")
def holds_at_its_edges(case_verdict: Callable[..., ItemVerdict]) -> Callable[..., None]:
    """Judge values at a limit and one unit in the last place either side; then at it, when the pack has it tighter.

    ``case_of`` makes the case in which a value is measured; ``numbers`` are those of the fact sheet.
    """

    def check(folder: str, limit: dict[str, Any], numbers: Sequence[str], item: str, case_of: Any, **how: str) -> None:
        missed = how.get("missed", "fail")
        for value, met in edges(limit["comparison"], [Decimal(number) for number in numbers]):
            found = outcome_of(case_verdict(folder, item, case_of(value)), limit, numbers)
            assert found == ("pass" if met else missed), f"{limit['id']}: {value}"
        for number, pack in tighter(shipped(folder), limit["id"]):
            judged = judge_case(pack, Case.model_validate(case_of(number)), item).items[0]
            assert outcome_of(judged, limit) == missed, f"{limit['id']} tighter: {number}"

    return check


def outcome_of(judged: ItemVerdict, limit: Mapping[str, Any], numbers: Sequence[str] = ()) -> str:
    """Return what came of the limit's quantity, judged by a limit of these numbers."""
    found = next((q for q in judged.quantities if q.quantity == limit["quantity"]), None)
    if found is None:
        # What only makes a measurement count is not shown where it does.
        return judged.outcome.value
    shown = [n for n in (found.limit_low, found.limit) if n is not None]
    assert not numbers or (shown, found.certainty) == ([Decimal(n) for n in numbers], limit["certainty"])
    return found.outcome.value


def tighter(pack: Pack, name: str) -> Iterator[tuple[Decimal, Pack]]:
    """Yield each number of a limit, and the pack in which that limit just leaves it out."""
    limit = next(entry for entry in pack.limits if entry.id == name)
    for field, step in {"value": ULP if limit.comparison == ">=" else -ULP, "low": ULP, "high": -ULP}.items():
        number = getattr(limit, field)
        if number is not None:
            changed = limit.model_copy(update={field: number + step})
            yield number, replace(pack, limits=tuple(changed if e is limit else e for e in pack.limits))


def edges(comparison: str, numbers: Sequence[Decimal]) -> list[tuple[Decimal, bool]]:
    """Return values at and beside a limit, and whether they meet it."""
    low = numbers[0] if comparison in (">=", "within") else None
    high = numbers[-1] if comparison in ("<=", "within") else None
    assert len(numbers) == (2 if comparison == "within" else 1)
    values = [number + step for number in numbers for step in (-ULP, Decimal(0), ULP)]
    return [(v, (low is None or v >= low) and (high is None or v <= high)) for v in values]
