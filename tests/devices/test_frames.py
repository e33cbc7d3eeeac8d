"""Checksum frames: what the finder takes and drops, whatever noise there is; and every example of the pages."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices import mqd6, nht6
from devices.frames import FrameFinder, crc16, crc_fits, sums_to_zero, zero_sum
from devices.rtu import answer_length
from tests.devices.peers import crc, page_examples, summed

LAMP = page_examples("headlamp-tester.md")
SMOKE = page_examples("opacimeter.md")
RTU = page_examples("exhaust-analyser-modbus.md")
LIVE = bytes.fromhex("A5 00 7B 00 1F 02 EE 00 50 81")
DONE = bytes.fromhex("02 32 54 4F 29")
READ = bytes.fromhex("01 03 06 00 04 00 02 00 01 B0 B5")


def lamp_finder():
    return FrameFinder(mqd6.frame_length, sums_to_zero)


def smoke_finder(command=0xA5, length=10):
    return FrameFinder(lambda head: nht6.answer_length(head, command, length), sums_to_zero)


def rtu_finder(answer=b"\x01\x03\x06", length=11):
    return FrameFinder(lambda head: answer_length(head, answer, length), crc_fits)


def test_every_example_of_the_pages_has_the_right_sum():
    records = b"".join(LAMP[LAMP.index(b"\x02\x32") :])
    frames = [*LAMP[: LAMP.index(b"\x02\x32")], records, *SMOKE]
    assert len(records) == 112
    assert len(frames) > 40
    assert all(sums_to_zero(frame) and zero_sum(frame[:-1]) == frame for frame in frames)
    assert len(RTU) == 8
    assert all(crc_fits(frame) and crc(frame[:-2]) == frame for frame in RTU)


def test_the_pages_frames_come_out_one_by_one():
    answers = [frame for frame in LAMP if frame[:2] == b"\x02\x32" and len(frame) == 5]
    assert len(answers) > 10
    assert lamp_finder().feed(b"".join(answers)) == answers
    assert rtu_finder().feed(RTU[5]) == [RTU[5]] == [READ]
    assert rtu_finder().feed(RTU[7]) == [RTU[7]]


@pytest.mark.parametrize(
    ("finder", "noise", "frame"),
    [
        (lamp_finder, b"\xff\x00\x32\x02", DONE),
        (lamp_finder, b"\x02\x32\x54\x4f\x28", DONE),
        (lamp_finder, b"\x02\x32\x99", DONE),
        (lamp_finder, b"\x02\x02", DONE),
        (smoke_finder, b"\x00\xfe", LIVE),
        (smoke_finder, b"\xa5" * 3, LIVE),
        (rtu_finder, b"\x00\xff", READ),
        (rtu_finder, b"\x01\x03", READ),
        (rtu_finder, b"\x01\x04\x06\x01\x83\x01\x03\x08", READ),
        (rtu_finder, READ[:-1] + b"\x00", READ),
    ],
)
def test_a_frame_behind_noise_is_found(finder, noise, frame):
    after = b"\x00" * 12 if finder is smoke_finder else b""  # what a false beginning still waits for
    assert finder().feed(noise + frame + after)[:1] == [frame]
    one_by_one = finder()
    assert [found for byte in noise + frame + after for found in one_by_one.feed(bytes([byte]))][:1] == [frame]


def test_silence_ends_what_was_no_frame():
    finder = lamp_finder()
    assert finder.feed(b"\x02\x32\x30" + DONE + DONE[:3]) == []  # as if records had begun
    assert finder.silence() == [DONE]
    assert finder.feed(DONE) == [DONE]


finders = st.sampled_from([lamp_finder, smoke_finder, rtu_finder])
pieces = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([DONE, LIVE, READ, *LAMP[:20], *SMOKE[:20], *RTU]),
    st.sampled_from([b"\x02\x32", b"\x02\x32\x30", b"\xa5", b"\x15", b"\x01\x03\x06", b"\x01\x83"]),
)


@given(finders, st.lists(pieces, max_size=8))
@example(lamp_finder, [b"\x02\x32\x2b", DONE])
def test_no_bytes_break_a_finder_and_no_frame_has_a_wrong_sum(make, chunks):
    finder, whole = make(), make()
    found = [frame for chunk in chunks for frame in finder.feed(chunk)] + finder.silence()
    assert found == whole.feed(b"".join(chunks)) + whole.silence()
    fits = crc_fits if make is rtu_finder else sums_to_zero
    stream = b"".join(chunks)
    for frame in found:
        assert fits(frame)
        assert frame in stream
        assert len(frame) in {lamp_finder: (5, 112), smoke_finder: (3, 10), rtu_finder: (5, 11)}[make]
    assert finder.silence() == []


@given(st.binary(max_size=300))
def test_a_whole_frame_after_any_noise_is_found_at_the_latest_after_silence(noise):
    for make, frame in ((lamp_finder, DONE), (rtu_finder, READ)):
        finder = make()
        found = finder.feed(noise + frame) + finder.silence()
        # noise can only hide a frame by being the beginning of another one with a right sum
        assert frame in found or any(frame[:1] in other for other in found)


@given(st.binary(max_size=40))
def test_checks_agree_with_those_of_the_peers(body):
    assert zero_sum(body) == summed(body)
    assert body + crc16(body) == crc(body)
    assert sums_to_zero(zero_sum(body))
