"""`station keys`: the keys with which the station seals its ledger and its reports."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from station.cli.failure import Unusable
from station.cli.language import language_here
from station.ledger.keys import KeyFile, load_keys, make_key, next_key, public_pem
from station.line.config import Config, load_config
from station.model.text import Catalogue
from station.store import read
from station.store.database import open_database

keys_app = typer.Typer(help="The station's signing keys: list, publish, change.", no_args_is_help=True)

ConfigOption = Annotated[Path, typer.Option("--config", help="Configuration file, for example station.toml.")]
CONFIG = Path("station.toml")
WORDS = Catalogue(
    {
        "zh": {
            "in_use": "使用中",
            "next": "检测线下次启动时启用",
            "earlier": "已停用（请保留：由它签章的报告仍凭其公钥核验）",
            "missing": "台账正在使用，但密钥文件不在",
            "rotated": "已生成新密钥 {id}；检测线下次启动时启用，并由原密钥签名承接。届时请公布 {file}",
            "publish": "密钥 {id}，公钥 {public}",
        },
        "en": {
            "in_use": "in use",
            "next": "from the line's next start",
            "earlier": "not used any more (keep it: what it sealed is verified with its public key)",
            "missing": "in use by the ledger, but its file is not here",
            "rotated": "new key {id} is made; the line takes it at its next start, signed for by the key before it. "
            "Publish {file} then",
            "publish": "key {id}, public {public}",
        },
    }
)


@keys_app.command("rotate")
def rotate(config: ConfigOption = CONFIG) -> None:
    """Make a new signing key beside the one in use; the line takes it at its next start.

    Example: station keys rotate --config station.toml
    """
    settings, _ = load_config(config)
    load_keys(settings.keys_folder)
    made = make_key(settings.keys_folder)
    print(WORDS.say(language_here(), "rotated", id=made.key.id, file=made.public_path))


@keys_app.command("list")
def list_keys(config: ConfigOption = CONFIG) -> None:
    """List the signing keys, the oldest first.

    Example: station keys list --config station.toml
    """
    settings, _ = load_config(config)
    files, enrolled = load_keys(settings.keys_folder), _enrolled(settings)
    for file in files:
        made = datetime.fromtimestamp(file.made_ns / 1e9, UTC)
        print(f"{file.key.id}  {made:%Y-%m-%d}  {WORDS.say(language_here(), _state(file, enrolled))}")
    if enrolled and enrolled[-1] not in {file.key.id for file in files}:
        print(f"{enrolled[-1]}  -  {WORDS.say(language_here(), 'missing')}")


@keys_app.command("show")
def show(config: ConfigOption = CONFIG) -> None:
    """Print the public key in use, to be published: whoever has it can verify reports and exports.

    Example: station keys show --config station.toml > station.pub
    """
    settings, _ = load_config(config)
    enrolled = _enrolled(settings)
    files = {file.key.id: file for file in load_keys(settings.keys_folder)}
    file = files.get(enrolled[-1]) if enrolled else next_key(files.values(), ())
    if file is None:
        raise Unusable.of("no_key")
    print(WORDS.say(language_here(), "publish", id=file.key.id, public=file.key.public), file=sys.stderr)
    print(public_pem(file.key.public), end="")


def _state(file: KeyFile, enrolled: tuple[str, ...]) -> str:
    if file.key.id not in enrolled:
        return "next"
    return "in_use" if file.key.id == enrolled[-1] else "earlier"


def _enrolled(settings: Config) -> tuple[str, ...]:
    engine = open_database(settings.database_url, create=False, station=settings.station.id)
    try:
        return read.signing_keys(engine)
    finally:
        engine.dispose()
