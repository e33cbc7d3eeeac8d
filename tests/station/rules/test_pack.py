import ast
import hashlib
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import station.rules
from station.model.capture import Capture
from station.model.verdict import ItemVerdict
from station.rules import Pack, PackError, parse_pack

Edited = Callable[..., dict[str, bytes]]
Verdict = Callable[..., ItemVerdict]
Brakes = Callable[..., Capture]
Exhaust = Callable[..., Capture]


def test_the_pack_names_itself_and_its_bytes(pack: Pack, files: dict[str, bytes]) -> None:
    parts = [part for name in sorted(files) for part in (name.encode(), files[name])]
    digest = hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()
    assert (pack.ref.name, pack.ref.edition, pack.ref.sha256) == ("cn-gb38900", "2020", digest)
    assert "GB 38900-2020" in pack.title.zh


def test_one_byte_more_is_another_pack(pack: Pack, files: dict[str, bytes]) -> None:
    assert parse_pack({**files, "brakes.toml": files["brakes.toml"] + b"\n"}).ref != pack.ref
    assert parse_pack(dict(reversed(files.items()))).ref == pack.ref


def test_every_claim_stands_with_its_certainty(pack: Pack) -> None:
    values = {(value.kind, value.id): value for value in pack.values()}
    front = values["limit", "rate-front"]
    assert (front.file, front.value, front.certainty, front.confirmed) == ("brakes.toml", ">= 60.0 %", "B", True)
    assert values["limit", "high-idle-lambda"].value == "within 0.95 to 1.05 1"
    assert (values["constant", "g"].value, values["constant", "g"].certainty) == ("9.8 m/s2", "C")
    assert values["setting", "limit_set"].value == "a"
    assert values["comparison", "comparison"].value == "unrounded"
    assert values["axle_layout", "two-axle"].value == "1"
    assert (values["point", "vin"].value, values["point", "vin"].file) == ("UC 03", "checklists.toml")
    assert {value.kind for value in values.values()} == {
        "comparison",
        "setting",
        "constant",
        "class",
        "axle_layout",
        "item",
        "quantity",
        "limit",
        "override",
        "point",
        "period",
    }


def test_what_awaits_confirmation_is_what_is_marked_c_or_d(pack: Pack) -> None:
    unconfirmed = {(value.kind, value.id) for value in pack.unconfirmed}
    assert unconfirmed == {(v.kind, v.id) for v in pack.values() if v.certainty in ("C", "D")}
    assert ("constant", "g") in unconfirmed
    assert ("limit", "rate-front") not in unconfirmed
    assert {v.id for v in pack.values() if v.kind == "limit" and v.file == "double-idle.toml"} <= {
        name for _, name in unconfirmed
    }


def _confirmed(files: dict[str, bytes]) -> dict[str, bytes]:
    mark = re.compile(rb'^certainty = "[BCD]"$', re.MULTILINE)
    checked = b'certainty = "A"\nchecked_by = "technical manager"\nchecked_on = 2026-11-20'
    return {name: mark.sub(checked, content) for name, content in files.items()}


def test_a_verdict_is_confirmed_when_everything_in_use_is(
    files: dict[str, bytes], brakes: Brakes, verdict: Verdict
) -> None:
    whole = parse_pack(_confirmed(files))
    assert whole.unconfirmed == ()
    run = brakes("B1", [40_000], [40_000])
    assert [q.confirmed for q in verdict("B1", run, pack=whole).quantities] == [True, True]
    locked = brakes("B1", [20_000], [20_000], end_state="left_locked")
    assert verdict("B1", locked, pack=whole).quantities[0].confirmed


# A value never appears in code: each limit of the pack, set so that the verdict turns.
LIMITS = [
    ("rate-front", "value = 60.0", "value = 60.1", "B1"),
    ("rate-rear-light", "value = 20.0", "value = 61.0", "B2"),
    ("rate-vehicle", "value = 60.0", "value = 60.1", "BV"),
    ("imbalance-front-in-use", "value = 24.0", "value = 9.9", "B1"),
    ("imbalance-rear-in-use", "value = 30.0", "value = 9.9", "B2"),
    ("parking", "value = 20.0", "value = 30.1", "B0"),
    ("high-idle-co-a", "value = 0.30", "value = 0.09", "PF"),
    ("high-idle-hc-a", "value = 50", "value = 19", "PF"),
    ("high-idle-lambda", "low = 0.95", "low = 1.01", "PF"),
    ("high-idle-lambda", "high = 1.05", "high = 0.99", "PF"),
    ("idle-co-a", "value = 0.60", "value = 0.09", "PF"),
    ("idle-hc-a", "value = 80", "value = 19", "PF"),
    ("high-idle-dilution", "value = 6.0", "value = 14.7", "PF"),
    ("idle-dilution", "value = 6.0", "value = 14.7", "PF"),
    ("oil-temperature", "value = 80", "value = 91", "PF"),
    ("high-idle-length", "value = 29.0", "value = 30.1", "PF"),
    ("idle-length", "value = 29.0", "value = 30.1", "PF"),
    ("high-idle-lowest-light", "value = 2300", "value = 2501", "PF"),
    ("high-idle-highest-light", "value = 2700", "value = 2499", "PF"),
]


def _with_limit(files: dict[str, bytes], name: str, old: str, new: str) -> dict[str, bytes]:
    for file, content in files.items():
        head, found, tail = content.decode().partition(f'id = "{name}"\n')
        if found and "[[limit]]" in head[-20:]:
            entry, gap, rest = tail.partition("\n\n")
            assert entry.count(old) == 1
            return {**files, file: (head + found + entry.replace(old, new) + gap + rest).encode()}
    raise AssertionError(f"no limit {name}")


@pytest.mark.parametrize(("name", "old", "new", "item"), LIMITS)
def test_a_changed_limit_changes_the_verdict(
    name: str,
    old: str,
    new: str,
    item: str,
    files: dict[str, bytes],
    pack: Pack,
    brakes: Brakes,
    exhaust: Exhaust,
    verdict: Verdict,
) -> None:
    captures = (
        brakes("B1", [15_000, 29_400], [12_060, 29_400]),
        brakes("B2", [15_000, 29_400], [12_060, 29_400]),
        brakes("B0", [29_400], [29_400]),
        exhaust(),
    )
    changed = parse_pack(_with_limit(files, name, old, new))
    assert verdict(item, *captures).outcome == "pass"
    assert verdict(item, *captures, pack=changed).outcome in ("fail", "invalid")
    assert verdict(item, *captures, pack=changed).pack == changed.ref != pack.ref


def test_g_the_threshold_and_the_mode_belong_to_the_pack(edited: Edited, brakes: Brakes, verdict: Verdict) -> None:
    run = brakes("B1", [29_400], [29_400])
    other_g = parse_pack(edited("pack.toml", "value = 9.8\n", "value = 9.80665\n"))
    judged = verdict("B1", run, pack=other_g)
    assert (judged.outcome, judged.quantities[0].shown) == ("fail", "60.0 %")
    threshold = parse_pack(edited("brakes.toml", "axle_rate = { min = 60,", "axle_rate = { min = 61,"))
    below = parse_pack({**edited("brakes.toml", "axle_rate = { min = 60,", "axle_rate = { min = 50,")})
    weak = brakes("B2", [29_300], [29_300])
    assert verdict("B2", run.model_copy(update={"item": "B2"}), pack=threshold).quantities[-1].quantity == "axle_rate"
    assert [q.quantity for q in verdict("B2", weak, pack=below).quantities][1] == "imbalance"


def test_the_rounded_mode_compares_what_is_shown_and_warns(edited: Edited, brakes: Brakes, verdict: Verdict) -> None:
    rounded = parse_pack(edited("pack.toml", 'mode = "unrounded"', 'mode = "rounded"'))
    front = verdict("B1", brakes("B1", [29_380], [29_381]), pack=rounded)
    assert front.outcome == "pass"
    assert (str(front.quantities[0].value), front.quantities[0].shown) == ("60", "60.0 %")
    assert front.quantities[0].unrounded != front.quantities[0].value
    assert [w.zh for w in front.warnings] == [
        "前轴制动率的未修约值 59.96 与修约值 60.0 的判定不同，本规则以修约值为准。"
    ]
    rear = verdict("B2", brakes("B2", [29_380], [29_381]), pack=rounded)
    assert [q.quantity for q in rear.quantities] == ["axle_rate", "imbalance"]
    assert "the rounded value counts" in rear.warnings[0].en


def test_date_bands_change_on_their_day(
    edited: Edited, files: dict[str, bytes], brakes: Brakes, verdict: Verdict
) -> None:
    old = _with_limit(
        files, "rate-front", "effective_from = 2018-01-01", "effective_from = 2018-01-01\neffective_to = 2026-12-31"
    )
    entry = re.search(r'\[\[limit\]\]\nid = "rate-front"\n.*?\n\n', files["brakes.toml"].decode(), re.DOTALL)
    assert entry is not None
    new = entry[0].replace("rate-front", "rate-front-2027").replace("60.0", "65.0").replace("2018-01-01", "2027-01-01")
    banded = parse_pack({**old, "later.toml": new.encode()})
    run = brakes("B1", [30_000], [30_000])
    assert verdict("B1", run, pack=banded, on=date(2026, 12, 31)).outcome == "pass"
    assert verdict("B1", run, pack=banded, on=date(2027, 1, 1)).outcome == "fail"
    gap = parse_pack(old)
    assert verdict("B1", run, pack=gap, on=date(2027, 1, 1)).outcome == "unknown"
    with pytest.raises(PackError, match=r"rate-front-2027.*other dates or conditions than rate-front"):
        parse_pack({**files, "later.toml": new.encode()})


def test_a_quantity_that_is_not_in_force_is_left_out(
    edited: Edited, files: dict[str, bytes], brakes: Brakes, verdict: Verdict
) -> None:
    text = files["brakes.toml"].decode()
    start = text.index('id = "vehicle_rate"')
    later = text[:start] + text[start:].replace("effective_from = 2018-01-01", "effective_from = 2030-01-01", 1)
    judged = verdict(
        "BV",
        brakes("B1", [40_000], [40_000]),
        brakes("B2", [40_000], [40_000]),
        pack=parse_pack({**files, "brakes.toml": later.encode()}),
    )
    assert (judged.outcome, judged.quantities) == ("unknown", ())
    assert judged.reason is not None
    assert judged.reason.zh == "整车制动：规则包中没有适用于该车、当日和该检测方式的判定内容。"


def test_a_condition_on_an_unknown_fact_makes_the_quantity_unknown(
    edited: Edited, brakes: Brakes, verdict: Verdict
) -> None:
    rear_only = edited(
        "brakes.toml",
        '{ method = [""], vehicle_type = { none = ["M*", "N*", "K14", "K24"] } }',
        '{ axle_position = ["rear"], vehicle_type = { none = ["M*"] } }',
    )
    judged = verdict("B2", brakes("B2", [40_000], [40_000]), pack=parse_pack(rear_only), vehicle_type="K24", axles=3)
    assert judged.outcome == "unknown"
    assert judged.reason is not None
    assert judged.reason.zh == "缺少车轴的前后位置，无法判定，请在登录窗口补录。"


def test_a_fact_without_a_label_is_named_as_it_stands(edited: Edited, brakes: Brakes, verdict: Verdict) -> None:
    odd = edited(
        "brakes.toml",
        '{ vehicle_class = ["light", "bus", "other"], axle_position = ["front"] }',
        '{ locked_mass = ["x"], axle_position = ["front"] }',
    )
    with pytest.raises(PackError, match="locked_mass: no such fact here"):
        parse_pack(odd)
    by_whole = edited(
        "brakes.toml",
        '{ vehicle_class = ["light", "bus", "other"], axle_position = ["front"] }',
        '{ vehicle_class = ["light"], vehicle_rate = { min = 1 }, axle_position = ["front"] }',
    )
    judged = verdict("B1", brakes("B1", [40_000], [40_000]), pack=parse_pack(by_whole))
    assert judged.outcome == "unknown"
    assert judged.reason is not None
    assert "(vehicle_rate)" in judged.reason.en


LIMIT = """
[[limit]]
id = "extra"
quantity = "vehicle_rate"
comparison = ">="
value = 60.0
unit = "%"
applies_if = { vehicle_class = ["light"] }
clause = "x"
clause_certainty = "D"
source = "x"
certainty = "D"
effective_from = 2018-01-01
"""


def test_limits_before_and_after_each_other_do_not_overlap(files: dict[str, bytes]) -> None:
    ended = _with_limit(
        files, "rate-vehicle", "effective_from = 2018-01-01", "effective_from = 2018-01-01\neffective_to = 2026-12-31"
    )
    parse_pack({**ended, "more.toml": LIMIT.replace("2018-01-01", "2027-01-01").encode()})
    with pytest.raises(PackError, match="both can apply"):
        parse_pack({**ended, "more.toml": LIMIT.replace("2018-01-01", "2026-12-31").encode()})
    parse_pack({**files, "a.toml": LIMIT.replace("2018-01-01", "2017-01-01\neffective_to = 2017-12-31").encode()})


def test_no_limit_of_the_pack_stands_in_the_code() -> None:
    numbers = {
        node.value
        for path in Path(station.rules.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)
    }
    # Counting (0 to 2, 9 channels), percent, decimal places (10, at most 6 shown, 12 told apart, 28 kept), atoms of
    # hydrogen that a molecule of oxygen burns (4), seconds in an hour, microseconds in a millisecond and in a second,
    # 8 bytes of a length.
    assert numbers == {0, 1, 2, 4, 6, 8, 9, 10, 12, 28, 100, 1000, 3600, 1_000_000}
