"""What all tests of the command line have in common."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def _in_english() -> Iterator[None]:
    """The command line speaks English in these tests, unless one asks for another language."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATION_LANG", "en")
        yield


@pytest.fixture(scope="module", autouse=True)
def _on_ports_of_its_own() -> Iterator[None]:
    """Two workers of the tests must not both think that the demo's usual ports are theirs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("station.cli.demo_station._is_free", lambda port: False)
        yield
