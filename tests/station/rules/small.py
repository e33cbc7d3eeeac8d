"""A small rule pack for tests of the engine: one rig value, and whatever a test adds."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from station.model.capture import Capture, Scalar
from station.model.quantity import Quantity, Unit
from station.model.vehicle import Circumstances, Vehicle
from station.model.verdict import ItemVerdict
from station.rules import Pack, judge, parse_pack

SOURCE = 'clause = "1"\nclause_certainty = "D"\nsource = "a test"\ncertainty = "B"\neffective_from = 2020-01-01\n'
HEAD = f"""
[pack]
name = "small"
edition = "1"
title = {{ zh = "小包", en = "Small pack" }}
[comparison]
mode = "unrounded"
{SOURCE}
[[item]]
code = "A1"
name = {{ zh = "侧滑", en = "Side slip" }}
quantities = ["slip"]
{SOURCE}
"""
SLIP = """
[[quantity]]
id = "slip"
name = { zh = "侧滑量", en = "Side slip" }
formula = "scalar_value"
scalar = "slip_axle_1"
unit = "m/km"
decimals = 1
"""
ON = date(2026, 11, 22)
NAME = 'name = { zh = "率", en = "Rate" }\n'


def entry(table: str, body: str, source: str = SOURCE) -> str:
    """Return one entry of a pack with a source."""
    return f"[[{table}]]\n{body}\n{source}\n"


def limit(body: str, name: str = "slip", source: str = SOURCE) -> str:
    return entry("limit", f'id = "{name}"\nquantity = "slip"\nunit = "m/km"\n{body}', source)


def quantity(formula: str, unit: str, more: str = "", name: str = "q") -> str:
    return entry("quantity", f'id = "{name}"\n{NAME}formula = "{formula}"\nunit = "{unit}"\ndecimals = 1\n{more}')


def item(code: str, quantities: str, more: str = "") -> str:
    return entry("item", f'code = "{code}"\n{NAME}quantities = [{quantities}]\n{more}')


def override(applies: str, more: str = "", of: str = "slip") -> str:
    text = 'outcome = "pass"\ntext = { zh = "好", en = "Good." }\n'
    return entry("override", f'id = "o"\nquantity = "{of}"\n{text}{more}applies_if = {{ {applies} }}')


def point(of: str, more: str = "") -> str:
    defects = 'defects = [{ code = "d", name = { zh = "破", en = "Cracked" } }]\n'
    return entry("point", f'id = "p"\nitem = "{of}"\ngroup = "exterior"\n{NAME}{defects}{more}')


def small(*entries: str, quantity: str = "") -> Pack:
    """Return the pack with these entries beside its one quantity, of which a test may say more."""
    text = HEAD + SLIP + quantity + SOURCE + "".join(entries)
    return parse_pack({"small.toml": text.encode()})


def slip_of(value: str | None, unit: Unit = "m/km", **more: str) -> Capture:
    quantity = None if value is None else Quantity(value=Decimal(value), unit=unit)
    return Capture(
        run="run-1",
        item="A1",
        rig="slip-1",
        profile="slip",
        profile_sha256="0" * 64,
        period_us=10_000,
        first_sequence=0,
        samples=0,
        lost=0,
        curves=(),
        scalars=(Scalar(channel="slip_axle_1", quantity=quantity),),
        **more,
    )


def car(**facts: object) -> Vehicle:
    known = {"plate_type": "02", "vehicle_type": "K33", "use_character": "A", "fuel": "A"}
    return Vehicle.model_validate({**known, **facts})


def judged(
    pack: Pack,
    value: str | None,
    on: date = ON,
    vehicle: Vehicle | None = None,
    here: Circumstances | None = None,
    captures: Mapping[str, Capture] | None = None,
) -> ItemVerdict:
    """Return the verdict of the pack's one item."""
    runs = {"A1": slip_of(value)} if captures is None else captures
    return judge(pack, vehicle or car(), "in_use", on, "A1", runs, here)
