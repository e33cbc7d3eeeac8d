"""Reports for tests: cars with curves and check-lists, judged by the rules as a station judges, without a station.

``quantity`` and ``axle`` make verdicts by hand, for tests that need a verdict but no measurement.
"""

from datetime import date
from decimal import Decimal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reports.data import ReportData
from station.cli.office import checklist_words
from station.ledger.seal import SigningKey, seal_report
from station.line.packs import load_pack
from station.model.facts import Defect, PointResult
from station.model.inspection import AttemptRecord, Checklist, Inspection, ItemRecord, RunRecord, StageRecord, State
from station.model.proof import Essence, plate_commitment
from station.model.text import Text
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome, QuantityVerdict
from station.rules import judge, plan, points
from tests.reports.sample_captures import brake_capture, gas_capture, lamp_capture, smoke_capture

RULES = load_pack("cn-gb38900-2020")
PACK = RULES.ref
WORDS = checklist_words(RULES)
HASH = "c4f1d7e2a9b80356" * 4
PLATE, SALT = "苏A12345", "5a" * 16
KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
DAY = date(2026, 11, 22)
CAR = Vehicle(
    plate_type="02",
    vehicle_type="K33",
    use_character="A",
    fuel="A",
    first_registered="2015-05-03",
    curb_mass_kg=1320,
    total_mass_kg=1750,
    persons=5,
    electronic_parking_brake=False,
    front_suspension="independent",
    make_model="云雀 YQ7150",
)
DIESEL = CAR.model_copy(
    update={"fuel": "B", "lamp_system": "4", "rated_speed_per_min": 4000, "make_model": "云雀 YQ7150D"}
)


# -- verdicts by hand


def quantity(name, value, limit, outcome):
    said = f"{value} %"
    return QuantityVerdict(
        quantity=name,
        name=Text(zh="轴制动率", en="Axle braking rate"),
        outcome=outcome,
        value=Decimal(value),
        unrounded=Decimal(value),
        unit="%",
        shown=said,
        limit=Decimal(limit),
        comparison=">=" if name == "axle_rate" else "<=",
        limit_shown=f"{limit} %",
        clause="GB 7258-2017 7.11.1.2",
        source="S3 S4",
        certainty="B",
        confirmed=False,
        decided_by="samples 120 to 240",
        sentence=Text(zh=said, en=said),
    )


def axle(code, attempt, rate, imbalance, limit, outcome=Outcome.PASS):
    quantities = (quantity("axle_rate", rate, "60.0", Outcome.PASS), quantity("imbalance", imbalance, limit, outcome))
    verdict = ItemVerdict(item=code, outcome=outcome, quantities=quantities, pack=PACK, runs=("r",))
    return ItemRecord(code=code, attempt=attempt, state="done", runs=1, outcome=outcome, verdict=verdict)


# -- runs, check-lists, items


def run(name, code, attempt, minute, *, state="finished", reason=None, samples=320, lost=0, covers=(), rig="brake-1"):
    at = f"2026-11-22T07:{minute:02d}:10.000000Z"
    sha = f"{minute:02x}" * 32 if state == "finished" else None
    return RunRecord(
        run=name,
        item=code,
        covers=covers,
        attempt=attempt,
        rig=rig,
        bay="bay-1",
        state=state,
        started_at=at,
        ended_at=at,
        samples=samples,
        lost=lost,
        evidence_sha256=sha,
        reason=reason,
    )


def runs_of(captures, attempt, minute):
    """Return the runs of captures, three minutes apart."""
    return tuple(
        run(c.run, c.item, attempt, minute + 3 * n, samples=c.samples, lost=c.lost, covers=c.covers, rig=c.rig)
        for n, c in enumerate(captures)
    )


def checklists(vehicle, attempt=1, only=None, **failed):
    """Return the check-lists of a vehicle: every point passes but those in ``failed``, by point."""
    found = points(RULES, vehicle, "in_use", DAY)
    asked = {item: [p for p in listed if only is None or p in only] for item, listed in found.items()}
    return tuple(
        Checklist(
            item=item, attempt=attempt, planned=tuple(listed), results=tuple(_result(p, failed.get(p)) for p in listed)
        )
        for item, listed in asked.items()
        if listed
    )


def _result(point, defects):
    photo = RULES_PHOTO.get(point)
    photos = (f"{len(point):02x}" * 32,) if photo else ()
    outcome = "not_applicable" if point == "marks" else "fail" if defects else "pass"
    return PointResult(point=point, outcome=outcome, defects=defects or (), photos=photos)


RULES_PHOTO = {point.id: point.photo for point in RULES.points}


def items(vehicle, captures, lists, attempt=1, only=None):
    """Return the items of an attempt: check-lists as recorded, the rest judged by the rules from the captures."""
    by_item = {code: capture for capture in captures for code in capture.items}
    return tuple(_item(code, vehicle, by_item, lists, attempt) for code in only or plan(RULES, vehicle, "in_use", DAY))


def _item(code, vehicle, by_item, lists, attempt):
    mine = next((c for c in lists if (c.item, c.attempt) == (code, attempt)), None)
    if mine:
        outcome = Outcome.FAIL if any(r.outcome == "fail" for r in mine.results) else Outcome.PASS
        return ItemRecord(code=code, attempt=attempt, state="done", outcome=outcome, by="s-02")
    verdict = judge(RULES, vehicle, "in_use", DAY, code, by_item)
    return ItemRecord(code=code, attempt=attempt, state="done", runs=1, outcome=verdict.outcome, verdict=verdict)


# -- attempts


def seal(number, conclusion):
    essence = Essence(
        station="demo",
        report_no=f"demo-20261122-0007-{number}",
        conclusion=conclusion,
        signed_at=f"2026-11-22T{7 + number:02d}:31:07.000000Z",
        seq=180 + number,
        hash=HASH,
        plate_commitment=plate_commitment(PLATE, SALT),
    )
    return seal_report(KEY, essence, number)


def attempt(number, conclusion, planned):
    sealed = seal(number, conclusion) if conclusion else None
    return AttemptRecord(
        seal_key=sealed and sealed.key,
        seal_signature=sealed and sealed.signature,
        number=number,
        plan=planned,
        conclusion=conclusion,
        report_no=f"demo-20261122-0007-{number}",
        signed_by="s-07",
        signed_at=f"2026-11-22T{7 + number:02d}:31:07.000000Z",
        signed_seq=180 + number,
        signed_hash=HASH,
    )


STAGES = (
    StageRecord(
        stage="desk",
        attempt=1,
        waiting_at="2026-11-22T06:50:00.000000Z",
        started_at="2026-11-22T06:50:00.000000Z",
        finished_at="2026-11-22T06:53:00.000000Z",
    ),
)
VOID = run("run-0", "B1", 1, 2, state="voided", reason="wheel_lost")


def inspection(attempts, items, runs=(VOID,), lists=(), vehicle=CAR):
    return Inspection(
        serial="demo-20261122-0007",
        state=State.SIGNED,
        keys_taken_at="2026-11-22T06:50:00.000000Z",
        vehicle_id="veh-1",
        vehicle=vehicle,
        category="in_use",
        pack=PACK,
        attempts=attempts,
        items=items,
        stages=STAGES,
        runs=runs,
        checklists=lists,
        last_seq=200,
    )


def report(found, number, evidence=(), **changes):
    values = {
        "station_id": "demo",
        "station": Text(zh="云检测示范站", en="Cloud Inspection demo station"),
        "timezone": "Asia/Shanghai",
        "inspection": found,
        "attempt": number,
        "plate": PLATE,
        "plate_salt": SALT,
        "vin": "LSVAA49J132047371",
        "owner": "示例车主",
        "simulated": True,
        "staff": {"s-07": "示例签字人"},
        "notes": {("F1.tyres.1", 1): "花纹深度 1.2 mm"},
        "captures": {capture.run: capture for capture in evidence},
        "checklist_words": WORDS,
    }
    return ReportData(**{**values, **changes})


def measured(ratio=0.95, **lamps_cd):
    """Return what the rigs measured of a petrol car."""
    return (
        brake_capture("run-1", "B1"),
        brake_capture("run-2", "B2", ratio, peak_n=1640),
        brake_capture("run-3", "B0", 0.97, 300, peak_n=1780),
        lamp_capture("run-4", **(lamps_cd or {"H1": 21_400, "H4": 19_800})),
        gas_capture("run-5"),
    )


def one_attempt(evidence, lists, vehicle=CAR, change=lambda found: found, **changes):
    """Return the report of a first attempt: concluded from its items, as the line does; ``change`` alters the items."""
    done = tuple(change(found) for found in items(vehicle, evidence, lists))
    runs = (VOID, *runs_of(evidence, 1, 5))
    planned = plan(RULES, vehicle, "in_use", DAY)
    conclusion = inspection((attempt(1, None, planned),), done).conclude()
    found = inspection((attempt(1, conclusion, planned),), done, runs, lists, vehicle)
    return report(found, 1, evidence, **changes)


def passed(**changes):
    return one_attempt(measured(), checklists(CAR), **changes)


WORN = Defect(code="tread_worn", location="front_left", note_commitment="ab" * 32)
FAILED_POINTS = {"tyres": (WORN,), "lamps_rear": (Defect(code="brake_lamp_out", location="rear_right"),)}


def failed(**changes):
    """A car with worn tyres, a dark brake lamp, uneven brakes behind and one weak headlamp."""
    return one_attempt(measured(0.66, H1=21_400, H4=11_200), checklists(CAR, **FAILED_POINTS), **changes)


def returned(**changes):
    """The same car, repaired: what had failed is inspected again."""
    first = failed()
    again = (brake_capture("run-6", "B2", 0.94, peak_n=1700), lamp_capture("run-7", H4=18_300))
    lists = (*first.inspection.checklists, *checklists(CAR, 2, FAILED_POINTS))
    codes = ("F1", "B2", "BV", "H4")
    every = (*measured(0.66, H1=21_400, H4=11_200), *again)
    second = items(CAR, every, lists, 2, codes)
    attempts = (*first.inspection.attempts, attempt(2, "pass", codes))
    runs = (*first.inspection.runs, *runs_of(again, 2, 50))
    found = inspection(attempts, (*first.inspection.items, *second), runs, lists)
    return report(found, 2, every, **changes)


def invalid(**changes):
    """A car of which one axle lost its load, and the parking brake was not measured."""

    def change(found):
        if found.code != "B0":
            return found
        skipped = {"outcome": Outcome.UNKNOWN, "verdict": None, "reason": "rig_cannot_take_vehicle"}
        return found.model_copy(update=skipped)

    def unloaded(capture):
        scalars = tuple(s.model_copy(update={"quantity": None, "quality": "missing"}) for s in capture.scalars)
        return capture.model_copy(update={"scalars": scalars}) if capture.item == "B2" else capture

    captures = tuple(unloaded(capture) for capture in measured())
    return one_attempt(captures, checklists(CAR), change=change, **changes)


def diesel(peaks=(0.62, 0.55, 0.58), dark=(), **changes):
    """A diesel car with four lamps of which the inner pair is weak: it passes by its outer pair."""
    lamps = lamp_capture("run-4", dark, H1=21_400, H2=9_800, H3=10_100, H4=19_800)
    captures = (*measured()[:3], lamps, smoke_capture("run-5", peaks))
    return one_attempt(captures, checklists(DIESEL), DIESEL, **changes)
