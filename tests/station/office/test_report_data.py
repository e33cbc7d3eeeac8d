"""What the archive gathers for a report: check-lists with the pack's words and what the inspectors wrote."""

import pytest

from reports.data import ReportData
from reports.findings import failed_points
from reports.words import Words
from station.model import facts
from station.model.verdict import Outcome
from station.office.archive import Archive
from tests.reports import sample_report
from tests.station.office.office_story import Story, config_for, secret

SERIAL = "test-20261122-0001"


@pytest.fixture
def story(tmp_path):
    story = Story(tmp_path)
    story.begin()
    yield story
    story.close()


def check(story, attempt, note, outcome="fail"):
    """Write what a line would write about a check-list of one point, the note beside the chain."""
    value = secret(SERIAL, "defect.F1.tyres.1", note)
    worn = facts.Defect(code="tread_worn", location="front_left", note_commitment=value.commitment)
    result = facts.PointResult(point="tyres", outcome=outcome, defects=(worn,) if outcome == "fail" else ())
    verdict = Outcome.FAIL if outcome == "fail" else Outcome.PASS
    planned = facts.ChecklistPlanned(attempt=attempt, points={"F1": ("tyres",)})
    recorded = facts.ChecklistRecorded(item="F1", attempt=attempt, points=(result,))
    item = facts.ItemRecorded(item="F1", attempt=attempt, outcome=verdict, reason=None, note_commitment=None)
    story.add(SERIAL, planned, recorded, item, personal=(value,) if outcome == "fail" else ())


def gathered(tmp_path, attempt):
    archive = Archive(config_for(tmp_path, checklist_words=sample_report.WORDS))
    data = archive.report_data(SERIAL, attempt, simulated=True)
    archive.close()
    return data


def lines(data: ReportData, language):
    words = Words(language, data.timezone)
    return [point for item in data.items(data.attempt) for point in failed_points(data, item, words)]


def test_a_report_has_the_pack_s_words_and_the_inspector_s_note(story, tmp_path):
    story.arrive(SERIAL)
    check(story, 1, "花纹深度 1.2 mm")
    story.measure(SERIAL)
    story.sign(SERIAL, conclusion="fail")
    data = gathered(tmp_path, 1)
    (zh,), (en,) = lines(data, "zh"), lines(data, "en")
    assert (zh.point, zh.noted) == ("轮胎状况", ("胎冠花纹深度不足（左前），花纹深度 1.2 mm",))
    assert en.noted == ("tread too shallow (front left), 花纹深度 1.2 mm",)


def test_each_attempt_has_its_own_note(story, tmp_path):
    story.arrive(SERIAL)
    check(story, 1, "左前")
    story.measure(SERIAL)
    story.sign(SERIAL, conclusion="fail")
    story.add(SERIAL, facts.InspectionReturned(attempt=2, items=("F1",)))
    check(story, 2, "还是不够")
    story.sign(SERIAL, 2, conclusion="fail")
    assert gathered(tmp_path, 1).notes == {("F1.tyres.1", 1): "左前", ("F1.tyres.1", 2): "还是不够"}
    assert lines(gathered(tmp_path, 1), "zh")[0].noted[0].endswith("，左前")
    assert lines(gathered(tmp_path, 2), "zh")[0].noted[0].endswith("，还是不够")
