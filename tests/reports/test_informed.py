"""What is told from the evidence itself: peaks of smoke, beams, and curves at the times at which they were read."""

from reports.curves import charts_of
from reports.informed import accelerations, informed, peaks_of
from reports.words import Words
from tests.reports import sample_report as sample
from tests.reports.sample_captures import lamp_capture, smoke_capture

WORDS = Words("zh", "Asia/Shanghai")


def test_an_acceleration_that_was_broken_off_does_not_count():
    run = smoke_capture("r", (0.5, 0.6, 0.7))
    broken = run.model_copy(update={"marks": tuple(m for m in run.marks if m.name != "acceleration_3_end")})
    assert len(list(accelerations(run))) == 3
    assert len(list(accelerations(broken))) == 2
    assert [str(round(peak, 2)) for peak in peaks_of(broken)] == ["0.50", "0.60"]


def test_a_sample_that_is_no_reading_is_no_peak():
    run = smoke_capture("r", (0.5,))
    k = run.curves[0]
    top = k.raw.index(max(k.raw))
    quality = "".join("i" if n == top else letter for n, letter in enumerate(k.quality))
    spoilt = run.model_copy(update={"curves": (k.model_copy(update={"quality": quality}), *run.curves[1:])})
    (peak,) = peaks_of(spoilt)
    assert peak < max(peaks_of(run))


def test_a_lamp_without_offsets_has_no_line():
    bare = lamp_capture("run-4", H1=21_400, H4=19_800)
    scalars = tuple(s for s in bare.scalars if s.channel.endswith("intensity"))
    data = sample.passed()
    without = sample.passed(captures={**data.captures, "run-4": bare.model_copy(update={"scalars": scalars})})
    lamp = data.inspection.item("H1", 1)
    assert len(list(informed(data, lamp, WORDS))) == 1
    assert list(informed(without, lamp, WORDS)) == []


def test_evidence_that_is_not_at_hand_tells_nothing():
    data = sample.passed(captures={})
    assert list(informed(data, data.inspection.item("H1", 1), WORDS)) == []


def test_a_curve_stands_at_the_times_at_which_its_samples_were_read():
    data = sample.passed()
    gas = data.captures["run-5"]
    times_us = tuple(n * n * 1_000 for n in range(gas.samples))
    slow = sample.passed(captures={"run-5": gas.model_copy(update={"times_us": times_us})})
    chart = charts_of(slow, WORDS)[0]
    assert chart.at_s[:4] == (0.0, 0.001, 0.004, 0.009)
    assert chart.at_s[-1] == times_us[-1] / 1e6
