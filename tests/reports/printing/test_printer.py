"""The IPP client against a real IPP Everywhere printer."""

import asyncio
import re

import pytest

from reports.printing.printer import Printer, PrinterError
from station.bus.broker import free_ports
from tests.reports.printing.eve import EvePrinter

PDF = b"%PDF-1.4\n% a sheet\n"


async def ended(printer, job_id, name):
    async with asyncio.timeout(20):
        while (found := await printer.job(job_id, name)) and not found.ending:
            await asyncio.sleep(0.02)
    return found


async def until(condition):
    async with asyncio.timeout(20):
        while not await condition():
            await asyncio.sleep(0.02)


async def test_a_document_comes_out_as_it_went_in(eve):
    printer = Printer(eve.url)
    view = await printer.state()
    assert (view.trouble, view.blocking, view.prints_pdf) == ("ok", "ok", True)
    job_id = await printer.print_pdf("test-20261122-0001-1-1 #abc", PDF)
    found = await ended(printer, job_id, "test-20261122-0001-1-1 #abc")
    assert (found.job_id, found.ending, found.stopped) == (job_id, "ok", False)
    assert eve.printed() == [PDF]


async def test_an_encrypted_connection_prints_as_well(eve):
    printer = Printer(eve.url.replace("ipp:", "ipps:"))
    assert (await ended(printer, await printer.print_pdf("a", PDF), "a")).ending == "ok"


async def test_no_paper_shows_on_the_printer_while_the_job_waits(eve):
    printer = Printer(eve.url)
    await eve.paper(0)
    assert (await printer.state()).blocking == "ok"  # a report of an empty tray, which no job needs yet
    job_id = await printer.print_pdf("a", PDF)

    async def empty():
        return (await printer.state()).trouble == "media_empty"

    await until(empty)
    assert (await printer.job(job_id, "a")).ending is None
    await eve.paper(250)
    assert (await ended(printer, job_id, "a")).ending == "ok"
    assert (await printer.state()).trouble == "ok"


async def test_a_job_that_the_printer_gives_up_is_aborted(eve):
    printer = Printer(eve.url)
    eve.fail()
    job_id = await printer.print_pdf("a", PDF)
    assert (await ended(printer, job_id, "a")).ending == "aborted"
    assert eve.printed() == []


async def test_a_job_can_be_taken_back_and_only_once(eve):
    printer = Printer(eve.url)
    eve.hold()
    job_id = await printer.print_pdf("a", PDF)
    await printer.cancel(job_id)
    eve.go()
    assert (await ended(printer, job_id, "a")).ending == "canceled"
    await printer.cancel(job_id)
    await printer.cancel(job_id + 100)


async def test_a_job_is_found_by_its_name_at_work_and_at_its_end(eve):
    printer = Printer(eve.url)
    eve.hold()
    job_id = await printer.print_pdf("a", PDF)
    assert (await printer.find("a")).job_id == job_id
    assert await printer.find("b") is None
    eve.go()
    await ended(printer, job_id, "a")
    assert (await printer.find("a")).ending == "ok"


async def test_a_printer_that_was_switched_off_has_forgotten_and_gives_the_number_to_another(eve):
    printer = Printer(eve.url)
    job_id = await printer.print_pdf("a", PDF)
    eve.kill()
    with pytest.raises(PrinterError) as caught:
        await printer.state()
    assert (caught.value.code, caught.value.unsure) == ("offline", False)
    await eve.start()
    assert await printer.job(job_id, "a") is None
    assert await printer.print_pdf("b", PDF) == job_id
    assert await printer.job(job_id, "a") is None
    assert (await printer.job(job_id, "b")).name == "b"


async def test_nothing_was_sent_where_nobody_listens():
    (port,) = free_ports(1)
    with pytest.raises(PrinterError) as caught:
        await Printer(f"ipp://127.0.0.1:{port}/ipp/print").print_pdf("a", PDF)
    assert (caught.value.code, caught.value.unsure) == ("offline", False)


async def test_a_connection_that_breaks_off_leaves_it_open_whether_it_was_sent():
    async def listen_and_hang_up(reader, writer):
        await request(reader)

    with pytest.raises(PrinterError) as caught:
        await with_peer(listen_and_hang_up)
    assert (caught.value.code, caught.value.unsure) == ("offline", True)


async def test_a_printer_that_says_nothing_is_offline(monkeypatch):
    monkeypatch.setattr("reports.printing.printer.SEND_S", 0.2)

    async def say_nothing(reader, writer):
        await reader.read()

    with pytest.raises(PrinterError, match="no answer within") as caught:
        await with_peer(say_nothing)
    assert (caught.value.code, caught.value.unsure) == ("offline", True)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: 9\r\n\r\n"
        b"\x01\x01\x00\x00\x00\x00\x00\x01\x03",
    ],
)
async def test_what_is_no_printer_refuses(answer):
    async def something_else(reader, writer):
        await request(reader)
        writer.write(answer)

    with pytest.raises(PrinterError) as caught:
        await with_peer(something_else)
    assert caught.value.code == "not_accepting"


async def with_peer(talk):
    """Print to a peer that talks as it likes, and hangs up then."""
    over = asyncio.Event()

    async def one(reader, writer):
        await talk(reader, writer)
        writer.close()
        await writer.wait_closed()
        over.set()

    async with await asyncio.start_server(one, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        try:
            await Printer(f"ipp://127.0.0.1:{port}/ipp/print").print_pdf("a", PDF)
        finally:
            await over.wait()


async def request(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(re.search(rb"(?i)content-length: (\d+)", head)[1]))


async def test_a_printer_without_pdf_says_so_and_refuses_it(dbus, tmp_path):
    eve = EvePrinter(dbus, tmp_path / "raster", formats="image/pwg-raster")
    await eve.start()
    printer = Printer(eve.url)
    assert not (await printer.state()).prints_pdf
    with pytest.raises(PrinterError) as caught:
        await printer.print_pdf("a", PDF)
    eve.stop()
    assert (caught.value.code, caught.value.unsure) == ("bad_format", False)


def test_a_password_in_the_address_is_not_shown():
    assert Printer("ipp://user:secret@printer.test:631/ipp/print").name == "ipp://printer.test:631/ipp/print"
