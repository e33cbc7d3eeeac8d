"""Reads rule packs from the folders that ship with the software, or from one of the station's own."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from station.rules import Pack, PackError, parse_pack

DEFAULT = "cn-gb38900-2020"
"""The pack that judges where nobody names one."""


def load_pack(name_or_folder: str) -> Pack:
    """Return a pack by the name of its folder, as NAME@EDITION, or from a folder (anything with a path separator).

    Raises:
        PackError: there is no such pack, or its files are not in order.
        OSError: a folder of the station's own cannot be read.
    """
    return parse_pack(pack_files(name_or_folder))


def pack_files(name_or_folder: str) -> dict[str, bytes]:
    """Return the files of a pack.

    Raises:
        PackError: no pack that ships with the software goes by that name.
        OSError: a folder of the station's own cannot be read.
    """
    if "/" in name_or_folder:
        return _files(Path(name_or_folder))
    folders = {folder.name: folder for folder in _shipped()}
    if name_or_folder in folders:
        return _files(folders[name_or_folder])
    found = (files for files in map(_files, folders.values()) if says(files) == name_or_folder)
    files = next(found, None)
    if files is None:
        raise PackError.of(name_or_folder, "", "no_pack", known=", ".join(shipped()))
    return files


def shipped() -> tuple[str, ...]:
    """Return the names of the folders of the packs that ship with the software; the default one is the first."""
    return tuple(sorted((folder.name for folder in _shipped()), key=lambda name: (name != DEFAULT, name)))


def says(files: Mapping[str, bytes]) -> str:
    """Return what a pack calls itself, as NAME@EDITION; empty if it does not say."""
    for content in files.values():
        if b"[pack]" not in content:
            continue
        try:
            head = tomllib.loads(content.decode("utf-8")).get("pack")
        except (UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue
        if isinstance(head, dict):
            return f"{head.get('name')}@{head.get('edition')}"
    return ""


def _shipped() -> Iterator[Traversable]:
    return (f for f in resources.files("station.rules").joinpath("packs").iterdir() if f.is_dir() and _files(f))


def _files(folder: Path | Traversable) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name.endswith(".toml")}
