"""The closed list of what can hold a printer up and what can come of a print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyipp.enums import IppStatus

from reports.printing.codes import PRINT_CODES, blocking_of, ending_of, refusal_of, trouble_of

WORDS = st.lists(st.from_regex(r"[a-z][a-z-]{0,30}", fullmatch=True), max_size=4)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("media-empty-error", "media_empty"),
        ("media-empty", "media_empty"),
        ("media-needed", "media_empty"),
        ("media-jam-error", "media_jam"),
        ("door-open-error", "door_open"),
        ("cover-open", "door_open"),
        ("input-tray-missing", "door_open"),
        ("toner-empty-error", "toner_empty"),
        ("marker-supply-empty", "toner_empty"),
        ("paused", "not_accepting"),
        ("shutdown", "offline"),
        ("none", "ok"),
        ("toner-low-warning", "ok"),
        ("com.example-sleepy", "ok"),
    ],
)
def test_a_reason_has_a_code(reason, code):
    assert trouble_of([reason]) == code
    assert blocking_of([reason]) == code


def test_a_warning_is_trouble_that_blocks_nothing_and_a_report_is_none():
    assert trouble_of(["media-empty-warning"]) == "media_empty"
    assert blocking_of(["media-empty-warning"]) == "ok"
    assert trouble_of(["media-empty-report"]) == blocking_of(["media-empty-report"]) == "ok"


def test_what_a_person_has_to_do_first_comes_first():
    assert trouble_of(["media-empty-error", "media-jam-error"]) == "media_jam"


def test_only_a_completed_job_is_printed():
    endings = {state: ending_of(state, []) for state in range(3, 10)}
    assert endings == {3: None, 4: None, 5: None, 6: None, 7: "canceled", 8: "aborted", 9: "ok"}
    assert ending_of(9, ["job-completed-successfully"]) == "ok"
    assert ending_of(9, ["job-completed-with-errors"]) == "aborted"
    assert ending_of(8, ["unsupported-document-format"]) == "bad_format"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (IppStatus.ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED, "bad_format"),
        (IppStatus.ERROR_JOB_CANCELED, "canceled"),
        (IppStatus.ERROR_NOT_ACCEPTING_JOBS, "not_accepting"),
        (IppStatus.ERROR_BUSY, "not_accepting"),
        (0x0599, "not_accepting"),
    ],
)
def test_a_refusal_has_a_code(status, code):
    assert refusal_of(status) == code


@given(WORDS, st.integers(3, 9))
def test_whatever_a_printer_says_is_one_of_the_list(reasons, state):
    assert trouble_of(reasons) in PRINT_CODES
    assert blocking_of(reasons) in PRINT_CODES
    assert ending_of(state, reasons) in (*PRINT_CODES, None)
