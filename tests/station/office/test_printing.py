"""Prints from the ledger to a real printer and back into the ledger, over a real broker."""

import asyncio
import io

import pytest
from office_story import config_for, until
from printing_story import (
    REPORT,
    SERIAL,
    asked,
    endings,
    office_by_hand,
    printing_line,
    prints,
    rounds,
)
from pypdf import PdfReader

from station.bus.broker import free_ports
from station.office.app import OfficeApp
from station.office.files import file_of, read
from station.office.printing import command_id_of
from station.office.printing_memory import PrintMemory
from station.store import read as store
from tests.reports.printing.eve import EvePrinter


def steps(app):
    return [job.step for job in PrintMemory(app.memory).open_jobs()]


def issued_pdf(story, folder):
    (report,) = store.reports(story.engine, SERIAL)
    return read(folder / "evidence", report.sha256, ".pdf")


def text_of(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


async def test_an_issued_report_comes_out_once_byte_for_byte(tmp_path, own_broker, story, eve):
    story.whole_car(SERIAL)
    async with (
        printing_line(own_broker, story) as line,
        office_by_hand(tmp_path, own_broker, eve.url) as app,
    ):
        await rounds(app, lambda: endings(story) == [(1, "printed", "")])
        await rounds(app, lambda: line.said and line.said[-1].state == "ready" and line.said[-1].queued == 0)
        assert eve.printed() == [issued_pdf(story, tmp_path)]
        assert prints(story)[0].printer == eve.url
        assert {state.state for state in line.said} >= {"printing", "ready"}
        assert line.said[-1].printer == eve.url


async def test_without_paper_a_print_waits_and_goes_on_by_itself(tmp_path, own_broker, story, eve):
    await eve.paper(0)
    story.whole_car(SERIAL)
    async with (
        printing_line(own_broker, story) as line,
        office_by_hand(tmp_path, own_broker, eve.url) as app,
    ):
        await rounds(app, lambda: line.said and line.said[-1].state == "stopped")
        told = line.said[-1]
        assert told.reason.zh == "打印机缺纸。"
        assert "A4" in told.remedy.en
        assert told.queued == 1
        assert endings(story) == [(1, "requested", "")]
        await eve.paper(250)
        await rounds(app, lambda: endings(story) == [(1, "printed", "")])
        await rounds(app, lambda: line.said[-1].state == "ready")
        assert len(eve.printed()) == 1


async def test_a_printer_switched_off_in_a_job_fails_that_print_and_serves_the_next(tmp_path, own_broker, story, eve):
    await eve.paper(0)
    story.whole_car(SERIAL)
    async with (
        printing_line(own_broker, story) as line,
        office_by_hand(tmp_path, own_broker, eve.url) as app,
    ):
        await rounds(app, lambda: steps(app) == ["sent"])
        eve.kill()
        await rounds(app, lambda: line.said[-1].state == "offline")
        assert steps(app) == ["sent"]
        line.ask(REPORT, 2)
        await eve.start()
        await rounds(app, lambda: endings(story) == [(1, "failed", "aborted"), (2, "printed", "")])
        (copy,) = eve.printed()
        assert all("副本 · 第 2 份" in page for page in text_of(copy))


async def test_a_printer_that_is_off_costs_nothing(tmp_path, own_broker, story, eve):
    eve.kill()
    story.whole_car(SERIAL)
    async with (
        printing_line(own_broker, story) as line,
        office_by_hand(tmp_path, own_broker, eve.url) as app,
    ):
        await rounds(app, lambda: line.said and line.said[-1].state == "offline" and line.said[-1].queued == 1)
        assert steps(app) == ["waiting"]
        await eve.start()
        await rounds(app, lambda: endings(story) == [(1, "printed", "")])
        assert len(eve.printed()) == 1


async def test_a_job_that_the_printer_gives_up_has_failed(tmp_path, own_broker, story, eve):
    eve.fail()
    story.whole_car(SERIAL)
    async with printing_line(own_broker, story) as line, office_by_hand(tmp_path, own_broker, eve.url) as app:
        await rounds(app, lambda: endings(story) == [(1, "failed", "aborted")])
        eve.fail(False)
        line.ask(REPORT, 2, "en")
        await rounds(app, lambda: endings(story)[1:] == [(2, "printed", "")])
        assert all("COPY 2" in page for page in text_of(*eve.printed()))


async def test_a_printer_without_pdf_says_so(tmp_path, own_broker, story, dbus):
    eve = EvePrinter(dbus, tmp_path / "raster", formats="image/pwg-raster")
    await eve.start()
    story.whole_car(SERIAL)
    async with (
        printing_line(own_broker, story) as line,
        office_by_hand(tmp_path, own_broker, eve.url) as app,
    ):
        await rounds(app, lambda: endings(story) == [(1, "failed", "bad_format")])
        await rounds(app, lambda: line.said[-1].state == "stopped" and line.said[-1].queued == 0)
    eve.stop()


# -- an office that is killed


async def test_a_job_that_was_sent_is_followed_by_the_next_office(tmp_path, own_broker, story, eve):
    eve.hold()
    story.whole_car(SERIAL)
    async with printing_line(own_broker, story):
        async with office_by_hand(tmp_path, own_broker, eve.url) as app:
            await rounds(app, lambda: steps(app) == ["sent"])
        async with office_by_hand(tmp_path, own_broker, eve.url) as app:
            for _ in range(3):
                await app.printing.round()
            eve.go()
            await rounds(app, lambda: endings(story) == [(1, "printed", "")])
    assert len(eve.printed()) == 1


class KilledError(Exception):
    """Stands for the end of the process at one line of the code."""


async def rounds_until_killed(app):
    with pytest.raises(KilledError):
        await rounds(app, lambda: False)


async def test_an_office_killed_before_it_noted_the_job_finds_it_by_its_name(
    tmp_path, own_broker, story, eve, monkeypatch
):
    story.whole_car(SERIAL)

    def killed(*args):
        raise KilledError

    async with printing_line(own_broker, story):
        async with office_by_hand(tmp_path, own_broker, eve.url) as app:
            with monkeypatch.context() as patch:
                patch.setattr("station.office.printing_steps.AtPrinter._sent", killed)
                await rounds_until_killed(app)
            assert steps(app) == ["sending"]
        async with office_by_hand(tmp_path, own_broker, eve.url) as app:
            await rounds(app, lambda: endings(story) == [(1, "printed", "")])
    assert len(eve.printed()) == 1


async def killed_before_sending(tmp_path, own_broker, story, eve, monkeypatch):
    async def killed(*args):
        raise KilledError

    async with office_by_hand(tmp_path, own_broker, eve.url) as app:
        with monkeypatch.context() as patch:
            patch.setattr("reports.printing.printer.Printer.print_pdf", killed)
            await rounds_until_killed(app)
        assert steps(app) == ["sending"]


async def test_a_document_that_never_went_out_is_sent_by_the_next_office(tmp_path, own_broker, story, eve, monkeypatch):
    monkeypatch.setattr("station.office.printing_steps.SETTLE_S", 0.0)
    story.whole_car(SERIAL)
    async with printing_line(own_broker, story):
        await killed_before_sending(tmp_path, own_broker, story, eve, monkeypatch)
        async with office_by_hand(tmp_path, own_broker, eve.url) as app:
            # The printer counts whole seconds since it was switched on: until then it may be one that has forgotten.
            await until_up(app, 1)
            await rounds(app, lambda: endings(story) == [(1, "printed", "")])
    assert len(eve.printed()) == 1


async def until_up(app, seconds):
    async with asyncio.timeout(20):
        while (await app.printing._at_printer._printer.state()).up_s < seconds:
            await asyncio.sleep(0.05)


async def test_a_job_that_may_still_turn_up_is_waited_for(tmp_path, own_broker, story, eve, monkeypatch):
    story.whole_car(SERIAL)
    async with printing_line(own_broker, story):
        await killed_before_sending(tmp_path, own_broker, story, eve, monkeypatch)
        async with office_by_hand(tmp_path, own_broker, eve.url) as app:
            for _ in range(3):
                await app.printing.round()
            assert steps(app) == ["sending"]


async def test_what_nobody_can_know_is_not_printed_again(tmp_path, own_broker, story, eve, monkeypatch):
    monkeypatch.setattr("station.office.printing_steps.SETTLE_S", 0.0)
    monkeypatch.setattr("station.office.printing_steps.HISTORY_S", 0.0)
    story.whole_car(SERIAL)
    async with printing_line(own_broker, story):
        await killed_before_sending(tmp_path, own_broker, story, eve, monkeypatch)
        async with office_by_hand(tmp_path, own_broker, eve.url) as app:
            await rounds(app, lambda: endings(story) == [(1, "failed", "timeout")])
    assert eve.printed() == []


async def test_an_office_that_lost_its_memory_prints_nothing_twice(tmp_path, own_broker, story, eve):
    story.whole_car(SERIAL)
    async with printing_line(own_broker, story) as line:
        async with office_by_hand(tmp_path, own_broker, eve.url) as app:
            await rounds(app, lambda: endings(story) == [(1, "printed", "")])
            eve.hold()
            line.ask(REPORT, 2)
            await rounds(app, lambda: steps(app) == ["sent"])
        new = {"office_file": tmp_path / "new.sqlite"}
        async with office_by_hand(tmp_path, own_broker, eve.url, **new) as app:
            await rounds(app, lambda: steps(app) == ["sent"])  # found by its name
            eve.go()
            await rounds(app, lambda: endings(story)[1:] == [(2, "printed", "")])
    assert len(eve.printed()) == 2


async def test_the_end_of_a_print_is_told_until_the_line_takes_it(tmp_path, own_broker, story, eve, monkeypatch):
    monkeypatch.setattr("station.office.printing_queue.SET_ASIDE_S", 0.05)
    story.whole_car(SERIAL)
    async with (
        printing_line(own_broker, story, refuse_prints=1) as line,
        office_by_hand(tmp_path, own_broker, eve.url) as app,
    ):
        await rounds(app, lambda: endings(story) == [(1, "printed", "")])
        told = [command.id for command in line.seen if command.kind == "print.done"]
    assert len(told) == 2
    assert len(set(told)) == 1


async def test_a_line_that_does_not_answer_is_told_the_same_later(tmp_path, own_broker, story, eve, monkeypatch):
    monkeypatch.setattr("station.office.printing.ANSWER_S", 0.05)
    story.whole_car(SERIAL)
    async with printing_line(own_broker, story) as line, office_by_hand(tmp_path, own_broker, eve.url) as app:
        await asked(app, story)
        line.silent = 10_000
        await rounds(app, lambda: PrintMemory(app.memory).untold() != ())
        (job,) = PrintMemory(app.memory).untold()
        line.silent = 0
        await rounds(app, lambda: endings(story) == [(1, "printed", "")])
        assert {c.id for c in line.seen if c.kind == "print.done"} == {command_id_of(job)}
    assert len(eve.printed()) == 1


async def test_a_job_without_headway_is_taken_back_in_the_end(tmp_path, own_broker, story, eve, monkeypatch):
    monkeypatch.setattr("station.office.printing_steps.STUCK_S", 0.0)
    eve.hold()
    story.whole_car(SERIAL)
    async with printing_line(own_broker, story), office_by_hand(tmp_path, own_broker, eve.url) as app:
        await rounds(app, lambda: endings(story) == [(1, "failed", "timeout")])


async def test_a_shorter_ledger_is_read_from_its_start_and_printed_once(tmp_path, own_broker, story, eve):
    story.whole_car(SERIAL)
    async with printing_line(own_broker, story), office_by_hand(tmp_path, own_broker, eve.url) as app:
        await rounds(app, lambda: endings(story) == [(1, "printed", "")])
        PrintMemory(app.memory).advance(10_000, [])
        await app.printing.round()
        await rounds(app, lambda: PrintMemory(app.memory).cursor() < 10_000)
        assert steps(app) == []
    assert len(eve.printed()) == 1


# -- without a printer


async def test_without_a_printer_reports_are_filed(tmp_path, own_broker, story):
    folder = tmp_path / "filed"
    story.whole_car(SERIAL)
    async with (
        printing_line(own_broker, story) as line,
        office_by_hand(tmp_path, own_broker, print_folder=folder) as app,
    ):
        await rounds(app, lambda: endings(story) == [(1, "filed", "")])
        line.ask(REPORT, 2)
        line.ask(REPORT, 3, "en")
        await rounds(app, lambda: endings(story)[1:] == [(2, "filed", ""), (3, "filed", "")])
        assert line.said[-1].state == "none"
        assert "[printer]" in line.said[-1].remedy.zh
    assert sorted(path.name for path in folder.iterdir()) == [f"{REPORT}-{n}.pdf" for n in (1, 2, 3)]
    assert (folder / f"{REPORT}-1.pdf").read_bytes() == issued_pdf(story, tmp_path)
    assert all("副本 · 第 2 份" in page for page in text_of((folder / f"{REPORT}-2.pdf").read_bytes()))
    assert all("COPY 3" in page for page in text_of((folder / f"{REPORT}-3.pdf").read_bytes()))
    assert {p.printer for p in prints(story)} == {"folder"}


async def test_what_was_on_its_way_to_a_printer_that_is_set_up_no_more_is_not_filed(tmp_path, own_broker, story, eve):
    eve.hold()
    story.whole_car(SERIAL)
    async with printing_line(own_broker, story) as line:
        async with office_by_hand(tmp_path, own_broker, eve.url) as app:
            await rounds(app, lambda: steps(app) == ["sent"])
        line.ask(REPORT, 2)
        async with office_by_hand(tmp_path, own_broker) as app:
            await rounds(app, lambda: endings(story) == [(1, "failed", "timeout"), (2, "filed", "")])


async def test_a_folder_that_cannot_be_written_is_said_and_tried_again(tmp_path, own_broker, story):
    folder = tmp_path / "filed"
    folder.write_text("a file is in the way")
    story.whole_car(SERIAL)
    async with (
        printing_line(own_broker, story) as line,
        office_by_hand(tmp_path, own_broker, print_folder=folder) as app,
    ):
        await rounds(app, lambda: line.said and "写不进去" in line.said[-1].reason.zh)
        folder.unlink()
        await rounds(app, lambda: endings(story) == [(1, "filed", "")])


async def test_a_damaged_report_is_not_printed(tmp_path, own_broker, story, eve, caplog):
    story.whole_car(SERIAL)
    async with printing_line(own_broker, story), office_by_hand(tmp_path, own_broker, eve.url) as app:
        await asked(app, story)
        (report,) = store.reports(story.engine, SERIAL)
        file_of(tmp_path / "evidence", report.sha256, ".pdf").write_bytes(b"not the report")
        await rounds(app, lambda: endings(story) == [(1, "failed", "bad_format")])
    assert eve.printed() == []
    assert "restore it from the backup" in caplog.text


# -- what everybody is told


async def test_the_printer_is_said_again_to_a_broker_that_lost_everything(tmp_path, own_broker, story, eve):
    async with printing_line(own_broker, story) as line, office_by_hand(tmp_path, own_broker, eve.url) as app:
        await rounds(app, lambda: line.said and line.said[-1].state == "ready")
        before = len(line.said)
        app._link_changed(True)
        await until(lambda: len(line.said) > before)
        assert line.said[-1] == line.said[before - 1]
        await app.printing.round()
        await app.printing.round()
    assert len(line.said) == before + 1


async def test_an_office_that_is_gone_prints_nothing_and_the_broker_says_so(tmp_path, own_broker, story, eve):
    async with printing_line(own_broker, story) as line:
        app = OfficeApp(config_for(tmp_path, own_broker, printer_url=eve.url))
        await app.link.start()
        await app.link.wait(10)
        await rounds(app, lambda: line.said and line.said[-1].state == "ready")
        app.link._client.loop_stop()
        app.link._client.socket().close()
        await until(lambda: line.said[-1].state == "offline")
        app.close()
    assert "办公服务" in line.said[-1].reason.zh


async def test_prints_go_on_by_themselves_in_a_running_office(tmp_path, own_broker, story, eve):
    from test_worker import running

    story.whole_car(SERIAL)
    config = config_for(tmp_path, own_broker, port=free_ports(1)[0], printer_url=eve.url)
    async with printing_line(own_broker, story), running(config):
        await until(lambda: endings(story) == [(1, "printed", "")])
    assert len(eve.printed()) == 1
