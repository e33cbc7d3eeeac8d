"""A real browser on the whole way: the page without TLS, the file, the trust store, the app over TLS, the broker."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, async_playwright, expect

from station.authority.files import Files
from station.authority.keeper import read
from station.bus.link import Link
from station.bus.messages import Presence
from station.bus.topics import Topics
from tests.station.authority.chain import make_keys
from tests.station.authority.conftest import CODE, House

pytestmark = pytest.mark.asyncio(loop_scope="session")

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is missing: install it with 'apt-get install {package}' (make test does)")
    return found


@asynccontextmanager
async def chromium(home: Path) -> AsyncIterator[Browser]:
    """Give a browser that has its own home folder, and so its own trust store."""
    home.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program("chromium", "chromium"), args=ARGS, env={"HOME": str(home)}
        )
        yield browser
        await browser.close()


def trust(home: Path, file: Path) -> None:
    """Do what a person does with the file: have this home's trust store take it as an authority."""
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    certutil = program("certutil", "libnss3-tools")
    subprocess.run([certutil, "-d", f"sql:{store}", "-N", "--empty-password"], check=True)
    subprocess.run([certutil, "-d", f"sql:{store}", "-A", "-n", "station", "-t", "C,,", "-i", str(file)], check=True)


@pytest_asyncio.fixture(loop_scope="session")
async def presence(house: House) -> AsyncIterator["asyncio.Queue[Presence]"]:
    """Give what the line hears of clients that come and go."""
    heard: asyncio.Queue[Presence] = asyncio.Queue()
    line = Link(house.broker.url, house.broker.account("line"))
    line.subscribe(
        Topics("test").presence(), lambda topic, payload: heard.put_nowait(Presence.model_validate_json(payload))
    )
    await line.start()
    await line.wait(10)
    yield heard
    await line.stop()


async def test_a_phone_downloads_trusts_and_works(
    house: House, tmp_path: Path, presence: "asyncio.Queue[Presence]"
) -> None:
    home = tmp_path / "home"
    async with chromium(home) as browser:
        page = await browser.new_page(locale="zh-CN")
        await page.goto(house.onboarding)
        await expect(page.get_by_text(read(house.folder / "keys").fingerprint)).to_be_visible()
        async with page.expect_download() as download:
            await page.get_by_text("下载 station-ca.crt").click()
        file = tmp_path / "station-ca.crt"
        await (await download.value).save_as(file)
        # Before it is trusted the station's pages are refused.
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            await page.goto(f"{house.page()}/app/")
    trust(home, file)
    async with chromium(home) as browser:
        page = await browser.new_page(locale="zh-CN")
        await page.goto(house.onboarding)
        await page.locator("a[href^='https']").click()
        await expect(page.get_by_label("配对码")).to_be_visible()
        await page.goto(f"{house.page()}/app/#pair={CODE}")
        async with asyncio.timeout(20):
            assert await presence.get() == Presence(client="handheld-01", online=True)
        assert await page.evaluate("isSecureContext")
        kept = await page.evaluate("navigator.serviceWorker.ready.then((r) => r.active.scriptURL)")
        assert kept == f"{house.page()}/app/sw.js"
        stored = await page.evaluate("JSON.parse(localStorage.pairing).ws_url")
        assert stored == f"wss://localhost:{house.broker.place.ws_port}/mqtt"


async def test_another_station_s_authority_does_not_help(house: House, tmp_path: Path) -> None:
    make_keys(tmp_path / "other")
    home = tmp_path / "home"
    home.mkdir()
    trust(home, Files(tmp_path / "other").authority)
    async with chromium(home) as browser:
        page = await browser.new_page()
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            await page.goto(f"{house.page()}/app/")
