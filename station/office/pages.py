"""The office's pages: board, reports, curves, figures. Nothing here writes."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response

from reports.receipt import render_receipt
from reports.throughput import ThroughputData, throughput_csv, throughput_html, throughput_json, throughput_pdf
from station.model.text import LANGUAGES, Language, language_of
from station.office.archive import Archive
from station.office.board import board_page
from station.office.files import read
from station.office.memory import Memory
from station.office.problems import PageError
from station.office.settings import OfficeConfig

PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
ALONE = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
VERIFY_PAGE = Path(__file__).with_name("verify.html")


class Pages:
    """What is served to browsers; the methods run in threads, for they read the database."""

    def __init__(self, config: OfficeConfig, archive: Archive, memory: Memory) -> None:
        self._config = config
        self._archive = archive
        self._memory = memory

    def board(self, request: Request) -> Response:
        """``GET /``: the hall's board."""
        _, simulated = self._memory.cursor()
        return HTMLResponse(board_page(self._config.name, self._archive.waiting(), simulated), headers=ALONE)

    def app_config(self, request: Request) -> Response:
        """``GET /app/config.json``: what the handheld app shows before it is paired."""
        found = {
            "station": self._config.station,
            "name": self._config.name.model_dump(),
            "ws_url": ws_url(self._config, request),
        }
        return JSONResponse(found, headers={"Cache-Control": "no-store"})

    def verify(self, request: Request) -> Response:
        """``GET /verify``: the page on which anybody verifies a report; its own policy lets it send nothing."""
        return FileResponse(VERIFY_PAGE, headers={**PRIVATE, "X-Content-Type-Options": "nosniff"})

    # -- for those who are logged in

    def report(self, request: Request) -> Response:
        """``GET /report/{report_no}.pdf?lang=``: a report by its number."""
        only_logged_in(request, self._archive)
        return self._report(request.path_params["report_no"], _language(request))

    def report_of_attempt(self, request: Request) -> Response:
        """``GET /reports/{serial}/{attempt}.pdf?lang=``: a report by vehicle and attempt."""
        only_logged_in(request, self._archive)
        serial, attempt = request.path_params["serial"], request.path_params["attempt"]
        report_no = self._archive.report_no(serial, attempt)
        if report_no is None:
            raise PageError(404, "no_attempt", serial=serial, attempt=attempt)
        return self._report(report_no, _language(request))

    def _report(self, report_no: str, language: Language) -> Response:
        job = self._memory.job(report_no)
        if job is None:
            raise PageError(404, "no_report", report_no=report_no)
        sha256 = self._archive.report_sha256(job, language)
        if sha256 is None:
            raise PageError(503, "not_ready", {"Retry-After": "2"}, report_no=report_no)
        pdf = read(self._config.evidence_folder, sha256, ".pdf")
        if pdf is None:
            raise PageError(500, "damaged", report_no=report_no)
        name = f'inline; filename="{report_no}-{language}.pdf"'
        return Response(pdf, media_type="application/pdf", headers={**PRIVATE, "Content-Disposition": name})

    def receipt(self, request: Request) -> Response:
        """``GET /receipt/{serial}.pdf?lang=``: the slip for the owner of a vehicle that is registered."""
        only_logged_in(request, self._archive)
        serial = request.path_params["serial"]
        data = self._archive.receipt_data(serial, simulated=self._memory.cursor()[1])
        if data is None:
            raise PageError(404, "no_receipt", serial=serial)
        name = f'inline; filename="receipt-{serial}.pdf"'
        pdf = render_receipt(data, _language(request))
        return Response(pdf, media_type="application/pdf", headers={**PRIVATE, "Content-Disposition": name})

    def curve(self, request: Request) -> Response:
        """``GET /curve/{run}.json``: the evidence of a run, byte for byte as it is hashed."""
        only_logged_in(request, self._archive)
        run = request.path_params["run"]
        found = self._archive.curves(run)
        if found is None:
            raise PageError(404, "no_run", run=run)
        return Response(found, media_type="application/json", headers=PRIVATE)

    # -- figures

    def throughput(self, request: Request) -> Response:
        """``GET /throughput?from=&to=&format=&lang=``: the figures of whole local days, today if none are named."""
        data, language = self._figures(request.query_params), _language(request)
        form = request.query_params.get("format", "html")
        name = f"throughput-{data.start}-{data.end}"
        if form == "html":
            return HTMLResponse(throughput_html(data, language), headers=ALONE)
        if form == "pdf":
            return Response(throughput_pdf(data, language), media_type="application/pdf", headers=_named(name, "pdf"))
        if form == "csv":
            return Response(throughput_csv(data), media_type="text/csv; charset=utf-8", headers=_named(name, "csv"))
        if form == "json":
            return JSONResponse(throughput_json(data))
        raise PageError(400, "format", value=form)

    def _figures(self, asked: QueryParams) -> ThroughputData:
        today = self._config.clock.now().astimezone(ZoneInfo(self._config.timezone)).date()
        start, end = _day(asked.get("from"), today), _day(asked.get("to"), today)
        if start > end:
            raise PageError(400, "dates", start=start, end=end)
        return self._archive.throughput(start, end, simulated=self._memory.cursor()[1])


def only_logged_in(request: Request, archive: Archive) -> None:
    """Refuse whoever is not logged in, as a :class:`PageError`."""
    token = token_of(request.headers, request.query_params)
    if not token or not archive.logged_in(token):
        raise PageError(401, "login", {"WWW-Authenticate": "Bearer"})


def ws_url(config: OfficeConfig, request: Request) -> str:
    """Return the broker's address for whoever asks: over TLS it is at the host by which the page was found."""
    host = request.url.hostname or ""
    return config.ws_url.replace("{host}", f"[{host}]" if ":" in host else host)


def token_of(headers: Headers, query: QueryParams) -> str:
    """Return the log-in token of a request, from the header or from the address; empty for none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else query.get("token", "")


def _language(request: Request) -> Language:
    asked = request.query_params.get("lang")
    if asked is None:
        return language_of(request.headers.get("accept-language"))
    if asked not in LANGUAGES:
        raise PageError(400, "language", value=asked)
    return asked


def _day(asked: str | None, today: date) -> date:
    try:
        return date.fromisoformat(asked) if asked else today
    except ValueError:
        raise PageError(400, "date", value=asked) from None


def _named(name: str, suffix: str) -> Mapping[str, str]:
    return {"Content-Disposition": f'inline; filename="{name}.{suffix}"'}
