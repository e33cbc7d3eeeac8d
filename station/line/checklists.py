"""What the commands of the check-lists do: points found, defects, photos. No I/O here."""

from typing import Any

from station.bus import messages as m
from station.bus.accounts import OFFICE
from station.line import flow
from station.line.case import Case, Decision, Refusal, personal
from station.model import facts
from station.model.codes import CHECKLIST_ITEMS, ITEM_STAGES, STAGE_ROLES
from station.model.event import Fact, PersonalValue
from station.model.inspection import Checklist, Inspection, State
from station.model.verdict import Outcome
from station.rules.pack import Pack


def planned(inspection: Inspection, points: dict[str, tuple[str, ...]], items: tuple[str, ...]) -> facts.Body | None:
    """Return the check-lists of an attempt: a returning vehicle's hold the points that did not pass, if any did."""
    lists = {item: _again(inspection, item, points[item]) for item in items if points.get(item)}
    return facts.ChecklistPlanned(attempt=inspection.attempt, points=lists) if lists else None


def _again(inspection: Inspection, item: str, points: tuple[str, ...]) -> tuple[str, ...]:
    earlier = [c for c in inspection.checklists if c.item == item and c.results]
    failed = {result.point for result in earlier[-1].results if result.outcome == "fail"} if earlier else set()
    return tuple(point for point in points if point in failed) or points


def checklist_record(case: Case, body: m.ChecklistRecord) -> Decision:
    """Record a person's check-list of an item: it fails with any point; the stage ends with its last item."""
    found = case.inspection(body.serial, State.IN_PROGRESS)
    _need_item(case, found, body.item)
    checklist = found.checklist(body.item) or Checklist(item=body.item, attempt=found.attempt, planned=())
    _need_whole(checklist, body)
    for point in body.points:
        _need_sound(case.hall.pack, found, body.item, point)
    notes = {_field(body.item, point.point, n): defect.note.strip() for point, n, defect in _defects(body)}
    kept = {name: personal(body.serial, name, note) for name, note in notes.items() if note}
    results = tuple(_result(body.item, point, kept) for point in body.points)
    failed = any(point.outcome == "fail" for point in body.points)
    bodies: tuple[facts.Body, ...] = (
        facts.ChecklistRecorded(item=body.item, attempt=found.attempt, points=results),
        facts.ItemRecorded(
            item=body.item,
            attempt=found.attempt,
            outcome=Outcome.FAIL if failed else Outcome.PASS,
            reason=None,
            note_commitment=None,
        ),
    )
    return with_follow_ups(case, found, body.item, bodies, tuple(kept.values()))


def _need_item(case: Case, found: Inspection, code: str) -> None:
    if code not in CHECKLIST_ITEMS:
        raise Refusal("measured_item", item=code)
    stage = ITEM_STAGES[code]
    if STAGE_ROLES[stage] not in case.sender.roles:
        raise Refusal.of_roles({STAGE_ROLES[stage]})
    item, record = found.item(code), found.stage(stage)
    if item is None or item.state == "done":
        raise Refusal("item_not_open", item=code)
    if record is None or record.started_at is None:
        raise Refusal("not_started")


def _need_whole(checklist: Checklist, body: m.ChecklistRecord) -> None:
    """Refuse a list that lacks planned points, or has others: nothing passes because nobody looked."""
    given = [point.point for point in body.points]
    lacking = [point for point in checklist.planned if point not in given]
    strange = [point for point in given if point not in checklist.planned or given.count(point) > 1]
    if lacking:
        raise Refusal("points_missing", points=", ".join(lacking))
    if strange:
        raise Refusal("points_strange", points=", ".join(dict.fromkeys(strange)))


def _need_sound(pack: Pack, found: Inspection, item: str, point: m.PointFound) -> None:
    """Refuse a point whose defects, photos or outcome do not go together."""
    entry = next(p for p in pack.points if p.id == point.point and p.item == item)
    name: dict[str, Any] = {"point": entry.name.zh, "point_en": entry.name.en}
    codes = {defect.code for defect in entry.defects}
    if point.outcome == "fail" and not point.defects:
        raise Refusal("defect_missing", **name)
    if point.outcome != "fail" and point.defects:
        raise Refusal("defect_without_fail", **name)
    if {defect.code for defect in point.defects} - codes:
        raise Refusal("defect_strange", **name)
    kept = {photo.sha256 for photo in found.photos if (photo.item, photo.point) == (item, point.point)}
    if set(point.photos) - kept:
        raise Refusal("photo_not_kept", **name)
    if entry.photo and point.outcome != "not_applicable" and not point.photos:
        raise Refusal("photo_missing", **name)


def _defects(body: m.ChecklistRecord) -> list[tuple[m.PointFound, int, m.DefectFound]]:
    return [(point, n, defect) for point in body.points for n, defect in enumerate(point.defects, 1)]


def _field(item: str, point: str, number: int) -> str:
    return f"defect.{item}.{point}.{number}"


def _result(item: str, point: m.PointFound, kept: dict[str, PersonalValue]) -> facts.PointResult:
    defects = tuple(
        facts.Defect(code=defect.code, location=defect.location, note_commitment=note.commitment if note else None)
        for n, defect in enumerate(point.defects, 1)
        for note in [kept.get(_field(item, point.point, n))]
    )
    return facts.PointResult(point=point.point, outcome=point.outcome, defects=defects, photos=point.photos)


def photo_keep(case: Case, body: m.PhotoKeep) -> Decision:
    """Take note of a photo that stands as a file; only the office may say so, for whoever took it."""
    if case.sender.client != OFFICE:
        raise Refusal("not_allowed")
    found = case.inspection(body.serial, State.IN_PROGRESS)
    checklist = found.checklist(body.item)
    if checklist is None or body.point not in checklist.planned:
        raise Refusal("points_strange", points=body.point)
    if any((p.sha256, p.item, p.point) == (body.sha256, body.item, body.point) for p in found.photos):
        return Decision()
    fact = facts.PhotoKept(attempt=found.attempt, **body.model_dump(include=_OF_A_PHOTO))
    return Decision((Fact(subject=body.serial, actor=body.staff, device=body.client, body=fact),))


_OF_A_PHOTO = {"item", "point", "sha256", "size", "media"}


def with_follow_ups(
    case: Case,
    found: Inspection,
    item: str,
    bodies: tuple[facts.Body, ...],
    values: tuple[PersonalValue, ...] = (),
) -> Decision:
    """Return the facts with what follows from them: the hall says what, from the inspection as it will be then."""
    then = flow.preview(found, *bodies)
    bay = case.hall.bay_of(found.serial)
    # A rig's bay ends its stage by itself, after the derived items: it sees that nothing is left to measure.
    follow = (
        () if bay and bay.section.rig else flow.after_items(then, ITEM_STAGES[item], case.hall.config.rules.repeats)
    )
    leaves = bay.section.id if bay and follow else None
    return Decision(case.facts(found.serial, *bodies, *follow), personal=values, release=leaves)
