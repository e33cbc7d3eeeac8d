"""Reports for tests: an inspection with curves, made as the station would make it but without a station."""

import math
from decimal import Decimal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reports.data import ReportData
from station.ledger.seal import SigningKey, seal_report
from station.model.capture import Capture, Curve, Mark, Scalar
from station.model.inspection import AttemptRecord, Inspection, ItemRecord, RunRecord, StageRecord, State
from station.model.proof import Essence, plate_commitment
from station.model.quantity import Quantity
from station.model.text import Text
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome, PackRef, QuantityVerdict

PACK = PackRef(name="cn-gb38900-2020", edition="2020+A2", sha256="5a" * 32)
HASH = "c4f1d7e2a9b80356" * 4
PLATE, SALT = "苏A12345", "5a" * 16
KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
PLAN = ("F1", "B1", "B2", "B0", "BV", "PF")
NAMES = {
    "axle_rate": Text(zh="轴制动率", en="Axle braking rate"),
    "imbalance": Text(zh="不平衡率", en="Imbalance"),
    "parking_rate": Text(zh="驻车制动率", en="Parking braking rate"),
    "whole_rate": Text(zh="整车制动率", en="Whole-vehicle rate"),
    "co_idle": Text(zh="怠速 CO", en="CO, idle"),
    "hc_idle": Text(zh="怠速 HC", en="HC, idle"),
    "co_high": Text(zh="高怠速 CO", en="CO, high idle"),
    "lambda_high": Text(zh="高怠速 λ", en="Lambda, high idle"),
}


def quantity(name, value, unit, comparison, limit, outcome, clause="GB 7258-2017 7.11.1.2", confirmed=True):
    sign = {">=": "≥", "<=": "≤"}[comparison]
    said = {
        Outcome.FAIL: (f"{NAMES[name].zh} {value} {unit} 不符合限值 {sign} {limit} {unit}。", "does not meet"),
        Outcome.PASS: (f"{NAMES[name].zh} {value} {unit} 符合限值 {sign} {limit} {unit}。", "meets"),
    }
    zh, en = said[outcome]
    return QuantityVerdict(
        quantity=name,
        name=NAMES[name],
        outcome=outcome,
        value=Decimal(value),
        unrounded=Decimal(value),
        unit=unit,
        shown=f"{value} {unit}",
        limit=Decimal(limit),
        comparison=comparison,
        limit_shown=f"{sign} {limit} {unit}",
        clause=clause,
        source="S3 S4",
        certainty="B",
        confirmed=confirmed,
        decided_by="samples 120 to 240",
        sentence=Text(zh=zh, en=f"{NAMES[name].en} of {value} {unit} {en} the limit {sign} {limit} {unit}."),
    )


def item(code, attempt, *quantities, runs=("r",)):
    outcome = Outcome.FAIL if any(q.outcome is Outcome.FAIL for q in quantities) else Outcome.PASS
    verdict = ItemVerdict(item=code, outcome=outcome, quantities=quantities, pack=PACK, runs=runs)
    return ItemRecord(code=code, attempt=attempt, state="done", runs=1, outcome=outcome, verdict=verdict)


def axle(code, attempt, rate, imbalance, limit, outcome=Outcome.PASS):
    return item(
        code,
        attempt,
        quantity("axle_rate", rate, "%", ">=", "60.0" if code == "B1" else "20.0", Outcome.PASS),
        quantity("imbalance", imbalance, "%", "<=", limit, outcome, "GB 7258-2017 7.11.1.3", confirmed=False),
    )


def exhaust(attempt):
    clause = "GB 18285-2018 6.2"
    return item(
        "PF",
        attempt,
        quantity("co_idle", "0.21", "% vol", "<=", "0.60", Outcome.PASS, clause, confirmed=False),
        quantity("hc_idle", "41", "1e-6 vol", "<=", "80", Outcome.PASS, clause, confirmed=False),
        quantity("co_high", "0.08", "% vol", "<=", "0.30", Outcome.PASS, clause, confirmed=False),
    )


def brake_capture(run, code, ratio=0.93, samples=320):
    rise = [max(0.0, min(1.0, (n - 90) / 130)) ** 1.4 for n in range(samples)]
    fall = [1.0 if n < 270 else math.exp(-(n - 270) / 9) for n in range(samples)]
    force = [2900 * r * f + 60 + 14 * math.sin(n * 1.7) for n, (r, f) in enumerate(zip(rise, fall, strict=True))]
    left = tuple(round(f) for f in force)
    right: list[int | None] = [round(f * ratio + 9 * math.sin(n * 0.9)) for n, f in enumerate(force)]
    right[30:34] = [None] * 4
    quality = "".join("m" if value is None else "g" for value in right)
    return Capture(
        run=run,
        item=code,
        rig="brake-1",
        profile="rbt-modbus-tcp",
        profile_sha256="ab" * 32,
        period_us=10_000,
        first_sequence=100,
        samples=samples,
        lost=0,
        curves=(
            Curve(channel="force_left", unit="N", scale=Decimal(1), raw=left, quality="g" * samples),
            Curve(channel="force_right", unit="N", scale=Decimal(1), raw=tuple(right), quality=quality),
        ),
        scalars=(Scalar(channel="load_left", quantity=Quantity(value=Decimal(431), unit="kg")),),
        marks=(Mark(name="brake", index=62), Mark(name="rise", index=95)),
    )


def gas_capture(run, samples=110):
    def curve(channel, unit, scale, value):
        raw = tuple(round(value(n)) for n in range(samples))
        return Curve(channel=channel, unit=unit, scale=Decimal(scale), raw=raw, quality="g" * samples)

    high = [n < 55 for n in range(samples)]
    return Capture(
        run=run,
        item="PF",
        rig="gas-1",
        profile="gas-ak",
        profile_sha256="cd" * 32,
        period_us=1_000_000,
        first_sequence=0,
        samples=samples,
        lost=1,
        curves=(
            curve("co", "% vol", "0.01", lambda n: (8 if high[n] else 21) + 2 * math.sin(n)),
            curve("hc", "1e-6 vol", "1", lambda n: (24 if high[n] else 41) + 3 * math.sin(n * 0.7)),
            curve("lambda", "1", "0.001", lambda n: 1004 + 6 * math.sin(n * 1.3)),
            curve("engine_speed", "1/min", "1", lambda n: (2500 if high[n] else 800) + 25 * math.sin(n * 2.1)),
        ),
        marks=(
            Mark(name="high_idle_average", index=15),
            Mark(name="high_idle_end", index=45),
            Mark(name="idle_average", index=75),
            Mark(name="idle_end", index=105),
        ),
    )


def run(name, code, attempt, minute, *, state="finished", reason=None, samples=320, lost=0):
    at = f"2026-11-22T07:{minute:02d}:10.000000Z"
    sha = f"{minute:02x}" * 32 if state == "finished" else None
    return RunRecord(
        run=name,
        item=code,
        attempt=attempt,
        rig="gas-1" if code == "PF" else "brake-1",
        bay="bay-1",
        state=state,
        started_at=at,
        ended_at=at,
        samples=samples,
        lost=lost,
        evidence_sha256=sha,
        reason=reason,
    )


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


def attempt(number, conclusion, plan=PLAN):
    sealed = seal(number, conclusion) if conclusion else None
    return AttemptRecord(
        seal_key=sealed and sealed.key,
        seal_signature=sealed and sealed.signature,
        number=number,
        plan=plan,
        conclusion=conclusion,
        report_no=f"demo-20261122-0007-{number}",
        signed_by="s-07",
        signed_at=f"2026-11-22T{7 + number:02d}:31:07.000000Z",
        signed_seq=180 + number,
        signed_hash=HASH,
    )


FIRST_RUNS = (
    run("run-0", "B1", 1, 2, state="voided", reason="wheel_lost"),
    run("run-1", "B1", 1, 5),
    run("run-2", "B2", 1, 8),
    run("run-3", "B0", 1, 11, samples=300),
    run("run-4", "PF", 1, 20, samples=110, lost=1),
)
CAPTURES = {
    "run-1": brake_capture("run-1", "B1"),
    "run-2": brake_capture("run-2", "B2", 0.66),
    "run-3": brake_capture("run-3", "B0", 0.97, 300),
    "run-4": gas_capture("run-4"),
    "run-5": brake_capture("run-5", "B2", 0.95),
}
STAGES = (
    StageRecord(
        stage="desk",
        attempt=1,
        waiting_at="2026-11-22T06:50:00.000000Z",
        started_at="2026-11-22T06:50:00.000000Z",
        finished_at="2026-11-22T06:53:00.000000Z",
    ),
)


def first_items(bad=False):
    imbalance = ("34.1", Outcome.FAIL) if bad else ("6.2", Outcome.PASS)
    return (
        ItemRecord(code="F1", attempt=1, state="done", outcome=Outcome.PASS, by="s-02", note=True),
        axle("B1", 1, "71.4", "7.8", "24.0"),
        axle("B2", 1, "52.3", imbalance[0], "30.0", imbalance[1]),
        item("B0", 1, quantity("parking_rate", "24.6", "%", ">=", "20.0", Outcome.PASS)),
        item("BV", 1, quantity("whole_rate", "64.9", "%", ">=", "60.0", Outcome.PASS)),
        exhaust(1),
    )


def inspection(attempts, items, runs=FIRST_RUNS):
    return Inspection(
        serial="demo-20261122-0007",
        state=State.SIGNED,
        keys_taken_at="2026-11-22T06:50:00.000000Z",
        vehicle_id="veh-1",
        vehicle=Vehicle(
            plate_type="02",
            vehicle_type="K33",
            use_character="A",
            fuel="A",
            first_registered="2017-05-03",
            curb_mass_kg=1320,
            total_mass_kg=1750,
            make_model="云雀 YQ7150",
        ),
        category="in_use",
        pack=PACK,
        attempts=attempts,
        items=items,
        stages=STAGES,
        runs=runs,
        last_seq=200,
    )


def report(found, number, **changes):
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
        "notes": {("F1", 1): "左前照灯罩有轻微划痕"},
        "captures": CAPTURES,
    }
    return ReportData(**{**values, **changes})


def passed(**changes):
    return report(inspection((attempt(1, "pass"),), first_items()), 1, **changes)


def failed(**changes):
    return report(inspection((attempt(1, "fail"),), first_items(bad=True)), 1, **changes)


def returned(**changes):
    again = (
        axle("B2", 2, "55.0", "8.4", "30.0"),
        item("BV", 2, quantity("whole_rate", "65.8", "%", ">=", "60.0", Outcome.PASS)),
    )
    attempts = (attempt(1, "fail"), attempt(2, "pass", ("B2", "BV")))
    runs = (*FIRST_RUNS, run("run-5", "B2", 2, 55))
    return report(inspection(attempts, (*first_items(bad=True), *again), runs), 2, **changes)


def invalid(**changes):
    reason = Text(
        zh="左轮有制动力但没有轮荷,测量不成立。",
        en="There is a force but no wheel load on the left: no valid measurement.",
    )
    lost = ItemVerdict(item="B2", outcome=Outcome.INVALID, quantities=(), pack=PACK, reason=reason)
    items = tuple(
        i.model_copy(update={"outcome": Outcome.INVALID, "verdict": lost})
        if i.code == "B2"
        else ItemRecord(code="B0", attempt=1, state="done", outcome=Outcome.UNKNOWN, reason="rig_cannot_take_vehicle")
        if i.code == "B0"
        else i
        for i in first_items()
    )
    return report(inspection((attempt(1, "invalid"),), items), 1, **changes)
