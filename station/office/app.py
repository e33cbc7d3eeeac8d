"""The office as a web application, and the process that runs it."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from station.authority.files import Files
from station.bus.commands import Commander
from station.bus.link import Link
from station.bus.topics import Topics
from station.office.app_files import AppFiles
from station.office.archive import Archive
from station.office.invitation import Invitation
from station.office.memory import Memory
from station.office.onboarding import Onboarding
from station.office.pages import Pages
from station.office.pairing import Guesses, Pairing
from station.office.photos import Photos
from station.office.printing_setup import print_worker, printer_will
from station.office.problems import PageError, on_failure, on_http, on_problem, on_store
from station.office.search import Search
from station.office.server import OfficeError, listen, serving, tls_of
from station.office.settings import OfficeConfig
from station.office.words import words
from station.office.worker import ReportWorker
from station.store.errors import StoreError

log = logging.getLogger(__name__)


class OfficeApp:
    """The office: an ASGI application, and the workers behind it.

    Calling code starts ``link`` and runs ``work`` (``run_office`` does both); the pages work without them.

    Raises:
        OfficeError: the handheld app's folder is not there.
        sqlite3.Error: the office's own file cannot be opened.
    """

    def __init__(self, config: OfficeConfig) -> None:
        if not config.app_folder.is_dir():
            raise OfficeError(words().text("start.no_app", path=config.app_folder))
        self.config = config
        self.archive = Archive(config)
        self.memory = Memory(config.office_file)
        topics = Topics(config.station)
        self.link = Link(config.broker_url, config.account, printer_will(config), self._link_changed)
        self._threads = ThreadPoolExecutor(1, "report")
        commander = Commander(self.link, topics)
        self._photos = Photos(config, self.archive, commander)
        self.worker = ReportWorker(self.archive, self.memory, commander, config.evidence_folder, self._threads)
        self.printing = print_worker(config, self.archive, self.memory, self.link, commander, self._threads)
        self.link.subscribe(topics.event, self._event)
        self._asgi = self._make()

    def _event(self, topic: str, payload: bytes) -> None:
        self.worker.wake()
        self.printing.wake()

    def _link_changed(self, connected: bool) -> None:
        if connected:
            self.printing.sign.again()

    def _make(self) -> Starlette:
        pages = Pages(self.config, self.archive, self.memory)
        search = Search(self.archive)
        routes = [
            Route("/", pages.board),
            Route("/healthz", self.health),
            Route("/app", lambda request: RedirectResponse("/app/")),
            Route("/app/config.json", pages.app_config),
            Mount("/app", AppFiles(self.config.app_folder)),
            Route("/pair", Pairing(self.config, self.memory, Guesses()).answer, methods=["POST"]),
            Route("/pairing", Invitation(self.config, self.archive).show),
            Route("/photos/{serial}/{item}/{point}/{sha256}", self._photos.keep, methods=["PUT"]),
            Route("/photos/{sha256}", self._photos.show),
            Route("/report/{report_no}.pdf", pages.report),
            Route("/reports/{serial}/{attempt:int}.pdf", pages.report_of_attempt),
            Route("/receipt/{serial}.pdf", pages.receipt),
            Route("/curve/{run}.json", pages.curve),
            Route("/throughput", pages.throughput),
            Route("/verify", pages.verify),
            Route("/search", search.find),
            Route("/inspections/{serial}.json", search.one),
        ]
        handlers = {PageError: on_problem, StoreError: on_store, HTTPException: on_http, Exception: on_failure}
        return Starlette(routes=routes, exception_handlers=handlers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        await self._asgi(scope, receive, send)

    def health(self, request: Request) -> Response:
        """``GET /healthz``: whose office this is, whether it is well, and how many reports are still to be issued.

        ``station`` and ``ledger``, the number and hash of the last event, tell it from another station's; ``database``
        and ``broker`` are whether they answer; without the database ``ledger`` is null.
        """
        ledger = self._ledger()
        found = {
            "station": self.config.station,
            "ledger": ledger and {"seq": ledger[0], "hash": ledger[1]},
            "database": ledger is not None,
            "broker": self.link.connected.is_set(),
            "open_reports": len(self.memory.open_jobs()),
            "seq": self.memory.cursor()[0],
        }
        return JSONResponse(found, 200 if found["database"] and found["broker"] else 503)

    def _ledger(self) -> tuple[int, str] | None:
        try:
            return self.archive.head()
        except StoreError:
            return None

    async def work(self) -> None:
        """Make reports and print them until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.worker.run())
            group.create_task(self.printing.run())

    def close(self) -> None:
        """Wait for a report that is being made, and close the files."""
        self._threads.shutdown()
        self.archive.close()
        self.memory.close()


async def run_office(config: OfficeConfig, stop: asyncio.Event) -> None:
    """Serve pages and make reports until told to stop; broker, line and database may come and go meanwhile.

    Raises:
        OfficeError: an address is taken or not ours, the certificate cannot be used, or the app's folder is missing.
        AuthorityError: there is no authority of the station where one is needed.
        sqlite3.Error: the office's own file cannot be opened.
    """
    tls = tls_of(Files(config.reach.keys_folder).server) if config.reach else None
    listener = listen(config.host, config.port, "[office]")
    with contextlib.closing(listener), contextlib.closing(OfficeApp(config)) as app:
        await app.link.start()
        worker = asyncio.create_task(app.work())
        stopping = asyncio.create_task(stop.wait())
        log.info("office at %s:%d%s", config.host, config.port, " over TLS" if tls else "")
        try:
            async with serving(app, listener, tls) as pages, _onboarding(config):
                await asyncio.wait((stopping, pages, worker), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            await _finish(app, worker)


@contextlib.asynccontextmanager
async def _onboarding(config: OfficeConfig) -> AsyncIterator[None]:
    """Serve the page without TLS while the block runs, if other devices are to reach the office."""
    if not config.reach:
        yield
        return
    page = Onboarding(config, config.reach).app()
    with contextlib.closing(listen(config.host, config.reach.onboarding_port, "[lan] onboarding_port")) as listener:
        async with serving(page, listener):
            yield


async def _finish(app: OfficeApp, worker: "asyncio.Task[None]") -> None:
    """End worker and link; what ended by a mistake of ours is raised here."""
    await app.link.stop()
    failed = worker.done() and not worker.cancelled()
    worker.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await worker
    if failed:
        log.error("a worker ended by itself")
