"""Verdicts of small packs as a whole: every field and every sentence, in both languages."""

from decimal import Decimal

import pytest

from tests.station.rules.small import SOURCE, judged, limit, small

UNSURE = SOURCE.replace('clause = "1"', 'clause = "7"').replace("a test", "a sheet").replace('"B"', '"C"')
AT_MOST_5 = 'comparison = "<="\nvalue = 5\n'
REMEDY = 'validity = true\nremedy = { zh = "重测。", en = "Repeat." }\n'


def test_a_verdict_says_everything_that_it_rests_on() -> None:
    pack = small(limit(AT_MOST_5, source=UNSURE))
    verdict = judged(pack, "5.06")
    (found,) = verdict.quantities
    assert found.model_dump() == {
        **{name: getattr(found, name) for name in found.model_dump().keys() - TOLD.keys()},
        **TOLD,
    }
    assert (verdict.item, verdict.outcome, verdict.pack, verdict.reason) == ("A1", "fail", pack.ref, None)
    assert (verdict.runs, verdict.severity, verdict.warnings) == (("run-1",), None, ())


TOLD = {
    "quantity": "slip",
    "name": {"zh": "侧滑量", "en": "Side slip"},
    "outcome": "fail",
    "value": Decimal("5.06"),
    "unrounded": Decimal("5.06"),
    "unit": "m/km",
    "shown": "5.1 m/km",
    "limit": Decimal(5),
    "limit_low": None,
    "comparison": "<=",
    "limit_shown": "≤ 5.0 m/km",
    "clause": "7",
    "source": "a sheet",
    "certainty": "C",
    "confirmed": False,
    "decided_by": "A1 slip_axle_1",
    "severity": None,
    "sentence": {
        "zh": "侧滑量 5.1 m/km，高于 5.0 m/km，不合格。",
        "en": "Side slip 5.1 m/km, above the allowed 5.0 m/km: fail.",
    },
}

SENTENCES = [
    ('"<="\nvalue = 5', "5", "5.0 m/km，不高于 5.0 m/km，合格。", "5.0 m/km, at most 5.0 m/km allowed: pass."),
    (
        '"<="\nvalue = 5',
        "5.000001",
        "5.000001 m/km，高于 5.0 m/km，不合格。",
        "5.000001 m/km, above the allowed 5.0 m/km: fail.",
    ),
    (
        '">="\nvalue = 5',
        "4.99",
        "4.99 m/km，低于 5.0 m/km，不合格。",
        "4.99 m/km, below the required 5.0 m/km: fail.",
    ),
    ('"<"\nvalue = 5', "5", "5.0 m/km，没有低于 5.0 m/km，不合格。", "5.0 m/km, not below 5.0 m/km: fail."),
    ('">"\nvalue = 5', "5", "5.0 m/km，没有高于 5.0 m/km，不合格。", "5.0 m/km, not above 5.0 m/km: fail."),
    ('">"\nvalue = 5', "-0.25", "-0.2 m/km，没有高于 5.0 m/km，不合格。", "-0.2 m/km, not above 5.0 m/km: fail."),
    ('">"\nvalue = 5', "6", "6.0 m/km，高于 5.0 m/km，合格。", "6.0 m/km, above 5.0 m/km: pass."),
    (
        '"within"\nlow = -1\nhigh = 1',
        "2",
        "2.0 m/km，超出 -1.0 ~ 1.0 m/km 范围，不合格。",
        "2.0 m/km, outside -1.0 ~ 1.0 m/km: fail.",
    ),
    (
        '"within"\nlow = 0\nhigh = 1',
        "2",
        "2.0 m/km，超出 0.0–1.0 m/km 范围，不合格。",
        "2.0 m/km, outside 0.0–1.0 m/km: fail.",
    ),
    (
        '"within"\nlow = 0.25\nhigh = 1',
        "0.5",
        "0.5 m/km，在 0.25–1.0 m/km 范围内，合格。",
        "0.5 m/km, within 0.25–1.0 m/km: pass.",
    ),
    (
        '"<="\nvalue = 5\nseverity = "major"',
        "6",
        "6.0 m/km，高于 5.0 m/km，不合格。严重缺陷。",
        "6.0 m/km, above the allowed 5.0 m/km: fail. Major defect.",
    ),
    (
        '"<="\nvalue = 5\nseverity = "dangerous"',
        "6",
        "6.0 m/km，高于 5.0 m/km，不合格。危险缺陷：该车不得行驶。",
        "6.0 m/km, above the allowed 5.0 m/km: fail. Dangerous defect: the vehicle must not be driven.",
    ),
]


@pytest.mark.parametrize(("comparison", "value", "zh", "en"), SENTENCES)
def test_a_limit_is_told_with_value_and_outcome(comparison: str, value: str, zh: str, en: str) -> None:
    (found,) = judged(small(limit(f"comparison = {comparison}")), value).quantities
    assert (found.sentence.zh, found.sentence.en) == (f"侧滑量 {zh}", f"Side slip {en}")


def test_a_check_of_the_measurement_tells_what_to_do_and_is_silent_when_it_is_met() -> None:
    pack = small(limit(AT_MOST_5), quantity=REMEDY)
    verdict = judged(pack, "6")
    assert verdict.reason is not None
    assert verdict.reason.zh == "侧滑量 6.0 m/km，高于 5.0 m/km，本次测量无效。重测。"
    assert (
        verdict.reason.en == "Side slip 6.0 m/km, above the allowed 5.0 m/km: this measurement does not count. Repeat."
    )
    met = judged(pack, "4")
    assert met.reason is not None
    assert (met.outcome, met.quantities) == ("unknown", ())
    assert met.reason.zh == "侧滑：规则包中没有适用于该车、当日和该检测方式的判定内容。"


MODES = [
    ("", "5.04", "fail", "5.04", "5.0", "未修约值", "unrounded"),
    ('compare = { mode = "rounded" }\n', "5.04", "pass", "5.04", "5.0", "修约值", "rounded"),
]


@pytest.mark.parametrize(("compare", "value", "outcome", "unrounded", "rounded", "zh", "en"), MODES)
def test_where_rounding_would_decide_otherwise_it_is_told(
    compare: str, value: str, outcome: str, unrounded: str, rounded: str, zh: str, en: str
) -> None:
    verdict = judged(small(limit(AT_MOST_5), quantity=compare), value)
    (warning,) = verdict.warnings
    assert verdict.outcome == outcome
    assert warning.zh == f"侧滑量的未修约值 {unrounded} 与修约值 {rounded} 的判定不同，本规则以{zh}为准。"
    assert warning.en == (
        f"Side slip: unrounded {unrounded} and rounded {rounded} would be judged differently; "
        f"the {en} value counts here."
    )


def test_without_a_limit_it_is_told_why() -> None:
    none = judged(small(), "4")
    assert none.reason == none.quantities[0].sentence
    assert none.reason.zh == "侧滑量：规则包中没有适用于该车的限值，无法判定。"
    assert none.quantities[0].limit_shown == "—"
    asks = limit(f"{AT_MOST_5}applies_if = {{ persons = {{ min = 9 }}, total_mass_kg = {{ min = 1 }} }}")
    open_ = judged(small(asks), "4").reason
    assert open_ is not None
    assert open_.zh == "侧滑量：缺少核定载客人数、总质量，无法确定限值，请在登录窗口补录。"
    assert open_.en == (
        "Side slip: the limit depends on facts that are missing (approved number of persons, total mass); "
        "enter them at the desk."
    )
