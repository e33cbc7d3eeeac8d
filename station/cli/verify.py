"""`station verify`: is a report, a QR code or an export what the station sealed? For anybody with the public key."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from station.cli.failure import FINDING, Unusable
from station.cli.language import language_here
from station.ledger.keys import read_public
from station.ledger.proof_check import check_proof
from station.ledger.verify import VerifyReport, verify_export
from station.model.canonical import sha256_hex
from station.model.event import Event
from station.model.facts import ReportIssued
from station.model.proof import Proof, ProofError
from station.model.text import Catalogue, Text

verify_app = typer.Typer(help="Verify a report, a QR code or an export with the public key.", no_args_is_help=True)

KeyOption = Annotated[
    list[str],
    typer.Option("--key", help="Public key that the station published: a .pub file or 64 digits; once for each key."),
]
ExportOption = Annotated[Path | None, typer.Option("--export", help="An export of the ledger, to check against.")]

WORDS = Catalogue(
    {
        "zh": {
            "good": "成立：",
            "bad": "不成立：",
            "proof": "报告 {report_no}，结论 {conclusion}，号牌 {plate}，签字时间 {signed_at}，检测站 {station}，"
            "签章密钥 {signer}。请与纸面核对",
            "pass": "合格",
            "fail": "不合格",
            "invalid": "无效",
            "erased": "（已删除）",
            "ledger": "{events} 条事件，链头 {head}，签章覆盖到第 {sealed} 条",
            "forks": "；检测站曾在第 {forks} 条声明从较早的备份继续",
            "not_issued": "导出文件中没有出具报告 {report_no} 的记录",
            "other_file": "该文件不是当时出具的报告 {report_no}：其 SHA-256 与台账不符（台账登记的是中文原件）",
        },
        "en": {
            "good": "in order: ",
            "bad": "NOT in order: ",
            "proof": "report {report_no}, conclusion {conclusion}, plate {plate}, signed {signed_at}, "
            "station {station}, key {signer}. Compare this with the paper",
            "pass": "PASS",
            "fail": "FAIL",
            "invalid": "INVALID",
            "erased": "(erased)",
            "ledger": "{events} events, head {head}, sealed up to event {sealed}",
            "forks": "; at event {forks} the station said that it went on from an older backup",
            "not_issued": "the export has no record that report {report_no} was issued",
            "other_file": "this file is not the report {report_no} that was issued: its SHA-256 is not the one in the "
            "ledger (which has that of the Chinese original)",
        },
    }
)
_PROOF = re.compile(rb"CI1/[A-Za-z0-9%._~/:-]+")


@verify_app.command("report")
def report(
    file: Annotated[Path, typer.Argument(help="The report as PDF.")], key: KeyOption, export: ExportOption = None
) -> None:
    """Verify the seal that a report's PDF carries; with --export, also that this very file was issued.

    Example: station verify report report.pdf --key station.pub --export ledger.jsonl
    """
    data = file.read_bytes()
    proof = _proof(_text_in(data, file))
    _end(proof, _wrong_with(proof, key, export, sha256_hex(data)))


@verify_app.command("qr")
def qr(
    text: Annotated[str, typer.Argument(help="The text of the QR code, CI1/...")],
    key: KeyOption,
    export: ExportOption = None,
) -> None:
    """Verify what a report's QR code says; with --export, also that the signature is in the ledger.

    Example: station verify qr "CI1/..." --key station.pub
    """
    proof = _proof(text)
    _end(proof, _wrong_with(proof, key, export, None))


@verify_app.command("export")
def export_(
    file: Annotated[Path, typer.Argument(help="What station ledger export printed.")],
    key: KeyOption,
    reached: Annotated[str | None, typer.Option(help="An event published before, as SEQ:HASH.")] = None,
) -> None:
    """Verify chain, checkpoints, succession of keys, report seals and forks of an export.

    Example: station verify export ledger.jsonl --key station.pub
    """
    found = verify_file(file, key, _point(reached))
    say(found.ok, ledger_text(found))


def verify_file(
    file: Path, keys: Sequence[str], reached: tuple[int, str | None] = (0, None), issued: "_Issued | None" = None
) -> VerifyReport:
    """Return what a check of an export finds.

    Raises:
        Unusable: the file is no text.
        KeyFileError: a key is none.
    """
    published = [read_public(each) for each in keys]
    try:
        with file.open(encoding="utf-8") as stream:
            return verify_export(stream, reached, published, issued or _Issued(""))
    except UnicodeDecodeError:
        raise Unusable.of("no_export", file=file) from None


def ledger_text(found: VerifyReport) -> Text:
    """Return in words what a check of a ledger found."""
    if found.reason is not None:
        return found.reason
    said = WORDS.text("ledger", events=found.events, head=found.head, sealed=found.sealed)
    if not found.forks:
        return said
    forks = WORDS.text("forks", forks=", ".join(map(str, found.forks)))
    return Text(zh=said.zh + forks.zh, en=said.en + forks.en)


def say(good: bool, text: Text) -> None:
    """Print a verdict; one that is not good ends the program with exit code 1."""
    language = language_here()
    print(WORDS.say(language, "good" if good else "bad") + text.in_(language))
    if not good:
        raise SystemExit(FINDING)


@dataclass
class _Issued:
    """Watches an export for the files that were issued under a report number."""

    report_no: str
    sha256: set[str] = field(default_factory=set)

    def __call__(self, event: Event) -> None:
        if event.kind == ReportIssued.kind and self.report_no:
            body = json.loads(event.body)
            if body.get("report_no") == self.report_no:
                self.sha256.add(str(body.get("sha256")))


def _wrong_with(proof: Proof, keys: Sequence[str], export: Path | None, sha256: str | None) -> Text | None:
    """Return what is wrong with a proof: by itself, in the export, and with the file of that hash."""
    wrong = check_proof(proof, [read_public(each) for each in keys])
    if wrong or export is None:
        return wrong
    essence, issued = proof.essence, _Issued(proof.essence.report_no)
    found = verify_file(export, keys, (essence.seq, essence.hash), issued)
    if found.reason or sha256 is None or sha256 in issued.sha256:
        return found.reason
    return WORDS.text("other_file" if issued.sha256 else "not_issued", report_no=essence.report_no)


def _end(proof: Proof, wrong: Text | None) -> None:
    if wrong:
        say(False, wrong)
    about = proof.essence.model_dump(include={"report_no", "signed_at", "station"}) | {"signer": proof.key}
    conclusion, plate = WORDS.text(proof.essence.conclusion), proof.plate or WORDS.text("erased")
    say(True, WORDS.text("proof", conclusion=conclusion, plate=plate, **about))


def _proof(text: str) -> Proof:
    try:
        return Proof.from_text(text)
    except ProofError as error:
        raise Unusable.of("no_code", why=error.text) from None


def _text_in(data: bytes, file: Path) -> str:
    found: set[bytes] = set(_PROOF.findall(data))
    if not data.startswith(b"%PDF-"):
        raise Unusable.of("no_pdf", file=file)
    if len(found) != 1:
        raise Unusable.of("proofs", file=file, count=len(found))
    return found.pop().decode()


def _point(reached: str | None) -> tuple[int, str | None]:
    if reached is None:
        return 0, None
    found = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", reached, re.ASCII)
    if found is None:
        raise Unusable.of("reached", given=reached)
    return int(found[1]), found[2]
