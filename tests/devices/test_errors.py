"""Reasons and errors: English words that carry a code and its values."""

import ast
import logging
import re
import string
from pathlib import Path

import pytest

import devices.errors
from devices.errors import NO_REASON, TEXTS, RigOffline, RigRefused, Words, because
from devices.modbus import ModbusTcp

RAISING = {"RigOffline", "RigProtocolError", "RigRestarted", "RigRefused", "because"}
LINK_CODES = {f"{kind}_{what}" for kind in ("port", "connection") for what in ("not_open", "cannot_open", "gone")}


def raised():
    """Every code that the drivers raise, with the names of the values that go with it."""
    for file in Path(devices.errors.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISING:
                for code in ast.walk(node.args[0]):
                    if isinstance(code, ast.Constant) and code.value in TEXTS:
                        yield code.value, {keyword.arg for keyword in node.keywords}


def test_every_code_is_used_and_every_use_gives_the_values_of_its_text():
    used = dict(raised())
    chosen = {"no_lamp", "lamp_error", "not_safe_refused"}  # by an expression, where they are raised
    assert set(used) | LINK_CODES | chosen == set(TEXTS)
    for code, given in raised():
        named = {re.sub("_(zh|en)$", "", name) for _, name, _, _ in string.Formatter().parse(TEXTS[code]) if name}
        assert named <= given or None in given, code  # None: handed on from another reason


def test_a_reason_is_its_english_text_and_carries_code_and_values():
    reason = because("refused", where="tcp://h:1", request="START", why=Words("急停按下", "emergency stop"))
    assert reason == "tcp://h:1: START refused: emergency stop"
    assert (reason.code, dict(reason.values)) == (
        "refused",
        {"where": "tcp://h:1", "request": "START", "why_zh": "急停按下", "why_en": "emergency stop"},
    )
    assert (NO_REASON, NO_REASON.code, dict(NO_REASON.values)) == ("", "", {})


def test_an_error_says_why():
    error = RigRefused("still_running", "deadline", where="x", request="zero", seconds=30.0)
    assert (str(error), error.reason, error.why.code) == (
        "x: zero: still running after 30.0 s: look at the rig",
        "deadline",
        "still_running",
    )


async def test_pymodbus_is_silent_for_us_only(modbus_peer, caplog):
    log = logging.getLogger("pymodbus.logging")
    with caplog.at_level(logging.DEBUG):
        modbus_peer.answer = lambda request: None
        modbus = ModbusTcp("127.0.0.1", modbus_peer.port, unit=1, deadline_s=0.05)
        await modbus.connect()
        with pytest.raises(RigOffline):
            await modbus.read(0, 1)
        await modbus.close()
        log.error("somebody else's client")
    said = [record.getMessage() for record in caplog.records if record.name.startswith("pymodbus")]
    assert said == ["somebody else's client"]
