"""What is said of a case that cannot be used: what is wrong where, and what to do."""

from station.model.text import Catalogue

TEXTS = Catalogue(
    {
        "zh": {
            "number": "应为数字，实际是 {found}",
            "finite": "应为有限的数字",
            "digits": "应为绝对值不超过 1e12、小数不超过 20 位的数字",
            "lengths": "quality 应与 values 等长（{counts}）",
            "size": "文件大于 {most} MB；案例中一个项目一条曲线即可，请拆成几个案例",
            "empty": "文件是空的；请先做一个示例：station judge --example B1 > case.json",
            "not_utf8": "应为 UTF-8 编码，第 {byte} 字节不是；请用编辑器另存为 UTF-8",
            "not_json": "不是 JSON，从这里起读不下去；请查看引号、逗号、括号",
            "deep": "括号套得太深；请对照示例：station judge --example B1",
            "constant": "{found} 不是数字；没有测得的采样请写 null",
            "twice": "这一项写了两次；请删去一个",
            "no_object": "应为一个对象（花括号）；请对照示例：station judge --example B1",
            "channel": "没有通道 {name}；{near}",
            "channel_near": "最接近的是 {near}",
            "channel_see": "各通道见 station schema case",
            "unit": "{name} 的单位应为 {expected} 或其换算单位，不是 {unit}；请改正单位",
            "below": "{value} {unit} 小于可能的最小值 {bound} {unit}；请核对数值和单位",
            "above": "{value} {unit} 大于可能的最大值 {bound} {unit}；请核对数值和单位",
            "ratio": "制动力之和是轮荷重力的 {percent} %，不可能；很可能单位弄错了（N 与 daN、kN，或 kg 与 N），请核对",
        },
        "en": {
            "number": "expected a number, found {found}",
            "finite": "expected a finite number",
            "digits": "expected a number of at most 1e12 either way, with at most 20 decimals",
            "lengths": "quality and values differ in length ({counts})",
            "size": "the file is larger than {most} MB; one curve a channel and item is enough: divide it into cases",
            "empty": "the file is empty; begin with an example: station judge --example B1 > case.json",
            "not_utf8": "expected UTF-8, byte {byte} is not; save it as UTF-8 in your editor",
            "not_json": "this is not JSON from here on; look at quotes, commas and brackets",
            "deep": "brackets stand too deep; compare with an example: station judge --example B1",
            "constant": "{found} is no number; write null for a sample that was not measured",
            "twice": "this key stands here twice; delete one of them",
            "no_object": "expected an object in braces; compare with an example: station judge --example B1",
            "channel": "there is no channel {name}; {near}",
            "channel_near": "near it: {near}",
            "channel_see": "the channels stand in: station schema case",
            "unit": "{name} is in {expected} or what converts to it, not in {unit}; correct the unit",
            "below": "{value} {unit} is below the least that can be, {bound} {unit}; check value and unit",
            "above": "{value} {unit} is above the most that can be, {bound} {unit}; check value and unit",
            "ratio": "the braking forces are {percent} % of the weight on these wheels, which cannot be; most likely a "
            "unit is mixed up (N with daN or kN, kg with N): check both",
        },
    }
)
