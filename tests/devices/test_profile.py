"""Every profile that ships, and what a broken one says."""

import hashlib
from decimal import Decimal

import pytest

from devices.errors import ProfileError
from devices.profile import PROFILES, load_profile, parse_profile, profile_names

UNITS = {"N", "kg", "%", "% vol", "1e-6 vol", "1", "1/min", "degC", "km/h", "s", "1/m", "cd", "mm", "mm/10m"}


@pytest.mark.parametrize("name", profile_names())
def test_every_profile(name):
    profile = load_profile(name)
    assert profile.name == name
    assert profile.sha256 == hashlib.sha256((PROFILES / f"{name}.toml").read_bytes()).hexdigest()
    assert profile.faults or profile.fault_status
    assert profile.safe_state.commands
    assert {channel.unit for channel in profile.channels.values()} <= UNITS
    assert len(set(profile.status.values())) == len(profile.status)
    codes = [command.code for command in profile.commands.values()]
    assert len(set(codes)) == len(codes)
    for channel in profile.channels.values():
        assert channel.low < channel.high
        assert not set(channel.sentinels) & set(range(max(channel.low, 0), min(channel.high, 0xFFFF) + 1))
    if profile.block:
        spans = [c for c in profile.channels.values() if c.address >= profile.block.address + profile.block.registers]
        assert spans == []
        assert profile.block.first_pair + 2 * profile.block.pairs == profile.block.registers <= 125


def test_profiles_are_found_by_name_and_by_path():
    assert profile_names() == ["gas-ak", "gas-modbus-rtu", "lamp-mqd6", "rbt-modbus-tcp", "smoke-nht6"]
    assert load_profile(PROFILES / "gas-ak.toml") == load_profile("gas-ak")


def test_an_unknown_profile_names_the_known_ones():
    with pytest.raises(ProfileError, match="known are gas-ak, gas-modbus-rtu, lamp-mqd6, rbt-modbus-tcp, smoke-nht6"):
        load_profile("no-such-rig")


def test_broken_toml_names_file_and_line():
    with pytest.raises(ProfileError, match=r"x.toml: not TOML: .*line 2"):
        parse_profile(b'name = "x"\nkind = \n', "x.toml")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('kind = "brake"', 'kind = "brakes"', r"kind: expected one of brake, gas, smoke, lamp, found 'brakes'"),
        ('protocol = "modbus-tcp"', 'protocol = "ak"', r"protocol: expected one of modbus-tcp, found 'ak'"),
        ('zh = "参考滚筒反力式制动检验台", ', "", r"title.zh is missing: expected a text"),
        ("FAULT = { zh", "FALT = { zh", r"fault_status.FALT: expected one of READY, LEFT_WHEEL"),
        ("deadline_s = 0.3", 'deadline_s = "0.3"', r"timing.deadline_s: expected seconds from 0 to 3600"),
        ("reconnect_s = 0.5", "", r"timing.reconnect_s is missing"),
        ("unit = 1\n", "unit = -1\n", r"registers.unit: expected a whole number from 0 to 65535, found -1"),
        ('type = "s16"', 'type = "f32"', r"channels.force_left.type: expected one of u16, s16, u32, decimal"),
        ('scale = "0.01"', 'scale = "0"', r"channels.speed_left.scale: expected a positive decimal number"),
        ('scale = "0.01"', 'scale = "x"', r"channels.speed_left.scale: expected a positive decimal number"),
        ('scale = "0.01"', "scale = 0.01", r"channels.speed_left.scale: expected a positive decimal number in quotes"),
        ("range = [-500, 30000]", "range = [5]", r"channels.force_left.range: expected \[low, high\]"),
        ("range = [-500, 30000]", "range = [2, 1]", r"channels.force_left.range: expected \[low, high\]"),
        ('0x8000 = "missing"', '0x8000 = "gone"', r"force_left.sentinels.0x8000: expected one of good, suspect"),
        ('0x8000 = "missing"', 'none = "missing"', r"force_left.sentinels.none: expected a key that is a number"),
        ("STOP = { code = 1 }", "STOP = { code = 70000 }", r"commands.STOP.code: expected a number from 0 to 65535"),
        ("STOP = { code = 1 }", "STOP = { code = true }", r"commands.STOP.code: expected a number from 0 to 65535"),
        ("moves = true", "moves = 1", r"commands.START.moves: expected true or false"),
        ("STOP = { code = 1 }", "STOP = { code = 1, cod = 1 }", r"commands.STOP.cod: nobody reads this key"),
        ("STOP = { code = 1 }", "STOP = 1", r"commands.STOP: expected a table"),
        ('set = ["LIFT_UP"]', 'set = ["LIFT"]', r"safe_state.set: expected a list of names out of READY"),
        ("READY = 0", "READY = true", r"status.READY: expected a whole number from 0 to 63, found True"),
    ],
)
def test_errors_name_file_key_and_what_is_expected(old, new, says):
    text = (PROFILES / "rbt-modbus-tcp.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ProfileError, match=rf"mine\.toml: .*{says}"):
        parse_profile(text.replace(old, new, 1).encode(), "mine.toml")


def test_a_channel_as_it_is_declared():
    channel = load_profile("rbt-modbus-tcp").channels["force_left"]
    assert (channel.address, channel.type, channel.scale, channel.unit) == (29, "s16", Decimal(1), "N")
    assert dict(channel.sentinels) == {0x8000: "missing", 0x7FFF: "invalid"}
