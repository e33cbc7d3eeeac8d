"""One phone with the page in a real browser."""

import shutil
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Page, expect

CHROMIUM = shutil.which("chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    # A name for this machine that the browser does not trust: what a page over plain http can do.
    "--host-resolver-rules=MAP station.test 127.0.0.1",
]
PORTRAIT = {"width": 360, "height": 740}
LANDSCAPE = {"width": 740, "height": 360}


class Phone:
    """One browser page that keeps what must not happen: errors, and requests to other hosts."""

    def __init__(self, page: Page, office: Any) -> None:
        self.page, self.office = page, office
        self.errors: list[str] = []
        self.hosts: set[str | None] = set()
        self.sockets = 0
        page.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        page.on("websocket", self._socket)

    def _socket(self, socket: Any) -> None:
        self.sockets += 1
        self.hosts.add(urlsplit(socket.url).hostname)

    async def pair(self, code: str = "CODE-1") -> None:
        await self.page.goto(f"{self.office.url}#pair={code}")
        await expect(self.page.locator("[data-line=connected]")).to_be_visible()

    async def log_in(self, staff: str, pin: str) -> None:
        await self.keys(staff)
        await self.page.get_by_role("button", name="下一步").click()
        await self.keys(pin)
        await self.page.get_by_role("button", name="登录", exact=True).click()

    async def keys(self, digits: str) -> None:
        for digit in digits:
            await self.page.locator(".keypad").get_by_role("button", name=digit, exact=True).click()

    async def take(self, serial: str, start: str) -> None:
        await self.page.locator(f"[data-serial='{serial}']").click()
        await self.page.get_by_role("button", name=start).click()

    async def live(self, shown: str, text: str, send: Callable[[], None]) -> None:
        """Send readings until one shows: what came before the page has subscribed is lost by right."""
        while await self.page.locator(shown).text_content() != text:
            send()
            await self.page.wait_for_timeout(50)
