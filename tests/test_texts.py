"""Every catalogue of the product: whole in both languages, every sentence in use, every one that is asked for there.

Catalogues stand in ``texts/zh.json`` and ``texts/en.json`` of a package, or as ``NAME = Catalogue({...})`` in a module.
What only a package knows of its keys (codes that come as data, tables) its own tests look at.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("station", "devices", "reports", "handheld", "sim")
SPEAKERS, CASES = {"say", "text", "here"}, {"of", "store_error"}
ASKING = SPEAKERS | CASES
KEY = re.compile(r"[a-z_0-9]+(\.[a-z_0-9]+)*")
HALF = re.compile(r"[\u4e00-\u9fff”）][,;:!?]|[,;:!?][\u4e00-\u9fff“（]")
FULL = re.compile("[，；：！？]")
CHINESE = re.compile("[\u4e00-\u9fff]")
LETTERS = re.compile("[a-z]{2}")


@dataclass(frozen=True)
class Found:
    """One catalogue: where it stands, the folder of the package that it belongs to, and its sentences."""

    name: str
    package: Path
    zh: dict[str, str]
    en: dict[str, str]


@cache
def modules() -> dict[Path, ast.Module]:
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}


def in_files() -> Iterator[Found]:
    for file in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("texts/zh.json")):
        zh, en = (json.loads(file.with_name(f"{lang}.json").read_text(encoding="utf-8")) for lang in ("zh", "en"))
        yield Found(str(file.parent.relative_to(ROOT)), file.parents[1], zh, en)


def in_code() -> Iterator[Found]:
    for file, tree in modules().items():
        for node in tree.body:
            call = node.value if isinstance(node, ast.Assign) else None
            made = isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Catalogue"
            if made and isinstance(call, ast.Call) and isinstance(call.args[0], ast.Dict):
                texts = ast.literal_eval(call.args[0])
                yield Found(str(file.relative_to(ROOT)), file.parent, texts["zh"], texts["en"])


CATALOGUES = [*in_files(), *in_code()]
every = pytest.mark.parametrize("found", CATALOGUES, ids=lambda found: found.name)


def test_the_catalogues_are_found():
    names = {found.name for found in CATALOGUES}
    expected = {f"{p}/texts" for p in ("station/cli", "station/desk", "station/line", "reports", "handheld/app")}
    assert names >= expected | {
        "station/store/errors.py",
        "station/rules/pack_words.py",
        "station/line/config_words.py",
    }


@every
def test_both_languages_have_the_same_keys(found: Found):
    assert found.zh.keys() == found.en.keys()


def fields(template: str) -> set[str]:
    """Return the values that a sentence names; a pair ``x_zh`` and ``x_en`` is one."""
    return {re.sub("_(zh|en)$", "", name) for _, name, _, _ in Formatter().parse(template) if name}


@every
def test_both_languages_name_the_same_values(found: Found):
    for key in found.zh:
        assert fields(found.zh[key]) == fields(found.en[key]), key


@every
def test_no_sentence_is_empty_in_one_language(found: Found):
    for key in found.zh:
        zh, en = found.zh[key], found.en[key]
        assert bool(zh.strip()) == bool(en.strip()), key
        assert not CHINESE.search(en) or "language" in key or len(CHINESE.findall(en)) <= 4, key


@every
def test_chinese_punctuation_is_the_same_throughout(found: Found):
    half = {key for key, text in found.zh.items() if HALF.search(text)}
    full = {key for key, text in found.zh.items() if FULL.search(text)}
    assert not (half and full), sorted(half if len(half) < len(full) else full)


ANYTHING = ".+"
A_CODE = r".+\..+"
"""The f-string of a code that comes as data: its kind, which is a string of the code, and the code."""


def pattern(node: ast.JoinedStr) -> str:
    """Return what an f-string can become, as a regular expression."""
    return "".join(re.escape(str(v.value)) if isinstance(v, ast.Constant) else ANYTHING for v in node.values)


@cache
def spoken(folder: Path) -> tuple[set[str], set[str]]:
    """Return the strings of the code below a folder, and the patterns of its f-strings."""
    strings: set[str] = set()
    patterns: set[str] = set()
    for file, tree in modules().items():
        if folder in file.parents:
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    strings.add(node.value)
                elif isinstance(node, ast.JoinedStr):
                    patterns.add(pattern(node))
    for file in (file for file in folder.rglob("*.mjs") if "vendor" not in file.parts):
        text = file.read_text(encoding="utf-8")
        strings |= {key for quoted in re.findall(r'"([a-z0-9_.]+)"|\'([a-z0-9_.]+)\'', text) for key in quoted}
        patterns |= {re.escape(head) + ANYTHING for head in re.findall(r"`([a-z0-9_.]+)\$\{", text)}
    return strings, patterns


def unused(keys: set[str], folder: Path, codes: bool = True) -> set[str]:
    """Return the keys that no code below a folder can mean; with ``codes``, its codes as data may."""
    strings, patterns = spoken(folder)
    telling = re.compile("|".join(f"(?:{p})" for p in patterns if LETTERS.search(p.replace("\\", ""))) or "(?!)")
    left = {key for key in keys - strings if not telling.fullmatch(key)}
    return {key for key in left if not (codes and A_CODE in patterns and key.partition(".")[0] in strings)}


@every
def test_every_sentence_is_in_use(found: Found):
    assert left_over(found, set(found.zh)) == set()


@every
def test_a_sentence_too_many_would_be_found(found: Found):
    codes = A_CODE in spoken(found.package)[1]
    families = {key.partition(".")[0] for key in found.zh if codes}
    assert left_over(found, {"nobody", "nobody.asks", *(f"{family}x.y" for family in families)})


def left_over(found: Found, keys: set[str]) -> set[str]:
    """Return the keys of a catalogue that no code can mean."""
    left = unused(keys, found.package)
    # The command line prints sentences of the packages below it; a full name is told apart anywhere.
    left = unused(left, ROOT / "station" / "cli")
    dotted = {key for key in left if "." in key}
    left = left - dotted | unused(dotted, ROOT, codes=False)
    # An error is asked for by its case, ``of("case")``, which stands behind the name of its class in the catalogue.
    of_package = {key for file, function, key in asked() if function == "of" and found.package in file.parents}
    return {key for key in left if key.rpartition(".")[2] not in of_package}


def arguments(call: ast.Call) -> Iterator[ast.expr]:
    """Return the first arguments of a call, of a condition both branches."""
    for argument in call.args[:3]:
        yield from (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,)


def of_an_error(call: ast.Call) -> bool:
    """Return whether a call ``X.of(...)`` makes an error."""
    maker = ast.unparse(call.func).removesuffix(".of")
    return maker in ("Unusable", "cls") or maker.endswith(("Error", "Busy"))


@cache
def asked() -> frozenset[tuple[Path, str, str]]:
    """Return every key that code asks for by name: the file, by which function, the key."""
    found = set()
    for file, tree in modules().items():
        for node in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            function = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if function in ASKING and (function != "of" or of_an_error(node)):
                names = (a.value for a in arguments(node) if isinstance(a, ast.Constant) and isinstance(a.value, str))
                found |= {(file, function, name) for name in names if KEY.fullmatch(name)}
    return frozenset(found)


def test_every_sentence_that_is_asked_for_by_name_is_there():
    known = {key for found in CATALOGUES for key in found.zh}
    cases = {key.rpartition(".")[2] for key in known}
    lacking = {key for _, function, key in asked() if function in SPEAKERS and "." in key and key not in known}
    lacking |= {key for _, function, key in asked() if function in CASES and key not in known | cases}
    assert lacking == set()
