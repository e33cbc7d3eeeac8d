"""Key files: whole, for nobody else's eyes, under their own name, or refused with what to do."""

import os
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from station.ledger.errors import KeyFileError
from station.ledger.keys import load_keys, make_key, next_key, public_pem, read_public


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


def refusal(work, *arguments):
    with pytest.raises(KeyFileError) as refused:
        work(*arguments)
    assert "{" not in refused.value.say("zh") + refused.value.say("en")
    return refused.value.say("en")


def test_no_folder_has_no_keys(folder):
    assert load_keys(folder) == ()
    assert next_key((), ()) is None


def test_a_new_key_is_private_and_its_public_half_is_not(folder):
    before = os.umask(0)
    try:
        made = make_key(folder)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert made.path.name == f"seal-{made.key.id}.pem"
    assert read_public(str(made.public_path)) == made.key.public
    assert b"PRIVATE" not in made.public_path.read_bytes()
    assert [file.key.id for file in load_keys(folder)] == [made.key.id]
    assert repr(made.key) == "SigningKey()"


def test_the_next_key_is_the_newest_unknown_one_or_the_one_in_use(folder):
    files = [make_key(folder) for _ in range(3)]
    for second, file in enumerate(files):
        os.utime(file.path, (second, second))
    first, second, third = (file.key.id for file in files)
    keys = load_keys(folder)
    assert next_key(keys, ()).key.id == third
    assert next_key(keys, (first,)).key.id == third
    assert next_key(keys, (first, third)).key.id == second
    # file times do not count among keys that the ledger knows
    assert next_key(keys, (third, second, first)).key.id == first
    assert next_key(keys[:1], (first, "0" * 16)) is None


def test_rights_of_file_and_folder_are_checked(folder):
    made = make_key(folder)
    made.path.chmod(0o640)
    assert f"chmod 0600 {made.path}" in refusal(load_keys, folder)
    made.path.chmod(0o600)
    folder.chmod(0o755)
    assert f"chmod 0700 {folder}" in refusal(load_keys, folder)
    assert "chmod" in refusal(make_key, folder)


def test_another_user_s_key_is_refused(folder, monkeypatch):
    owner = make_key(folder).path.stat().st_uid
    monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    assert "another user" in refusal(load_keys, folder)


def test_what_is_no_key_is_refused(folder):
    made = make_key(folder)
    made.path.write_bytes(b"no key")
    assert "no Ed25519 private key" in refusal(load_keys, folder)
    other = generate_private_key(SECP256R1())
    made.path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert "no Ed25519 private key" in refusal(load_keys, folder)


def test_a_key_under_another_s_name_is_refused(folder):
    first, second = make_key(folder), make_key(folder)
    second.path.replace(first.path)
    assert second.key.id in refusal(load_keys, folder)


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").touch()
    assert "cannot be read or written" in refusal(make_key, tmp_path / "file" / "keys")


def test_a_public_key_is_read_in_every_form_in_both_programs(folder, node):
    made = make_key(folder)
    pem = public_pem(made.key.public)
    as_hex = folder / "hex.txt"
    as_hex.write_text(made.key.public.upper() + "\n")
    for given in (made.key.public, made.key.public.upper(), str(made.public_path), str(as_hex)):
        assert read_public(given) == made.key.public
    for text in (pem, pem.replace("\n", "\r\n"), made.key.public, made.key.public.upper()):
        assert node.ask(key=text) == made.key.public
    other = generate_private_key(SECP256R1()).public_key()
    wrong = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    as_hex.write_text(wrong)
    assert "no Ed25519 public key" in refusal(read_public, str(as_hex))
    assert "cannot be read" in refusal(read_public, "no-such-file")
    for text in (wrong, "", "ab", pem.replace("A", "*")):
        assert node.ask(key=text) is None
