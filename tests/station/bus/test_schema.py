"""The generated contract: complete, consistent in itself, and what the repository holds."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from station.bus.messages import COMMANDS, RETAINED_AND_STREAMED
from station.bus.schema import CHANNELS, FOLDER, asyncapi, differences, main, schemas

ROOT = Path(__file__).resolve().parents[3]


def references(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        if isinstance(found.get("$ref"), str):
            yield found["$ref"]
        for value in found.values():
            yield from references(value)
    if isinstance(found, list):
        for value in found:
            yield from references(value)


def resolve(document: Any, reference: str) -> Any:
    assert reference.startswith("#/")
    for part in reference[2:].split("/"):
        document = document[part]
    return document


def test_repository_holds_what_is_generated() -> None:
    assert differences(ROOT / FOLDER) == []


@pytest.mark.parametrize("document", [asyncapi(), *schemas().values()], ids=lambda found: found.get("$id", "asyncapi"))
def test_references_lead_somewhere(document: Any) -> None:
    for reference in references(document):
        assert resolve(document, reference)


def test_every_message_and_command_stands_in_both() -> None:
    document, every = asyncapi(), schemas()
    names = {message.__name__ for message in RETAINED_AND_STREAMED} | {command.kind for command in COMMANDS}
    assert set(every) == names
    assert set(document["components"]["messages"]) == names - {"Command"}
    assert {channel.message for channel in CHANNELS} == set(RETAINED_AND_STREAMED)


def test_parameters_are_those_of_the_address() -> None:
    for channel in asyncapi()["channels"].values():
        assert set(re.findall(r"{(\w+)}", channel["address"])) == set(channel["parameters"])


def test_command_in_the_document_takes_its_own_body_only() -> None:
    document = asyncapi()
    envelope, named = document["components"]["messages"]["checklist.record"]["payload"]["allOf"]
    assert "id" in resolve(document, envelope["$ref"])["required"]
    assert named["properties"]["kind"] == {"const": "checklist.record"}
    body = resolve(document, named["properties"]["body"]["$ref"])
    assert body["additionalProperties"] is False
    point = resolve(document, body["properties"]["points"]["items"]["$ref"])
    assert point["properties"]["outcome"]["enum"] == ["pass", "fail", "not_applicable"]


def test_check_names_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ["--folder", str(tmp_path)]
    assert main(["--check", *folder]) == 1
    assert main(folder) == 0
    assert main(["--check", *folder]) == 0
    reply = tmp_path / "schemas" / "Reply.json"
    reply.write_text(json.dumps({"title": "Reply"}))
    (tmp_path / "schemas" / "Old.json").write_text("{}")
    capsys.readouterr()
    assert main(["--check", *folder]) == 1
    assert "schemas/Old.json, schemas/Reply.json" in capsys.readouterr().err
    assert main(folder) == 0
    assert differences(tmp_path) == []
