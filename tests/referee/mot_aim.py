"""Headlamp aim in the MOT test (standards-eu-uk, section 3). Certainty: A. Per cent of 10 m; minus is below.

The sheet gives "until 24 Mar 2016"; read here: from that day on the wider band.
"""

from datetime import date
from fractions import Fraction

from tests.referee.answer import FAIL, INVALID, PASS, UNKNOWN, Answer, Json, NoAnswerError, Said, run_of, scalar, worst

WIDENED = date(2016, 3, 24)
LOW_MOUNTED_MM = 850
SIDEWAYS = (Fraction(-2), Fraction(0))
WIDEST = Fraction("-2.75")


def european(height: Fraction, on: date) -> tuple[Fraction, Fraction]:
    """Return the band of the cut-off of a European lamp."""
    if height > LOW_MOUNTED_MM:
        return WIDEST, Fraction("-1.25")
    return (WIDEST if on >= WIDENED else Fraction(-2)), Fraction("-0.5")


def within(value: Fraction, band: tuple[Fraction, Fraction]) -> Said:
    """Judge: both ends belong to the band; outside is a major defect."""
    if band[0] <= value <= band[1]:
        return Said(PASS, value, band[1], None, band[0])
    return Said(FAIL, value, band[1], "major", band[0])


def aim(case: Json, item: str) -> Answer:
    """H1 and H4: by the pattern of the lamp and the height of its centre, which belongs to the measurement."""
    pattern = case["vehicle"].get("headlamp_pattern")
    try:
        run = run_of(case, item)
        if run.get("lost", 0) > 0:
            return Answer(INVALID)
        height = scalar(run, f"{item}_height")
        if height is None or height <= 0:
            return Answer(INVALID)
        if pattern is None:
            return Answer(UNKNOWN)
        return worst(by_pattern(run, item, pattern, height, date.fromisoformat(case["on"])))
    except NoAnswerError as none:
        return none.answer


def by_pattern(run: Json, item: str, pattern: str, height: Fraction, on: date) -> dict[str, Said]:
    """Return what is judged of a European lamp, or of a British-American one marked 1 or 2."""
    if pattern == "european":
        return {"european_aim": within(percent(run, f"{item}_low_dy"), european(height, on))}
    if pattern == "british_american_1":
        lowest = WIDEST if height > LOW_MOUNTED_MM else Fraction(-2)
        return {
            "main_beam_aim": within(percent(run, f"{item}_high_dy"), (lowest, Fraction(0))),
            "main_beam_sideways": within(percent(run, f"{item}_high_dx"), SIDEWAYS),
        }
    return {
        "dipped_beam_aim": within(percent(run, f"{item}_low_dy"), (WIDEST, Fraction(0))),
        "dipped_beam_sideways": within(percent(run, f"{item}_low_dx"), SIDEWAYS),
    }


def percent(run: Json, name: str) -> Fraction:
    """Return an offset in per cent: 100 mm in 10 m are 1 %."""
    offset = scalar(run, name)
    if offset is None:
        raise NoAnswerError(INVALID)
    return offset / 100
