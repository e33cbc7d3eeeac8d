"""The check-lists of the line in the tests: a catalogue, and what a line refuses."""

from station.bus import messages as m
from station.model.codes import CHECKLIST_ITEMS, LOCATION_NAMES
from station.model.inspection import Inspection
from station.model.text import Text

# item, group, number, photo code | name | defects, in Chinese and English
TABLE = """
UC identity 01 - | 号牌号码和类型/Plate number and type | 号牌不符/Plate differs
UC identity 03 0113 | 车辆识别代号/VIN | 打刻被改动/Stamping altered
F1 exterior 16 0111 | 车身外观/Body | 车身破损/Damaged; 有尖锐突出物/Sharp edges; 明显锈蚀穿孔/Rusted through
F1 exterior 18 - | 外部照明和信号灯具/Exterior lamps | 灯具不亮/Out; 灯罩破损/Lens broken
F1 exterior 19 - | 轮胎/Tyres | 花纹深度不足/Tread worn; 露帘线/Cut to the cords; 同轴规格不一致/Sizes differ on an axle
F1 safety 22 - | 汽车安全带/Seat belts | 不能锁止/Does not lock; 缺失/Missing
F1 safety 23 - | 三角警告牌/Warning triangle | 未配备/Not there
DC chassis 42 - | 转向/Steering | 转向沉重/Heavy; 自由行程过大/Too much play
DC chassis 44 - | 制动/Braking | 制动跑偏/Pulls to one side
C1 underbody 46 - | 转向系部件/Steering parts | 松动或紧固件缺失/Loose; 球头间隙过大/Ball joint worn
C1 underbody 48 - | 行驶系部件/Running gear | 弹簧断裂/Spring broken; 漏油/Leak
C1 underbody 49 - | 制动系部件/Brake parts | 漏油或漏液/Leak; 制动软管老化开裂/Brake hose cracked
"""
HINTS = {
    "03": Text(zh="与行驶证、车身打刻逐位核对", en="Compare with licence and stamping, digit by digit"),
    "19": Text(zh="胎冠花纹深度不小于 1.6 mm", en="Tread depth at least 1.6 mm"),
}


def text(both: str) -> Text:
    """Return a text from both languages with a stroke between."""
    zh, _, en = both.strip().partition("/")
    return Text(zh=zh, en=en)


def point(row: str) -> m.CataloguePoint:
    """Return the point of a row; its id is item and number, its defects are numbered."""
    head, name, defects = row.split(" | ")
    item, group, number, photo = head.split()
    found = {"id": f"{item}-{number}", "item": item, "group": group, "number": number, "photo": photo != "-"}
    named = tuple(
        m.CatalogueDefect(code=f"{item}-{number}-{n}", name=text(defect))
        for n, defect in enumerate(defects.split(";"), 1)
    )
    more = {"photo_code": photo.strip("-"), "name": text(name), "defects": named, "hint": HINTS.get(number)}
    return m.CataloguePoint.model_validate({**found, **more})


POINTS = tuple(map(point, TABLE.strip().splitlines()))
CATALOGUE = m.Catalogue(pack="test", sha256="0" * 64, points=POINTS, locations=dict(LOCATION_NAMES))


def planned(items: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the points of each check-list item among the items."""
    lists = {item: tuple(p.id for p in POINTS if p.item == item) for item in items if item in CHECKLIST_ITEMS}
    return {item: points for item, points in lists.items() if points}


def trouble(found: Inspection, body: m.ChecklistRecord) -> tuple[str, str, str] | None:
    """Return why a check-list cannot be recorded: code and both sentences; None if it can."""
    checklist = found.checklist(body.item)
    item = found.item(body.item)
    if checklist is None or item is None or item.state == "done":
        return "item_not_open", "该项目现在不能填写。", "The item cannot be entered now."
    if [one.point for one in body.points] != list(checklist.planned):
        return "points_missing", "检查表不完整。", "The check-list is not complete."
    kept = {(photo.item, photo.point, photo.sha256) for photo in found.photos}
    for one in body.points:
        entry = next(p for p in POINTS if p.id == one.point)
        if (one.outcome == "fail") != bool(one.defects) or {d.code for d in one.defects} - {
            d.code for d in entry.defects
        }:
            return "defect_strange", "缺陷不对。", "The defects are wrong."
        if any((body.item, one.point, sha256) not in kept for sha256 in one.photos):
            return "photo_not_kept", "照片还没有保存。", "A photo is not kept yet."
        if entry.photo and one.outcome != "not_applicable" and not one.photos:
            return "photo_missing", f"“{entry.name.zh}”需要照片。", f"{entry.name.en} needs a photo."
    return None
