"""Small packs of which one entry does not fit: the entry that is named, and what is said, word for word."""

from collections.abc import Mapping

import pytest

from station.model.quantity import Unit
from station.rules import PackError, parse_pack
from station.rules.formulas import FORMULAS
from station.rules.formulas.scalars import SCALAR_UNITS
from station.rules.formulas.windows import CHANNEL_UNITS
from tests.station.rules.small import HEAD, SLIP, SOURCE, entry, item, limit, override, point, quantity


def window(channels: str, last: str = "", n: str = "") -> str:
    return f'window = {{ channels = [{channels}], begin = "b{n}", end = "e{n}"{last} }}\n'


def told(table: Mapping[str, Unit]) -> str:
    return ", ".join(f"{name} ({unit})" for name, unit in table.items())


G = entry("constant", 'id = "g"\nvalue = 9.8\nunit = "m/s2"')
SETTING = entry("setting", 'id = "way"\nvalue = "a"\nchoices = ["a", "b"]')
MOST_5 = 'comparison = "<="\nvalue = 5\n'
LIMIT_OF_Q = limit(MOST_5).replace('quantity = "slip"', 'quantity = "q"')

Refusal = tuple[str, str, str, str]
BAD: list[Refusal] = [
    (SETTING.replace("way", "persons"), "setting (persons)", "名称不能与事实同名", "expected a name that is no fact"),
    (
        SETTING + quantity("power_of_rated", "%", 'scalar = "max_wheel_power"', "way"),
        "quantity (way)",
        "名称不能与事实或设定同名",
        "expected a name that is neither a fact nor a setting",
    ),
    (
        quantity("guess", "%"),
        "quantity (q)",
        f"formula：应为以下之一：{', '.join(FORMULAS)}",
        f"formula: expected one of {', '.join(FORMULAS)}",
    ),
    (
        G + quantity("vehicle_braking_rate", "N"),
        "quantity (q)",
        "unit：vehicle_braking_rate 的结果单位是 %",
        "unit: vehicle_braking_rate gives %",
    ),
    (
        quantity("vehicle_braking_rate", "%"),
        "quantity (q)",
        "vehicle_braking_rate 需要常数 g",
        "vehicle_braking_rate needs the constant g",
    ),
    (
        quantity("settled_mean", "1/m", window('"k"')),
        "quantity (q)",
        "settled_mean 需要常数 mean_s, settling_s",
        "settled_mean needs the constant mean_s, settling_s",
    ),
    (
        G + quantity("vehicle_braking_rate", "%", 'constants = { z = "g", y = "g" }'),
        "quantity (q)",
        "constants：vehicle_braking_rate 不用常数 y",
        "constants: vehicle_braking_rate does not use the constant y",
    ),
    # windows
    (
        G + quantity("vehicle_braking_rate", "%", window('"k"')),
        "quantity (q)",
        "window：vehicle_braking_rate 不取时间窗",
        "window: vehicle_braking_rate takes no window",
    ),
    (
        quantity("window_mean", "1/m"),
        "quantity (q)",
        "window：window_mean 需要一个时间窗",
        "window: window_mean takes a window",
    ),
    (
        quantity("mean_of_maxima", "1/m", window('"k"')),
        "quantity (q)",
        "window.last：mean_of_maxima 取多个时间窗中的最后几个",
        "window.last: mean_of_maxima takes the last of several windows",
    ),
    (
        quantity("window_mean", "1/m", window('"k"', ", last = 3", "{n}")),
        "quantity (q)",
        "window.last：window_mean 只取一个时间窗",
        "window.last: window_mean takes one window",
    ),
    (
        quantity("window_minimum", "1/m", window('"k", "k"')),
        "quantity (q)",
        "window.channels：应有 1 到 1 个通道",
        "window.channels: expected 1 to 1 channels",
    ),
    (
        quantity("window_mean", "1/m", window("")),
        "quantity (q)",
        "window.channels：应有 1 到 9 个通道",
        "window.channels: expected 1 to 9 channels",
    ),
    (
        quantity("window_mean", "1/m", window('"k", "co"')),
        "quantity (q)",
        f"window.channels：通道的单位应为 1/m；已知的通道：{told(CHANNEL_UNITS)}",
        f"window.channels: expected channels in 1/m of {told(CHANNEL_UNITS)}",
    ),
    (
        quantity("mass_per_distance", "g/km", window('"k"')),
        "quantity (q)",
        f"window.channels：通道的单位应为 g/s；已知的通道：{told(CHANNEL_UNITS)}",
        f"window.channels: expected channels in g/s of {told(CHANNEL_UNITS)}",
    ),
    # limits of others, and single values
    (
        quantity("either_on_the_road", "1"),
        "quantity (q)",
        "limits_of：either_on_the_road 需要其他量的限值",
        "limits_of: either_on_the_road needs the limits of other quantities",
    ),
    (
        quantity("scalar_value", "m/km", 'limits_of = ["slip"]'),
        "quantity (q)",
        "limits_of：scalar_value 不用其他量的限值",
        "limits_of: scalar_value uses no limits",
    ),
    (
        quantity("either_on_the_road", "1", 'limits_of = ["slip", "x"]'),
        "quantity (q)",
        "quantity：没有量 x",
        "quantity: no such quantity x",
    ),
    (
        quantity("scalar_value", "m/km"),
        "quantity (q)",
        "scalar：scalar_value 需要一个单值",
        "scalar: scalar_value needs the name of a single value",
    ),
    (
        quantity("side_slip", "m/km", 'scalar = "slip_axle_1"'),
        "quantity (q)",
        "scalar：side_slip 不取单值",
        "scalar: side_slip reads no single value",
    ),
    (
        quantity("scalar_value", "kW", 'scalar = "slip_axle_1"'),
        "quantity (q)",
        f"scalar：单值的单位应为 kW；已知的单值：{told(SCALAR_UNITS)}",
        f"scalar: expected a value in kW of {told(SCALAR_UNITS)}",
    ),
    (
        quantity("power_of_rated", "%", 'scalar = "slip_axle_1"'),
        "quantity (q)",
        f"scalar：单值的单位应为 kW；已知的单值：{told(SCALAR_UNITS)}",
        f"scalar: expected a value in kW of {told(SCALAR_UNITS)}",
    ),
    (
        quantity("side_slip", "m/km").replace('"Rate"', '"Rate {b} {axle} {a}"'),
        "quantity (q): name.en",
        "没有 a, b 这个词；这条文字可用的词：axle",
        "no such word a, b; this text may use: axle",
    ),
    # items
    (item("X1", '"slip", "x"'), "item (X1)", "quantities：没有量 x", "quantities: no such quantity x"),
    (
        quantity("side_slip", "m/km", "applies_if = { slip = { min = 1 }, z = { min = 1 } }")
        + quantity("side_slip", "m/km", name="z")
        + item("X1", '"q", "slip", "z"'),
        "item (X1)",
        "quantities：q 之前应先有 slip, z",
        "quantities: q needs slip, z before it",
    ),
    (
        quantity("strongest_wheel", "N") + item("X1", '"q"'),
        "item (X1)",
        "axle：strongest_wheel 需要轴号",
        "axle: strongest_wheel needs the number of an axle",
    ),
    (
        item("B1", "", "axle = 1") + item("B2", "", "axle = 1"),
        "item (B2)",
        "axle：第 1 轴已属于 B1",
        "axle: B1 has axle 1 already",
    ),
    # limits and exceptions
    (
        limit(MOST_5).replace('quantity = "slip"', 'quantity = "x"'),
        "limit (slip)",
        "quantity：没有量 x",
        "quantity: no such quantity x",
    ),
    (
        limit(MOST_5).replace("m/km", "mm"),
        "limit (slip)",
        "unit：slip 的单位是 m/km，不是 mm",
        "unit: slip is in m/km, not mm",
    ),
    (
        quantity("side_slip", "m/km", "auxiliary = true")
        + limit(MOST_5).replace('quantity = "slip"', 'quantity = "q"'),
        "limit (slip)",
        "quantity：q 是辅助量，不能有限值",
        "quantity: q is auxiliary and takes no limit",
    ),
    (
        limit('comparison = "<="\nvalue_of = "locked_wheels"'),
        "limit (slip)",
        "value_of 和 raised_by.fact：应为数字事实，不是 locked_wheels",
        "value_of and raised_by.fact: expected a fact that is a number, not locked_wheels",
    ),
    (
        limit(f'{MOST_5}raised_by = {{ fact = "fuel", above = 1, per = 1, add = 1, most = 1 }}'),
        "limit (slip)",
        "value_of 和 raised_by.fact：应为数字事实，不是 fuel",
        "value_of and raised_by.fact: expected a fact that is a number, not fuel",
    ),
    (
        limit(MOST_5) + limit(MOST_5, "again"),
        "limit (again)",
        "日期或条件应与 slip 不同：两者会同时适用",
        "expected other dates or conditions than slip: both can apply",
    ),
    (
        override('fuel = ["A"]', of="x"),
        "override (o)",
        "quantity：没有量 x",
        "quantity: no such quantity x",
    ),
    (
        limit(MOST_5) + override('fuel = ["A"]', 'limits = ["z", "slip", "y"]\n'),
        "override (o)",
        "limits：slip 没有限值 y",
        "limits: slip has no limit y",
    ),
    # check-lists: of A1 something is measured, X1 has none, Q9 is not there
    *[
        (
            item("F1", "") + item("UC", "") + item("X1", "") + point(code),
            "point (p)",
            "item：应为有检查表的项目：F1, UC",
            "item: expected an item that has a check-list: F1, UC",
        )
        for code in ("A1", "X1", "Q9")
    ],
]


@pytest.mark.parametrize(("text", "name", "zh", "en"), BAD, ids=range(len(BAD)))
def test_an_entry_that_does_not_fit_is_refused_word_for_word(text: str, name: str, zh: str, en: str) -> None:
    with pytest.raises(PackError) as refused:
        parse_pack({"small.toml": (HEAD + SLIP + SOURCE).encode(), "zz.toml": text.encode()})
    error = refused.value
    assert (error.file, error.entry, error.expected) == ("zz.toml", name, en)
    assert error.say("zh").endswith(f" 行：{name}：{zh}")
