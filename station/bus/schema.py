"""The bus contract for machines: JSON Schemas and an AsyncAPI 3 document, generated from ``station.bus.messages``.

``python -m station.bus.schema`` writes them to ``docs/reference/bus``; with ``--check`` it only says what differs.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from station.bus.messages import (
    COMMANDS,
    RETAINED_AND_STREAMED,
    Catalogue,
    Command,
    CommandBody,
    EventNotice,
    InspectionSnapshot,
    Live,
    Message,
    Presence,
    PrinterState,
    Prompt,
    Reply,
    StationState,
)
from station.bus.topics import Topics

FOLDER = Path("docs/reference/bus")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
Json = dict[str, Any]

TOPICS = Topics("{station}")
PARAMETERS = {
    "station": "Id of the station",
    "serial": "Serial of the inspection, station-YYYYMMDD-NNNN",
    "lane": "Id of the lane (检测线)",
    "rig": "Id of the rig (检测设备)",
    "client": "Name of the client's account at the broker",
}


@dataclass(frozen=True)
class Channel:
    """One topic: who speaks on it (the line, or its clients), and how."""

    name: str
    address: str
    message: type[Message]
    line_sends: bool = True
    qos: int = 1
    retain: bool = False


CHANNELS = (
    Channel("state", TOPICS.state, StationState, retain=True),
    Channel("inspection", TOPICS.inspection("{serial}"), InspectionSnapshot, retain=True),
    Channel("catalogue", TOPICS.catalogue, Catalogue, retain=True),
    Channel("printer", TOPICS.printer, PrinterState, retain=True),
    Channel("prompt", TOPICS.prompt("{lane}"), Prompt, retain=True),
    Channel("live", TOPICS.live("{lane}", "{rig}"), Live, qos=0),
    Channel("event", TOPICS.event, EventNotice),
    Channel("command", TOPICS.command("{client}"), Command, line_sends=False),
    Channel("reply", TOPICS.reply("{client}"), Reply),
    Channel("presence", TOPICS.presence("{client}"), Presence, line_sends=False, retain=True),
)


def message_schema(message: type[Message]) -> Json:
    """Return the JSON Schema of a message as it stands on the wire."""
    return {"$schema": DIALECT, "$id": message.__name__, **message.model_json_schema(mode="serialization")}


def command_schema(command: type[CommandBody]) -> Json:
    """Return the JSON Schema of a command's body as the line takes it."""
    return {"$schema": DIALECT, "$id": command.kind, **command.model_json_schema()}


def schemas() -> dict[str, Json]:
    """Return every schema by name: messages by the name of their class, command bodies by their kind."""
    found = {message.__name__: message_schema(message) for message in RETAINED_AND_STREAMED}
    return found | {command.kind: command_schema(command) for command in COMMANDS}


def asyncapi() -> Json:
    """Return the AsyncAPI document, told from the line's side: it sends state and receives commands."""
    modes: list[tuple[type[Message | CommandBody], JsonSchemaMode]] = [
        *((message, "serialization") for message in RETAINED_AND_STREAMED),
        *((command, "validation") for command in COMMANDS),
    ]
    refs, definitions = models_json_schema(modes, ref_template="#/components/schemas/{model}")
    payloads = {model: ref for (model, _), ref in refs.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Cloud Inspection: the bus of a station",
            "version": "1",
            "description": "MQTT 3.1.1. Payloads are JSON in UTF-8; order comes from seq, never from MQTT.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {channel.name: _channel(channel) for channel in CHANNELS},
        "operations": {channel.name: _operation(channel) for channel in CHANNELS},
        "components": {
            "messages": _messages(payloads),
            "schemas": definitions["$defs"],
        },
    }


def _channel(channel: Channel) -> Json:
    names = [command.kind for command in COMMANDS] if channel.message is Command else [channel.message.__name__]
    return {
        "address": channel.address,
        "description": _first_line(channel.message),
        "parameters": {
            name: {"description": words} for name, words in PARAMETERS.items() if f"{{{name}}}" in channel.address
        },
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }


def _operation(channel: Channel) -> Json:
    return {
        "action": "send" if channel.line_sends else "receive",
        "channel": {"$ref": f"#/channels/{channel.name}"},
        "bindings": {"mqtt": {"qos": channel.qos, "retain": channel.retain}},
    }


def _messages(payloads: dict[Any, Json]) -> Json:
    found = {
        message.__name__: {"summary": _first_line(message), "payload": payloads[message]}
        for message in RETAINED_AND_STREAMED
        if message is not Command
    }
    return found | {command.kind: _command_message(command, payloads) for command in COMMANDS}


def _command_message(command: type[CommandBody], payloads: dict[Any, Json]) -> Json:
    named = {"properties": {"kind": {"const": command.kind}, "body": payloads[command]}, "required": ["body"]}
    return {
        "summary": _first_line(command),
        "payload": {"allOf": [payloads[Command], named]},
        "x-roles": sorted(command.roles),
        "x-moves-rig": command.moves_rig,
        "x-query": command.query,
        "x-session": command.session,
    }


def _first_line(model: type[Message | CommandBody]) -> str:
    return (model.__doc__ or "").strip().partition("\n")[0]


def files() -> dict[str, str]:
    """Return every generated file by its path under the folder."""
    documents = {"asyncapi.json": asyncapi()} | {f"schemas/{name}.json": schema for name, schema in schemas().items()}
    return {name: json.dumps(found, ensure_ascii=False, indent=2) + "\n" for name, found in documents.items()}


def differences(folder: Path) -> list[str]:
    """Return what stands in a folder otherwise than generated: missing, changed, or no longer made."""
    wanted = files()
    present = {str(path.relative_to(folder)) for path in folder.rglob("*.json")}
    changed = [n for n, text in wanted.items() if n in present and (folder / n).read_text(encoding="utf-8") != text]
    return sorted({*changed, *(wanted.keys() ^ present)})


def write(folder: Path) -> None:
    """Make the folder's JSON files what they should be."""
    for name in differences(folder):
        (folder / name).unlink(missing_ok=True)
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or check them; return 1 if the check finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m station.bus.schema", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 if something differs")
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"where the files stand ({FOLDER})")
    chosen = parser.parse_args(arguments)
    if not chosen.check:
        write(chosen.folder)
        return 0
    found = differences(chosen.folder)
    if found:
        sys.stderr.write(f"{chosen.folder} differs from the messages: {', '.join(found)}; run 'make schema'\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
