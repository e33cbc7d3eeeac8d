"""Codes and names of items and stages (GB 38900 era station interface)."""

from typing import Literal

from station.model.text import Text

Stage = Literal["desk", "appearance", "brake", "exhaust", "review", "report", "handback"]
STAGES: tuple[Stage, ...] = ("desk", "appearance", "brake", "exhaust", "review", "report", "handback")

STAGE_NAMES: dict[Stage, Text] = {
    "desk": Text(zh="登录", en="Front desk"),
    "appearance": Text(zh="外观检查", en="Appearance"),
    "brake": Text(zh="制动", en="Brakes"),
    "exhaust": Text(zh="尾气", en="Exhaust"),
    "review": Text(zh="审核签字", en="Review"),
    "report": Text(zh="出具报告", en="Report"),
    "handback": Text(zh="交还钥匙", en="Keys back"),
}

Item = Literal["F1", "B1", "B2", "B3", "B4", "B5", "B0", "BV", "PF"]
"""Item codes of the station interface; BV is ours: the whole-vehicle rate has no code of its own there."""

ITEM_NAMES: dict[str, Text] = {
    "F1": Text(zh="车辆外观检查", en="Exterior check"),
    "B1": Text(zh="一轴行车制动", en="Service brake, axle 1"),
    "B2": Text(zh="二轴行车制动", en="Service brake, axle 2"),
    "B3": Text(zh="三轴行车制动", en="Service brake, axle 3"),
    "B4": Text(zh="四轴行车制动", en="Service brake, axle 4"),
    "B5": Text(zh="五轴行车制动", en="Service brake, axle 5"),
    "B0": Text(zh="驻车制动", en="Parking brake"),
    "BV": Text(zh="整车制动", en="Service brake, whole vehicle"),
    "PF": Text(zh="双怠速尾气", en="Exhaust, double idle"),
}

ITEM_STAGES: dict[str, Stage] = {
    "F1": "appearance",
    "B1": "brake",
    "B2": "brake",
    "B3": "brake",
    "B4": "brake",
    "B5": "brake",
    "B0": "brake",
    "BV": "brake",
    "PF": "exhaust",
}

AXLE_ITEMS = ("B1", "B2", "B3", "B4", "B5")
"""Service brake of one axle, unladen; the digit is the axle."""

Role = Literal["guide", "registrar", "appearance", "pit", "driver", "emissions", "maintainer", "signatory", "manager"]
