"""What is said of a configuration that cannot be used: file, line, key, what was expected."""

from station.model.text import Catalogue

TEXTS = Catalogue(
    {
        "zh": {
            "unreadable": "{file}：无法读取：{why}",
            "not_utf8": "不是 UTF-8 文本",
            "not_toml": "{file}：不是有效的 TOML：{where}",
            "wrong": "{file}：{key}：{what}",
            "wrong_at": "{file}，第 {line} 行：{key}：{what}",
            "time_zone": "应为时区名称，例如 Asia/Shanghai",
            "own_address": "应为本机的地址，或 0.0.0.0 表示所有地址",
            "host_name": "“{name}”既不是主机名，也不是地址；应为 station.lan 这样的名称",
            "exposed": "“{host}”对其他设备开放而没有加密；应为 127.0.0.1，"
            "手机和其他电脑要连接时在 [lan] 中设置 enabled = true",
            "ca_alone": "只能与 external 同用；自带的消息服务器使用本站自己的证书颁发机构（[lan]）",
            "twice": "“{id}”用了两次；每个 {kind} 要有自己的 id",
            "undeclared": "没有声明过“{rig}”；应为以下之一：{rigs}",
            "none": "（没有设备）",
            "another_bay": "“{rig}”已在另一个工位；每个工位要有自己的设备",
            "lane_taken": "通道“{lane}”已有一个带设备的工位；应使用自己的通道",
            "wrong_stage": "工位 {bay}：设备 {rig} 的类型是 {kind}，用于 {expected}，不能用于 {stage}",
        },
        "en": {
            "unreadable": "{file}: cannot be read: {why}",
            "not_utf8": "it is no UTF-8 text",
            "not_toml": "{file}: not valid TOML: {where}",
            "wrong": "{file}: {key}: {what}",
            "wrong_at": "{file}, line {line}: {key}: {what}",
            "time_zone": "expected a time zone name such as Asia/Shanghai",
            "own_address": "expected an address of this computer, or 0.0.0.0 for all of them",
            "host_name": "{name!r} is neither a host name nor an address; expected, say, station.lan",
            "exposed": "{host} is open to other devices without TLS; expected 127.0.0.1, "
            "and for phones and other computers enabled = true under [lan]",
            "ca_alone": "goes with external only; the bundled broker has the station's own authority ([lan])",
            "twice": "{id!r} is used twice; every {kind} needs an id of its own",
            "undeclared": "{rig!r} is not declared; expected one of {rigs}",
            "none": "none",
            "another_bay": "{rig!r} stands in another bay already; expected a rig of its own",
            "lane_taken": "{lane!r} has a bay with a rig already; expected a lane of its own",
            "wrong_stage": "bay {bay}: rig {rig} is of kind {kind} and serves the stage {expected}, not {stage}",
        },
    }
)
