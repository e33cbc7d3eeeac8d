"""What is said of a rig's profile or address that cannot be used, in both languages."""

import errno
import re
from collections.abc import Mapping
from tomllib import TOMLDecodeError
from types import MappingProxyType

from devices.errors import ProfileError, Words

TEXTS: Mapping[str, Words] = MappingProxyType(
    {
        "missing": Words("{file}：缺少 {key}：应为{expected}", "{file}: {key} is missing: expected {expected}"),
        "wrong": Words(
            "{file}：{key}：应为{expected}，实际是 {found}", "{file}: {key}: expected {expected}, found {found}"
        ),
        "unread": Words(
            "{file}：{key}：没有程序读取这一项：拼写对吗？",
            "{file}: {key}: nobody reads this key: is it spelled right?",
        ),
        "one_of": Words("以下之一：{choices}", "one of {choices}"),
        "text": Words("非空的文字", "a text that is not empty"),
        "flag": Words(" true 或 false", "true or false"),
        "whole": Words(" {low} 到 {high} 的整数", "a whole number from {low} to {high}"),
        "seconds": Words(" 0 到 3600 秒", "seconds from 0 to 3600"),
        "decimal": Words('引号中的正小数，例如 "0.01"', 'a positive decimal number in quotes, such as "0.01"'),
        "code": Words(" 0 到 65535 的数或文字", "a number from 0 to 65535 or a text"),
        "names": Words("由以下名称组成的列表：{known}", "a list of names out of {known}"),
        "span": Words("原始值的 [下限, 上限]，两个整数", "[low, high], two whole numbers of the raw value"),
        "table": Words("一组设置", "a table"),
        "number_key": Words("数字作为键", "a key that is a number"),
        "no_block": Words(
            "{name}：缺少 [block]：制动台要按块读取", "{name}: [block] is missing: a brake tester is read in blocks"
        ),
        "no_command": Words("{name}：没有指令 {command}；有：{known}", "{name}: no command {command}: it has {known}"),
        "unreadable": Words(
            "{file}：无法读取设备配置文件（{detail}）；已有的是 {known}",
            "{file}: cannot read the profile ({detail}): known are {known}",
        ),
        "not_toml": Words("{file}：不是有效的 TOML（{where}）", "{file}: not TOML: {where}"),
        "at": Words("第 {line} 行第 {column} 列", "line {line}, column {column}"),
        "at_end": Words("到文件末尾还不完整", "it ends too early"),
        "not_utf8": Words("不是 UTF-8 文本", "it is no UTF-8 text"),
        "address": Words("{url}：不是设备地址：应为 {forms}", "{url}: not a rig's address: expected {forms}"),
        "rtu_address": Words(
            "{url}：不是 Modbus RTU 线路的地址：应为 {forms}",
            "{url}: not the address of a Modbus RTU line: expected {forms}",
        ),
        "no_path": Words("{url}：缺少串口的路径：应为 {forms}", "{url}: the port's path is missing: expected {forms}"),
        "strange": Words("{url}：不认识 {names}：应为 {forms}", "{url}: {names} is not understood: expected {forms}"),
        "choice": Words(
            "{url}：{key}={value}：应为以下之一：{choices}", "{url}: {key}={value}: expected one of {choices}"
        ),
        "no_file": Words("没有这个文件", "no such file"),
        "no_right": Words("没有读取权限", "it may not be read"),
        "no_reading": Words("系统错误 {number}", "system error {number}"),
        "or": Words("{one} 或 {other}", "{one} or {other}"),
        "or_tcp": Words("{why}（Modbus TCP：tcp://host:port）", "{why} (Modbus TCP: tcp://host:port)"),
    }
)


def words(case: str, /, **values: object) -> Words:
    """Return a sentence of ``TEXTS``; values that are ``Words`` stand in its language."""
    zh = {name: value.zh if isinstance(value, Words) else value for name, value in values.items()}
    en = {name: value.en if isinstance(value, Words) else value for name, value in values.items()}
    return Words(TEXTS[case].zh.format(**zh), TEXTS[case].en.format(**en))


def profile_error(case: str, /, **values: object) -> ProfileError:
    """Return the error of one case of ``TEXTS``."""
    return ProfileError(words(case, **values))


def broken_at(error: TOMLDecodeError | UnicodeDecodeError) -> Words:
    """Return where a file ceases to be TOML."""
    if isinstance(error, UnicodeDecodeError):
        return words("not_utf8")
    at = re.search(r"at line (\d+), column (\d+)", str(error))
    return words("at", line=at[1], column=at[2]) if at else words("at_end")


def unreadable(error: OSError) -> Words:
    """Return why a file cannot be read."""
    if isinstance(error, FileNotFoundError):
        return words("no_file")
    return words("no_right") if error.errno == errno.EACCES else words("no_reading", number=error.errno)
