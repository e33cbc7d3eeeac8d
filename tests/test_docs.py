"""The documentation against the repository: links, named files, commands, configuration, reasons, decisions."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from pydantic import BaseModel

from station.bus.topics import Topics
from station.cli.main import app
from station.line.config import Config, parse_config
from station.line.wording import WORDS

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TASKS = sorted(
    page for shelf in ("how-to", "tutorial") for page in (ROOT / "docs" / shelf).glob("*.md") if ".zh." not in page.name
)
PAIRS = [page for page in TASKS if page.with_suffix(".zh.md").exists()]
BILINGUAL = {"desk.md", "handheld.md"}
DEVELOPERS = {"add-a-rig.md", "add-a-rule-pack.md", "add-a-text.md"}
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
MAINTAINER = [ROOT / "docs" / "how-to" / f"maintainer{suffix}.md" for suffix in ("", ".zh")]

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```", re.DOTALL)
TICKED = re.compile(r"`([^`\n]+)`")
FOLDERS = ("station/", "devices/", "handheld/", "reports/", "sim/", "tests/", "docs/", ".ci/")
IN_THE_BUS = re.compile(r"station/\{?\w+\}?/(state|catalogue|printer|inspection|event|lane|client)")


def by_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page as GitHub makes them, and those that it sets itself."""
    text = page.read_text(encoding="utf-8")
    heads = re.findall(r"^#+ (.+)$", CODE.sub("", text), re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads}
    return made | set(re.findall(r'<a id="([^"]+)"', text))


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = (name for name in TICKED.findall(CODE.sub("", page.read_text(encoding="utf-8"))) if " " not in name)
    for name in named:
        if name.startswith(FOLDERS) and not IN_THE_BUS.match(name) and "*" not in name and "NAME" not in name:
            assert (ROOT / name).exists(), name


def test_every_page_of_the_shelves_is_in_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / link).resolve() for link in LINK.findall(index.read_text(encoding="utf-8"))}
    shelves = {page for page in PAGES if page.parent.name in ("how-to", "tutorial", "explanation", "reference")}
    assert {by_name(page) for page in shelves - listed} == set()


def test_station_users_have_their_page_in_both_languages() -> None:
    assert {page.name for page in TASKS if page not in PAIRS} <= BILINGUAL | DEVELOPERS
    assert {page.name for page in PAIRS} & (BILINGUAL | DEVELOPERS) == set()


@pytest.mark.parametrize("page", PAIRS, ids=by_name)
def test_both_languages_of_a_page_have_the_same_parts(page: Path) -> None:
    english, chinese = (p.read_text(encoding="utf-8") for p in (page, page.with_suffix(".zh.md")))
    for part in (r"^## ", r"^```", r"^\| ", r"^\d\. "):
        counts = [len(re.findall(part, text, re.MULTILINE)) for text in (english, chinese)]
        assert counts[0] == counts[1], part
    assert [block for block in CODE.findall(english) if block not in chinese] == []


def commands() -> Iterator[str]:
    for page in PAGES:
        if page.name == "CHANGELOG.md":
            continue
        text = page.read_text(encoding="utf-8")
        for line in [*TICKED.findall(text), *"\n".join(CODE.findall(text)).splitlines()]:
            found = re.match(r"(?:\.venv/bin/)?station ((?:[a-z]+ ?)+)", line)
            if found and "/" not in line.split()[0].removeprefix(".venv/bin/"):
                yield found[1].strip()


def test_every_command_that_is_named_exists() -> None:
    group = typer.main.get_command(app)
    named = sorted(set(commands()))
    assert {"demo", "run", "desk", "ledger verify", "ledger export", "ledger rebuild"} <= set(named)
    for words in named:
        current = group
        for word in words.split():
            inner = getattr(current, "commands", {})
            if not inner:
                break
            assert word in inner, words
            current = inner[word]


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = [t for t in (field.annotation, *getattr(field.annotation, "__args__", ())) if isinstance(t, type)]
        section = next((t for t in inner if issubclass(t, BaseModel)), None)
        if section:
            yield from keys(section, f"{name}.")
        else:
            yield f"{prefix}{name}"


@pytest.mark.parametrize("page", MAINTAINER, ids=by_name)
def test_every_configuration_key_is_explained_and_no_other(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    rows = [row for row in text.split("## station.toml")[1].split("\n## ")[0].splitlines() if row.startswith("| `")]
    explained = {key for row in rows for key in TICKED.findall(row.split("|")[1])}
    assert explained == set(keys(Config))


@pytest.mark.parametrize("page", MAINTAINER, ids=by_name)
def test_the_example_configuration_can_be_used_and_shows_every_section(page: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert example
    parse_config(example[1], page.name)
    assert set(tomllib.loads(example[1])) == set(Config.model_fields) - {"clock"}


def test_every_reason_for_which_a_run_is_void_is_explained_and_no_other() -> None:
    page = ROOT / "docs" / "explanation" / "life-of-a-run.md"
    table = page.read_text(encoding="utf-8").split("## Void: why")[1]
    explained = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert explained == {key.removeprefix("void.") for key in WORDS.keys() if key.startswith("void.")}  # noqa: SIM118


def test_every_topic_of_the_bus_is_in_the_architecture_and_no_other() -> None:
    topics = Topics("{station}")
    known = {topics.state, topics.catalogue, topics.printer, topics.event, topics.inspection("{serial}")}
    known |= {topics.live("{lane}", "{rig}"), topics.prompt("{lane}")}
    known |= {topics.command("{client}"), topics.reply("{client}"), topics.presence("{client}")}
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(station/\{[^`]+)` \|", page, re.MULTILINE)) == known


def test_every_profile_is_in_the_maintainers_pages() -> None:
    profiles = {page.stem for page in (ROOT / "devices" / "profiles").glob("*.toml")}
    for page in MAINTAINER:
        table = page.read_text(encoding="utf-8").split("`profile`")[1].split("\n\n")[0]
        assert set(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)) == profiles


@pytest.mark.parametrize("page", DECISIONS, ids=by_name)
def test_a_decision_has_its_number_date_and_parts(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(f"# {page.name[:4]} ")
    assert re.match(r"Date: (\d{4}-\d\d-\d\d|YYYY-MM-DD)\. Status: ", lines[2])
    assert [line for line in lines if line.startswith("## ")] == ["## Context", "## Decision", "## Consequences"]


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(len(DECISIONS)))
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in DECISIONS if f"({page.name})" not in listed] == []
