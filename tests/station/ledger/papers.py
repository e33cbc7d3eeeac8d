"""What an auditor has in hand: a report as PDF in both languages, an export, the public key, the text of the code."""

from dataclasses import dataclass
from pathlib import Path

from reports.inspection import render_inspection
from station.ledger.keys import public_pem
from station.ledger.seal import seal_ledger
from station.ledger.verify import export
from station.model.canonical import sha256_hex
from station.model.facts import ReportIssued
from station.office.archive import Archive
from tests.reports import sample_report
from tests.station.ledger.sealed_story import AT
from tests.station.office.office_story import STATION, Story, config_for

SERIAL = "test-20261122-0001"
KEY = sample_report.KEY


@dataclass
class Papers:
    """The files, and what the QR code says."""

    folder: Path
    qr: str = ""

    @property
    def pdf(self) -> Path:
        return self.folder / "report.pdf"

    @property
    def english(self) -> Path:
        return self.folder / "english.pdf"

    @property
    def export(self) -> Path:
        return self.folder / "ledger.jsonl"

    @property
    def key(self) -> Path:
        return self.folder / "station.pub"


def make_papers(folder: Path) -> Papers:
    """Let a car through a station whose ledger is sealed, and hand out its papers."""
    papers, story = Papers(folder), Story(folder)
    story.begin()
    report_no, *_ = story.whole_car(SERIAL)
    archive = Archive(config_for(folder))
    data = archive.report_data(SERIAL, 1, simulated=True)
    archive.close()
    papers.qr = data.proof().to_text()
    papers.pdf.write_bytes(render_inspection(data, "zh"))
    papers.english.write_bytes(render_inspection(data, "en"))
    papers.key.write_text(public_pem(KEY.public))
    sha256 = sha256_hex(papers.pdf.read_bytes())
    story.add(SERIAL, ReportIssued(attempt=1, report_no=report_no, sha256=sha256, size=papers.pdf.stat().st_size))
    story.add(STATION, seal_ledger(KEY, STATION, *story.ledger.head, AT), actor="line", device="line")
    with papers.export.open("w", encoding="utf-8") as stream:
        export(story.engine, stream)
    story.close()
    return papers
