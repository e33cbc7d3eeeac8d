"""The report worker against a real journal, over a real broker."""

import asyncio
import contextlib

import httpx
import pytest
from office_story import TOKEN, LinePeer, Story, config_for, until

from station.bus.broker import free_ports
from station.bus.topics import Topics
from station.model.facts import ReportIssued
from station.office.app import OfficeError, run_office
from station.office.files import file_of, keep, read
from station.office.memory import Memory
from station.office.worker import command_id_of
from station.store import read as store

SERIAL = "test-20261122-0001"


@contextlib.asynccontextmanager
async def line_for(broker, story, **behaviour):
    peer = LinePeer(broker, story, **behaviour)
    await peer.start()
    try:
        yield peer
    finally:
        await peer.stop()


@contextlib.asynccontextmanager
async def running(config):
    stop = asyncio.Event()
    task = asyncio.create_task(run_office(config, stop))
    try:
        yield task
    finally:
        stop.set()
        await task


def issued(story):
    return [r for r in store.reports(story.engine) if r.sha256]


async def test_a_signature_becomes_a_report_in_the_ledger(tmp_path, own_broker, story):
    config = config_for(tmp_path, own_broker, port=free_ports(1)[0])
    async with line_for(own_broker, story) as line, running(config):
        report_no, *_ = story.whole_car(SERIAL)
        line.link.publish(Topics("test").event, b"{}", qos=1)
        await until(lambda: issued(story))
        (report,) = issued(story)
        pdf = read(config.evidence_folder, report.sha256, ".pdf")
        assert len(pdf) == report.size
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{config.port}") as web:
            served = await web.get(f"/report/{report_no}.pdf?lang=zh", headers={"Authorization": f"Bearer {TOKEN}"})
            assert served.content == pdf
            health = (await web.get("/healthz")).json()
            assert (health["database"], health["broker"]) == (True, True)
    assert [command.id for command in line.seen] == [command_id_of(report_no)]


async def test_a_silent_line_gets_the_same_command_until_it_answers(tmp_path, own_broker, story):
    report_no, *_ = story.whole_car(SERIAL)
    config = config_for(tmp_path, own_broker, port=free_ports(1)[0])
    async with line_for(own_broker, story, silent=1) as line, running(config):
        await until(lambda: issued(story))
    assert len(line.seen) >= 2
    assert {command.id for command in line.seen} == {command_id_of(report_no)}
    assert len({command.model_dump_json() for command in line.seen}) == 1
    assert len(line.accepted) == 1


async def test_a_refused_report_is_announced_again_later(tmp_path, own_broker, story, monkeypatch):
    monkeypatch.setattr("station.office.worker.REFUSED_PAUSE_S", 0.1)
    story.whole_car(SERIAL)
    config = config_for(tmp_path, own_broker, port=free_ports(1)[0])
    async with line_for(own_broker, story, refuse=1) as line, running(config):
        await until(lambda: issued(story))
    assert len(line.seen) >= 2
    assert len(line.accepted) == 1


async def test_the_file_is_on_the_disk_before_the_line_hears_of_it(tmp_path, own_broker, story):
    config = config_for(tmp_path, own_broker, port=free_ports(1)[0])
    there = []
    async with line_for(own_broker, story) as line:
        plain = line.issue
        line.issue = lambda body: (
            there.append(file_of(config.evidence_folder, body.sha256, ".pdf").is_file()),
            plain(body),
        )
        async with running(config):
            story.whole_car(SERIAL)
            await until(lambda: issued(story))
    assert there == [True]


async def test_a_restart_before_the_answer_announces_the_same_report(tmp_path, own_broker, story, monkeypatch):
    report_no, *_ = story.whole_car(SERIAL)
    config = config_for(tmp_path, own_broker, port=free_ports(1)[0])
    async with running(config):  # no line: the report is made and cannot be announced
        await until(lambda: _made(config, report_no))
    before = _made(config, report_no)

    def never(*args):
        raise AssertionError("a report that was made must not be made again")

    monkeypatch.setattr("station.office.worker.render_inspection", never)
    async with line_for(own_broker, story) as line, running(config):
        await until(lambda: issued(story))
    assert [body.sha256 for body in line.accepted] == [before.zh_sha256]
    assert issued(story)[0].sha256 == before.zh_sha256


def _made(config, report_no):
    with contextlib.closing(Memory(config.office_file)) as memory:
        job = memory.job(report_no)
    return job if job and job.zh_sha256 else None


async def test_an_office_that_lost_its_memory_keeps_the_issued_report(tmp_path, own_broker, story):
    report_no, *_ = story.whole_car(SERIAL)
    first = config_for(tmp_path, own_broker, port=free_ports(1)[0])
    async with line_for(own_broker, story), running(first):
        await until(lambda: issued(story))
    again = config_for(tmp_path, own_broker, port=free_ports(1)[0], office_file=tmp_path / "new.sqlite")
    async with line_for(own_broker, story) as line, running(again):
        await until(lambda: _issued_job(again, report_no))
    assert line.seen == []
    assert len([e for e in store.events_since(story.engine, 0) if e.kind == ReportIssued.kind]) == 1
    assert _made(again, report_no).zh_sha256 == issued(story)[0].sha256


def _issued_job(config, report_no):
    with contextlib.closing(Memory(config.office_file)) as memory:
        job = memory.job(report_no)
    return job is not None and job.issued


async def test_a_report_that_cannot_be_made_does_not_hold_up_the_others(tmp_path, story, office, caplog):
    bad, *_ = story.whole_car(SERIAL)
    good, *_ = story.whole_car("test-20261122-0002", "苏B54321")
    with story.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM evidence WHERE sha256 = ?", (_evidence(story, SERIAL),))
    office.worker._follow()
    for job in office.memory.open_jobs():
        office.worker._try_to_make(job)
    assert office.memory.job(bad).zh_sha256 is None
    assert office.memory.job(good).zh_sha256 is not None
    assert bad in caplog.text


def _evidence(story, serial):
    return next(run.evidence_sha256 for run in store.inspection(story.engine, serial).runs)


async def test_a_shorter_ledger_is_read_from_its_start(tmp_path, office, story, caplog):
    report_no, *_ = story.whole_car(SERIAL)
    office.memory.advance(10_000, True, [])
    office.worker._follow()
    assert office.memory.job(report_no) is not None
    assert "backup" in caplog.text


async def test_whether_data_were_simulated_is_what_held_at_the_signature(tmp_path, office, story):
    simulated, *_ = story.whole_car(SERIAL)
    story.begin(simulated=False)
    real, *_ = story.whole_car("test-20261122-0002", "苏B54321")
    office.worker._follow()
    assert office.memory.job(simulated).simulated is True
    assert office.memory.job(real).simulated is False


async def test_the_office_starts_before_the_line_has_made_the_database(tmp_path, own_broker):
    folder = tmp_path / "later"
    config = config_for(folder, own_broker, port=free_ports(1)[0])
    async with running(config):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{config.port}") as web:
            await asyncio.sleep(0)  # the listening socket is there once the task has begun
            assert (await web.get("/healthz")).json()["database"] is False
        story = Story(folder)
        story.begin()
        async with line_for(own_broker, story):
            story.whole_car(SERIAL)
            await until(lambda: issued(story))
        story.close()


async def test_a_taken_port_is_one_clear_sentence(tmp_path, own_broker, story):
    (port,) = free_ports(1)
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", port)
    async with server:
        with pytest.raises(OfficeError, match=f"127.0.0.1:{port}.*set another port"):
            await run_office(config_for(tmp_path, own_broker, port=port), asyncio.Event())


def test_files_are_named_by_their_content(tmp_path):
    sha256 = keep(tmp_path, b"one", ".pdf")
    assert keep(tmp_path, b"one", ".pdf") == sha256
    assert read(tmp_path, sha256, ".pdf") == b"one"
    assert read(tmp_path, "0" * 64, ".pdf") is None
    file_of(tmp_path, sha256, ".pdf").write_bytes(b"two")
    assert read(tmp_path, sha256, ".pdf") is None
    assert keep(tmp_path, b"one", ".pdf") == sha256  # a damaged file is written anew
    assert read(tmp_path, sha256, ".pdf") == b"one"
