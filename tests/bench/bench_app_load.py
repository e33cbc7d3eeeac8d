"""The handheld's page on a slow phone: first visit and later ones, beside an empty page with one module.

The processor of the browser is slowed down four times (CDP ``Emulation.setCPUThrottlingRate``); the network is this
machine's own, the server is the real office, the broker the real one. Times are the browser's own, from the beginning
of the navigation. Cold: a browser profile that knows its pairing and nothing else. Warm: the same profile again, its
service worker in place. The floor, in the same runs: a page whose one module puts one
element there, cold and warm.
Usage: python tests/bench/bench_app_load.py [--runs 5] [--slowdown 4] [--json]
"""

import argparse
import asyncio
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, async_playwright

sys.path.append(str(Path(__file__).resolve().parents[2]))
from station.bus.broker import Broker  # found by the line above, as all that follow
from station.bus.clock import Clock
from station.ledger.journal import Ledger
from station.store.database import open_database
from tests.conftest import make_broker
from tests.handheld.offices import APP, RealOffice
from tests.handheld.peer import STATION, LinePeer
from tests.handheld.phone import ARGS, CHROMIUM, PORTRAIT

FLOOR = """<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">
<script type="module" src="./one.mjs"></script></head><body><div id="app"></div></body></html>"""
MODULE = 'document.getElementById("app").innerHTML = "<main class=page>empty</main>";\n'
# The moments at which something stands on the screen, looked for at every frame.
MARKS = """
(() => {
  const marks = (window.marks = {});
  const wanted = { shown: "#app .page", connected: "[data-line=connected]" };
  const look = () => {
    for (const [name, place] of Object.entries(wanted))
      if (!(name in marks) && document.querySelector(place)) marks[name] = performance.now();
    requestAnimationFrame(look);
  };
  look();
})();
"""


@dataclass
class Place:
    """Where the pages are, and the browser that opens them."""

    browser: Browser
    origin: str
    url: str
    pairing: str
    slowdown: float

    async def visit(self, context: BrowserContext, address: str, last: str) -> dict[str, float]:
        """Open an address in a tab of its own; return the marks in ms."""
        page = await context.new_page()
        await page.add_init_script(MARKS)
        session = await context.new_cdp_session(page)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": self.slowdown})
        await page.goto(self.url + address)
        await page.wait_for_function(f"window.marks.{last} !== undefined")
        marks: dict[str, float] = await page.evaluate("window.marks")
        if last == "connected":
            await page.evaluate("navigator.serviceWorker.ready")
        await page.close()
        return marks

    async def round(self) -> dict[str, float]:
        """Visit page and floor, each cold, then warm."""
        kept = {"origins": [{"origin": self.origin, "localStorage": [{"name": "pairing", "value": self.pairing}]}]}
        context = await self.browser.new_context(viewport=PORTRAIT, locale="zh-CN", storage_state=kept)
        floor = [await self.visit(context, "floor/", "shown") for _ in range(2)]
        cold = await self.visit(context, "", "connected")
        warm = await self.visit(context, "", "connected")
        await context.close()
        return {
            "cold_shown_ms": cold["shown"],
            "cold_connected_ms": cold["connected"],
            "warm_shown_ms": warm["shown"],
            "warm_connected_ms": warm["connected"],
            "floor_cold_ms": floor[0]["shown"],
            "floor_warm_ms": floor[1]["shown"],
        }


@asynccontextmanager
async def place(folder: Path, slowdown: float) -> AsyncIterator[Place]:
    """Give a browser, an office with the page and the floor, a broker and a line that says the station's state."""
    app = folder / "app"
    shutil.copytree(APP, app)
    (app / "floor").mkdir()
    (app / "floor" / "index.html").write_text(FLOOR)
    (app / "floor" / "one.mjs").write_text(MODULE)
    url = f"sqlite:///{folder / 'station.sqlite'}"
    broker, engine = make_broker(folder), open_database(url, station=STATION)
    ledger = Ledger.open(engine, Clock(), boot_id="bench")
    await broker.start()
    line, office = LinePeer(broker, ledger), RealOffice(broker, folder, url, app)
    await line.start()
    await office.start()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield Place(browser, office.origin, office.url, pairing_of(broker), slowdown)
        await browser.close()
    await office.stop()
    await line.link.stop()
    await broker.stop()
    ledger.close()
    engine.dispose()


def pairing_of(broker: Broker) -> str:
    """Return what a phone keeps of its pairing."""
    account = broker.account("handheld-01")
    found = {"client": account.client, "password": account.password, "ws_url": broker.ws_url, "station": STATION}
    return json.dumps(found)


async def rounds(runs: int, slowdown: float) -> list[dict[str, float]]:
    """Measure in turns; the first round warms the machine up and does not count."""
    found = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with place(Path(folder), slowdown) as where:
            for _ in range(runs + 1):
                found.append(await where.round())
                print(json.dumps({key: round(value) for key, value in found[-1].items()}), file=sys.stderr)
    return found[1:]


def measure(runs: int, slowdown: float) -> dict[str, Any]:
    """Return medians in ms, and the ratios to the floor within each run."""
    found = asyncio.run(rounds(runs, slowdown))
    medians = {key: round(statistics.median(one[key] for one in found)) for key in found[0]}
    ratios = {
        f"{how}_ratio": round(statistics.median(one[f"{how}_shown_ms"] / one[f"floor_{how}_ms"] for one in found), 1)
        for how in ("cold", "warm")
    }
    return {"bench": "app_load", "runs": runs, "slowdown": slowdown, **medians, **ratios}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slowdown", type=float, default=4.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.runs, options.slowdown)
    if options.json:
        print(json.dumps(found))
        return
    for how in ("cold", "warm"):
        shown, connected, floor = (found[key] for key in (f"{how}_shown_ms", f"{how}_connected_ms", f"floor_{how}_ms"))
        print(f"{how}: screen after {shown} ms, connected after {connected} ms; empty page {floor} ms")
        print(f"{how}: ratio of screen to empty page {found[f'{how}_ratio']}")


if __name__ == "__main__":
    main()
