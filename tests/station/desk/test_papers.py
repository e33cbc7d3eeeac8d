"""Report and receipt come from a real office with the desk's own log-in, and are shown by this computer's opener."""

import os
from pathlib import Path
from typing import Any

import pytest

from station.desk.viewer import KEPT_S, keep
from station.model import facts
from station.office.files import keep as keep_evidence
from station.office.memory import Job
from tests.station.office.office_story import TOKEN

SERIAL = "test-20251122-0003"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "papers"


@pytest.fixture
def opener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desktop whose opener notes which file it was given; return where it does."""
    programs, noted = tmp_path / "bin", tmp_path / "opened"
    programs.mkdir()
    (programs / "xdg-open").write_text(f'#!/bin/sh\nprintf %s "$1" > {noted}.new && mv {noted}.new {noted}\n')
    (programs / "xdg-open").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    return noted


@pytest.fixture
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def reported(office: Any) -> dict[str, bytes]:
    """Have a signed inspection whose report lies in the office in both languages; return what is in it."""
    pdfs = {language: f"%PDF-1.4 {language}".encode() for language in ("zh", "en")}
    sha256 = {lang: keep_evidence(office.app.config.evidence_folder, pdf, ".pdf") for lang, pdf in pdfs.items()}
    office.story.whole_car(SERIAL, "浙H12385")
    issued = facts.ReportIssued(attempt=1, report_no=f"{SERIAL}-1", sha256=sha256["zh"], size=len(pdfs["zh"]))
    office.story.add(SERIAL, issued)
    office.app.memory.advance(1, True, [Job(f"{SERIAL}-1", SERIAL, 1, simulated=True)])
    office.app.memory.made(f"{SERIAL}-1", sha256["zh"], len(pdfs["zh"]), sha256["en"])
    return pdfs


async def history(desk: Any) -> None:
    await desk.type("h12385")
    await desk.sees("○ 0003 浙H12385")
    await desk.press("enter")
    await desk.sees("车辆历史", f"{SERIAL}-1")


async def test_a_report_is_fetched_with_the_log_in_and_opened(
    desk_with_office: Any, office: Any, opener: Path, folder: Path
) -> None:
    pdfs = reported(office)
    await history(desk_with_office)
    await desk_with_office.press("o")
    await desk_with_office.sees("✓", "已打开")
    path = folder / f"report-{SERIAL}-1-zh.pdf"
    assert opener.read_text() == str(path)
    assert path.read_bytes() == pdfs["zh"]
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert TOKEN not in desk_with_office.shown() + opener.read_text()


async def test_the_report_is_in_the_language_of_the_desk(
    desk_with_office: Any, office: Any, opener: Path, folder: Path
) -> None:
    pdfs = reported(office)
    await history(desk_with_office)
    await desk_with_office.press("f10", "o")
    await desk_with_office.sees("Opened")
    assert (folder / f"report-{SERIAL}-1-en.pdf").read_bytes() == pdfs["en"]


@pytest.mark.usefixtures("no_desktop")
async def test_without_a_desktop_it_is_said_where_the_file_lies(
    desk_with_office: Any, office: Any, folder: Path
) -> None:
    pdfs = reported(office)
    await history(desk_with_office)
    await desk_with_office.press("o")
    screen = await desk_with_office.sees("没有能显示 PDF 的桌面", "文件在")
    assert f"report-{SERIAL}-1-zh.pdf" in "".join(line.strip() for line in screen.splitlines())
    assert (folder / f"report-{SERIAL}-1-zh.pdf").read_bytes() == pdfs["zh"]


async def test_an_opener_that_fails_counts_as_none(
    desk_with_office: Any, office: Any, opener: Path, tmp_path: Path
) -> None:
    (tmp_path / "bin" / "xdg-open").write_text("#!/bin/sh\nexit 4\n")
    reported(office)
    await history(desk_with_office)
    await desk_with_office.press("o")
    await desk_with_office.sees("文件在")


async def test_what_the_office_refuses_is_said_in_its_words(desk_with_office: Any, office: Any, opener: Path) -> None:
    reported(office)
    await history(desk_with_office)
    for path in office.app.config.evidence_folder.glob("*/*.pdf"):
        path.unlink()
    await desk_with_office.press("o")
    await desk_with_office.sees("✗", f"报告 {SERIAL}-1 的文件缺失")
    assert not opener.exists()


async def test_a_disk_that_refuses_is_said(desk_with_office: Any, office: Any, opener: Path, folder: Path) -> None:
    folder.write_text("no folder")
    reported(office)
    await history(desk_with_office)
    await desk_with_office.press("o")
    await desk_with_office.sees("✗", "文件存不进")


async def test_the_receipt_is_opened_from_queue_and_details(
    desk_with_office: Any, office: Any, line: Any, opener: Path, folder: Path
) -> None:
    serial = line.car("浙H12385")
    office.story.whole_car(serial, "浙H12385")
    receipt = folder / f"receipt-{serial}-zh.pdf"
    await desk_with_office.sees("浙H12385")
    for keys in (["ctrl+r"], ["enter", "r"]):
        await desk_with_office.press(*keys)
        await desk_with_office.until(opener.exists)
        await desk_with_office.sees("已打开", receipt.name)
        assert opener.read_text() == str(receipt)
        assert receipt.read_bytes().startswith(b"%PDF-")
        opener.unlink()
        receipt.unlink()


async def test_a_receipt_without_a_vehicle_asks_for_one(desk_with_office: Any, opener: Path) -> None:
    await desk_with_office.press("ctrl+r")
    await desk_with_office.sees("请先选一辆车")
    assert not opener.exists()


def test_papers_of_the_day_before_go(folder: Path) -> None:
    old, young = keep(folder, "report-1.pdf", b"1"), keep(folder, "report-2.pdf", b"2")
    for path, age_s in ((old, KEPT_S + 60), (young, KEPT_S - 3600)):
        at = path.stat().st_mtime - age_s
        os.utime(path, (at, at))
    new = keep(folder, "report-3.pdf", b"3")
    assert sorted(folder.iterdir()) == [young, new]
