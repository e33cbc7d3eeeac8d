"""Photos at the office: over a real broker, into a real journal, on the real disk."""

import asyncio
import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from office_story import TOKEN, LinePeer, browser, config_for

from station.bus.messages import PhotoKeep, Reply
from station.model import facts
from station.model.canonical import sha256_hex
from station.model.text import Text
from station.office.app import OfficeApp
from station.office.files import file_of
from station.office.photos import PHOTO_BYTES, media_of

SERIAL = "test-20261122-0001"
INSPECTOR = "token-of-the-inspector"
JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 400
PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 10
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 " + b"picture"
KINDS = ((JPEG, ".jpg", "image/jpeg"), (PNG, ".png", "image/png"), (WEBP, ".webp", "image/webp"))


class PhotoLine(LinePeer):
    """The line's end for ``photo.keep``: it writes ``photo.kept`` once, and says so each time."""

    def answer(self, command):
        body = PhotoKeep.model_validate(command.body)
        refused = self.refuse > 0
        self.refuse -= refused
        event = None if refused or command.id in self.done else self.keep(body)
        self.done |= set() if refused else {command.id}
        text = Text(zh="现在不行。", en="Not now.")
        reply = Reply(
            id=command.id, accepted=not refused, code="wrong_state" if refused else "accepted", text=text,
            seq=event.seq if event else None, hash=event.hash if event else None,
        )  # fmt: skip
        self.link.publish(self.topics.reply("office"), reply.to_bytes(), qos=1)

    def keep(self, body):
        fields = body.model_dump(include={"item", "point", "sha256", "size", "media"})
        (event,) = self.story.add(
            body.serial, facts.PhotoKept(attempt=1, **fields), actor=body.staff, device=body.client
        )
        return event


@pytest.fixture
def car(story):
    """A car with a check-list, and an appearance inspector who is logged in."""
    story.arrive(SERIAL)
    story.add(SERIAL, facts.ChecklistPlanned(attempt=1, points={"F1": ("16", "19"), "C1": ("46",)}))
    story.add("s-03", facts.StaffEnrolled(staff="s-03", roles=("appearance",), name_commitment="00" * 32))
    opened = facts.SessionOpened(client="handheld-01", staff="s-03", token_sha256=sha256_hex(INSPECTOR.encode()))
    story.add("s-03", opened, actor="s-03")
    return SERIAL


@contextlib.asynccontextmanager
async def office_and_line(tmp_path, broker, story, **behaviour):
    app, line = OfficeApp(config_for(tmp_path, broker)), PhotoLine(broker, story, **behaviour)
    await line.start()
    await app.link.start()
    await app.link.wait(10)
    try:
        async with browser(app) as web:
            web.headers["authorization"] = f"Bearer {INSPECTOR}"
            yield web, line
    finally:
        await app.link.stop()
        await line.stop()
        app.close()


def path_of(data, item="F1", point="16", serial=SERIAL):
    return f"/photos/{serial}/{item}/{point}/{hashlib.sha256(data).hexdigest()}"


def kept(story):
    return [event for event in story.ledger.events_since(0) if event.kind == facts.PhotoKept.kind]


async def test_a_photo_is_on_the_disk_and_in_the_ledger_before_it_is_answered(tmp_path, own_broker, story, car):
    async with office_and_line(tmp_path, own_broker, story) as (web, _):
        for data, suffix, media in (
            (JPEG, ".jpg", "image/jpeg"),
            (PNG, ".png", "image/png"),
            (WEBP, ".webp", "image/webp"),
        ):
            answer = await web.put(path_of(data), content=data, headers={"content-type": "text/plain"})
            event = kept(story)[-1]
            assert answer.status_code == 200, answer.text
            assert answer.json() == {"seq": event.seq, "hash": event.hash}
            assert (event.actor, event.device, event.subject) == ("s-03", "handheld-01", SERIAL)
            sha256 = hashlib.sha256(data).hexdigest()
            assert file_of(tmp_path / "evidence", sha256, suffix).read_bytes() == data
            shown = await web.get(f"/photos/{sha256}")
            assert (shown.content, shown.headers["content-type"]) == (data, media)
            assert shown.headers["cache-control"] == "no-store"
        body = facts.PhotoKept.model_validate_json(kept(story)[0].body)
        assert (body.item, body.point, body.size, body.media) == ("F1", "16", len(JPEG), "image/jpeg")


async def test_the_same_photo_again_gets_the_same_answer_and_is_kept_once(tmp_path, own_broker, story, car):
    async with office_and_line(tmp_path, own_broker, story) as (web, line):
        first, second = [await web.put(path_of(JPEG), content=JPEG) for _ in range(2)]
        assert first.json() == second.json()
        assert len(line.seen) == 1
        other_point = await web.put(path_of(JPEG, point="19"), content=JPEG)
        assert other_point.json()["seq"] != first.json()["seq"]
        again = await web.put(path_of(JPEG), content=JPEG)
        assert again.json() == first.json()
        assert len(kept(story)) == 2


async def test_an_answer_that_got_lost_is_found_again(tmp_path, own_broker, story, car, monkeypatch):
    monkeypatch.setattr("station.office.photos.ANSWER_S", 0.3)
    async with office_and_line(tmp_path, own_broker, story, silent=1) as (web, line):
        lost = await web.put(path_of(JPEG), content=JPEG)
        assert lost.status_code == 503
        assert int(lost.headers["retry-after"]) > 0
        assert "检测线没有应答" in lost.json()["text"]["zh"]
        found = await web.put(path_of(JPEG), content=JPEG)
        assert found.status_code == 200
        assert len({command.id for command in line.seen}) == 1
        # A line that had it before says no number: the ledger does.
        line.keep(PhotoKeep.model_validate(line.seen[0].body | {"sha256": hashlib.sha256(PNG).hexdigest()}))
        assert (await web.put(path_of(PNG), content=PNG)).json()["seq"] == kept(story)[-1].seq


async def test_what_was_kept_is_known_when_a_later_list_has_no_such_point(tmp_path, own_broker, story, car):
    async with office_and_line(tmp_path, own_broker, story) as (web, _):
        first = await web.put(path_of(JPEG), content=JPEG)
        story.add(SERIAL, facts.InspectionReturned(attempt=2, items=("B2", "BV")))
        again = await web.put(path_of(JPEG), content=JPEG)
        assert (again.status_code, again.json()) == (200, first.json())
        new = await web.put(path_of(PNG), content=PNG)
        assert (new.status_code, new.json()["code"]) == (404, "photo_point")


async def test_what_the_line_refuses_is_said_in_its_words(tmp_path, own_broker, story, car):
    async with office_and_line(tmp_path, own_broker, story, refuse=1) as (web, _):
        refused = await web.put(path_of(JPEG), content=JPEG)
        assert refused.status_code == 409
        assert refused.json() == {"code": "wrong_state", "text": {"zh": "现在不行。", "en": "Not now."}}
        assert (await web.put(path_of(JPEG), content=JPEG)).status_code == 200


async def test_who_may_send_what(web, story, car):
    async def put(path, data=JPEG, token=INSPECTOR):
        answer = await web.put(path, content=data, headers={"authorization": f"Bearer {token}"} if token else {})
        return answer.status_code, answer.json()["code"]

    assert await put(path_of(JPEG), token="") == (401, "login")
    assert await put(path_of(JPEG), token="guessed") == (401, "login")
    assert await put(path_of(JPEG), token=TOKEN) == (403, "photo_role")
    assert await put(path_of(JPEG, item="C1", point="46")) == (403, "photo_role")
    assert await put(path_of(JPEG, item="B1")) == (404, "photo_point")
    assert await put(path_of(JPEG, point="99")) == (404, "photo_point")
    assert await put(path_of(JPEG, serial="test-20261122-0009")) == (404, "photo_point")
    assert await put(path_of(PNG), JPEG) == (400, "photo_hash")
    assert await put("/photos/a/F1/16/..%2f..%2fkey", JPEG) == (404, "not_found")
    assert await put(path_of(b"GIF89a"), b"GIF89a") == (415, "photo_media")
    assert await put(path_of(b""), b"") == (415, "photo_media")
    large = JPEG + bytes(PHOTO_BYTES)
    assert await put(path_of(large), large) == (413, "photo_size")
    assert await put(path_of(large), large * 6) == (413, "photo_size")
    assert (await web.get(path_of(JPEG))).status_code == 405


async def test_nothing_is_left_of_what_was_not_taken(tmp_path, web, car):
    await web.put(path_of(JPEG, point="99"), content=JPEG, headers={"authorization": f"Bearer {INSPECTOR}"})
    await web.put(path_of(PNG), content=JPEG, headers={"authorization": f"Bearer {INSPECTOR}"})
    assert not (tmp_path / "evidence").exists()


async def test_a_disk_that_refuses_is_said(tmp_path, web, car):
    (tmp_path / "evidence").write_text("in the way")
    answer = await web.put(path_of(JPEG), content=JPEG, headers={"authorization": f"Bearer {INSPECTOR}"})
    assert answer.status_code == 507
    assert "磁盘" in answer.json()["text"]["zh"]


async def test_photos_are_shown_only_to_people_and_only_whole(tmp_path, web, car):
    sha256 = hashlib.sha256(JPEG).hexdigest()
    assert (await web.get(f"/photos/{sha256}")).status_code == 401
    assert (await web.get(f"/photos/{sha256}?token={INSPECTOR}")).status_code == 404
    assert (await web.get(f"/photos/{sha256[:10]}*?token={INSPECTOR}")).status_code == 404
    path = file_of(tmp_path / "evidence", sha256, ".jpg")
    path.parent.mkdir(parents=True)
    path.write_bytes(JPEG + b"altered")
    assert (await web.get(f"/photos/{sha256}?token={INSPECTOR}")).status_code == 404
    path.write_bytes(JPEG)
    assert (await web.get(f"/photos/{sha256}?token={INSPECTOR}")).content == JPEG


async def test_two_at_a_time_are_both_kept(tmp_path, own_broker, story, car):
    async with office_and_line(tmp_path, own_broker, story) as (web, _):
        answers = await asyncio.gather(*(web.put(path_of(data), content=data) for data in (JPEG, PNG, JPEG)))
        assert {answer.status_code for answer in answers} == {200}
        assert answers[0].json() == answers[2].json()
        assert len(kept(story)) == 2


@given(st.binary(max_size=40))
def test_only_pictures_are_pictures(data):
    media = media_of(data)
    starts = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG", "image/webp": b"RIFF", None: b""}
    assert data.startswith(starts[media])
    assert media_of(JPEG[:4] + data) == "image/jpeg"
