"""The recording of one run."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.line.recorder import Recorder, unit_of

SCALES = {"left": (Decimal(1), "N"), "right": (Decimal("0.5"), "N")}


def capture(recorder):
    return recorder.capture("run-1", ("B1",), "brake-1", "p", "0" * 64, "normal")


def test_blocks_become_one_row():
    recorder = Recorder(SCALES, 10_000)
    recorder.add(500, {"left": [1, 2], "right": [3, None]}, {"left": "gg", "right": "gm"}, 7)
    recorder.add(502, {"left": [5], "right": [6]}, {"left": "s", "right": "g"}, 2)
    recorder.mark("rise", 1)
    recorder.mark("rise", 2)
    found = capture(recorder)
    assert (found.first_sequence, found.samples, found.lost, found.period_us) == (500, 3, 2, 10_000)
    assert found.curve("left").raw == (1, 2, 5)
    assert found.curve("right").quality == "gmg"
    assert found.curve("right").scale == Decimal("0.5")
    assert found.mark("rise") == 2


def test_what_was_lost_before_the_first_sample_is_not_of_this_run():
    recorder = Recorder(SCALES, 10_000)
    recorder.add(9, {"left": [], "right": []}, {"left": "", "right": ""}, 3)
    recorder.add(9, {"left": [1], "right": [1]}, {"left": "g", "right": "g"}, 4)
    assert capture(recorder).lost == 0


def test_only_a_good_reading_has_a_value():
    recorder = Recorder(SCALES, 10_000)
    for channel, quality in (("a", "good"), ("b", "invalid"), ("c", "suspect")):
        recorder.keep(channel, SimpleNamespace(scaled=Decimal(410), unit="kg", quality=quality))
    recorder.keep("d", None)
    found = capture(recorder)
    assert found.scalar("a").quantity.value == 410
    assert [(s.quantity is None, s.quality) for s in found.scalars[1:]] == [
        (True, "invalid"),
        (True, "suspect"),
        (True, "missing"),
    ]


def test_an_empty_recording_is_a_capture_too():
    assert capture(Recorder(SCALES, 10_000)).samples == 0


def test_an_unknown_unit_is_named():
    with pytest.raises(ValueError, match="unit 'furlong': expected one of N, kg"):
        unit_of("furlong")


@given(st.lists(st.tuples(st.integers(0, 5), st.sets(st.sampled_from(["left", "right"]))), max_size=8))
def test_every_curve_has_every_sample(blocks):
    recorder = Recorder(SCALES, 10_000)
    for count, channels in blocks:
        recorder.add(0, {c: [1] * count for c in channels}, dict.fromkeys(channels, "g" * count), 0)
    found = capture(recorder)
    assert {len(curve.raw) for curve in found.curves} == {found.samples}
    assert found.samples == sum(count for count, channels in blocks if channels)


def test_samples_that_were_asked_for_one_by_one_keep_their_own_times():
    recorder = Recorder({"co": (Decimal("0.01"), "% vol")}, 500_000)
    for number, at_us in enumerate((7_000_000, 7_510_000, 8_700_000)):
        recorder.add(number, {"co": [number]}, {"co": "g"}, 0, at_us)
    found = capture(recorder)
    assert found.times_us == (0, 510_000, 1_700_000)
    assert [found.at_us(index) for index in range(5)] == [0, 510_000, 1_700_000, 2_200_000, 2_700_000]


def test_a_rig_that_keeps_the_time_needs_none_of_ours():
    recorder = Recorder(SCALES, 10_000)
    recorder.add(0, {channel: [1, 2] for channel in SCALES}, dict.fromkeys(SCALES, "gg"), 0)
    assert capture(recorder).times_us == ()
    assert capture(recorder).at_us(2) == 20_000
