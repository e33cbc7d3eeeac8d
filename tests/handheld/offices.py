"""Whoever serves the page: its files alone with pairing, or the real office."""

import asyncio
import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from station.bus.broker import Broker, free_ports
from station.model.text import Text
from station.office.app import run_office
from station.office.settings import OfficeConfig
from tests.handheld.peer import STATION

APP = Path(__file__).resolve().parents[2] / "handheld" / "app"
CLIENTS = ("handheld-01", "handheld-02", "handheld-03", "handheld-04")
CODE = "4711"


class Office:
    """The static files of the page, and pairing by code, as the office serves them."""

    def __init__(self, broker: Broker) -> None:
        self.codes: dict[str, dict[str, str]] = {}
        self.ws_url = broker.ws_url
        for number, client in enumerate(CLIENTS, 1):
            account = broker.account(client)
            self.codes[f"CODE-{number}"] = {"client": client, "password": account.password, "station": STATION}
        office = self

        class Handler(SimpleHTTPRequestHandler):
            extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}  # noqa: RUF012

            def log_message(self, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                found = office.codes.get(asked["code"]) if self.path == "/pair" else None
                refusal = {"code": "pair_code", "text": {"zh": "配对码不对。", "en": "The pairing code is wrong."}}
                answer = json.dumps({**found, "ws_url": office.ws_url} if found else refusal).encode()
                self.send_response(200 if found else 403)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(APP)))
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class RealOffice:
    """The real office over the line's database, on a port of its own that it keeps over restarts."""

    def __init__(self, broker: Broker, folder: Path, database_url: str, app: Path = APP) -> None:
        self._config = OfficeConfig(
            station=STATION,
            name=Text(zh="测试检测站", en="Test station"),
            timezone="Asia/Shanghai",
            database_url=database_url,
            evidence_folder=folder / "evidence",
            office_file=folder / "office.sqlite",
            broker_url=broker.url,
            ws_url=broker.ws_url,
            account=broker.account("office"),
            handhelds=tuple(broker.account(client) for client in CLIENTS),
            pair_code=CODE,
            app_folder=app,
            port=free_ports(1)[0],
        )
        self.origin = f"http://127.0.0.1:{self._config.port}"
        self.url = f"{self.origin}/app/"
        self.evidence = self._config.evidence_folder
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(run_office(self._config, self._stop))
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self._config.port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            return

    async def stop(self) -> None:
        self._stop.set()
        if self._task:
            await self._task
