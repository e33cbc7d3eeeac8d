"""What can go wrong with a rig: a code with its values for whoever translates, English words for the log."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "not_tried": "not connected yet",
        "not_connected": "{where}: not connected",
        "cannot_connect": "{where}: no connection: is the rig on, its cable in, the address right?",
        "port_not_open": "{where}: the port is not open: is the cable in, and does no other program use the port?",
        "port_cannot_open": "{where}: cannot open: {detail}: is the cable in, and does no other program use the port?",
        "port_gone": "{where}: the port is gone ({detail}): is the cable in, and does no other program use the port?",
        "connection_not_open": "{where}: the connection is not open: is the rig on, its cable in, the address right?",
        "connection_cannot_open": "{where}: cannot open: {detail}: is the rig on, its cable in, the address right?",
        "connection_gone": "{where}: the connection is gone ({detail}): "
        "is the rig on, its cable in, the address right?",
        "never_quiet": "{where}: the line never falls quiet: does something else send on it?",
        "no_answer": "{where}: no answer to {request}: is the rig on and its cable in?",
        "noise": "{where}: {request}: no answer in what came ({detail}): are baud rate, parity and device id right?",
        "wrong_answer": "{where}: {request}: {detail}: is this the rig that the profile describes?",
        "wrong_value": "{channel}: {detail}: another firmware than the profile describes?",
        "wrong_rig": "{where}: {found} at the rig, {expected} in the profile {profile}",
        "unknown_request": "{where}: the rig does not know {request}: is this the rig that the profile describes?",
        "restarted": "{where}: the rig restarted ({detail})",
        "taken_over": "{where}: the rig is in MANUAL: it restarted, or was taken over at its panel",
        "refused": "{where}: {request} refused: {why_en}",
        "modbus_exception": "{where}: cannot {request}: exception {number}: {why_en}",
        "set_aside": "{where}: {request}: set aside: command {other} was given meanwhile",
        "still_running": "{where}: {request}: still running after {seconds} s: look at the rig",
        "not_safe": "{where}: not safe: {missing}",
        "not_safe_refused": "{where}: not safe: {missing}. {request} refused: {why_en}",
        "no_lamp": "{where}: no lamp found on the {side_en} side: is it lit, and clean?",
        "lamp_error": "{where}: the lamp on the {side_en} side was found and could not be measured",
        "fault": "{faults_en}",
    }
)
"""Every code that a reason or an error can carry, with its English text; in braces the values that go with it.

``where`` is the link's address, ``request`` a command or request by its name, ``detail`` a technical word for the log.
Values in two languages come in pairs, ``..._zh`` and ``..._en``: they stand in the rig's profile.
"""


class Words(NamedTuple):
    """A short text of a profile in both languages."""

    zh: str
    en: str


class Reason(str):
    """Why a rig is as it is: English text that carries its ``code`` of ``TEXTS`` and the code's ``values``.

    Empty, with the code ``""``, where there is nothing to say.
    """

    __slots__ = ("code", "values")
    code: str
    values: Mapping[str, str]


def because(code: str, **values: object) -> Reason:
    """Return the reason with a code of ``TEXTS``; ``Words`` become a pair of values, ``..._zh`` and ``..._en``."""
    flat: dict[str, str] = {}
    for name, value in values.items():
        pair = {f"{name}_zh": value.zh, f"{name}_en": value.en} if isinstance(value, Words) else {name: str(value)}
        flat |= pair
    return _reason(code, TEXTS[code].format(**flat), flat)


def _reason(code: str, text: str, values: Mapping[str, str]) -> Reason:
    reason = Reason(text)
    reason.code, reason.values = code, MappingProxyType(dict(values))
    return reason


NO_REASON = _reason("", "", {})


class RigError(Exception):
    """Anything that goes wrong between this computer and a rig; ``why`` is the code with its values.

    Args:
        code: one of ``TEXTS``.
        values: what the code's text names.
    """

    def __init__(self, code: str, **values: object) -> None:
        self.why = because(code, **values)
        super().__init__(self.why)


class RigOffline(RigError):  # noqa: N818 - the trade's word for the state
    """The rig does not answer: no power, no cable, wrong address. Whether a command under way took effect is open."""


class RigProtocolError(RigError):
    """The rig answered what its protocol page does not allow: another map, a wrong count, an unreadable frame."""


class RigRestarted(RigError):  # noqa: N818 - the trade's word for the event
    """The rig was restarted, or taken over at its own panel: earlier samples do not join on to later ones."""


class RigRefused(RigError):  # noqa: N818 - the protocol page's word for the answer
    """The rig understood and said no. ``reason`` is the rig's own number or code, the text says it in words."""

    def __init__(self, code: str, reason: int | str = "", **values: object) -> None:
        super().__init__(code, **values)
        self.reason = reason


class ProfileError(ValueError):
    """A rig's profile or link address cannot be used: names the file and key, or the address, and what was expected."""

    def __init__(self, said: Words) -> None:
        super().__init__(said.en)
        self.said = said

    def say(self, language: str) -> str:
        """Return the sentence in Chinese (``zh``) or English."""
        return self.said.zh if language == "zh" else self.said.en
