"""The JavaScript verifier as a partner: one Node process, one JSON line for a JSON line."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import station.ledger

VERIFIER = Path(station.ledger.__path__[0]) / "verify.mjs"


class Node:
    """Asks the JavaScript verifier."""

    def __init__(self) -> None:
        program = shutil.which("node")
        if program is None:
            pytest.fail("node is missing: install Node.js 20 or newer")
        command = [program, str(Path(__file__).with_name("node_answers.mjs")), str(VERIFIER)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, **question: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """A Node process with the verifier loaded."""
    partner = Node()
    yield partner
    partner.stop()


@pytest.fixture
def verifier() -> Path:
    """The JavaScript verifier's file."""
    return VERIFIER
