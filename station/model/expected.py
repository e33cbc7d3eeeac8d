"""What a value should have been, in every language, where a check of pydantic refuses it."""

import re
from collections.abc import Mapping
from tomllib import TOMLDecodeError
from typing import Any

from station.model.text import SaidError, Text

CHINESE = {
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "date_from_datetime_inexact": "应为日期，不带时间，例如 2026-11-22",
    "date_from_datetime_parsing": "应为日期，例如 2026-11-22",
    "date_parsing": "应为日期，例如 2026-11-22",
    "date_type": "应为日期，例如 2026-11-22",
    "decimal_parsing": "应为数字",
    "decimal_type": "应为数字",
    "dict_type": "应为一组设置",
    "enum": "应为以下之一：{expected}",
    "extra_forbidden": "没有这一项，请删除或改正拼写",
    "finite_number": "应为有限的数字",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "int_from_float": "应为整数，不带小数",
    "int_parsing": "应为整数",
    "int_parsing_size": "整数太大",
    "int_type": "应为整数",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "list_type": "应为列表",
    "literal_error": "应为以下之一：{expected}",
    "missing": "缺少这一项，必须填写",
    "model_attributes_type": "应为一组设置",
    "model_type": "应为一组设置",
    "path_type": "应为引号中的路径",
    "string_pattern_mismatch": "格式应符合 {pattern}",
    "string_too_long": "最多 {max_length} 个字符",
    "string_too_short": "至少 {min_length} 个字符",
    "string_type": "应为引号中的文字",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "tuple_type": "应为列表",
}
"""The sentence for each of pydantic's types of error that a file or an option of ours can cause."""
ENGLISH = {"extra_forbidden": "unknown key; remove it or correct its spelling", "missing": "missing; it must be given"}
"""Where ours says more than pydantic's own sentence."""


_AT = re.compile(r"at line (\d+), column (\d+)")


def expected(error: Mapping[str, Any]) -> Text:
    """Return what is wrong with a value, from one of a ``ValidationError``'s errors.

    A ``SaidError`` that a validator raised is said as it is.
    """
    context = {name: _plain(value) for name, value in (error.get("ctx") or {}).items()}
    cause = context.get("error")
    if isinstance(cause, SaidError):
        return cause.text
    english = ENGLISH.get(error["type"], str(error["msg"]).removeprefix("Value error, "))
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace(" or ", ", ").replace(", ", "、")
    return Text(zh=CHINESE.get(error["type"], f"不能使用（{english}）").format(**context), en=english)


def _plain(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def toml_text(error: TOMLDecodeError) -> Text:
    """Return where a file ceases to be TOML."""
    at = _AT.search(str(error))
    return Text(zh=f"第 {at[1]} 行第 {at[2]} 列" if at else "到文件末尾还不完整", en=str(error))
