"""A Chinese finding is Chinese throughout: what another part of the station or the system says in it, too."""

import re
from pathlib import Path

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from station.bus.accounts import Accounts, AccountsError, read_accounts
from station.bus.broker import Broker
from station.bus.link import refusal
from station.cli.doctor.case import Case, Heard, listen
from station.cli.doctor.checks import made
from station.cli.doctor.command import unusable
from station.cli.doctor.finding import Finding, broken
from station.cli.doctor.trust_checks import keys
from station.line.config import ConfigError, load_config
from station.store.errors import os_errors
from tests.station.cli.sickbed import MINIMAL, case_of, household, looked
from tests.station.ledger.household import Household

ENGLISH = re.compile(r"[A-Za-z']+ [A-Za-z']+")
"""Two words one after the other; names, keys and numbers stand alone. Commands are what a person types."""
COMMANDS = re.compile(r"station( [a-z-]+)+|timedatectl [a-z -]+|make setup")

RIG = '\n[[rig]]\nid = "smoke-1"\nprofile = "{profile}"\nlink = "{link}"\n'


@pytest.fixture
def home(tmp_path: Path) -> Household:
    """A station with a day's work."""
    return household(tmp_path)


def in_chinese(finding: Finding) -> str:
    """Return what a finding says, which must be in Chinese."""
    said = finding.found.zh
    for text in (said, finding.remedy.zh):
        assert ENGLISH.search(COMMANDS.sub("", text)) is None, text
    assert re.search(r"[一-鿿]", said), said
    assert said != finding.found.en
    return said


async def fault(name: str, case: Case) -> str:
    found = [finding for finding in await looked(name, case) if finding.level == "fault"]
    assert len(found) == 1, found
    return in_chinese(found[0])


def rig(profile: str | Path = "gas-ak", link: str = "tcp://127.0.0.1:1") -> str:
    return RIG.format(profile=profile, link=link)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"kind =", "到文件末尾还不完整"),
        (b"kind = x\n", "第 1 行第 8 列"),
        (b'kind = "brake', "不是有效的 TOML"),
        (b"\xff", "不是 UTF-8 文本"),
        (b"channels = 1", "channels：应为一组设置"),
        (b"[channels.load]", "缺少 channels.load.range"),
        (None, "没有这个文件"),
    ],
)
async def test_a_profile_that_cannot_be_used(home: Household, tmp_path: Path, text: bytes | None, said: str) -> None:
    file = tmp_path / "own.toml"
    if text is not None:
        file.write_bytes(text)
    assert said in await fault("config", case_of(home, rig(file)))


async def test_a_profile_that_cannot_be_read(home: Household, tmp_path: Path) -> None:
    (tmp_path / "own.toml").mkdir()
    assert "系统错误 21" in await fault("config", case_of(home, rig(tmp_path / "own.toml")))


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("tcp://127.0.0.1", "不是设备地址"),
        ("rtu+tcp://127.0.0.1", "不是设备地址"),
    ],
)
async def test_an_address_that_cannot_be_used(home: Household, link: str, said: str) -> None:
    assert said in await fault("rigs", case_of(home, rig(link=link)))


async def test_a_link_that_does_not_open(home: Household) -> None:
    assert "对方拒绝连接" in await fault("rigs", case_of(home, rig()))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "[pack] 应恰好出现一次"),
        ({"a.toml": b"[pack"}, "到文件末尾还不完整"),
        ({"a.toml": b"[pack]\nx\n"}, "第 2 行"),
        ({"a.toml": b"\xff"}, "UTF-8"),
        ({"a.toml": b"[pack]\nname = 3\n"}, "name"),
    ],
)
async def test_a_rule_pack_that_cannot_be_used(
    home: Household, tmp_path: Path, files: dict[str, bytes], said: str
) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_bytes(text)
    assert said in await fault("rules", case_of(home, f'\n[rules]\npack = "{folder}"\n'))


async def test_a_rule_pack_that_is_a_folder_of_folders(home: Household, tmp_path: Path) -> None:
    (tmp_path / "pack" / "a.toml").mkdir(parents=True)
    said = await fault("rules", case_of(home, f'\n[rules]\npack = "{tmp_path / "pack"}"\n'))
    assert "这是目录，不是文件" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"{", "第 1 行第 2 列起不是 JSON"),
        (b"\xff", "不是 UTF-8 文本"),
        (b"[]", "应为 v = 1"),
        (None, "没有这个文件或目录"),
    ],
)
def test_an_accounts_file_that_cannot_be_used(tmp_path: Path, text: bytes | None, said: str) -> None:
    file = tmp_path / "accounts.json"
    if text is not None:
        file.write_bytes(text)
    with pytest.raises(AccountsError) as refused:
        read_accounts(file)
    assert said in in_chinese(broken("accounts.file", detail=refused.value))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[store]", "[store"), "不是有效的 TOML"),
        (('id = "t1"', "id = 1"), "第 3 行"),
        (('id = "t1"', 'id = "T 1"'), "第 3 行"),
        (('name_zh = "站"', "colour = 3"), "name_zh"),
        (("[store]", "[printing]\na = 1\n[store]"), "printing"),
    ],
)
def test_a_configuration_that_cannot_be_used(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    file = tmp_path / "station.toml"
    file.write_text(MINIMAL.format(folder="var").replace(*change))
    with pytest.raises(ConfigError) as refused:
        load_config(file)
    assert said in in_chinese(unusable(refused.value).findings[0])


async def test_a_broker_that_refuses_the_account(home: Household, own_broker: Broker) -> None:
    place = own_broker.place
    case = case_of(home, f"\n[broker]\nmqtt_port = {place.port}\nws_port = {place.ws_port}\n")
    case.accounts = Accounts(home.folder / "accounts.json", dict.fromkeys(own_broker.accounts.secrets, "wrong"))
    case.heard = await listen(case.config, case.accounts, case.topics)
    said = await fault("broker", case)
    assert "拒绝了账号 probe" in said
    assert "口令" in said or "登录权限" in said


def test_a_reason_that_nobody_knows_is_a_number() -> None:
    assert refusal(ReasonCode(PacketTypes.CONNACK, "Quota exceeded")).zh == "原因代码 151"
    assert Heard(refused=refusal(ReasonCode(PacketTypes.CONNACK, "Server busy"))).refused


async def test_a_key_that_cannot_be_used(home: Household) -> None:
    next(home.home.keys.glob("seal-*.pem")).write_text("no key")
    (finding,) = await made("keys", keys, case_of(home))
    assert "不是可用的 Ed25519 私钥文件" in in_chinese(finding)


async def test_a_check_that_fails_by_itself(home: Household) -> None:
    def by_mistake(case: Case) -> list[Finding]:
        raise KeyError("nobody thought of this")

    def by_the_system(case: Case) -> list[Finding]:
        (case.config.store.folder / "none").read_bytes()
        raise AssertionError

    def by_the_disk(case: Case) -> list[Finding]:
        with os_errors(case.config.store.folder):
            (case.config.store.folder / "none").read_bytes()
        raise AssertionError

    case = case_of(home)
    (finding,) = await made("ports", by_mistake, case)
    assert "检查“网络端口”本身没有完成：KeyError (test_doctor_chinese.py:" in in_chinese(finding)
    assert "nobody thought of this" in finding.found.en
    for check, said in ((by_the_system, "“网络端口”本身没有完成"), (by_the_disk, "文件读写失败")):
        (finding,) = await made("ports", check, case)
        assert said in in_chinese(finding)
        assert "没有这个文件或目录" in finding.found.zh
