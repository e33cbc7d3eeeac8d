"""What can come of a print and what can hold a printer up: a closed list, for the ledger, the desk and the texts."""

from collections.abc import Iterable
from typing import Literal, get_args

from pyipp.enums import IppJobState, IppStatus

PrintCode = Literal[
    "ok",
    "media_empty",
    "media_jam",
    "door_open",
    "toner_empty",
    "offline",
    "not_accepting",
    "aborted",
    "canceled",
    "bad_format",
    "timeout",
]
PRINT_CODES: tuple[PrintCode, ...] = get_args(PrintCode)

# RFC 8011 5.4.12 and PWG 5100.9: a reason is a word of this kind with a severity behind it. In the order in which
# a person would deal with them: a jam under an open door first.
_REASONS: tuple[tuple[str, PrintCode], ...] = (
    ("media-jam", "media_jam"),
    ("cover-open", "door_open"),
    ("door-open", "door_open"),
    ("interlock-open", "door_open"),
    ("input-tray-missing", "door_open"),
    ("media-empty", "media_empty"),
    ("media-needed", "media_empty"),
    ("toner-empty", "toner_empty"),
    ("marker-supply-empty", "toner_empty"),
    ("marker-waste-full", "toner_empty"),
    ("paused", "not_accepting"),
    ("moving-to-paused", "not_accepting"),
    ("shutdown", "offline"),
)
_BAD_FORMAT = ("document-format-error", "unsupported-document-format", "document-unprintable-error")
_BAD_FORMAT_STATUS = frozenset(
    {
        IppStatus.ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED,
        IppStatus.ERROR_DOCUMENT_FORMAT_ERROR,
        IppStatus.ERROR_DOCUMENT_UNPRINTABLE,
        # Nothing is asked for but the format and one copy, so it is one of these that the printer cannot do.
        IppStatus.ERROR_ATTRIBUTES_OR_VALUES,
    }
)


def trouble_of(reasons: Iterable[str]) -> PrintCode:
    """Return what the reasons of a printer's state say is wrong, ``ok`` for nothing.

    The end of a word is its severity (``-error``, ``-warning``, ``-report``); a report is no trouble.
    """
    real = [reason for reason in reasons if not reason.endswith("-report")]
    return next((code for prefix, code in _REASONS if any(r.startswith(prefix) for r in real)), "ok")


def blocking_of(reasons: Iterable[str]) -> PrintCode:
    """Return what holds the printer up by itself: a warning may be of a tray that no job needs."""
    return trouble_of(reason for reason in reasons if not reason.endswith("-warning"))


def ending_of(state: int, reasons: Iterable[str]) -> PrintCode | None:
    """Return what came of a job, None while it is not at its end.

    Only *completed* (RFC 8011 5.3.7) is printed, and not when the printer says itself that it was with errors.
    """
    if state < IppJobState.CANCELED:
        return None
    if any(reason.startswith(_BAD_FORMAT) for reason in reasons):
        return "bad_format"
    if state == IppJobState.CANCELED:
        return "canceled"
    whole = state == IppJobState.COMPLETED and "job-completed-with-errors" not in reasons
    return "ok" if whole else "aborted"


def refusal_of(status: int) -> PrintCode:
    """Return what an IPP status that is not a success means for a print."""
    if status in _BAD_FORMAT_STATUS:
        return "bad_format"
    return "canceled" if status == IppStatus.ERROR_JOB_CANCELED else "not_accepting"
