"""What a rig says of a check that it made on itself."""

from typing import Literal

CheckResult = Literal["passed", "failed", "never"]
_RESULTS: dict[int, CheckResult] = {1: "passed", 0: "failed", 9: "never"}


def check_said(result: int, age_s: int) -> tuple[CheckResult, int | None]:
    """Return result and age in seconds of a check, from a rig's numbers; the age of one that never was is None.

    Raises:
        ValueError: the result is none of 0, 1, 9.
    """
    if result not in _RESULTS:
        raise ValueError(f"{result} where 0, 1 or 9 is expected")
    said = _RESULTS[result]
    return said, None if said == "never" else age_s
