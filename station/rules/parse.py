"""From the bytes of a pack's files to a checked pack."""

import hashlib
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from station.model.expected import expected, toml_text
from station.model.text import Catalogue
from station.model.verdict import PackRef
from station.rules.check import check
from station.rules.pack import Kind, Pack, PackError
from station.rules.pack_words import TEXTS
from station.rules.schema import ComparisonEntry, Head, PackFile, Texts
from station.rules.texts import catalogue
from station.rules.toml_places import line_of

_TABLES: dict[Kind, str] = {
    "setting": "setting",
    "constant": "constant",
    "class": "class_",
    "axle_layout": "axle_layout",
    "item": "item",
    "quantity": "quantity",
    "limit": "limit",
    "override": "override",
    "point": "point",
    "period": "period",
}


def parse_pack(files: Mapping[str, bytes]) -> Pack:
    """Return the pack that a folder's TOML files make together (file name to content).

    Raises:
        PackError: a file, entry or key that is not what it must be; names its line.
    """
    try:
        return _parse(files)
    except PackError as error:
        raise error.at(line_of(files, error.file, error.entry, error.expected)) from error


def _parse(files: Mapping[str, bytes]) -> Pack:
    parsed = {name: _parse_file(name, files[name]) for name in sorted(files)}
    _, head = _only(parsed, "pack", Head)
    comparison_file, comparison = _only(parsed, "comparison", ComparisonEntry)
    tables = {kind: _gather(parsed, field) for kind, field in _TABLES.items()}
    pack = Pack(
        ref=PackRef(name=head.name, edition=head.edition, sha256=fingerprint(files)),
        title=head.title,
        comparison=comparison,
        settings=tables["setting"],
        constants=tables["constant"],
        classes=tables["class"],
        layouts=tables["axle_layout"],
        items=tables["item"],
        quantities=tables["quantity"],
        limits=tables["limit"],
        overrides=tables["override"],
        points=tables["point"],
        periods=tables["period"],
        texts=_catalogue(parsed),
        files={("comparison", "comparison"): comparison_file, **_origins(parsed)},
    )
    check(pack)
    return pack


def fingerprint(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over the files in order of name: length of the name, name, length of the content, content.

    Lengths are in bytes, as 8 bytes with the highest first.
    """
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _parse_file(name: str, content: bytes) -> PackFile:
    try:
        data = tomllib.loads(content.decode("utf-8"), parse_float=Decimal)
        return PackFile.model_validate(data)
    except UnicodeDecodeError as error:
        raise PackError.of(name, "", "not_utf8", byte=error.start) from error
    except tomllib.TOMLDecodeError as error:
        raise PackError.of(name, "", "not_toml", where=toml_text(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise PackError(name, _where(data, first["loc"]), expected(first)) from error


def _where(data: dict[str, Any], loc: tuple[int | str, ...]) -> str:
    """Return the entry and the key at fault: ``limit 3 (rate-front): value``."""
    table, *rest = loc
    if not rest or not isinstance(rest[0], int):
        return ".".join(map(str, loc))
    raw = data[str(table)][rest[0]]
    name = raw.get("id", raw.get("code", "")) if isinstance(raw, dict) else ""
    entry = f"{table} {rest[0] + 1} ({name})"
    return f"{entry}: {'.'.join(map(str, rest[1:]))}" if rest[1:] else entry


def _only(parsed: Mapping[str, PackFile], table: str, kind: type[Any]) -> tuple[str, Any]:
    found = [(name, entry) for name, file in parsed.items() if (entry := getattr(file, table)) is not None]
    if len(found) != 1:
        where = ", ".join(name for name, _ in found) or TEXTS.text("the_pack")
        raise PackError.of(where, table, "exactly_once", table=table, found=len(found))
    return found[0]


def _gather(parsed: Mapping[str, PackFile], field: str) -> tuple[Any, ...]:
    return tuple(entry for file in parsed.values() for entry in getattr(file, field))


def _origins(parsed: Mapping[str, PackFile]) -> dict[tuple[Kind, str], str]:
    origins: dict[tuple[Kind, str], str] = {}
    for name, file in parsed.items():
        for kind, field in _TABLES.items():
            for entry in getattr(file, field):
                key = (kind, entry.code if kind == "item" else entry.id)
                if key in origins:
                    raise PackError.of(name, f"{kind} ({key[1]})", "own_name", file=origins[key])
                origins[key] = name
    return origins


def _catalogue(parsed: Mapping[str, PackFile]) -> Catalogue:
    if not any(file.texts for file in parsed.values()):
        return catalogue("", {})
    name, texts = _only(parsed, "texts", Texts)
    return catalogue(name, {"zh": texts.zh, "en": texts.en})
