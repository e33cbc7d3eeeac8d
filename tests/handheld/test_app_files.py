"""The page's files by themselves: texts, codes, what the service worker keeps, nothing from elsewhere."""

import json
import re
import string
from pathlib import Path
from typing import get_args

from station.bus.messages import CataloguePoint, ItemSkip, PointFound, RigState
from station.model.codes import (
    CHECKLIST_ITEMS,
    ITEM_NAMES,
    ITEM_STAGES,
    LAMP_ITEMS,
    LOCATION_NAMES,
    RIG_KINDS,
    STAGE_NAMES,
    STAGE_ROLES,
)
from station.model.text import LANGUAGES
from station.model.verdict import Outcome

APP = Path(__file__).resolve().parents[2] / "handheld" / "app"
OURS = sorted(path for path in APP.rglob("*") if path.is_file() and "vendor" not in path.parts)
SCRIPTS = {path: path.read_text(encoding="utf-8") for path in OURS if path.suffix == ".mjs"}
TEXTS = {name: json.loads((APP / "texts" / f"{name}.json").read_text(encoding="utf-8")) for name in LANGUAGES}


def fields(template: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_text_stands_in_every_language_with_the_same_fields() -> None:
    assert TEXTS["zh"].keys() == TEXTS["en"].keys()
    for key, zh in TEXTS["zh"].items():
        assert fields(zh) == fields(TEXTS["en"][key]), key
        assert zh
        assert TEXTS["en"][key]


def test_every_text_that_is_used_is_there_and_every_one_there_is_used() -> None:
    source = "\n".join(SCRIPTS.values())
    used = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)*)"', source))
    families = tuple(re.findall(r"`([a-z_]+\.)\$\{", source))
    asked = set(re.findall(r'\bt\("([^"]+)"', source))
    assert asked <= TEXTS["zh"].keys()
    assert [key for key in TEXTS["zh"] if key not in used and not key.startswith(families)] == []


# What stands after the dot where the page puts a text's key together.
FAMILIES = {
    "group": set(get_args(CataloguePoint.model_fields["group"].annotation)),
    "item": set(ITEM_NAMES),
    "photo": {"waiting", "sent", "kept", "refused"},
    "point": set(get_args(PointFound.model_fields["outcome"].annotation)),
    "rig": set(get_args(RigState.model_fields["state"].annotation)),
    "skip": set(get_args(ItemSkip.model_fields["reason"].annotation)),
    "start": set(ITEM_STAGES.values()),
    "stage": set(ITEM_STAGES.values()),
    "lamp": {"open", "now", *LAMP_ITEMS},
    "force": {"left", "right"},
    "speed": {"low", "high", "right"},
    "line": {"connected", "unpaired", "connecting", "offline", "refused", "elsewhere", "line_offline"},
    "login": {"staff", "pin"},
    "key": {"back", "abc"},
    "outcome": {outcome.value for outcome in Outcome},
}


def test_every_text_whose_key_is_put_together_is_there() -> None:
    source = "\n".join(SCRIPTS.values())
    families = {family.removesuffix(".") for family in re.findall(r"`([a-z_]+\.)\$\{", source)}
    assert families - {"defect"} == FAMILIES.keys()  # the notes of defects are the line's
    wanted = {f"{family}.{name}" for family, names in FAMILIES.items() for name in names}
    assert wanted <= TEXTS["zh"].keys()
    # What a family has beside these is asked for by its whole name.
    beside = {key for key in TEXTS["zh"] if key.split(".")[0] in FAMILIES} - wanted
    assert beside <= set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)?)"', source))


def listed(script: str, name: str) -> list[str]:
    """Return the words of a list in a script."""
    return re.findall(r'"(\w+)"', script.split(f"{name} = [")[1].split("]")[0])


def test_codes_and_their_names_are_those_of_the_model() -> None:
    script = SCRIPTS[APP / "codes.mjs"]
    stages = dict(re.findall(r'(\w+): "(\w+)"', script.split("ITEM_STAGES = {")[1].split("}")[0]))
    assert stages == ITEM_STAGES
    kinds = dict(re.findall(r'(\w+): "(\w+)"', script.split("RIG_KINDS = {")[1].split("}")[0]))
    assert kinds == RIG_KINDS
    roles = dict(re.findall(r'(\w+): "(\w+)"', script.split("STAGE_ROLES = {")[1].split("}")[0]))
    assert roles == {stage: role for stage, role in STAGE_ROLES.items() if stage in ITEM_STAGES.values()}
    assert listed(script, "CHECKLIST_ITEMS") == list(CHECKLIST_ITEMS)
    assert listed(script, "LAMPS") == list(LAMP_ITEMS)
    assert set(listed(script, "LOCATIONS")) == set(LOCATION_NAMES)
    for language in LANGUAGES:
        names = {code: TEXTS[language][f"item.{code}"] for code in ITEM_NAMES}
        assert names == {code: name.in_(language) for code, name in ITEM_NAMES.items()}
        for stage in set(ITEM_STAGES.values()):
            assert TEXTS[language][f"stage.{stage}"] == STAGE_NAMES[stage].in_(language)
        assert {f"outcome.{outcome.value}" for outcome in Outcome} <= TEXTS[language].keys()


def shell() -> set[str]:
    listed = re.findall(
        r'"(\./[^"]*)"', (APP / "sw.js").read_text(encoding="utf-8").split("SHELL = [")[1].split("]")[0]
    )
    return {path.removeprefix("./") for path in listed}


def test_service_worker_keeps_every_file_of_the_page() -> None:
    page = (APP / "index.html").read_text(encoding="utf-8")
    vendor = set(re.findall(r"\./(vendor/[^\"]+)", page))
    ours = {path.relative_to(APP).as_posix() for path in OURS} - {"index.html", "sw.js"}
    assert shell() == ours | vendor | {""}


def test_every_module_is_fetched_at_once_but_the_curves_which_wait() -> None:
    page = (APP / "index.html").read_text(encoding="utf-8")
    fetched = set(re.findall(r'rel="modulepreload" href="\./([^"]+)"', page))
    ours = {path.relative_to(APP).as_posix() for path in SCRIPTS}
    assert fetched == (ours | set(re.findall(r"\./(vendor/[^\"]+\.mjs)", page))) - {"app.mjs", "vendor/uplot.mjs"}


def test_every_import_is_a_file_of_ours_or_a_name_of_the_import_map() -> None:
    page = (APP / "index.html").read_text(encoding="utf-8")
    names = json.loads(page.split('type="importmap">')[1].split("</script>")[0])["imports"]
    for path, script in SCRIPTS.items():
        for target in re.findall(r'(?:from |import\()"([^"]+)"', script):
            assert target in names or (path.parent / target).resolve() in SCRIPTS, f"{path.name}: {target}"


def test_nothing_comes_from_another_host() -> None:
    for path in OURS:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(https?|wss?):/?/", text), path.name


def test_files_stay_small() -> None:
    assert [path.name for path in SCRIPTS if len(SCRIPTS[path].splitlines()) > 250] == []
