"""What is said of backups and of restoring them, to the person at the station's computer."""

from station.model.text import Catalogue, Text
from station.store.errors import StoreError

TEXTS = Catalogue(
    {
        "zh": {
            "step.database": "数据库",
            "step.private": "密钥和配置",
            "step.evidence": "报告和照片",
            "step.check": "核对",
            "done": "备份完成并已核对：{folder}",
            "size": "台账 {size} 条事件，末尾哈希 {head}；文件 {files} 个，其中新复制 {new} 个",
            "same_disk": "注意：备份和数据在同一块磁盘上，磁盘损坏时会一起丢失",
            "secret": "备份里有个人信息和签名私钥，请像保管检测站本身一样保管",
            "restored": "已恢复 {made_at} 的备份：台账 {size} 条事件，末尾哈希 {head}",
            "forked": "已写入分叉事件 {seq}：台账从第 {size} 条之后重新开始，之后的 {lost} 条事件不再属于本台账",
            "forked_unknown": "已写入分叉事件 {seq}：台账从第 {size} 条之后重新开始；之后原有多少事件不得而知",
            "whole": "备份之后没有别的事件，台账没有分叉",
            "lost": "备份之后的事件：{events} 条；检验：{serials}；已签字的报告：{reports}",
            "none": "无",
            "aside": "原来的文件保留在：{path}",
            "configured": "请把 station.toml 中 [store] database 改为恢复到的数据库",
            "finding.chain": "台账不完整：{reason}",
            "finding.missing": "缺少台账中登记的文件 {sha256}",
            "finding.altered": "文件 {sha256} 的内容与哈希值不符，没有备份",
            "not_here": "这里没有完整的备份",
            "not_here.todo": "请指定 station backup 的目标目录，或其中一份备份；没有 manifest.json 的是中断的备份",
            "manifest": "备份的清单无法读取",
            "manifest.todo": "请改用另一份备份",
            "future": "备份由更新的软件写入（清单版本 {found}）",
            "future.todo": "请安装写入该备份的软件版本或更新的版本",
            "exists": "同名的备份已经存在",
            "exists.todo": "请稍后再试",
            "inside": "备份不能放在它要备份的目录里",
            "inside.todo": "请指定另一块磁盘上的目录",
            "changed": "备份中的文件已被改动或缺失：{path}",
            "changed.todo": "没有恢复任何数据；请改用另一份备份",
            "chain": "备份中的台账不完整：{reason}",
            "chain.todo": "没有恢复任何数据；请改用另一份备份",
            "station": "这是检测站 {found} 的备份，不是 {wanted} 的",
            "station.todo": "请检查配置中的检测站编号，或改用本站的备份",
            "lose": "备份之后还有事件：备份到第 {size} 条，已知到第 {known} 条",
            "lose.todo": "没有恢复任何数据；如果这些事件确实已丢失，请加 --fork --reason 原因",
            "unsaid": "无法知道备份之后是否还有事件（备份到第 {size} 条，时间 {made_at}）",
            "unsaid.todo": "没有恢复任何数据；之后还工作过：加 --fork --reason 原因；"
            "之后没有工作过（例如换电脑）：加 --complete",
            "nothing": "数据库与本站已知的台账一致，没有分叉",
            "nothing.todo": "没有写入任何数据；直接启动检测线即可",
        },
        "en": {
            "step.database": "database",
            "step.private": "keys and configuration",
            "step.evidence": "reports and photos",
            "step.check": "check",
            "done": "backup made and checked: {folder}",
            "size": "ledger of {size} events, head {head}; {files} files, {new} of them copied now",
            "same_disk": "note: the backup is on the same disk as the data and would be lost with it",
            "secret": "the backup holds personal data and private keys: keep it as safe as the station itself",
            "restored": "the backup of {made_at} is restored: ledger of {size} events, head {head}",
            "forked": "event {seq} says the fork: the ledger goes on after event {size}, "
            "the {lost} events behind it are no part of it any more",
            "forked_unknown": "event {seq} says the fork: the ledger goes on after event {size}; "
            "how much there was behind it is not known",
            "whole": "nothing came after the backup: the ledger is not forked",
            "lost": "after the backup came {events} events; inspections: {serials}; signed reports: {reports}",
            "none": "none",
            "aside": "what stood here before is kept: {path}",
            "configured": "now give station.toml the database that was restored to, as database of [store]",
            "finding.chain": "the ledger is not in order: {reason}",
            "finding.missing": "a file that the ledger names is missing: {sha256}",
            "finding.altered": "the file {sha256} is not what its hash was made of, and was not copied",
            "not_here": "there is no complete backup here",
            "not_here.todo": "name the folder that station backup wrote to, or one backup in it: "
            "that has a manifest.json, which one that was broken off lacks",
            "manifest": "the backup's manifest cannot be read",
            "manifest.todo": "use another backup",
            "future": "the backup was written by newer software (manifest version {found})",
            "future.todo": "install the version that wrote it, or a newer one",
            "exists": "there is a backup of that name already",
            "exists.todo": "try again in a moment",
            "inside": "a backup cannot stand in the folder that it is to keep",
            "inside.todo": "name a folder on another disk",
            "changed": "a file of the backup was changed or is missing: {path}",
            "changed.todo": "nothing was restored; use another backup",
            "chain": "the ledger in the backup is not in order: {reason}",
            "chain.todo": "nothing was restored; use another backup",
            "station": "this is a backup of station {found}, not of {wanted}",
            "station.todo": "check the station's id in the configuration, or use this station's backup",
            "lose": "events came after the backup: it ends at event {size}, {known} was reached",
            "lose.todo": "nothing was restored; if those events are lost, say so: --fork --reason WHY",
            "unsaid": "nothing says whether events came after the backup (it ends at event {size}, {made_at})",
            "unsaid.todo": "nothing was restored; if the station worked on: --fork --reason WHY; "
            "if it did not, as when it moves to another computer: --complete",
            "nothing": "the database is the ledger that this station knew: there is no fork",
            "nothing.todo": "nothing was written; start the line",
        },
    }
)


def because(case: str, reason: Text) -> Text:
    """Return the sentence of a case with its reason, in every language."""
    return Text(zh=TEXTS.say("zh", case, reason=reason.zh), en=TEXTS.say("en", case, reason=reason.en))


class BackupError(StoreError):
    """A backup cannot be made, or not be restored."""

    @classmethod
    def of(cls, case: str, where: object, **values: object) -> "BackupError":
        """Return the error of one case of the catalogue."""
        return cls(TEXTS.text(case, **values), str(where), TEXTS.text(f"{case}.todo"))
