"""The command line in both languages: how the language is chosen, help, options that are wrong, results."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import typer.main
from typer._click.core import Command, Context

import station.cli
from station.cli.failure import sentence
from station.cli.help import ANY, EXAMPLE, chinese, commands, in_language, key_of
from station.cli.language import language_here, speak
from station.cli.main import app, main
from station.cli.words import catalogue, say
from station.model.facts import Conclusion
from station.model.text import LANGUAGES, Language

VARIABLES = ("STATION_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def run_station(monkeypatch, capsys):
    """Run the command in this process and return exit code, standard output and error."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["station", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code or 0, *capsys.readouterr())

    return run


def tree(language: Language = "en") -> dict[str, Command]:
    return dict(commands(in_language(typer.main.get_command(app), language)))


# -- the language


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "ca_ES.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"STATION_LANG": "zh", "LC_ALL": "en_US.UTF-8"}, "zh"),
        ({"STATION_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ({"STATION_LANG": "", "LANG": "en_GB"}, "en"),
    ],
)
def test_the_first_that_says_a_language_is_followed(monkeypatch, said, language):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert language_here() == language


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        (["--lang", "zh", "run"], "zh"),
        (["--lang=zh", "run"], "zh"),
        (["--lang", "zh"], "zh"),
        (["--lang"], "en"),
        (["--help", "--lang", "zh"], "zh"),
        (["--lang", "fr", "run"], "en"),
        (["report", "inspection", "--lang", "zh"], "en"),
        ([], "en"),
    ],
)
def test_lang_before_the_command_is_the_language(monkeypatch, arguments, language):
    monkeypatch.setenv("STATION_LANG", "en")
    speak(arguments)
    assert language_here() == language


def test_processes_that_are_started_speak_the_same(monkeypatch):
    monkeypatch.setenv("STATION_LANG", "en")
    speak(["--lang", "zh"])
    code = "from station.cli.language import language_here; print(language_here())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "zh\n"


# -- the catalogue

SOURCES = "\n".join(file.read_text(encoding="utf-8") for file in Path(station.cli.__file__).parent.glob("*.py"))


def family(name: str) -> set[str]:
    return {key.partition(".")[2] for key in catalogue().keys() if key.startswith(f"{name}.")}  # noqa: SIM118


def test_every_error_of_the_command_line_is_raised_and_has_its_sentence():
    assert set(re.findall(r'Unusable\.of\(\s*"([a-z_]+)"', SOURCES)) == family("unusable")


def test_every_word_around_the_help_and_of_refused_options_is_in_use():
    panels = set(re.findall(r'"[A-Z_]+": "([a-z]+)"', SOURCES))
    assert panels | set(re.findall(r"[\"']typer\.([a-z_]+)[\"']", SOURCES)) == family("typer")
    by_words = set(re.findall(r'\(re\.compile\(.*\), "([a-z_]+)"\)', SOURCES))
    missing = {f"missing_{kind}" for kind in ("option", "argument")}
    assert by_words | missing | set(re.findall(r'"usage\.([a-z_]+)"', SOURCES)) == family("usage")


def test_every_verdict_of_the_demo_has_its_word():
    assert {*get_args(Conclusion), "none"} <= family("demo")


# -- help


def keys() -> set[str]:
    found = set()
    for path, command in tree().items():
        options = [command.get_help_option(Context(command)), *command.params]
        found |= {path} | {key_of(path, option) for option in options if option}
    return found


def test_every_command_and_option_has_its_help_in_chinese_and_none_is_left_over():
    assert keys() == chinese().keys()


def test_every_command_and_option_has_its_help_in_english():
    for path, command in tree().items():
        assert command.help, path
        for option in command.params:
            assert getattr(option, "help", ""), (path, option.name)


def test_a_text_of_many_commands_is_needed_by_more_than_one():
    used = [key_of(path, option) for path, command in tree().items() for option in command.params]
    shared = {key for key in chinese() if key.startswith(f"{ANY}.")} - {f"{ANY}.help"}
    assert all(used.count(key) > 1 for key in shared)


def test_every_command_shows_an_example_the_same_in_both_languages():
    chinese_tree = tree("zh")
    for path, command in tree("en").items():
        if command.hidden or hasattr(command, "commands"):
            continue
        example = (command.help or "").partition(EXAMPLE)[2].strip()
        assert example.split()[:1] == ["station"], path
        assert path.split(".") == [word for word in example.split() if word in path.split(".")][: path.count(".") + 1]
        assert (chinese_tree[path].help or "").endswith(f"示例：{example}")


def test_a_chinese_help_is_chinese_in_chinese_punctuation():
    for key, said in chinese().items():
        assert CHINESE.search(said), key
        assert not re.search("[\u4e00-\u9fff][,;:!?(]", said), key
        # Brackets would be taken for markup.
        assert "[" not in said, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_printed_in_the_language(language, run_station):
    code, out, error = run_station("--lang", language, "ledger", "verify", "--help")
    assert (code, error) == (0, "")
    words = [say(language, f"typer.{word}") for word in ("usage", "options")]
    shown = tree(language)["ledger.verify"].help or ""
    assert all(word in out for word in (*words, shown[:12]))
    assert bool(CHINESE.search(out)) == (language == "zh")


def test_a_group_alone_prints_its_help(run_station):
    code, out, error = run_station("--lang", "zh", "ledger")
    assert (code, error) == (2, "")
    assert "命令" in out
    assert "重建台账" in out


# -- what typer refuses


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (["fly"], "没有命令 fly；用法见 station --help", "there is no command fly; see: station --help"),
        (["ledger", "fly"], "没有命令 fly；用法见 station ledger --help", "there is no command fly"),
        ([], "缺少命令；用法见 station --help", "a command is missing"),
        (["run", "--x"], "没有选项 --x；", "there is no option --x"),
        (["demo", "--headles"], "没有选项 --headles（相近的有：--headless", "near it: --headless"),
        (["run", "--config"], "选项 --config 需要一个值", "option --config needs a value"),
        (["demo", "--lan=1"], "选项 --lan 不带值", "option --lan takes no value"),
        (["verify", "qr", "x"], "缺少选项 --key；", "option --key is missing"),
        (["backup"], "缺少参数 to；", "argument to is missing"),
        (["run", "a", "b"], "多余的参数：a b；", "too many arguments: a b"),
        (["demo", "--vehicles", "x"], "--vehicles 的值不能使用：应为整数；", "--vehicles cannot be used: "),
        (["demo", "--vehicles", "1.5"], "应为整数", "valid integer"),
        (["demo", "--vehicles", "0"], "应不小于 1；", "greater than or equal to 1"),
        (["demo", "--speed", "101"], "应不大于 100；", "less than or equal to 100"),
        (["demo", "--speed", "x"], "应为数字；", "valid number"),
        (
            ["report", "throughput", "--format", "x"],
            "应为以下之一：pdf, html, csv, json；",
            "expected one of pdf, html",
        ),
    ],
)
def test_what_is_wrong_with_the_arguments_is_one_line_in_the_language(run_station, words, zh, en):
    for language, said in (("zh", zh), ("en", en)):
        code, out, error = run_station("--lang", language, *words)
        assert (code, out, error.count("\n")) == (2, "", 1)
        assert error.startswith("station: ")
        assert said in error
        assert bool(CHINESE.search(error)) == (language == "zh")


# -- results and errors


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (["schema", "x"], "没有名为“x”的格式", "no schema 'x'"),
        (["demo", "--name", "x"], "须与 --lan 同用", "go with --lan"),
        (["demo"], "这里不是终端", "this is no terminal"),
        (["demo", "--headless", "--fault", "x=1"], "--fault x=1：应为", "--fault x=1: expected"),
        (["verify", "qr", "x", "--key", "0" * 64], "这不是报告二维码的文字", "not the text of a report's QR code"),
        (["verify", "report", "none.pdf", "--key", "x"], "none.pdf：没有这个文件或目录", "none.pdf: No such file"),
        (["restore", "--fork"], "--fork 和 --reason 须同用", "--fork and --reason go together"),
        (["run", "--config", "none.toml"], "none.toml：无法读取：没有这个文件或目录", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_said_in_the_language(run_station, words, zh, en):
    for language, said in (("zh", zh), ("en", en)):
        code, out, error = run_station("--lang", language, *words)
        assert (code, out, error.count("\n")) == (2, "", 1)
        assert said in error


def test_json_is_the_same_in_both_languages(run_station):
    assert run_station("--lang", "zh", "schema", "demo") == run_station("--lang", "en", "schema", "demo")
    assert json.loads(run_station("schema", "demo")[1])["title"] == "DemoResult"


def test_what_the_system_says_has_no_errno_and_names_the_file(tmp_path: Path):
    with pytest.raises(IsADirectoryError) as caught:
        tmp_path.read_bytes()
    assert sentence(caught.value).zh == f"{tmp_path}：这是目录，不是文件"
    assert sentence(caught.value).en == f"{tmp_path}: Is a directory"
    assert sentence(TimeoutError()).zh == "超时没有应答"
    assert sentence(ValueError("x")).en == "x"
