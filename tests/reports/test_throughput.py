"""The throughput report in its four forms."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader

from reports.throughput import throughput_csv, throughput_html, throughput_json, throughput_pdf
from reports.throughput_charts import COLOURS, MOST_ROWS, clock_text
from station.model.codes import STAGE_NAMES, STAGES
from tests.reports import event_day, sample_day


class Strict(HTMLParser):
    """Fails on a tag that is not closed in order, and keeps the attributes."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def text_of(pdf):
    reader = PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 1
    return reader.pages[0].extract_text()


WORDS = {"zh": ("停留 P50", "一次合格率", "制动"), "en": ("Stay P50", "First-pass yield", "Brakes")}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_page_with_figures(language):
    text = text_of(throughput_pdf(sample_day.day(), language))
    for said in (*WORDS[language], "30:00", "40:00", "50.0 %", "41.0 %", "3.0", "demo-20261122-0003"):
        assert said in text, said
    assert ("模拟数据" if language == "zh" else "Simulated data") in text


def test_a_busy_day_still_fits_one_page():
    cars = [sample_day.SECOND.model_copy(update={"serial": f"demo-20261122-{n:04d}"}) for n in range(60)]
    text = text_of(throughput_pdf(sample_day.day(cars), "zh"))
    assert "另有 16 辆未画出" in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_day_of_mixed_plans_fits_one_page_with_every_stage_and_car(language):
    data = event_day.report_of(event_day.Day(7, 40).events)
    text = text_of(throughput_pdf(data, language))
    for stage in STAGES:
        assert STAGE_NAMES[stage].in_(language) in text
    assert len(data.cars) <= MOST_ROWS
    assert all(car.serial in text for car in data.cars)


def test_every_stage_has_a_colour_of_its_own():
    assert set(COLOURS) == set(STAGES)
    assert len(set(COLOURS.values())) == len(STAGES)


def test_an_empty_day_says_so():
    assert "该时段没有车辆" in text_of(throughput_pdf(sample_day.day(()), "zh"))
    assert "No vehicles" in throughput_html(sample_day.day(()), "en")


def test_a_day_with_a_car_at_the_desk_only():
    waiting = sample_day.car(1, 0, None, (), (), (sample_day.stage("desk", 1, 0, 0, None),), "arrived")
    assert "交钥匙" in text_of(throughput_pdf(sample_day.day((waiting,)), "zh"))


def test_same_data_same_bytes():
    assert throughput_pdf(sample_day.day(), "en") == throughput_pdf(sample_day.day(), "en")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_stands_alone(language):
    page = throughput_html(sample_day.day(), language)
    parser = Strict()
    parser.feed(page)
    assert parser.open == []
    tags = {tag for tag, _ in parser.seen}
    assert not tags & {"script", "link", "img", "iframe"}
    assert not any(key in ("src", "href") or key.startswith("on") for _, attrs in parser.seen for key in attrs)
    assert not re.search(r"url\(|@import", page)
    assert [tag for tag, _ in parser.seen].count("svg") == 5 + 1  # a bar for each stage, the time lines
    assert "demo-20261122-0002" in page


def test_the_page_escapes_what_it_shows():
    odd = sample_day.FIRST.model_copy(update={"serial": "<script>1</script>"})
    assert "<script>" not in throughput_html(sample_day.day((odd,)), "zh")


def test_the_data_forms():
    figures = throughput_json(sample_day.day())
    assert figures["cars"] == 3
    assert figures["stay_p90_s"] == 2400.0
    assert figures["stages"][2]["stage"] == "brake"
    rows = list(csv.DictReader(io.StringIO(throughput_csv(sample_day.day()))))
    assert len(rows) == 5 + 7 + 1
    brake = next(r for r in rows if r["serial"].endswith("0001") and r["stage"] == "brake")
    assert (brake["wait_s"], brake["work_s"], brake["started"]) == ("60.000", "360.000", "2026-11-22T08:10:00+00:00")


def set_back():
    """A day on which the clock was set back by half an hour while car 1 was on the brakes."""
    stages = (sample_day.stage("desk", 1, 30, 30, 33), sample_day.stage("brake", 1, 33, 35, 9))
    return sample_day.day((sample_day.FIRST.model_copy(update={"keys_taken_at": sample_day.at(30), "stages": stages}),))


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "有 1 段时长不明（其间本机时钟被拨回）"), ("en", "1 durations are unknown")]
)
def test_a_duration_that_nobody_knows_is_said_on_the_page_and_empty_in_the_data(language, said):
    assert said in throughput_html(set_back(), language)
    assert said[:10] in text_of(throughput_pdf(set_back(), language))
    assert throughput_json(set_back())["unknown_times"] == 1
    rows = {row["stage"]: row for row in csv.DictReader(io.StringIO(throughput_csv(set_back())))}
    assert (rows["brake"]["wait_s"], rows["brake"]["work_s"]) == ("120.000", "")
    assert "unknown" not in throughput_html(sample_day.day(), "en")


def test_a_wait_that_nobody_knows_begins_nowhere_in_the_data():
    stages = (sample_day.stage("desk", 1, 30, 30, 33), sample_day.stage("brake", 1, 33, 5, 9))
    car = sample_day.FIRST.model_copy(update={"keys_taken_at": sample_day.at(0), "stages": stages})
    rows = {row["stage"]: row for row in csv.DictReader(io.StringIO(throughput_csv(sample_day.day((car,)))))}
    assert (rows["brake"]["waited_from"], rows["brake"]["wait_s"], rows["brake"]["work_s"]) == ("", "", "240.000")


def test_durations_as_people_read_them():
    assert [clock_text(s) for s in (None, 0, 59.6, 725, 3725)] == ["—", "0:00", "1:00", "12:05", "1:02:05"]
