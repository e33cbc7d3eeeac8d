"""Vehicles by a part of plate or VIN, and one inspection whole."""

from office_story import TOKEN

LOGIN = {"Authorization": f"Bearer {TOKEN}"}


async def test_a_part_of_plate_or_vin_finds_vehicles_the_newest_first(story, web):
    story.arrive("test-20261122-0001")
    story.whole_car("test-20261122-0002")
    found = (await web.get("/search?q=2345", headers=LOGIN)).json()["vehicles"]
    assert [one["serial"] for one in found] == ["test-20261122-0002", "test-20261122-0001"]
    assert found[0]["plate"].endswith("2345")
    assert found[0]["attempts"][0]["conclusion"] in ("pass", "fail")
    by_vin = (await web.get("/search?q=lsvaa", headers=LOGIN)).json()["vehicles"]
    assert len(by_vin) == 2


async def test_nothing_is_found_without_a_log_in_or_by_one_letter(web, story):
    story.arrive("test-20261122-0001")
    assert (await web.get("/search?q=2345")).status_code == 401
    assert (await web.get("/search?q=2", headers=LOGIN)).status_code == 400
    assert (await web.get("/search?q=ZZZZ", headers=LOGIN)).json() == {"vehicles": []}
    assert (await web.get("/search?q=%25%25", headers=LOGIN)).json() == {"vehicles": []}


async def test_one_inspection_is_told_whole_without_the_owner(story, web):
    story.whole_car("test-20261122-0002")
    told = (await web.get("/inspections/test-20261122-0002.json", headers=LOGIN)).json()
    assert told["inspection"]["serial"] == "test-20261122-0002"
    assert told["staff"]
    assert "车主" not in str(told)
    missing = await web.get("/inspections/test-20261122-0009.json", headers=LOGIN)
    assert missing.status_code == 404
    assert missing.json()["text"]["zh"] == "没有流水号 test-20261122-0009。"
