"""Codes and names of items and stages (GB 38900 era station interface)."""

from typing import Literal, get_args

from station.model.text import Text

Stage = Literal[
    "desk", "appearance", "chassis", "underbody", "brake", "lamps", "exhaust", "review", "report", "handback"
]
STAGES: tuple[Stage, ...] = get_args(Stage)
MEASURED_STAGES: tuple[Stage, ...] = ("appearance", "chassis", "underbody", "brake", "lamps", "exhaust")
"""The stages in which items are done, by a person or by a rig."""

STAGE_NAMES: dict[Stage, Text] = {
    "desk": Text(zh="登录", en="Front desk"),
    "appearance": Text(zh="外观检查", en="Appearance"),
    "chassis": Text(zh="底盘动态", en="Dynamic check"),
    "underbody": Text(zh="底盘部件", en="Underbody"),
    "brake": Text(zh="制动", en="Brakes"),
    "lamps": Text(zh="前照灯", en="Headlamps"),
    "exhaust": Text(zh="尾气", en="Exhaust"),
    "review": Text(zh="审核签字", en="Review"),
    "report": Text(zh="出具报告", en="Report"),
    "handback": Text(zh="交还钥匙", en="Keys back"),
}

Item = Literal[
    "UC",
    "F1",
    "DC",
    "C1",
    "B1",
    "B2",
    "B3",
    "B4",
    "B5",
    "B0",
    "BV",
    "L1",
    "L2",
    "L3",
    "L4",
    "H1",
    "H2",
    "H3",
    "H4",
    "A1",
    "M1",
    "Z1",
    "S1",
    "R1",
    "PF",
    "WT",
    "VM",
    "FA",
    "LD",
    "OBD",
]
"""Item codes of the station interface.

BV, the whole-vehicle rate, is ours: it has no code of its own there. So are the exhaust methods, all of them one code
there: PF double idle, WT steady state (稳态工况法), VM short transient (简易瞬态工况法), FA free acceleration
(自由加速法), LD lug-down (加载减速法).
"""

ITEM_NAMES: dict[str, Text] = {
    "UC": Text(zh="车辆唯一性检查", en="Vehicle identity"),
    "F1": Text(zh="车辆外观和安全装置检查", en="Exterior and safety devices"),
    "DC": Text(zh="底盘动态检验", en="Dynamic check"),
    "C1": Text(zh="车辆底盘部件检查", en="Underbody"),
    "B1": Text(zh="一轴行车制动", en="Service brake, axle 1"),
    "B2": Text(zh="二轴行车制动", en="Service brake, axle 2"),
    "B3": Text(zh="三轴行车制动", en="Service brake, axle 3"),
    "B4": Text(zh="四轴行车制动", en="Service brake, axle 4"),
    "B5": Text(zh="五轴行车制动", en="Service brake, axle 5"),
    "B0": Text(zh="驻车制动", en="Parking brake"),
    "BV": Text(zh="整车制动", en="Service brake, whole vehicle"),
    "L1": Text(zh="一轴加载制动", en="Service brake, axle 1 loaded"),
    "L2": Text(zh="二轴加载制动", en="Service brake, axle 2 loaded"),
    "L3": Text(zh="三轴加载制动", en="Service brake, axle 3 loaded"),
    "L4": Text(zh="四轴加载制动", en="Service brake, axle 4 loaded"),
    "H1": Text(zh="左外灯", en="Headlamp, left outer"),
    "H2": Text(zh="左内灯", en="Headlamp, left inner"),
    "H3": Text(zh="右内灯", en="Headlamp, right inner"),
    "H4": Text(zh="右外灯", en="Headlamp, right outer"),
    "A1": Text(zh="侧滑", en="Side slip"),
    "M1": Text(zh="外廓尺寸", en="Outline dimensions"),
    "Z1": Text(zh="整备质量", en="Curb mass"),
    "S1": Text(zh="车速表", en="Speedometer"),
    "R1": Text(zh="路试制动", en="Brakes on the road"),
    "PF": Text(zh="双怠速尾气", en="Exhaust, double idle"),
    "WT": Text(zh="稳态工况法尾气", en="Exhaust, steady state"),
    "VM": Text(zh="简易瞬态工况法尾气", en="Exhaust, short transient"),
    "FA": Text(zh="自由加速烟度", en="Smoke, free acceleration"),
    "LD": Text(zh="加载减速法烟度", en="Smoke, lug-down"),
    "OBD": Text(zh="车载诊断系统", en="On-board diagnostics"),
}

ITEM_STAGES: dict[str, Stage] = {
    "UC": "appearance",
    "F1": "appearance",
    "DC": "chassis",
    "C1": "underbody",
    "B1": "brake",
    "B2": "brake",
    "B3": "brake",
    "B4": "brake",
    "B5": "brake",
    "B0": "brake",
    "BV": "brake",
    **dict.fromkeys(("L1", "L2", "L3", "L4", "R1"), "brake"),
    "H1": "lamps",
    "H2": "lamps",
    "H3": "lamps",
    "H4": "lamps",
    **dict.fromkeys(("A1", "S1"), "brake"),
    **dict.fromkeys(("M1", "Z1"), "appearance"),
    **dict.fromkeys(("PF", "WT", "VM", "FA", "LD", "OBD"), "exhaust"),
}

AXLE_ITEMS = ("B1", "B2", "B3", "B4", "B5")
"""Service brake of one axle, unladen; the digit is the axle."""

LOADED_AXLE_ITEMS = ("L1", "L2", "L3", "L4")
"""Service brake of one axle under load (加载制动); the digit is the axle."""

PARKING_AXLE_ITEMS = ("B01", "B02", "B03", "B04", "B05")
"""Runs of the parking brake, one for each parking axle of a vehicle with several; the last digit is the axle."""

CHECKLIST_ITEMS = ("UC", "F1", "DC", "C1")
"""Items that a person does by a check-list of points."""

LAMP_ITEMS = ("H1", "H2", "H3", "H4")
"""One headlamp each; the tester measures them all in one run, H4 and H1 alone on a two-lamp system."""

RigKind = Literal["brake", "gas", "smoke", "lamp"]
RIG_KINDS: dict[str, RigKind] = {
    **dict.fromkeys((*AXLE_ITEMS, "B0"), "brake"),
    **dict.fromkeys(LAMP_ITEMS, "lamp"),
    "PF": "gas",
    "FA": "smoke",
}
"""Which kind of rig measures an item; what stands here not is done by a person, or derived."""

MEASURED_ITEMS: tuple[str, ...] = (*CHECKLIST_ITEMS, *RIG_KINDS, "BV")
"""What a line of ours can do; a vehicle that needs other items has them done elsewhere, or is not registered."""

RIG_STAGES: dict[RigKind, Stage] = {"brake": "brake", "gas": "exhaust", "smoke": "exhaust", "lamp": "lamps"}
"""Which stage a kind of rig serves."""

Role = Literal["guide", "registrar", "appearance", "pit", "driver", "emissions", "maintainer", "signatory", "manager"]
STAGE_ROLES: dict[Stage, Role] = {
    "appearance": "appearance",
    "chassis": "driver",
    "underbody": "pit",
    "brake": "driver",
    "lamps": "driver",
    "exhaust": "emissions",
    "review": "signatory",
}
"""Who works on a stage; the others begin and end with a command of their own."""

LOCATION_NAMES: dict[str, Text] = {
    "front": Text(zh="前部", en="front"),
    "rear": Text(zh="后部", en="rear"),
    "left": Text(zh="左侧", en="left"),
    "right": Text(zh="右侧", en="right"),
    "front_left": Text(zh="左前", en="front left"),
    "front_right": Text(zh="右前", en="front right"),
    "rear_left": Text(zh="左后", en="rear left"),
    "rear_right": Text(zh="右后", en="rear right"),
    "inside": Text(zh="车内", en="inside"),
    "underneath": Text(zh="车底", en="underneath"),
}
"""Where on the vehicle something is, seen in its direction of travel."""
