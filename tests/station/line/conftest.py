"""Fixtures of the line's tests; the helper modules beside this file are imported by name."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from house import House  # found by the line above
from room import Room


@pytest.fixture
def room():
    """The line's present without a store: commands are decided and followed, nothing is written."""
    return Room()


@pytest.fixture
def speed():
    """How much faster than real time; rigs that are sampled lose samples on a busy machine when it is much more."""
    return 12.0


@pytest.fixture
async def house(own_broker, tmp_path, speed):
    """A whole small station: broker, rigs on the wire, line. Its line must end in order."""
    folder = tmp_path / "store"
    folder.mkdir()
    whole = House(folder, own_broker, speed=speed)
    await whole.open()
    yield whole
    ended = whole.line_task.exception() if whole.line_task.done() and not whole.line_task.cancelled() else None
    await whole.close()
    assert ended is None
