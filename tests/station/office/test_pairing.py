"""Pairing a handheld."""

from office_story import browser, config_for

from station.office.app import OfficeApp
from station.office.pairing import Guesses


async def test_the_right_code_gives_an_account(web):
    answer = await web.post("/pair", json={"code": "4711"})
    assert answer.status_code == 200
    found = answer.json()
    assert found["client"] == "handheld-01"
    assert found["password"] == "secret-of-handheld-01"
    assert found["station"] == "test"
    assert found["ws_url"].startswith("ws://")
    assert "httponly" in answer.headers["set-cookie"].lower()


async def test_a_reload_gets_the_same_account_and_another_device_the_next(office):
    async with browser(office) as first, browser(office) as second, browser(office) as third:
        pairs = [(await device.post("/pair", json={"code": "4711"})) for device in (first, first, second, first)]
        assert [p.json()["client"] for p in pairs] == ["handheld-01", "handheld-01", "handheld-02", "handheld-01"]
        full = await third.post("/pair", json={"code": "4711"})
        assert full.status_code == 409
        assert "全部分配" in full.json()["text"]["zh"]


async def test_accounts_stay_given_over_a_restart(tmp_path, story):
    config = config_for(tmp_path)
    before = OfficeApp(config)
    async with browser(before) as device:
        await device.post("/pair", json={"code": "4711"})
        cookies = dict(device.cookies)
    before.close()
    after = OfficeApp(config)
    async with browser(after) as device, browser(after) as stranger:
        device.cookies.update(cookies)
        assert (await device.post("/pair", json={"code": "4711"})).json()["client"] == "handheld-01"
        assert (await stranger.post("/pair", json={"code": "4711"})).json()["client"] == "handheld-02"
    after.close()


async def test_a_wrong_code_is_refused_and_guessing_is_stopped(web):
    for _ in range(5):
        wrong = await web.post("/pair", json={"code": "0000"})
        assert wrong.status_code == 403
        assert "配对码不对" in wrong.json()["text"]["zh"]
        assert "wrong" in wrong.json()["text"]["en"]
    stopped = await web.post("/pair", json={"code": "4711"})
    assert stopped.status_code == 429
    assert int(stopped.headers["retry-after"]) > 50
    assert "password" not in stopped.text


async def test_unusable_bodies(web):
    for body in (b"", b"[]", b'{"code": 4711}', b"{", b"\xff\xfe"):
        answer = await web.post("/pair", content=body)
        assert answer.status_code == 400, body
        assert answer.json()["code"] == "pair_body"
    assert (await web.post("/pair", content=b"x" * 100_000)).status_code == 413
    assert (await web.get("/pair")).status_code == 405


def test_guesses_are_forgotten_after_a_minute():
    now = [100.0]
    guesses = Guesses(lambda: now[0])
    for _ in range(5):
        guesses.wrong("one")
    assert guesses.pause_s("one") == 61
    assert guesses.pause_s("another") == 0
    now[0] += 61
    assert guesses.pause_s("one") == 0
    assert guesses._wrong == {}
