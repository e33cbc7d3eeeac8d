"""`station verify` and `station keys` as a stranger and a maintainer use them."""

import re
import stat
import subprocess
import sys

import pytest

from station.bus.clock import Clock
from station.cli.demo_station import prepare
from station.cli.main import main
from station.ledger.journal import Ledger
from station.ledger.keys import load_keys, make_key, public_pem
from station.ledger.seal import enrol_key
from station.line.config import load_config
from station.model.event import Entry, Fact
from station.store.database import open_database
from tests.station.ledger.papers import KEY, SERIAL, make_papers
from tests.station.ledger.sealed_story import FORGER, K1


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    return make_papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture
def station(monkeypatch, capsys):
    """Run the command and return exit code, standard output and error."""

    def run(*words):
        monkeypatch.setenv("STATION_LANG", "en")
        monkeypatch.setattr(sys, "argv", ["station", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code or 0, *capsys.readouterr())

    return run


def test_a_report_its_code_and_the_export_hold(papers, station):
    for words in (
        ("report", papers.pdf),
        ("report", papers.english),
        ("report", papers.pdf, "--export", papers.export),
        ("qr", papers.qr),
        ("qr", papers.qr, "--export", papers.export),
    ):
        code, out, _ = station("verify", *words, "--key", papers.key)
        assert code == 0
        assert out.startswith(f"in order: report {SERIAL}-1, conclusion PASS, plate 苏A12345")
        _, out, _ = station("--lang", "zh", "verify", *words, "--key", papers.key)
        assert out.startswith(f"成立：报告 {SERIAL}-1，结论 合格，号牌 苏A12345")
    code, out, _ = station("verify", "export", papers.export, "--key", KEY.public)
    assert code == 0
    assert re.search(r"in order: 23 events, head [0-9a-f]{64}, sealed up to event 22", out)


def test_what_is_not_in_order_is_one_sentence_in_either_language(papers, station, tmp_path):
    swapped = station("verify", "report", papers.pdf, "--key", FORGER.public)
    assert (swapped[0], swapped[2]) == (1, "")
    assert "not with the public key given" in swapped[1]
    assert station("--lang", "zh", "verify", "report", papers.pdf, "--key", FORGER.public)[1].startswith("不成立：报告")
    failed = station("verify", "qr", papers.qr.replace("/pass/", "/fail/"), "--key", papers.key)
    assert failed[0] == 1
    assert "does not hold" in failed[1]
    code, out, _ = station("--lang", "zh", "verify", "export", papers.export, "--key", FORGER.public)
    assert code == 1
    assert "不是本台账的签名密钥" in out


def test_a_pdf_that_was_edited_is_not_the_one_that_was_issued(papers, station, tmp_path):
    edited = tmp_path / "edited.pdf"
    edited.write_bytes(papers.pdf.read_bytes() + b"%\n")
    assert station("verify", "report", edited, "--key", papers.key)[0] == 0  # the seal alone cannot tell
    for file in (edited, papers.english):
        code, out, _ = station("verify", "report", file, "--key", papers.key, "--export", papers.export)
        assert code == 1
        assert "not the report" in out


def test_a_report_that_is_not_in_the_export_is_found(papers, station, tmp_path):
    lines = papers.export.read_text(encoding="utf-8").splitlines(keepends=True)
    short = tmp_path / "short.jsonl"
    short.write_text("".join(lines[:8]), encoding="utf-8")
    code, out, _ = station("verify", "qr", papers.qr, "--key", papers.key, "--export", short)
    assert (code, "the ledger ends at event 8" in out) == (1, True)
    short.write_text("".join(line for line in lines[:-2]), encoding="utf-8")
    code, out, _ = station("verify", "report", papers.pdf, "--key", papers.key, "--export", short)
    assert (code, "sealed no checkpoint" in out) == (1, True)


def test_an_earlier_point_shows_a_removed_end(papers, station, tmp_path):
    code, out, _ = station("verify", "export", papers.export, "--key", papers.key, "--reached", f"99:{'0' * 64}")
    assert (code, "event 23, where 99 was reached" in out) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("qr", "hello"), "not the text of a report's QR code"),
        (("report", __file__), "is no PDF"),
        (("report", "no-such.pdf"), "No such file"),
        (("export", "no-such.jsonl"), "No such file"),
        (("export", sys.executable), "not UTF-8"),
        (("export", __file__, "--reached", "7"), "expected SEQ:HASH"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_code_2(papers, station, words, said):
    code, _, error = station("verify", *words, "--key", papers.key)
    assert (code, error.count("\n")) == (2, 1)
    assert said in error


def test_a_key_that_is_none_is_said(papers, station, tmp_path):
    for key in ("abc", papers.pdf, tmp_path / "none.pub"):
        code, _, error = station("verify", "qr", papers.qr, "--key", key)
        assert (code, error.count("\n")) == (2, 1)


def test_a_pdf_of_another_program_says_how_to_go_on(papers, station, tmp_path):
    other = tmp_path / "other.pdf"
    other.write_bytes(b"%PDF-1.4\n")
    code, _, error = station("verify", "report", other, "--key", papers.key)
    assert code == 2
    assert "station verify qr" in error


# -- keys


@pytest.fixture
def config(tmp_path):
    return prepare(tmp_path, 1.0)


def in_ledger(config, key, replaces=None, old=None):
    """Enrol a key as the line does at its start."""
    settings, _ = load_config(config)
    engine = open_database(settings.database_url)
    ledger = Ledger.open(engine, Clock(), "boot")
    ledger.append(
        Entry((Fact(settings.station.id, "line", "line", enrol_key(settings.station.id, key, replaces, old)),))
    )
    ledger.close()
    engine.dispose()


def test_keys_are_listed_shown_and_rotated(config, station):
    code, _, error = station("keys", "show", "--config", config)
    assert (code, "no signing key yet" in error) == (2, True)
    settings, _ = load_config(config)
    first = make_key(settings.keys_folder)
    in_ledger(config, first.key)
    code, out, _ = station("keys", "rotate", "--config", config)
    assert (code, "line takes it at its next start" in out) == (0, True)
    _, second = load_keys(settings.keys_folder)
    code, out, _ = station("keys", "list", "--config", config)
    assert re.search(f"{first.key.id}.*in use\n{second.key.id}.*next start\n", out)
    shown, pem, about = station("keys", "show", "--config", config)
    assert (shown, pem) == (0, public_pem(first.key.public))
    assert first.key.public in about
    in_ledger(config, second.key, first.key.id, first.key)
    assert station("keys", "show", "--config", config)[1] == public_pem(second.key.public)
    assert re.search(f"{first.key.id}.*not used any more", station("keys", "list", "--config", config)[1])
    second.path.unlink()
    assert re.search(f"{second.key.id}.*file is not here", station("keys", "list", "--config", config)[1])


def test_a_key_that_others_can_read_is_refused_with_the_remedy(config, station):
    settings, _ = load_config(config)
    file = make_key(settings.keys_folder)
    file.path.chmod(0o640)
    for words in (("list",), ("rotate",)):
        code, _, error = station("keys", *words, "--config", config)
        assert (code, error.count("\n")) == (2, 1)
        assert f"chmod 0600 {file.path}" in error
    assert len(list(settings.keys_folder.glob("*.pem"))) == 1
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o640


def test_the_station_checks_its_own_ledger_with_a_published_key(config, station):
    in_ledger(config, K1)
    assert station("ledger", "verify", "--config", config)[0] == 0
    code, out, _ = station("ledger", "verify", "--config", config, "--key", FORGER.public)
    assert (code, "not a signing key of this ledger" in out) == (1, True)


def test_the_public_key_opens_with_openssl(config):
    settings, _ = load_config(config)
    file = make_key(settings.keys_folder)
    done = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", file.public_path, "-text", "-noout"], capture_output=True, text=True
    )
    assert "ED25519" in done.stdout.upper()
