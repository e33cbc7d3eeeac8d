"""Every screen of the desk in the states in which it must be readable: for snapshots, and for the pictures of the docs.

A scene brings a desk there, from the log-in on, and returns words that must stand on the screen when it is complete.
"""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from station.bus import messages as m
from station.bus.clock import Clock
from station.model import facts
from station.model.codes import ITEM_STAGES
from station.model.text import Text
from station.model.verdict import Outcome
from tests.station.desk.peer import LinePeer

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
WHOLE = ("UC", "F1", "DC", "C1", "B1", "B2", "BV", "B0", "H1", "H4", "PF")
DIESEL = ("UC", "F1", "B1", "B2", "BV", "B0", "FA")
TOOK_S = {"appearance": 240, "chassis": 90, "underbody": 120, "brake": 300, "lamps": 200, "exhaust": 420, "review": 60}
PRESS = Text(zh="缓踩制动到底", en="Brake slowly")
ACCELERATE = Text(zh="油门踩到底 2/6", en="Pedal down 2/6")
LAMPS_ON = Text(zh="打开远光灯", en="High beam on")

Scene = Callable[[LinePeer, Any], Awaitable[tuple[str, ...]]]


@dataclass(frozen=True)
class StillClock(Clock):
    """A clock that stands, so that a picture is the same tomorrow."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 1000.0


# -- what goes on in the station


def through(line: LinePeer, serial: str, ago_s: float, longer_s: float = 0) -> None:
    """Bring a vehicle through every stage of its plan, one after another."""
    plan = line.inspections[serial].attempts[0].plan
    for stage in dict.fromkeys([*(ITEM_STAGES[code] for code in plan), "review"]):
        took_s = TOOK_S[stage] + longer_s
        line.fact(serial, facts.StageStarted(stage=stage, attempt=1, bay=None), ago_s=ago_s)
        line.fact(serial, facts.StageFinished(stage=stage, attempt=1, bay=None), ago_s=ago_s - took_s)
        ago_s -= took_s


def reported(line: LinePeer, plate: str, longer_s: float) -> str:
    """Have a vehicle that is done: signed, reported, printed."""
    serial = line.car(plate, WHOLE, ago_s=3000)
    line.judge(serial)
    through(line, serial, 2700, longer_s)
    line.fact(serial, facts.InspectionSigned(attempt=1, report_no=f"{serial}-1", conclusion="pass"))
    line.issue(serial)
    line.fact(serial, facts.PrintRequested(report_no=f"{serial}-1", attempt=1, copy_no=1, language="zh"))
    line.printed(serial, 1)
    return serial


async def a_day(line: LinePeer) -> dict[str, str]:
    """Fill the station, and return the vehicles by what they are there for."""
    line.still = NOW
    line.widen()
    await line.publish_catalogue()
    await line.publish_printer("printing", queued=1)
    cars = {f"done{n}": reported(line, f"浙A1000{n}", 40 * n) for n in range(3)}
    cars["brake"] = line.car("浙H12385", WHOLE, ago_s=900)
    cars["next"] = line.car("沪A5K88J", WHOLE, ago_s=700)
    cars["later"] = line.car("粤B7X912", WHOLE, ago_s=600)
    cars["exhaust"] = line.car("浙AF01234", DIESEL, ago_s=500)
    cars["review"] = line.car("京N88K61", ("F1", "B1", "B2", "BV", "B0", "PF"), ago_s=1500)
    line.looked(
        cars["review"], facts.Defect(code="broken", location="front_left"), photos=2, note="灯罩裂纹，进水"
    )  # fmt: skip
    void = line.begin(cars["review"], "brake", "brake-1", "B1", ago_s=1200)
    line.fact(cars["review"], facts.RunVoided(run=void, item="B1", reason="wheel_lost"), ago_s=1180)
    line.busy.clear()
    line.judge(cars["review"], B1=Outcome.FAIL)
    cars["arrived"] = line.arrive(ago_s=120)
    for name in ("brake", "next", "later", "exhaust"):
        for stage in ("appearance", "chassis", "underbody")[: 1 if name == "exhaust" else 3]:
            line.fact(cars[name], facts.StageStarted(stage=stage, attempt=1, bay=None), ago_s=500)
            line.fact(cars[name], facts.StageFinished(stage=stage, attempt=1, bay=None), ago_s=500 - TOOK_S[stage])
    cars["run"] = line.begin(cars["brake"], "brake", "brake-1", "B1", ago_s=190)
    line.begin(cars["exhaust"], "exhaust", "smoke-1", "FA", ago_s=250)
    waiting = (cars["next"], cars["later"])
    line.phases = {"brake-1": "brake", "smoke-1": "rise"}
    line.queue = {"brake": waiting, "lamps": waiting, "review": (cars["review"],)}
    for rig, check, ago_s in (("rbt-1", "zero", 7800), ("gas-1", "zero", 1200), ("gas-1", "leak_test", 7500)):
        line.checked(rig, check, ago_s=ago_s)
    return cars


async def seen(line: LinePeer, desk: Any) -> None:
    """Wait until the desk knows everything that the line has said."""
    await line.publish_state()
    board = desk.app.board
    here = {s: i.last_seq for s, i in line.inspections.items()}
    await desk.until(lambda: board.state and board.state.seq == line.seq)
    await desk.until(lambda: board.printer or not line.bays[3:])
    await desk.until(lambda: {s: v.inspection.last_seq for s, v in board.vehicles.items()} == here)
    await desk.pilot.pause(0.15)


async def filled(line: LinePeer, desk: Any) -> dict[str, str]:
    cars = await a_day(line)
    await desk.skip_log_in()
    await seen(line, desk)
    return cars


# -- scenes


async def log_in(line: LinePeer, desk: Any) -> tuple[str, ...]:
    await seen(line, desk)
    return ("PIN",)


async def empty(line: LinePeer, desk: Any) -> tuple[str, ...]:
    await desk.skip_log_in()
    return ("F2",)


async def busy(line: LinePeer, desk: Any) -> tuple[str, ...]:
    await filled(line, desk)
    return ("浙H12385", "沪A5K88J", "京N88K61", "浙A10000", "brake-1 ▶浙H12385")


async def rig_down(line: LinePeer, desk: Any) -> tuple[str, ...]:
    await filled(line, desk)
    line.rigs["rbt-1"] = "offline"
    remedy = Text(zh="检查电源和线缆；恢复后自动继续使用。", en="Check power and cable; it is used again by itself.")
    line.locks = (m.Lock(subject="rbt-1", reason=Text(zh="没有应答", en="no answer"), remedy=remedy),)
    await line.publish_printer("stopped", queued=3)
    await line.publish_state()
    return ("✗ ", "rbt-1", "A4", "brake-1 ✗")


async def offline(line: LinePeer, desk: Any) -> tuple[str, ...]:
    await filled(line, desk)
    line.online = False
    await line.publish_state()
    return ("○ ", "浙H12385", "station run")


async def fault(line: LinePeer, desk: Any) -> tuple[str, ...]:
    await filled(line, desk)
    line.rigs["gas-1"] = "fault"
    space = {"zh": "存储空间只剩 180 MB，低于 512 MB", "en": "180 MB of disk space left, below 512 MB"}
    clean = {"zh": "清理磁盘；空间够了自动恢复。", "en": "Make room on the disk; it goes on by itself."}
    line.locks = (m.Lock(subject="space", reason=Text(**space), remedy=Text(**clean)),)
    await line.publish_state()
    await desk.press("f7")
    await desk.sees("lamp-1 ")
    await desk.press("down")
    return ("gas-1", "180 MB", "512 MB")


async def search(line: LinePeer, desk: Any) -> tuple[str, ...]:
    await filled(line, desk)
    await desk.type("1")
    await desk.sees("●")
    return ("● 0004 浙H12385", "● 0006 粤B7X912", "brake-1", "–")


async def details(line: LinePeer, desk: Any) -> tuple[str, ...]:
    await filled(line, desk)
    await desk.type("n88")
    await desk.press("enter")
    return ("京N88K61", "灯罩裂纹，进水", "27.1 %")


async def devices(line: LinePeer, desk: Any) -> tuple[str, ...]:
    await filled(line, desk)
    await desk.press("f7")
    await desk.sees("lamp-1 ")
    await desk.press("down")
    return ("rbt-1", "gas-1", "smoke-1", "lamp-1", "09:10", "07:25")


async def lane_brake(line: LinePeer, desk: Any) -> tuple[str, ...]:
    cars = await filled(line, desk)
    await desk.press("f3")
    left = [int(2600 * min(1.0, n / 180) * (1 + 0.03 * math.sin(n / 6))) for n in range(300)]
    line.prompt(cars["brake"], PRESS, countdown="6")
    line.live(cars["run"], cars["brake"], curves={"force_left": left, "force_right": [v * 9 // 10 for v in left]})
    await desk.until(lambda: desk.app.board.traces)
    await desk.pilot.pause(0.4)
    return ("浙H12385", " L ", " R ", "2677")


async def lane_smoke(line: LinePeer, desk: Any) -> tuple[str, ...]:
    cars = await filled(line, desk)
    await desk.press("f3")
    await desk.sees("smoke-1 ")
    await desk.press("ctrl+home", *["down"] * 6)
    for n in range(120):
        k = 0.9 * math.exp(-(((n % 60) - 20) ** 2) / 60)
        values = {"k": f"{k:.2f}", "opacity": f"{k * 30:.1f}", "engine_speed": str(800 + int(3000 * k))}
        line.live("s", cars["exhaust"], rig="smoke-1", item="FA", values=values, mono_ns=n * 50_000_000, sequence=n)
    line.prompt(cars["exhaust"], ACCELERATE, bay="smoke-1", item="FA")
    trace = desk.app.board.traces
    await desk.until(lambda: "smoke-1" in trace and len(trace["smoke-1"].trends["k"]) == 120)
    await desk.pilot.pause(0.4)
    return ("k", "1/m", "0.90", "浙AF01234")


async def lane_lamps(line: LinePeer, desk: Any) -> tuple[str, ...]:
    cars = await filled(line, desk)
    run = line.begin(cars["next"], "lamps", "lamp-1", "H1", ago_s=60)
    await desk.press("f3")
    await desk.sees("smoke-1 ")
    await desk.press("ctrl+home", *["down"] * 5)
    values = {"left_main_intensity": "21500", "left_main_high_dx": "-45", "left_main_high_dy": "12"}
    line.live(run, cars["next"], rig="lamp-1", item="H1", values=values)
    line.prompt(cars["next"], LAMPS_ON, bay="lamp-1", item="H1", side="right")
    await desk.until(lambda: "lamp-1" in desk.app.board.traces)
    return ("21500", "✓ H1", "▶ H4")


async def review(line: LinePeer, desk: Any) -> tuple[str, ...]:
    await filled(line, desk)
    await desk.press("f4")
    return ("京N88K61", "灯罩裂纹，进水", "B1")


async def reset_pin(line: LinePeer, desk: Any) -> tuple[str, ...]:
    await filled(line, desk)
    await desk.press("f7", "n")
    return ("PIN",)


async def cancel(line: LinePeer, desk: Any) -> tuple[str, ...]:
    await filled(line, desk)
    await desk.press(*["down"] * 5, "delete")
    return ("沪A5K88J",)


SCENES: dict[str, Scene] = {
    scene.__name__.replace("_", "-"): scene
    for scene in (
        log_in, empty, busy, rig_down, offline, fault, search, details, devices, lane_brake, lane_smoke, lane_lamps,
        review, reset_pin, cancel,
    )
}  # fmt: skip
