"""Reads rule packs from the folders that ship with the software, or from one of the station's own."""

from importlib import resources
from pathlib import Path

from station.rules import Pack, parse_pack


def load_pack(name_or_folder: str) -> Pack:
    """Return a pack by its name, or from a folder (anything with a path separator).

    Raises:
        PackError: there is no such pack, or its files are not in order.
        OSError: a folder of the station's own cannot be read.
    """
    if "/" in name_or_folder:
        return parse_pack({p.name: p.read_bytes() for p in sorted(Path(name_or_folder).glob("*.toml"))})
    folder = resources.files("station.rules").joinpath("packs", name_or_folder)
    files = {p.name: p.read_bytes() for p in folder.iterdir() if p.name.endswith(".toml")} if folder.is_dir() else {}
    return parse_pack(files)
