"""What is told ahead of the certificates, and that every sentence of the catalogue is in use."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

import station.authority
from station.authority.files import Files
from station.authority.keeper import read, renew_authority
from station.authority.names import Names
from station.authority.state import CertificateState, certificate_state
from station.authority.words import words
from station.cli import certs, lan
from station.office import onboarding
from tests.station.authority.chain import HERE, issue, make_keys, now


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder of keys with an authority and a certificate for this computer."""
    make_keys(tmp_path)
    return tmp_path


def after(keys: Path, days: float, names: Names | None = HERE) -> CertificateState:
    return certificate_state(keys, now() + timedelta(days=days), names)


def test_all_is_well(keys: Path) -> None:
    state = after(keys, 0)
    assert (state.kind, state.remedy.zh, state.remedy.en) == ("ok", "", "")
    assert state.days in (395, 396)
    assert after(keys, 365).kind == "ok"


def test_thirty_days_ahead_it_is_said(keys: Path) -> None:
    state = after(keys, 380.5)
    assert (state.kind, state.days) == ("expires_soon", 15)
    assert "还有 15 天到期" in state.sentence.zh
    assert "expires in 15 days" in state.sentence.en
    assert "station run" in state.remedy.zh


def test_expired(keys: Path) -> None:
    state = after(keys, 400)
    assert state.kind == "expired"
    assert state.days < 0
    assert "expired on" in state.sentence.en
    assert "到期" in state.sentence.zh


def test_the_authority_is_told_ninety_days_ahead_and_goes_before_the_certificate(keys: Path) -> None:
    end = read(keys).authority.not_valid_after_utc
    issue(keys, HERE.given, end - timedelta(days=100))
    assert certificate_state(keys, end - timedelta(days=91), HERE).kind == "ok"
    soon = certificate_state(keys, end - timedelta(days=80), HERE)
    assert (soon.kind, soon.days) == ("expires_soon", 80)
    assert "station certs renew --authority" in soon.remedy.en
    gone = certificate_state(keys, end, HERE)
    assert gone.kind == "expired"
    assert "authority" in gone.sentence.en


def test_names_that_it_does_not_have(keys: Path) -> None:
    state = after(keys, 0, Names(("station.lan", *HERE.given), ("192.168.4.4", "some-host")))
    assert state.kind == "wrong_names"
    assert "192.168.4.4, station.lan" in state.sentence.en
    assert "some-host" not in state.sentence.en
    assert after(keys, 0, None).kind == "ok"


def test_a_clock_that_is_behind_is_suspected(keys: Path) -> None:
    state = after(keys, -30)
    assert state.kind == "expired"
    assert "clock" in state.sentence.en


def test_what_cannot_be_used_is_a_state_and_no_exception(keys: Path, tmp_path: Path) -> None:
    assert certificate_state(tmp_path / "none", now()).kind == "unusable"
    Files(keys).server.unlink()
    missing = after(keys, 0)
    assert missing.kind == "unusable"
    assert "server.pem" in missing.sentence.en
    Files(keys).authority.write_bytes(b"")
    assert "damaged" in after(keys, 0).sentence.en
    renew_authority(keys, "test", HERE, now())
    assert after(keys, 0).kind == "ok"


def test_every_sentence_is_used_and_none_is_missing() -> None:
    files = [*Path(station.authority.__file__ or "").parent.glob("*.py"), *map(Path, (certs.__file__, lan.__file__))]
    source = "\n".join(file.read_text("utf-8") for file in (*files, Path(onboarding.__file__)))
    named = set(re.findall(r'["\']((?:trust|certs)\.[a-z_]+)["\']', source))
    named |= {f"trust.{device}" for device in ("android", "iphone", "windows")}
    whats = set(re.findall(r'_say\("([a-z_]+)"', source)) | set(re.findall(r'_state\("[a-z_]+", "([a-z_]+)"', source))
    whats |= {"authority_expired", "expired", "authority_soon", "soon"}
    named |= {f"{part}.{what}" for part in ("state", "remedy") for what in whats}
    assert named == words().keys()
