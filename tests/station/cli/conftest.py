"""The command line speaks English in these tests, unless one asks for another language."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def _in_english() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATION_LANG", "en")
        yield
