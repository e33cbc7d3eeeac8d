"""The page is kept by the browser, all of one version, and a new version is seen at once."""

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.handheld.offices import APP, RealOffice

pytestmark = pytest.mark.asyncio(loop_scope="session")
CAME = """() => performance.getEntriesByType("resource")
  .filter((one) => one.name.includes("/app/") && !one.name.endsWith(".svg"))
  .map((one) => [one.name.split("/app/")[1], one.deliveryType])"""
COPIES = "caches.keys()"


@pytest_asyncio.fixture(loop_scope="session")
async def own_office(broker: Any, tmp_path: Path) -> AsyncIterator[tuple[RealOffice, Path]]:
    """Give an office with a copy of the app that a test may change, and the copy's folder."""
    app = tmp_path / "app"
    shutil.copytree(APP, app)
    office = RealOffice(broker, tmp_path, f"sqlite:///{tmp_path / 'station.sqlite'}", app)
    await office.start()
    yield office, app
    await office.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Give a page of a browser that knows nothing yet."""
    context = await browser.new_context(locale="zh-CN")
    context.set_default_timeout(10_000)
    yield await context.new_page()
    await context.close()


async def visit(page: Page, office: RealOffice) -> dict[str, str]:
    """Open the page; return which files it took, and where from."""
    await page.goto(office.url)
    await expect(page.get_by_label("配对码")).to_be_visible()
    await page.evaluate("navigator.serviceWorker.ready")
    return dict(await page.evaluate(CAME))


def renamed(app: Path, name: str) -> None:
    """Give the app another name, as a new version would."""
    file = app / "texts" / "zh.json"
    texts = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(texts | {"app.name": name}), encoding="utf-8")


async def test_a_second_visit_takes_every_file_from_the_copy(own_office: Any, page: Page) -> None:
    office, _ = own_office
    cold = await visit(page, office)
    assert set(cold.values()) == {""}
    warm = await visit(page, office)
    assert {"app.mjs", "texts/zh.json", "style.css"} < warm.keys()
    assert set(warm.values()) == {"cache-storage"}


async def test_a_new_version_is_seen_at_once_and_kept_then(own_office: Any, page: Page) -> None:
    office, app = own_office
    await visit(page, office)
    before = await page.evaluate(COPIES)
    renamed(app, "新版")
    came = await visit(page, office)
    await expect(page).to_have_title("新版")
    assert "cache-storage" not in came.values()
    await page.wait_for_function(
        f"async () => ({COPIES}).then(([one, ...more]) => !more.length && one !== '{before[0]}')"
    )
    assert set((await visit(page, office)).values()) == {"cache-storage"}
    await expect(page).to_have_title("新版")


async def test_without_the_office_the_copy_serves_alone(own_office: Any, page: Page) -> None:
    office, _ = own_office
    await visit(page, office)
    await office.stop()
    assert set((await visit(page, office)).values()) == {"cache-storage"}
    await office.start()


async def test_a_version_that_cannot_be_kept_leaves_the_old_copy(own_office: Any, page: Page) -> None:
    office, app = own_office
    await visit(page, office)
    before = await page.evaluate(COPIES)
    (app / "icon.svg").unlink()
    renamed(app, "新版")
    await visit(page, office)
    await expect(page).to_have_title("新版")
    assert await page.evaluate(COPIES) == before
