"""A line that asks for prints and hears of them, and an office whose print worker is taken step by step."""

import asyncio
import contextlib

from office_story import LinePeer, config_for, until

from station.bus.link import Link
from station.bus.messages import PrintDone, PrinterState
from station.model import facts
from station.office.app import OfficeApp
from station.store import read as store

SERIAL = "test-20261122-0001"
REPORT = f"{SERIAL}-1"


class PrintingLine(LinePeer):
    """The line's end of the bus for reports and prints; ``said`` is what a desk has heard of the printer."""

    def __init__(self, broker, story, refuse_prints=0):
        super().__init__(broker, story)
        self.refuse_prints = refuse_prints
        self.said: list[PrinterState] = []
        self.desk = Link(broker.url, broker.account("desk-1"))
        self.desk.subscribe(self.topics.printer, self._say)

    async def start(self):
        await super().start()
        await self.desk.start()
        await self.desk.wait(10)

    async def stop(self):
        await self.desk.stop()
        await super().stop()

    def _say(self, topic, payload):
        self.said.append(PrinterState.model_validate_json(payload))

    def answer(self, command):
        if command.kind != PrintDone.kind:
            super().answer(command)
            return
        accepted = self.refuse_prints == 0
        self.refuse_prints -= not accepted
        if accepted and command.id not in self.done:
            self.done.add(command.id)
            self.printed(PrintDone.model_validate(command.body))
        self.reply(command, accepted)

    def issue(self, body):
        super().issue(body)
        self.ask(body.report_no, 1)

    def ask(self, report_no, copy_no, language="zh"):
        """Ask for a print, as the line does when it has issued a report, or when somebody at the desk wants a copy."""
        serial, attempt = report_no.rsplit("-", 1)
        wanted = facts.PrintRequested(report_no=report_no, attempt=int(attempt), copy_no=copy_no, language=language)
        return self.story.add(serial, wanted)[0]

    def printed(self, body):
        self.story.add(
            body.serial,
            facts.ReportPrinted(
                report_no=f"{body.serial}-{body.attempt}",
                attempt=body.attempt,
                copy_no=body.copy_no,
                printer=body.printer,
                state=body.state,
                detail=body.detail,
            ),
            actor="office",
            device="office",
        )


def prints(story, serial=SERIAL):
    """Return what the ledger says of the prints of a vehicle's first attempt."""
    found = store.inspection(story.engine, serial)
    return found.attempts[0].prints if found else ()


def endings(story, serial=SERIAL):
    return [(p.copy_no, p.state, p.detail) for p in prints(story, serial)]


@contextlib.asynccontextmanager
async def printing_line(broker, story, **behaviour):
    peer = PrintingLine(broker, story, **behaviour)
    await peer.start()
    try:
        yield peer
    finally:
        await peer.stop()


@contextlib.asynccontextmanager
async def office_by_hand(folder, broker, printer_url="", **changes):
    """An office whose reports are made by themselves and whose prints go on when ``printing.round`` is called.

    It ends as abruptly as it can within one process: what a step has not written down is lost.
    """
    app = OfficeApp(config_for(folder, broker, printer_url=printer_url, **changes))
    await app.link.start()
    await app.link.wait(10)
    reports = asyncio.create_task(app.worker.run())
    try:
        yield app
    finally:
        reports.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reports
        await app.link.stop()
        app.close()


async def rounds(app, condition):
    """Let the print worker go on until a condition holds."""
    async with asyncio.timeout(20):
        while not condition():
            await app.printing.round()
            await asyncio.sleep(0.02)


async def asked(app, story, count=1):
    """Wait until the ledger has asked for prints."""
    await until(lambda: len(prints(story)) >= count)
