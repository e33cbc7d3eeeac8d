"""What a wrong configuration is told: file, line, and what was expected."""

import pytest
from room import BRAKES_ONLY as CONFIG

from station.line.config import ConfigError, load_config, parse_config


def message(text):
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "station.toml")
    return str(caught.value)


def line_of(text, part, number=1):
    return [i for i, line in enumerate(text.splitlines(), 1) if line.startswith(part)][number - 1]


def test_a_whole_file_is_read():
    config, sha256 = parse_config(CONFIG, "station.toml")
    assert config.station.name.zh == "检测站"
    assert config.rig[0].profile == "rbt-modbus-tcp"
    assert config.bay[1].rig == "brake-1"
    assert config.rules.pack == "cn-gb38900-2020"
    assert len(sha256) == 64
    assert parse_config(CONFIG + "# a remark\n", "station.toml")[1] != sha256


def test_broken_toml_names_file_line_and_what_was_expected():
    text = CONFIG.replace('id = "t-1"', "id t-1")
    assert message(text).startswith("station.toml: not valid TOML: Expected '='")
    assert f"line {line_of(text, 'id t-1')}" in message(text)


@pytest.mark.parametrize(
    ("old", "new", "where", "expected"),
    [
        ('name_en = "Station"', 'name_eng = "Station"', "[station]", "station.name_en: missing; it must be given"),
        ('id = "t-1"', 'id = "t-1"\ncolour = "red"', "colour", "station.colour: unknown key"),
        ('id = "t-1"', 'id = "Ä"', 'id = "Ä"', "station.id: String should match"),
        ('id = "t-1"', 'id = "t-1"\ntimezone = "Mars/Base"', "timezone", "expected a time zone name such as Asia"),
        ("[store]", "[broker]\nmqtt_port = 70000\n[store]", "mqtt_port", "less than or equal to 65535"),
        ("[store]", "[broker]\nmqtt_port = 'x'\n[store]", "mqtt_port", "valid integer"),
        (
            "[store]",
            "[clock]\nspeed = 0.5\n[store]",
            "speed",
            "clock.speed: Input should be greater than or",
        ),
        ("[station]", "simulated = 'perhaps'\n[station]", "simulated", "simulated: Input should be a valid boolean"),
        ("[station]", "[wheels]\n[station]", "[wheels]", "wheels: unknown key"),
        ('link = "tcp://127.0.0.1:1"', 'link = "127.0.0.1"', "link", "rig.0.link: String should match"),
        ('stage = "brake"', 'stage = "brakes"', 'stage = "brakes"', "bay.1.stage: Input should be 'desk'"),
        ('rig = "brake-1"', 'rig = "brake-9"', 'rig = "brake-9"', "'brake-9' is not declared; expected one of brake-1"),
        ('id = "brake-bay"', 'id = "outside"', None, "bay.1.id: 'outside' is used twice"),
        ("[store]", "[office]\nhost = '0.0.0.0'\n[store]", "host", "office.host: 0.0.0.0 is open to other devices"),
        ("[store]", "[broker]\nhost = '192.168.1.5'\n[store]", "host", "enabled = true under [lan]"),
        ("[store]", "[lan]\nhost = 'station.lan'\n[store]", "host", "lan.host: expected an address of this computer"),
        ("[store]", "[lan]\nnames = ['a b']\n[store]", "names", "lan.names: 'a b' is neither a host name nor"),
        ("[store]", "[broker]\nca = 'x.crt'\n[store]", "ca", "broker.ca: goes with external only"),
    ],
)
def test_a_wrong_value_names_file_line_and_what_was_expected(old, new, where, expected):
    text = CONFIG.replace(old, new)
    said = message(text)
    line = line_of(text, 'id = "outside"', 2) if where is None else line_of(text, where)
    assert said.startswith(f"station.toml, line {line}: ")
    assert expected in said


def test_the_line_of_a_rig_is_found_though_bays_name_rigs_too():
    head, rig, bays = CONFIG.partition("[[rig]]")[0], CONFIG[CONFIG.index("[[rig]]") : CONFIG.index("[[bay]]")], ""
    bays = CONFIG[CONFIG.index("[[bay]]") :]
    text = head + bays + rig + rig.replace("brake-1", "brake-2").replace("tcp://", "http://")
    assert message(text).startswith(f"station.toml, line {line_of(text, 'link', 2)}: rig.1.link")


def test_a_rig_stands_in_one_bay():
    text = CONFIG + '[[bay]]\nid = "b-2"\nlane = "safety-2"\nstage = "brake"\nrig = "brake-1"\n'
    line = line_of(text, "rig =", 2)
    assert message(text).startswith(f"station.toml, line {line}: bay.2.rig: 'brake-1' stands in another bay already")


def test_a_missing_section_is_named():
    text = CONFIG.replace('[store]\nfolder = "unused"', "")
    assert message(text) == "station.toml: store: missing; it must be given"


def test_an_inline_table_has_its_line():
    text = "station = { id = 'x' }\n"
    assert message(text).startswith("station.toml, line 1: station.id")


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read"):
        load_config(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigError, match=r"latin\.toml: cannot be read"):
        load_config(tmp_path / "latin.toml")


def test_where_things_are_kept():
    config, _ = parse_config(CONFIG, "station.toml")
    assert config.database_url == "sqlite:///unused/station.sqlite"
    assert str(config.evidence_folder) == "unused/evidence"
    assert str(config.accounts_file) == "unused/accounts.json"
    other, _ = parse_config(CONFIG.replace("[[rig]]", "[office]\nport = 81\n[[rig]]", 1), "station.toml")
    assert other.office.url == "http://127.0.0.1:81"
    assert (other.broker.url, other.broker.ws_url) == ("mqtt://127.0.0.1:18883", "ws://127.0.0.1:18884/mqtt")


def test_another_broker_is_reached_by_its_own_address_and_authority():
    external = 'external = "mqtts://b.lan:8883"\nexternal_ws = "wss://b.lan/mqtt"\nca = "b c.crt"'
    section = f"[broker]\n{external}\n[lan]\nenabled = true\n"
    config, _ = parse_config(CONFIG.replace("[store]", f"{section}[store]"), "station.toml")
    assert (config.broker.address, config.broker.ws_url) == ("mqtts://b.lan:8883", "wss://b.lan/mqtt")
    assert config.broker.url == "mqtts://b.lan:8883?ca=b%20c.crt"
    assert config.office.url == "https://127.0.0.1:18080"


def test_ipv6_stands_in_brackets():
    config, _ = parse_config(CONFIG.replace("[store]", "[lan]\nenabled = true\nhost = '::'\n[store]"), "station.toml")
    assert (config.office.host, config.office.url) == ("::", "https://127.0.0.1:18080")
    config, _ = parse_config(CONFIG.replace("[store]", "[lan]\nenabled = true\nhost = '::1'\n[store]"), "station.toml")
    assert config.office.url == "https://[::1]:18080"
