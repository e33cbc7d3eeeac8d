"""The texts that every pack brings, and the words that each may use."""

from collections.abc import Mapping
from string import Formatter

from station.model.text import Language
from station.rules.formulas.windows import CHANNEL_UNITS
from station.rules.pack import PackError
from station.rules.pack_words import TEXTS

_LIMIT = {"name", "value", "limit", "outcome"}
_WHEEL = {"axle", "side"}
_OF_A_RECORD = ("first_registered", "produced", "rated_speed_per_min")

TEXT_WORDS: dict[str, set[str]] = {
    # names
    **{f"side_{side}": set() for side in ("left", "right")},
    **{f"position_{position}": set() for position in ("front", "rear")},
    **{f"channel_{channel}": set() for channel in CHANNEL_UNITS},
    **{f"outcome_{outcome}": set() for outcome in ("pass", "fail", "invalid")},
    **{f"mode_{mode}": set() for mode in ("unrounded", "rounded")},
    **{
        f"fact_{fact}": set()
        for fact in (
            "total_mass_kg",
            "curb_mass_kg",
            "persons",
            "electronic_parking_brake",
            "axle_position",
            *_OF_A_RECORD,
        )
    },
    # a value against its limit
    **{f"{met}_{comparison}": _LIMIT for met in ("met", "missed") for comparison in ("ge", "le", "within")},
    "modes_disagree": {"name", "value", "rounded", "mode"},
    "branch_disagrees": {"mode"},
    "no_limit": {"name"},
    "limit_needs_facts": {"name", "facts"},
    # an item
    "no_item": {"item"},
    "not_applicable": {"item"},
    "by_a_person": {"item"},
    "nothing_judged": {"item"},
    "missing_facts": {"facts"},
    "not_measured": {"item"},
    "no_axle_item": {"axle"},
    "not_one_parking_axle": {"count"},
    # a run
    "lost_samples": {"item", "count"},
    "no_mark": {"item", "mark"},
    "unequal_sides": {"axle"},
    "no_curve": _WHEEL,
    "no_force": _WHEEL,
    "wheel_wrong_unit": {*_WHEEL, "unit", "expected"},
    "wheel_bad_samples": {*_WHEEL, "count"},
    "wheel_suspect": _WHEEL,
    "timed_out": {"axle"},
    "no_rise": {"axle"},
    "rise_out_of_order": {"axle", "begin", "end"},
    "no_load": _WHEEL,
    "load_not_positive": {*_WHEEL, "load"},
    "no_channel": {"channel"},
    "channel_wrong_unit": {"channel", "unit", "expected"},
    "channel_bad_samples": {"channel", "count"},
    "channel_suspect": {"channel"},
    "window_out_of_order": {"begin", "end"},
    "too_few_windows": {"item", "count", "wanted"},
    "no_lamp": {"item"},
    "no_lamp_reading": {"item"},
    "lamp_wrong_unit": {"item", "unit", "expected"},
    "lamp_suspect": {"item"},
}


def check_texts(file: str, texts: Mapping[Language, Mapping[str, str]]) -> None:
    """Check that every text is there in every language, and uses only the words that it is given.

    Raises:
        PackError: naming the first text that is missing, not known or wrong.
    """
    for language, templates in texts.items():
        for key in sorted(TEXT_WORDS.keys() ^ templates.keys()):
            wrong = "text_missing" if key in TEXT_WORDS else "text_unknown"
            raise PackError.of(file, f"texts.{language}: {key}", wrong)
        for key, words in TEXT_WORDS.items():
            check_words(file, f"texts.{language}: {key}", templates[key], words)


def check_words(file: str, entry: str, template: str, words: set[str]) -> None:
    """Check that a template is well formed and uses no other words.

    Raises:
        PackError: naming the word.
    """
    try:
        used = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError as error:
        raise PackError.of(file, entry, "text_form", detail=error) from error
    if not used <= words:
        allowed = ", ".join(sorted(words)) or TEXTS.text("none")
        raise PackError.of(file, entry, "text_word", words=", ".join(sorted(used - words)), allowed=allowed)
