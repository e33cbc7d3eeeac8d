"""The command as a person runs it, in this process; and packs of a station's own."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from station.cli.main import main
from station.line.packs import DEFAULT, pack_files

Run = Callable[..., tuple[int, str, str]]


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs the command: exit code, standard output and standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setenv("STATION_LANG", "en")
        monkeypatch.setattr(sys, "argv", ["station", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def copy_of_pack(folder: Path, *edits: tuple[str, str, str], name: str = DEFAULT) -> Path:
    """Write a pack into a folder, with pieces of text replaced, each exactly once: file, what, by what."""
    files = {file: content.decode("utf-8") for file, content in pack_files(name).items()}
    for file, old, new in edits:
        assert files[file].count(old) == 1, f"{old!r} stands {files[file].count(old)} times in {file}"
        files[file] = files[file].replace(old, new)
    folder.mkdir(parents=True)
    for file, content in files.items():
        (folder / file).write_text(content, encoding="utf-8")
    return folder


def entry_of(pack: str, file: str, name: str, kind: str = "limit") -> str:
    """Return the text of one entry of a pack, from its id to the next blank line."""
    content = pack_files(pack)[file].decode("utf-8")
    start = content.index(f'[[{kind}]]\nid = "{name}"\n') + len(f"[[{kind}]]\n")
    return content[start:].partition("\n\n")[0].rstrip("\n")
