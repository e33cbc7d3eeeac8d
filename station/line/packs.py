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
    return _files(_packs().joinpath(folder_of(name_or_folder)))


def folder_of(name: str) -> str:
    """Return the name of the folder of a pack that ships with the software, by that name or by NAME@EDITION.

    Raises:
        PackError: there is none.
    """
    known = shipped()
    if name in known:
        return name
    found = next((each for each in known if says(_files(_packs().joinpath(each))) == name), None)
    if found is None:
        raise PackError.of(name, "", "no_pack", known=", ".join(known))
    return found


def shipped() -> tuple[str, ...]:
    """Return the names of the folders of the packs that ship with the software; the default one is the first."""
    names = (folder.name for folder in _packs().iterdir() if folder.is_dir() and any(_toml(folder)))
    return tuple(sorted(names, key=lambda name: (name != DEFAULT, name)))


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


def _packs() -> Traversable:
    return resources.files("station.rules").joinpath("packs")


def _toml(folder: Path | Traversable) -> Iterator[Path | Traversable]:
    return (file for file in folder.iterdir() if file.name.endswith(".toml"))


def _files(folder: Path | Traversable) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in _toml(folder)}


def examples(name_or_folder: str) -> tuple[str, ...]:
    """Return the names of the example cases of a pack: its items, and variants of them.

    Raises:
        PackError, OSError: as ``pack_files``.
    """
    folder = _examples(name_or_folder)
    names = [file.name.removesuffix(".json") for file in folder.iterdir()] if folder.is_dir() else []
    return tuple(sorted(names))


def example(name_or_folder: str, item: str) -> bytes | None:
    """Return the example case of an item under a pack, None if there is none.

    Raises:
        PackError, OSError: as ``pack_files``.
    """
    return _examples(name_or_folder).joinpath(f"{item}.json").read_bytes() if item in examples(name_or_folder) else None


def _examples(name_or_folder: str) -> Path | Traversable:
    """Return where the examples of a pack are: of one that ships, beside the packs, else in its own folder."""
    if "/" in name_or_folder:
        return Path(name_or_folder, "examples")
    return resources.files("station.rules").joinpath("examples", folder_of(name_or_folder))
