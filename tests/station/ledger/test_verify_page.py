"""The verifier's page in a real browser: from a file without a network, and from the office; nothing leaves it."""

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page, async_playwright, expect

from station.bus.broker import free_ports
from station.ledger.verify_page import PAGE, PARTS, build_page
from station.model.text import LANGUAGES
from station.office.app import OfficeApp
from tests.station.ledger.papers import KEY, SERIAL, Papers, make_papers
from tests.station.ledger.sealed_story import FORGER
from tests.station.office.office_story import config_for

pytestmark = pytest.mark.asyncio(loop_scope="session")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return make_papers(tmp_path_factory.mktemp("papers"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("chromium is missing: install it with 'apt-get install chromium' (make test does)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield browser
        await browser.close()


class Sheet:
    """The page, with everything that it asked of any network, and every complaint of the browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def open(self, url: str) -> "Sheet":
        await self.page.goto(url)
        return self

    async def fill(self, qr: str = "", key: str = "") -> None:
        await self.page.fill("#qr", qr)
        await self.page.fill("#key", key)

    async def verdict(self, verdict: str, *said: str) -> None:
        result = self.page.locator("#result")
        await expect(result).to_have_attribute("data-verdict", verdict)
        for words in said:
            await expect(result).to_contain_text(words)


@pytest_asyncio.fixture(loop_scope="session")
async def sheet(browser: Browser) -> AsyncIterator[Sheet]:
    """The page opened as a file, in Chinese, without a network."""
    context = await browser.new_context(locale="zh-CN", offline=True)
    context.set_default_timeout(10_000)
    opened = await Sheet(await context.new_page()).open(PAGE.as_uri())
    yield opened
    assert opened.requests == [PAGE.as_uri()]
    assert opened.errors == []
    await context.close()


async def test_the_page_is_made_of_its_parts_as_they_are_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == build_page(), "run: python -m station.ledger.verify_page"


async def test_every_sentence_of_the_page_is_used_and_none_is_missing() -> None:
    source = (PARTS / "page.mjs").read_text(encoding="utf-8") + (PARTS / "page.html").read_text(encoding="utf-8")
    texts = {lang: json.loads((PARTS / f"{lang}.json").read_text(encoding="utf-8")) for lang in LANGUAGES}
    assert texts["zh"].keys() == texts["en"].keys()
    used = set(re.findall(r'"([a-z_.0-9]+)"', source))
    assert [key for key in texts["zh"] if key not in used and not key.startswith("conclusion.")] == []
    assert {f"conclusion.{name}" for name in ("pass", "fail", "invalid")} <= texts["zh"].keys()


async def test_a_pasted_code_says_what_was_sealed(sheet: Sheet, papers: Papers) -> None:
    await sheet.verdict("waiting", "请给出报告或台账")
    await sheet.fill(papers.qr)
    await sheet.verdict("waiting", "还需要检测站公布的公钥")
    await sheet.fill(papers.qr, papers.key.read_text())
    await sheet.verdict("good", "✔ 成立", "合格", "苏A12345", f"{SERIAL}-1", KEY.id)
    await sheet.page.click("#language")
    await sheet.verdict("good", "It holds", "PASS", "苏A12345")
    assert await sheet.page.title() == "Verify an inspection report"


async def test_a_changed_code_or_a_swapped_key_does_not_hold(sheet: Sheet, papers: Papers) -> None:
    await sheet.fill(papers.qr.replace("/pass/", "/fail/"), KEY.public)
    await sheet.verdict("bad", "✘ 不成立", "签章不成立", "不能采信", "不合格")
    await sheet.fill(papers.qr, FORGER.public)
    await sheet.verdict("bad", "与所给的公钥", FORGER.id)
    await sheet.fill(papers.qr, f"{FORGER.public}\n{papers.key.read_text()}")
    await sheet.verdict("good")


async def test_what_cannot_be_used_says_so(sheet: Sheet, papers: Papers) -> None:
    await sheet.fill("hello", KEY.public)
    await sheet.verdict("unusable", "应以 CI1/ 开头")
    await sheet.fill(papers.qr, "no key")
    await sheet.verdict("unusable", "不是 Ed25519 公钥")
    await sheet.fill("", KEY.public)
    await sheet.page.set_input_files("#pdf", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    await sheet.verdict("unusable", "没有检测站的签章文字")


async def test_the_whole_proof_from_files_alone(sheet: Sheet, papers: Papers, tmp_path: Path) -> None:
    await sheet.page.set_input_files("#pdf", papers.pdf)
    await sheet.page.set_input_files("#keyfile", papers.key)
    await sheet.verdict("good", "请与纸面逐项核对")
    await sheet.page.set_input_files("#export", papers.export)
    await sheet.verdict("good", "签字记录在台账中", "这个 PDF 就是当时出具的文件", "签章覆盖到")
    await sheet.page.set_input_files("#pdf", papers.english)
    await sheet.verdict("bad", "不是当时出具的文件")
    await sheet.fill(papers.qr, KEY.public)
    await sheet.verdict("good", "签字记录在台账中")
    tampered = tmp_path / "tampered.jsonl"
    tampered.write_text(papers.export.read_text("utf-8").replace('\\"pass\\"', '\\"fail\\"', 1), "utf-8")
    await sheet.page.set_input_files("#export", tampered)
    await sheet.verdict("bad", "与其哈希值不符")
    lines = papers.export.read_text("utf-8").splitlines(keepends=True)
    short = tmp_path / "short.jsonl"
    short.write_text("".join(lines[:8]), "utf-8")
    await sheet.page.set_input_files("#export", short)
    await sheet.verdict("bad", "台账在事件 8 处结束", "其签章成立")
    await sheet.page.set_input_files("#export", {"name": "x", "mimeType": "text/plain", "buffer": b"\xff\xfe\x00"})
    await sheet.verdict("unusable", "不是 UTF-8 文本")


async def test_an_export_by_itself(sheet: Sheet, papers: Papers) -> None:
    await sheet.page.set_input_files("#export", papers.export)
    await sheet.verdict("waiting", "还需要检测站公布的公钥")
    await sheet.fill("", KEY.public)
    await sheet.verdict("good", "台账的记录链没有断裂")
    await sheet.fill("", FORGER.public)
    await sheet.verdict("bad", "不是本台账的签名密钥")


async def test_files_can_be_dropped_anywhere(sheet: Sheet, papers: Papers) -> None:
    drop = """(files) => {
        const data = new DataTransfer();
        for (const [name, text] of files) data.items.add(new File([text], name));
        document.dispatchEvent(new DragEvent("drop", { dataTransfer: data }));
    }"""
    files = [["ledger", papers.export.read_text("utf-8")], ["key", papers.key.read_text()], ["code", papers.qr]]
    await sheet.page.evaluate(drop, files)
    await sheet.verdict("good", "签字记录在台账中", "苏A12345")


async def test_from_the_office_and_whatever_it_tried_nothing_would_leave(
    browser: Browser, papers: Papers, tmp_path: Path
) -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(100))
        writer.close()

    ear = await asyncio.start_server(listen, "127.0.0.1", 0)
    office = OfficeApp(config_for(tmp_path))
    (port,) = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(office, port=port, log_config=None, lifespan="off", ws="none"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    context = await browser.new_context(locale="en-GB")
    url = f"http://127.0.0.1:{port}/verify"
    sheet = await Sheet(await context.new_page()).open(url)
    await sheet.fill(papers.qr, KEY.public)
    await sheet.verdict("good", "It holds", "PASS")
    assert (sheet.requests, sheet.errors) == ([url], [])
    elsewhere = f"http://127.0.0.1:{ear.sockets[0].getsockname()[1]}/"
    tries = """async (to) => {
        const fetched = await fetch(to).then(() => "sent", () => "refused");
        const image = await new Promise((done) => {
            const made = new Image();
            made.onload = () => done("sent");
            made.onerror = () => done("refused");
            made.src = to;
        });
        return [fetched, image, navigator.sendBeacon(to, "x")];
    }"""
    assert (await sheet.page.evaluate(tries, elsewhere))[:2] == ["refused", "refused"]
    await context.close()
    server.should_exit = True
    await serving
    office.close()
    ear.close()
    assert heard == []
