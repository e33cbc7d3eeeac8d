"""AK frames: what the parser takes and drops, what the client makes of every kind of answer."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.ak import AkClient, Answer, FrameParser, encode_request, parse_answer
from devices.clock import RealClock
from devices.errors import RigOffline, RigProtocolError, RigRefused
from devices.links import open_link

ASTZ = bytes.fromhex("02 20 41 53 54 5A 20 30 20 53 52 45 4D 20 53 54 42 59 03")


@asynccontextmanager
async def client(peer, profile, **times):
    link = open_link(peer.url)
    await link.open()
    ak = AkClient(link, RealClock(), replace(profile.timing, **times), profile.reasons)
    try:
        yield ak
    finally:
        await link.close()


def test_request_bytes_as_the_page_shows():
    assert encode_request("ASTZ") == bytes.fromhex("02 20 41 53 54 5A 20 4B 30 03")


def test_answer_bytes_as_the_page_shows():
    (inside,) = FrameParser().feed(ASTZ)
    assert parse_answer(inside) == Answer("ASTZ", 0, ("SREM", "STBY"))


@pytest.mark.parametrize(
    ("inside", "answer"),
    [
        (b" STBY 0", Answer("STBY", 0, ())),
        (b" SMGA 2 OF", Answer("SMGA", 2, ("OF",))),
        (b" ???? 2", Answer("????", 2, ())),
    ],
)
def test_forms_of_answers(inside, answer):
    assert parse_answer(inside) == answer


@pytest.mark.parametrize(
    "inside",
    [
        b"",
        b" ",
        b" ASTZ",
        b" ASTZ ",
        b" ASTZ X",
        b" astz 0",
        b" AST 0 ",
        b"0ASTZ 0",
        b" ASTZ 00",
        b" ASTZ 0 \xe4",
        b" ASTZ0 ",
    ],
)
def test_what_is_no_answer(inside):
    with pytest.raises(ValueError, match="not an AK answer"):
        parse_answer(inside)


@pytest.mark.parametrize(
    ("stream", "frames"),
    [
        (b"\x02 AS\x02 ASTZ 0\x03", [b" ASTZ 0"]),
        (b"noise\x03\xff\x02a\x03tail\x02b\x03", [b"a", b"b"]),
        (b"\x02" + b"x" * 248 + b"\x03", [b"x" * 248]),
        (b"\x02" + b"x" * 249 + b"\x03\x02y\x03", [b"y"]),
        (b"\x02half", []),
        (b"\x03\x03\x02\x03", [b""]),
    ],
    ids=["STX begins anew", "outside is ignored", "250 bytes", "251 bytes", "half", "empty"],
)
def test_framing(stream, frames):
    assert FrameParser().feed(stream) == frames
    parser = FrameParser()
    assert [frame for byte in stream for frame in parser.feed(bytes([byte]))] == frames


@given(st.lists(st.binary(max_size=300), max_size=5))
@example([b"\x02\x03", b"\x03"])
def test_no_bytes_break_the_parser_and_chunks_do_not_matter(chunks):
    parser = FrameParser()
    frames = [frame for chunk in chunks for frame in parser.feed(chunk)]
    assert frames == FrameParser().feed(b"".join(chunks))
    for frame in frames:
        assert len(frame) <= 248
        assert not {2, 3} & set(frame)
        try:
            answer = parse_answer(frame)
        except ValueError:
            continue
        assert len(answer.code) == 4
        assert 0 <= answer.digit <= 9


@given(st.binary(max_size=600))
def test_a_whole_frame_is_found_after_any_garbage(garbage):
    assert FrameParser().feed(garbage + ASTZ)[-1] == ASTZ[1:-1]


async def test_question_and_answer_over_a_pty(gas_peer, gas_profile):
    async with client(gas_peer, gas_profile) as ak:
        assert await ak.read("ASTZ") == Answer("ASTZ", 0, ("SREM", "STBY"))
    assert gas_peer.requests == [bytes.fromhex("02 20 41 53 54 5A 20 4B 30 03")]


async def test_an_answer_in_single_bytes_with_noise_around(gas_peer, gas_profile):
    async def trickle():
        for byte in b"\xff\x00\x03\x02 AK" + ASTZ + b"\xfe":
            gas_peer.send(bytes([byte]))
            await asyncio.sleep(0.001)

    tasks = []
    gas_peer.answers["ASTZ"] = lambda: tasks.append(asyncio.create_task(trickle()))
    async with client(gas_peer, gas_profile, deadline_s=5.0) as ak:
        assert (await ak.control("ASTZ")).data == ("SREM", "STBY")
        await asyncio.gather(*tasks)


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ("2 OF", RigRefused, "SMGA refused: the analyser is in MANUAL"),
        ("0 BS", RigRefused, "SMGA refused: the analyser is busy"),
        ("0 SE", RigProtocolError, "SMGA: SE, syntax error"),
        (b"\x02 ???? 2\x03", RigProtocolError, "the rig does not know SMGA"),
        (b"\x02 SREM 0\x03", RigProtocolError, "SMGA: an answer to SREM"),
        (b"\x02 SMGA x\x03", RigProtocolError, "SMGA: not an AK answer"),
        (b"\x02 SMGA 0", RigOffline, "no answer to SMGA"),
        (b"", RigOffline, "no answer to SMGA: is the rig on and its cable in?"),
    ],
)
async def test_every_kind_of_answer_to_a_command(gas_peer, gas_profile, answer, error, says):
    gas_peer.answers["SMGA"] = answer
    async with client(gas_peer, gas_profile) as ak:
        with pytest.raises(error, match=says) as raised:
            await ak.control("SMGA")
    assert gas_peer.codes == ["SMGA"]  # a command is never sent twice
    if error is RigRefused:
        assert raised.value.reason == answer[-2:]


async def test_a_reading_is_asked_once_more(gas_peer, gas_profile):
    answers = [b"\x02 AKON 0 0.0\x02\x03", "0 1 2"]
    gas_peer.answers["AKON"] = lambda: answers.pop(0)
    async with client(gas_peer, gas_profile) as ak:
        assert (await ak.read("AKON")).data == ("1", "2")
    assert gas_peer.codes == ["AKON", "AKON"]


async def test_a_late_answer_is_drained_and_not_taken_for_the_next(gas_peer, gas_profile):
    answers = [None, "0 fresh"]
    gas_peer.answers["AKON"] = lambda: answers.pop(0)
    async with client(gas_peer, gas_profile, drain_s=0.2) as ak:
        with pytest.raises(RigOffline):
            await ak.control("AKON")
        second = asyncio.create_task(ak.control("AKON"))
        await asyncio.sleep(0)
        gas_peer.send(b"\x02 AKON 0 stale\x03")
        assert (await second).data == ("fresh",)


async def test_a_cancelled_request_leaves_no_answer_behind(gas_peer, gas_profile):
    answers = [None, "0 fresh"]
    gas_peer.answers["AKON"] = lambda: answers.pop(0)
    async with client(gas_peer, gas_profile, deadline_s=5.0, drain_s=0.2) as ak:
        task = asyncio.create_task(ak.control("AKON"))
        while not gas_peer.codes:
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        second = asyncio.create_task(ak.control("AKON"))
        await asyncio.sleep(0)
        gas_peer.send(b"\x02 AKON 0 stale\x03")
        assert (await second).data == ("fresh",)


async def test_an_answer_that_comes_twice_counts_once(gas_peer, gas_profile):
    gas_peer.answers["AKON"] = b"\x02 AKON 0 1\x03\x02 AKON 0 1\x03"
    async with client(gas_peer, gas_profile) as ak:
        await ak.read("AKON")
        gas_peer.answers["AKON"] = "0 2"
        assert (await ak.read("AKON")).data == ("2",)


async def test_requests_at_once_go_one_after_the_other(gas_peer, gas_profile):
    async with client(gas_peer, gas_profile) as ak:
        answers = await asyncio.gather(ak.read("AKEN"), ak.read("ASTZ"), ak.read("AKON"))
    assert [answer.code for answer in answers] == ["AKEN", "ASTZ", "AKON"]


async def test_polls_keep_their_distance_in_rig_time(gas_peer, gas_profile, fast_clock):
    link = open_link(gas_peer.url)
    await link.open()
    clock = fast_clock(20.0)
    ak = AkClient(link, clock, replace(gas_profile.timing, request_interval_s=0.5), gas_profile.reasons)
    await ak.read("ASTZ")
    started = clock.monotonic()
    await ak.read("ASTZ")
    await ak.read("ASTZ")
    assert clock.monotonic() - started >= 0.5
    await link.close()


async def test_a_line_that_never_falls_quiet(gas_peer, gas_profile):
    async def chatter():
        while True:
            gas_peer.send(b"\xff")
            await asyncio.sleep(0.005)

    async with client(gas_peer, gas_profile) as ak:
        task = asyncio.create_task(chatter())
        with pytest.raises(RigOffline, match="never falls quiet"):
            await ak.control("ASTZ")
        task.cancel()
