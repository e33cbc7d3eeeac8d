"""The desk in front of a broker that it must not trust."""

from pathlib import Path

import pytest

from station.authority.files import Files
from station.desk.app import DeskApp
from station.desk.settings import DeskSettings
from tests.station.authority.chain import make_keys
from tests.station.authority.conftest import House, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_banner_says_that_the_certificate_is_not_this_station_s(house: House, tmp_path: Path) -> None:
    make_keys(tmp_path)
    url = house.broker.url.partition("?")[0]
    settings = DeskSettings(
        broker_url=f"{url}?ca={Files(tmp_path).authority}", station="test", account=house.broker.account("desk-1"),
        office_url=house.page(),
    )  # fmt: skip
    desk = DeskApp(settings)
    async with desk.run_test(size=(120, 36)):
        await until(lambda: desk.link.distrusted)
        (line,) = desk.banner_lines()
        assert "不是本站的" in line
        assert url in line
        assert "ca=" not in line
