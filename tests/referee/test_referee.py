"""A few thousand random cases of each pack, judged twice; and the referee's own figures at the limits of the sheets.

The long run is tests/proof/test_referee.py.
"""

import random
import time
from fractions import Fraction

import pytest

from tests.referee import cn_brakes, eu_brakes, mot_brakes, mot_petrol
from tests.referee.answer import Answer, Json, Said
from tests.referee.cn_vehicle import row
from tests.referee.compare import differences, engine, many, some, summary
from tests.referee.findings import FINDINGS
from tests.referee.generator import Dice, number
from tests.referee.subjects import SUBJECTS

CASES = {"cn-gb38900-2020": 1500, "gb-mot-class4-2025": 900, "eu-2014-45": 400}


@pytest.mark.parametrize("pack", CASES)
def test_engine_and_referee_agree_on_random_cases(pack: str) -> None:
    seed = random.SystemRandom().randrange(2**32)
    begun = time.monotonic()
    tally = some(pack, seed, 0, CASES[pack])
    print(summary(pack, seed, tally, time.monotonic() - begun))
    assert not tally.different
    assert tally.at_limit > CASES[pack] / 50
    assert {"pass", "fail", "invalid", "unknown"} <= set(tally.outcomes)


def test_every_known_finding_names_a_pack_that_is_proved() -> None:
    assert FINDINGS.keys() <= SUBJECTS.keys()


def brakes(force_n: float) -> Json:
    """Return a small car whose front axle of 1 000 kg brakes with twice this force."""
    curve = {"unit": "N", "values": [0, force_n / 2, force_n]}
    loads = {side: {"unit": "kg", "value": 500} for side in ("load_left", "load_right")}
    run = {"curves": {"force_left": curve, "force_right": curve}, "values": loads, "marks": {"brake": 0, "rise": 0}}
    facts = {"plate_type": "02", "vehicle_type": "K33", "use_character": "A", "fuel": "A", "persons": 5, "axles": 2}
    facts |= {"total_mass_kg": 1800, "curb_mass_kg": 1400}
    return {"v": 1, "on": "2026-01-05", "category": "in_use", "vehicle": facts, "items": {"B1": run}}


@pytest.mark.parametrize(("force", "outcome"), [(2940, "pass"), (2939.999, "fail"), (2940.001, "pass")])
def test_the_referee_knows_60_percent_of_9800_newtons(force: float, outcome: str) -> None:
    said = cn_brakes.axle(brakes(force), "B1").quantities["axle_rate"]
    assert said.outcome == outcome
    assert said.value == 100 * 2 * Fraction(str(force)) / 9800


def test_a_wrong_answer_of_the_referee_would_be_seen() -> None:
    case = brakes(2940)
    right, verdict = cn_brakes.axle(case, "B1"), engine("cn-gb38900-2020", case, "B1")
    assert differences(verdict, right) == []
    rate = right.quantities["axle_rate"]
    for wrong in (
        Said("fail", rate.value, rate.limit),
        Said("pass", (rate.value or 0) + Fraction(1, 10**12), rate.limit),
        Said("pass", rate.value, Fraction(61)),
    ):
        assert differences(verdict, Answer("pass", {**right.quantities, "axle_rate": wrong}))
    assert differences(verdict, Answer("fail", right.quantities))
    assert differences(verdict, Answer("pass", {"axle_rate": rate}))
    assert differences(verdict, Answer("pass", {**right.quantities, "another": rate}))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"vehicle_type": "K33", "persons": 9, "total_mass_kg": 5000}, "light"),
        ({"vehicle_type": "K21", "persons": 10, "total_mass_kg": 3500}, "light"),
        ({"vehicle_type": "K21", "persons": 10, "total_mass_kg": 3501}, "bus"),
        ({"vehicle_type": "H11", "persons": 3, "total_mass_kg": 3501}, "other"),
        ({"vehicle_type": "Z11", "persons": 3, "total_mass_kg": 12000, "curb_mass_kg": 10000}, "special"),
        ({"vehicle_type": "Z11", "persons": 3, "total_mass_kg": 12001, "curb_mass_kg": 10000}, "other"),
        ({"vehicle_type": "M22", "persons": 1, "total_mass_kg": 200}, "moped"),
    ],
)
def test_the_row_of_a_vehicle(facts: Json, expected: str) -> None:
    assert row(facts) == expected


@pytest.mark.parametrize(
    ("percent", "outcome", "severity"),
    [("58", "pass", None), ("57.9999", "pass", None), ("57.99", "fail", "major"), ("28.9", "fail", "dangerous")],
)
def test_efficiency_is_rounded_to_thousandths_and_then_down(percent: str, outcome: str, severity: str | None) -> None:
    said = mot_brakes.needed(Fraction(percent), 58)
    assert (said.outcome, said.severity) == (outcome, severity)


def test_the_directive_and_great_britain_differ_by_their_dates() -> None:
    car = {"eu_category": "M1", "first_registered": "2011-06-01"}
    assert (mot_brakes.service_limit(car), eu_brakes.service_limit(car)) == (58, 50)


@pytest.mark.parametrize(("co", "outcome"), [("0.204", "pass"), ("0.205", "fail"), ("0.20", "pass")])
def test_co_is_compared_as_the_analyser_shows_it(co: str, outcome: str) -> None:
    run: Json = {"curves": {"co": {"unit": "% vol", "values": [float(co)] * 5}}}
    assert mot_petrol.below(run, "co", (0, 5), "0.2").outcome == outcome


def test_a_seed_and_a_number_make_the_same_case_again() -> None:
    for subjects in SUBJECTS.values():
        for subject in subjects:
            assert subject.make(Dice.of(7, 3)) == subject.make(Dice.of(7, 3)) != subject.make(Dice.of(7, 4))


def test_parts_add_up_on_several_processors() -> None:
    together, alone = many("eu-2014-45", 5, 60, part=25), some("eu-2014-45", 5, 0, 60)
    assert together == alone


@pytest.mark.parametrize(
    ("whole", "digits", "written"), [(2940001, 3, "2940.001"), (2940000, 3, "2940"), (1, 6, "1e-06")]
)
def test_numbers_of_a_case_are_exact(whole: int, digits: int, written: str) -> None:
    assert str(number(whole, digits)) == written
    assert Fraction(str(number(whole, digits))) == Fraction(whole, 10**digits)
