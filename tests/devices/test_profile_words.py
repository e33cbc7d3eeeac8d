"""What is said of a profile that cannot be used: complete in both languages, every sentence in use."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import devices
from devices.errors import ProfileError
from devices.links import open_link
from devices.profile import PROFILES, load_profile, parse_profile
from devices.profile_words import TEXTS

TREES = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(devices.__file__).parent.glob("*.py")]


def asked_for():
    for node in (node for tree in TREES for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if getattr(node.func, "id", "") in ("profile_error", "words") and isinstance(node.args[0], ast.Constant):
            yield node.args[0].value


def test_every_sentence_is_used_and_none_is_missing():
    assert set(asked_for()) == TEXTS.keys()


@pytest.mark.parametrize("case", sorted(TEXTS))
def test_both_languages_name_the_same(case):
    zh, en = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in TEXTS[case])
    assert zh == en


@pytest.mark.parametrize(
    ("refused", "zh"),
    [
        (lambda: load_profile("no-such-rig"), "无法读取设备配置文件（没有这个文件）；已有的是 gas-ak"),
        (lambda: parse_profile(b"kind =", "x.toml"), "x.toml：不是有效的 TOML"),
        (lambda: parse_profile(b"channels = 1", "x.toml"), "x.toml：channels：应为一组设置，实际是 1"),
        (lambda: open_link("COM1"), "COM1：不是设备地址：应为 tcp://host:port 或 serial://"),
    ],
)
def test_it_is_said_in_chinese(refused, zh):
    with pytest.raises(ProfileError) as caught:
        refused()
    assert zh in caught.value.say("zh")
    assert caught.value.say("en") == str(caught.value)


def test_no_english_stands_in_the_chinese_sentence():
    text = (PROFILES / "rbt-modbus-tcp.toml").read_text(encoding="utf-8").replace('"s16"', '"f32"', 1)
    with pytest.raises(ProfileError) as caught:
        parse_profile(text.encode(), "x.toml")
    assert not re.search(r"expected|found|one of", caught.value.say("zh"))
