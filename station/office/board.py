"""The hall's board: which vehicle is where, for everybody to see, so without names and with masked plates."""

from collections.abc import Iterable
from html import escape

from station.model.codes import STAGE_NAMES, STAGES, Stage
from station.model.identity import IdentityError, mask_plate, parse_plate
from station.model.inspection import Inspection
from station.model.text import Text
from station.office.words import words

REFRESH_S = 3
_STYLE = """
body{font:20px/1.4 "Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;color:#16202a;background:#f6f7f9;margin:0;
padding:24px 32px}
header{display:flex;justify-content:space-between;align-items:baseline;flex-wrap:wrap;gap:8px 32px;margin-bottom:18px}
h1{font-size:34px;margin:0}small{color:#5b6773;font-weight:400;font-size:.68em;display:block}
.flag{border:2px solid #16202a;padding:2px 12px;font-weight:700}
table{border-collapse:collapse;width:100%;background:#fff}
th,td{border-bottom:1px solid #d5dbe1;padding:9px 12px;text-align:left;font-weight:400}
th{font-size:18px;background:#e9edf1}td.plate{font-size:30px;font-weight:700;white-space:nowrap}
td.done{color:#5b6773}td.waiting{color:#7d5700}td.working{background:#0b4f8a;color:#fff;font-weight:700}
td.working small{color:#fff}
p{color:#5b6773}
"""


def masked(plate: str) -> str:
    """Return a plate as a public screen may show it; a dash while there is none."""
    try:
        return mask_plate(parse_plate(plate)) if plate else "—"
    except IdentityError:
        return f"{plate[:1]}**"


def board_page(station: Text, cars: Iterable[tuple[Inspection, str]], simulated: bool) -> str:
    """Return the page: one row a vehicle in the order of arrival, one column a stage; it renews itself."""
    rows = [_row(car, plate) for car, plate in cars]
    table = f"<table><thead><tr>{_heads()}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    flag = f'<span class="flag">{_both("board.simulated")}</span>' if simulated else ""
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="refresh" content="{REFRESH_S}"><title>{escape(words().say("zh", "board.title"))}</title>'
        f"<style>{_STYLE}</style></head><body><header><h1>{_both('board.title')}</h1>{flag}"
        f"<div>{_pair(station)}</div><div>{_both('board.count', count=len(rows))}</div></header>"
        f"{table if rows else '<p>' + _both('board.empty') + '</p>'}<p>{_both('board.notice')}</p></body></html>\n"
    )


def _heads() -> str:
    cells = [_both("board.number"), _both("board.plate"), *(_pair(STAGE_NAMES[stage]) for stage in STAGES)]
    return "".join(f"<th>{cell}</th>" for cell in cells)


def _row(car: Inspection, plate: str) -> str:
    number = escape(car.serial.rsplit("-", 1)[-1])
    again = f"<small>{_both('board.attempt')}</small>" if car.attempt > 1 else ""
    cells = "".join(_cell(car, stage) for stage in STAGES)
    return f'<tr><td>{number}{again}</td><td class="plate">{escape(masked(plate))}</td>{cells}</tr>'


def _cell(car: Inspection, stage: Stage) -> str:
    record = car.stage(stage)
    if record is None:
        return "<td></td>"
    how = "done" if record.finished_at else "working" if record.started_at else "waiting"
    return f'<td class="{how}">{_both(f"board.{how}")}</td>'


def _both(key: str, **values: object) -> str:
    return _pair(words().text(key, **values))


def _pair(text: Text) -> str:
    return f"{escape(text.zh)}<small>{escape(text.en)}</small>"
