"""Every key of the configuration broken in turn: the Chinese sentence has no English but keys, values and patterns."""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel
from room import CONFIG

from station.line.config import Config, ConfigError, parse_config
from station.line.config_words import TEXTS

WHOLE: dict[str, Any] = {
    "simulated": False,
    "station": {"id": "hz-07", "name_zh": "示例站", "name_en": "Example", "timezone": "Asia/Shanghai"},
    "store": {"folder": "var", "database": "", "min_free_mb": 500},
    "broker": {"external": "", "external_ws": "", "host": "127.0.0.1", "mqtt_port": 18883, "ws_port": 18884},
    "office": {"host": "127.0.0.1", "port": 18080, "pair_code": "2468"},
    "lan": {"enabled": True, "host": "0.0.0.0", "names": ["station.lan"], "onboarding_port": 18085},
    "printer": {"url": "ipp://printer.lan/ipp/print", "folder": "out", "language": "zh"},
    "seal": {"every_s": 600},
    "log": {"level": "info", "files": 5, "megabytes": 10},
    "rules": {
        "pack": "cn-gb38900-2020",
        "repeats": 1,
        "elsewhere": ["A1"],
        "official": False,
        "altitude_m": 1900,
        "settings": {"limit_set": "b"},
    },
    "clock": {"speed": 1.0, "origin": 0.0},
    "rig": [{"id": "brake-1", "profile": "rbt-modbus-tcp", "link": "tcp://127.0.0.1:502"}],
    "bay": [{"id": "brake-bay", "lane": "safety-1", "stage": "brake", "rig": "brake-1"}],
}
WRONG = (
    "",
    "Ä ö",
    "x y",
    70_000_000,
    -1,
    0.5,
    float("nan"),
    True,
    ["x y"],
    [1],
    {"x": 1},
    "tcp:",
    "Mars/Base",
    "192.168.1.9",
)
WORD = re.compile(r"[A-Za-z]{2,}")
WHAT = re.compile(r"station\.toml(?:，第 \d+ 行)?：[\w.]+：(.*)")
PATTERN = "格式应符合"
NAMES = {"TOML", "UTF", "external", "lan", "enabled", "true", "false", "id", "Asia", "Shanghai", "station"}
CHINESE = re.compile("[\u4e00-\u9fff]")


def toml(tree: dict[str, Any]) -> str:
    """Return a tree as TOML: plain values first, then tables and tables in arrays."""
    lines = [f"{key} = {value(v)}" for key, v in tree.items() if not is_section(v)]
    for key, section in ((key, v) for key, v in tree.items() if is_section(v)):
        head = f"[[{key}]]" if isinstance(section, list) else f"[{key}]"
        for table in section if isinstance(section, list) else [section]:
            lines += [head, *(f"{name} = {value(v)}" for name, v in table.items())]
    return "\n".join(lines) + "\n"


def is_section(found: object) -> bool:
    return isinstance(found, dict) or (isinstance(found, list) and bool(found) and isinstance(found[0], dict))


def value(found: object) -> str:
    if isinstance(found, dict):
        return "{ " + ", ".join(f"{key} = {value(v)}" for key, v in found.items()) + " }"
    return "nan" if found != found else json.dumps(found, ensure_ascii=False)


def changed(section: str, key: str | None, new: object) -> str:
    """Return the whole file with one value replaced, or a section as a whole."""
    tree: dict[str, Any] = json.loads(json.dumps(WHOLE))
    if key is None:
        return toml({section: new, **{name: v for name, v in tree.items() if name != section}})
    table = tree[section][0] if isinstance(tree[section], list) else tree[section]
    table[key] = new
    return toml(tree)


def places() -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for section, content in WHOLE.items():
        table = content[0] if isinstance(content, list) else content
        found += [(section, None), *((section, key) for key in (table if isinstance(table, dict) else ()))]
    return found


def refused(text: str) -> ConfigError | None:
    try:
        parse_config(text, "station.toml")
    except ConfigError as error:
        return error
    return None


def english_in(said: str, text: str) -> set[str]:
    """Return the English words of what is said in Chinese that are neither names nor values."""
    known = NAMES | set(WORD.findall(text)) | set(WORD.findall(json.dumps(choices())))
    return set(WORD.findall(said.partition(PATTERN)[0])) - known


def choices() -> list[str]:
    fields = (field for model in sections() for field in model.model_fields.values())
    return [str(choice) for field in fields for choice in of(field.annotation)]


def of(annotation: object) -> Iterator[object]:
    for inner in get_args(annotation):
        yield from of(inner) if get_origin(inner) else (inner,)


def sections() -> Iterator[type[BaseModel]]:
    for field in Config.model_fields.values():
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield kind


def test_the_whole_file_can_be_used_and_has_every_section_and_key():
    config, _ = parse_config(toml(WHOLE), "station.toml")
    assert WHOLE.keys() == Config.model_fields.keys()
    for section, content in WHOLE.items():
        table = content[0] if isinstance(content, list) else content
        if isinstance(table, dict):
            one = getattr(config, section)
            model = type(one[0] if isinstance(one, tuple) else one)
            assert model.model_fields.keys() - table.keys() <= {"ca"}


@pytest.mark.parametrize(("section", "key"), places(), ids=str)
def test_a_broken_value_is_said_in_chinese(section, key):
    broken = {repr(new): refused(changed(section, key, new)) for new in WRONG}
    errors = {new: error for new, error in broken.items() if error}
    assert errors
    for new, error in errors.items():
        found = WHAT.fullmatch(error.say("zh"))
        assert found, error.say("zh")
        assert CHINESE.search(found[1])
        assert english_in(found[1], toml(WHOLE) + new) == set(), error.say("zh")


@pytest.mark.parametrize("section", [section for section, key in places() if key is None and section != "simulated"])
def test_an_unknown_or_a_missing_key_is_said_in_chinese(section):
    error = refused(changed(section, "colour", "red"))
    assert error
    assert error.say("zh").endswith("colour：没有这一项，请删除或改正拼写")
    assert re.match(r"station\.toml，第 \d+ 行：", error.say("zh"))
    tree = json.loads(json.dumps(WHOLE))
    table = tree[section][0] if isinstance(tree[section], list) else tree[section]
    for key in list(table):
        left = table.pop(key)
        lacking = refused(toml(tree))
        assert lacking is None or "缺少这一项" in lacking.say("zh") or "没有声明过" in lacking.say("zh")
        table[key] = left


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("[station\n", "station.toml：不是有效的 TOML：第 1 行第 9 列"),
        ('id = "x', "station.toml：不是有效的 TOML："),
        (CONFIG.replace('id = "brake-bay"', 'id = "outside"'), "bay.1.id：“outside”用了两次；每个 bay 要有自己的 id"),
        (CONFIG.replace('lane = "safety-1"', 'lane = "safety-2"'), "通道“safety-2”已有一个带设备的工位"),
        (CONFIG.replace('rig = "lamp-1"', 'rig = "brake-1"'), "“brake-1”已在另一个工位"),
        (CONFIG.replace('rig = "lamp-1"', 'rig = "lamp-2"'), "没有声明过“lamp-2”；应为以下之一：brake-1, lamp-1"),
        (f"{CONFIG}[office]\nhost = '0.0.0.0'\n", "“0.0.0.0”对其他设备开放而没有加密；应为 127.0.0.1"),
        (f"{CONFIG}[broker]\nca = 'x.crt'\n", "只能与 external 同用"),
    ],
)
def test_what_does_not_go_together_is_said_in_chinese(text, zh):
    error = refused(text)
    assert error
    assert zh in error.say("zh")


def test_every_case_of_the_catalogue_can_be_said():
    values = dict.fromkeys(("file", "why", "where", "key", "what", "line", "name", "host", "id", "kind", "rig"), "x")
    values |= dict.fromkeys(("rigs", "lane", "bay", "expected", "stage"), "x")
    for case in TEXTS.keys():  # noqa: SIM118
        assert ConfigError.of(case, **values).say("en") == str(ConfigError.of(case, **values))
