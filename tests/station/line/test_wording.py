"""Every sentence that the code asks for is there in every language, and every one that is there is asked for."""

import ast
import re
import string
from pathlib import Path

import pytest

import station.line
from devices.errors import TEXTS, Words, because
from station.line.lane import WAITS
from station.line.preparing import PREPARING, WAITING
from station.line.procedures.base import timings
from station.line.run import void_reason
from station.line.wording import WORDS, explained
from station.model.codes import Role
from station.model.facts import RigChanged
from station.model.inspection import State
from station.model.text import LANGUAGES

KEYS = sorted(WORDS.keys())
FOLDER = Path(station.line.__file__).parent
FILES = [*FOLDER.glob("*.py"), *FOLDER.glob("procedures/*.py")]
TREES = [ast.parse(path.read_text()) for path in FILES]


def calls(*names):
    """The literals of a call's first arguments, of every call of these functions in the line's code."""
    for tree in TREES:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in names:
                    yield name, node.args


def literals(*names, argument=0):
    for _, args in calls(*names):
        if len(args) > argument:
            for node in ast.walk(args[argument]):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def codes_of_tables(function):
    """Strings of the dictionaries and conditional expressions in a function: codes that are looked up."""
    for tree in TREES:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == function:
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                        yield inner.value


def known(kind):
    return {key.removeprefix(kind + ".") for key in KEYS if key.startswith(kind + ".")}


def prompts():
    said = {*literals("_say"), *literals("prompt", argument=1), *literals("Say")}
    looked_up = {word for name in ("_prompt", "_roll") for word in codes_of_tables(name)} & known("prompt")
    looked_up |= {*PREPARING.values(), *WAITING.values(), *WAITS}
    return {code for code in said | looked_up if re.fullmatch("[a-z_]+", code)}


def test_every_prompt_of_the_code_has_a_text_and_the_reverse():
    assert prompts() == known("prompt")


def test_every_reason_of_a_void_run_has_a_text_and_the_reverse():
    procedures = {*literals("_void"), *literals("Voided"), *literals("Void")}
    tables = {word for name in ("_danger", "_trouble_of_a_turning_rig") for word in codes_of_tables(name)}
    by_error = {word for word in codes_of_tables("void_reason") if re.fullmatch("[a-z_]+", word)}
    at_start = {keyword.value.value for _, _, keyword in keywords("RunVoided", "reason") if literal(keyword.value)}
    reasons = procedures | {word for word in tables if re.fullmatch("[a-z_]+", word)} | by_error | at_start
    assert reasons == known("void")
    assert void_reason(RuntimeError()) in known("void")


def keywords(name, wanted):
    for tree in TREES:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == name:
                yield from ((name, node, keyword) for keyword in node.keywords if keyword.arg == wanted)


def literal(node):
    return isinstance(node, ast.Constant)


def test_every_other_key_is_used_and_there():
    assert known("state") == {state.value for state in State}
    assert known("role") == set(Role.__args__)
    assert known("axle") == {str(axle) for axle in range(1, 7)}
    assert known("rig") == set(RigChanged.model_fields["state"].annotation.__args__)
    locks = {f"remedy.{state}" for state in known("rig") - {"online"}}
    clock = {"clock.forward", "clock.back", "remedy.clock"}
    assert known("lock") == locks | clock | {"space", "remedy.space"}
    assert known("why") == set(TEXTS)
    kinds = {key.split(".")[0] for key in KEYS}
    assert kinds == {"accepted", "refused", "state", "role", "axle", "rig", "lock", "prompt", "void", "why"}


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_rigs_reason_is_said_in_both_languages(code):
    names = names_in(TEXTS[code])
    pairs = {name.removesuffix("_en") for name in names if name.endswith("_en")}
    words = {name: Words(f"词{name}", f"word {name}") for name in pairs}
    reason = because(code, **words, **{name: f"<{name}>" for name in names if not name.endswith("_en")})
    said = explained(reason)
    assert said.en == str(reason)
    assert "{" not in said.zh
    assert all(f"词{name}" in said.zh for name in pairs)


@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_is_short_and_says_the_same_in_every_language(key):
    templates = {language: WORDS._templates[language][key] for language in LANGUAGES}
    fields = {
        language: {name.removesuffix("_en").removesuffix("_zh") for name in names_in(text)}
        for language, text in templates.items()
    }
    assert fields["zh"] == fields["en"]
    assert all(text.strip() == text != "" for text in templates.values())
    if key.startswith("prompt."):
        assert len(templates["zh"]) <= 20
        assert len(templates["en"]) <= 40


def names_in(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_the_procedures_table_says_where_it_is_from():
    for table in (timings().brake, timings().double_idle):
        assert table.certainty in "ABCD"
        assert "GB" in table.source
