"""The station's certificates: for whom they hold, how long, who can read them, and when they are renewed."""

import ipaddress
import ssl
import stat
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from station.authority.certificates import make_authority, names_of, permits
from station.authority.files import Files
from station.authority.keeper import AuthorityError, Kept, ensure, read, renew, renew_authority
from station.authority.names import Names, is_dns_name, local_addresses, station_names
from tests.station.authority.chain import HERE, handshake, issue, make_keys, now, put


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder of keys with an authority and a certificate for this computer."""
    make_keys(tmp_path / "keys")
    return tmp_path / "keys"


def authority_of(folder: Path) -> Path:
    return Files(folder).authority


# -- for whom


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_it_holds_for_the_names_of_the_station(keys: Path, host: str) -> None:
    assert handshake(keys, authority_of(keys), host) == "TLSv1.3"


@pytest.mark.parametrize("host", ["other.lan", "127.0.0.2", "sub.localhost"])
def test_it_does_not_hold_for_another_name(keys: Path, host: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=r"(?i)mismatch"):
        handshake(keys, authority_of(keys), host)


@pytest.mark.parametrize("host", ["bank.example.com", "localhost.example.com", "8.8.8.8", "2001:db8::1"])
def test_the_authority_cannot_speak_for_anybody_else(keys: Path, host: str) -> None:
    issue(keys, [host], now())
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        handshake(keys, authority_of(keys), host)
    issue(keys, ["localhost", host], now())
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        handshake(keys, authority_of(keys), "localhost")


def test_the_openssl_command_refuses_it_as_well(keys: Path) -> None:
    def verify() -> subprocess.CompletedProcess[str]:
        command = ["openssl", "verify", "-x509_strict", "-CAfile", str(authority_of(keys)), str(Files(keys).server)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert verify().returncode == 0
    issue(keys, ["bank.example.com"], now())
    refused = verify()
    assert refused.returncode != 0
    assert "permitted subtree violation" in refused.stderr


@pytest.mark.parametrize("host", ["station.lan", "desk.station.lan", "192.168.7.9", "10.0.0.1", "fd00::7"])
def test_another_name_below_ours_or_address_inside_needs_no_new_authority(tmp_path: Path, host: str) -> None:
    first = make_keys(tmp_path, Names(("station.lan", *HERE.given)))
    second = make_keys(tmp_path, Names((host, *HERE.given)))
    assert second.authority == first.authority
    assert handshake(tmp_path, authority_of(tmp_path), host) == "TLSv1.3"


def test_an_address_of_our_own_outside_of_private_networks_is_permitted_and_no_neighbour(tmp_path: Path) -> None:
    kept = make_keys(tmp_path, Names(("198.51.100.7", *HERE.given)))
    assert permits(kept.authority, "198.51.100.7")
    assert not permits(kept.authority, "198.51.100.8")


def test_a_name_that_the_authority_may_not_speak_for_is_refused_with_the_remedy(keys: Path) -> None:
    with pytest.raises(
        AuthorityError, match=r"may not speak for other\.lan.*station certs renew --authority"
    ) as refused:
        make_keys(keys, Names(("other.lan", *HERE.given)))
    assert "other.lan" in refused.value.text.zh
    assert handshake(keys, authority_of(keys), "localhost")


def test_a_name_that_is_only_found_is_left_out_where_the_authority_may_not_speak_for_it(keys: Path) -> None:
    before = read(keys)
    after = make_keys(keys, Names(HERE.given, ("new-host-name", "203.0.113.9", "192.168.3.4")))
    assert after.authority == before.authority
    assert after.server
    assert names_of(after.server) == {*HERE.given, "192.168.3.4"}


@given(st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}){0,2}", fullmatch=True), st.ip_addresses())
@settings(max_examples=50, deadline=None)
def test_what_we_say_the_authority_permits_is_what_stands_in_it(name: str, address: ipaddress.IPv4Address) -> None:
    authority = make_authority("test", Names(("station.lan", "localhost")), now()).certificate
    assert permits(authority, name) == (f".{name}".endswith((".station.lan", ".localhost")))
    assert permits(authority, f"{name}.station.lan")
    inside = address.is_loopback or any(address in network for network in map(ipaddress.ip_network, PRIVATE))
    assert permits(authority, str(address)) == inside


PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10")


# -- how long, and who may read


def test_dates_and_uses(keys: Path) -> None:
    kept, at = read(keys), now()
    assert kept.server
    assert kept.server.not_valid_after_utc - kept.server.not_valid_before_utc == timedelta(days=397)
    assert kept.authority.not_valid_after_utc - at > timedelta(days=3650)
    assert kept.authority.not_valid_before_utc < at
    usage = kept.server.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [use.dotted_string for use in usage] == ["1.3.6.1.5.5.7.3.1"]
    basic = kept.authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    assert kept.authority.extensions.get_extension_for_class(x509.NameConstraints).critical


def test_keys_can_be_read_by_their_owner_only(keys: Path) -> None:
    renew(keys, HERE, now())
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in keys.iterdir()}
    assert modes == {"station-ca.key": 0o600, "server.pem": 0o600, "station-ca.crt": 0o644}
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700


def test_the_certificate_ends_with_the_authority(keys: Path) -> None:
    authority = read(keys).authority
    issue(keys, HERE.given, authority.not_valid_after_utc - timedelta(days=40))
    server = read(keys).server
    assert server
    assert server.not_valid_after_utc == authority.not_valid_after_utc
    # It cannot be made to hold longer: it stays, whatever is left of it.
    assert ensure(keys, "test", HERE, authority.not_valid_after_utc - timedelta(days=20)).server == server


# -- when it is renewed


def serial(kept: Kept) -> int:
    assert kept.server
    return kept.server.serial_number


@pytest.mark.parametrize(("days", "renewed"), [(0, False), (365, False), (367, True), (500, True)])
def test_it_is_renewed_when_thirty_days_remain(keys: Path, days: int, renewed: bool) -> None:
    before, later = read(keys), now() + timedelta(days=days)
    after = ensure(keys, "test", HERE, later)
    assert (serial(after) != serial(before)) == renewed
    assert after.server
    assert after.server.not_valid_after_utc > later
    assert after.authority == before.authority


def test_it_is_renewed_for_other_names_and_not_for_fewer(keys: Path) -> None:
    first = make_keys(keys)
    more = make_keys(keys, Names(("192.168.1.9", *HERE.given)))
    fewer = make_keys(keys)
    assert serial(first) != serial(more) == serial(fewer)
    assert more.fingerprint == first.fingerprint


@pytest.mark.parametrize("damage", ["missing", "empty", "no key", "another key", "another authority"])
def test_a_certificate_that_is_of_no_use_is_made_anew(keys: Path, tmp_path: Path, damage: str) -> None:
    server, other = Files(keys).server, tmp_path / "other"
    make_keys(other)
    text, foreign = server.read_text(), Files(other).server.read_text()
    begin, end = (pair.index("-----BEGIN CERTIFICATE") for pair in (text, foreign))
    if damage == "missing":
        server.unlink()
    else:
        server.write_text({
            "empty": "", "no key": text[begin:], "another key": foreign[:end] + text[begin:],
            "another authority": foreign,
        }[damage])  # fmt: skip
    assert read(keys).server is None
    make_keys(keys)
    assert handshake(keys, authority_of(keys), "localhost")


@pytest.mark.parametrize("damage", ["missing", "garbage", "another"])
def test_without_the_authority_s_key_nothing_new_is_issued_and_what_holds_goes_on(
    keys: Path, tmp_path: Path, damage: str
) -> None:
    key = Files(keys).authority_key
    if damage == "missing":
        key.unlink()
    else:
        make_keys(tmp_path / "other")
        key.write_bytes(b"x" if damage == "garbage" else Files(tmp_path / "other").authority_key.read_bytes())
    assert make_keys(keys).server
    with pytest.raises(AuthorityError, match=r"station-ca\.key.*Restore it from the backup"):
        renew(keys, HERE, now())


def test_a_damaged_authority_is_never_replaced_by_itself(keys: Path) -> None:
    authority_of(keys).write_text("no certificate")
    with pytest.raises(AuthorityError, match=r"station-ca\.crt is damaged.*Restore it"):
        make_keys(keys)
    assert authority_of(keys).read_text() == "no certificate"


def test_an_authority_that_has_expired_is_refused_with_the_remedy(keys: Path) -> None:
    later = read(keys).authority.not_valid_after_utc + timedelta(days=1)
    for work in (lambda: ensure(keys, "test", HERE, later), lambda: renew(keys, HERE, later)):
        with pytest.raises(AuthorityError, match=r"expired on .*station certs renew --authority"):
            work()


def test_a_new_authority_is_another_one_and_the_old_is_not_trusted(keys: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.crt"
    old.write_bytes(authority_of(keys).read_bytes())
    before = read(keys)
    after = renew_authority(keys, "test", HERE, now())
    assert after.fingerprint != before.fingerprint
    assert handshake(keys, authority_of(keys), "localhost")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(keys, old, "localhost")


def test_a_certificate_of_another_station_is_not_trusted(keys: Path, tmp_path: Path) -> None:
    make_keys(tmp_path / "other")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path / "other", authority_of(keys), "localhost")


def test_half_an_authority_is_made_again(tmp_path: Path) -> None:
    make_keys(tmp_path)
    authority_of(tmp_path).unlink()
    make_keys(tmp_path)
    assert handshake(tmp_path, authority_of(tmp_path), "localhost")


# -- names


def test_names_of_a_station_that_listens_everywhere_have_its_addresses() -> None:
    names = station_names("0.0.0.0", ["Station.LAN"])
    assert names.given == ("station.lan", "localhost", "127.0.0.1")
    assert set(local_addresses()) <= set(names.found)
    assert names.public == "station.lan"


def test_names_of_a_station_that_listens_at_one_address() -> None:
    names = station_names("127.0.0.1", [])
    assert set(names.given) == {"127.0.0.1", "localhost"}
    assert names.public == "127.0.0.1"
    assert not set(local_addresses()) & set(names.every)


@pytest.mark.parametrize(
    "name", ["", ".", "a..b", "-a", "a-", "a_b", "*.lan", "检测站", "a" * 64, "a.b.", "x y", "a" * 254]
)
def test_what_is_no_host_name(name: str) -> None:
    assert not is_dns_name(name)


@given(st.from_regex(r"[a-z0-9]{1,20}(-[a-z0-9]{1,20})?(\.[A-Z0-9]{1,10}){0,3}", fullmatch=True))
def test_what_is_a_host_name(name: str) -> None:
    assert is_dns_name(name)


def test_pairs_of_a_test_are_read_as_the_station_s_own(keys: Path) -> None:
    before = read(keys)
    issue(keys, HERE.given, now())
    after = read(keys)
    assert after.server
    assert serial(after) != serial(before)


def test_a_self_made_authority_of_the_same_name_is_another(keys: Path) -> None:
    put(keys, make_authority("test", HERE, now()))
    assert read(keys).server is None
