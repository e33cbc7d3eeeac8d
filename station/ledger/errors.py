"""What can go wrong with the ledger, said to the person who can act."""

from station.model.text import Catalogue
from station.store.errors import StoreError

TEXTS = Catalogue(
    {
        "zh": {
            "busy": "另一个检测线程序正在写入该台账{holder}",
            "busy.todo": "同一检测站只能运行一个检测线程序；请先停止另一个",
            "answered": "客户端 {client} 的命令 {command_id} 已经执行过",
            "answered.todo": "请返回已保存的应答，不要重复执行",
            "no_evidence": "运行 {run} 的检测曲线没有随结果一起提交",
            "no_evidence.todo": "没有原始曲线的结果无效；请重新检测",
            "cut": "台账末尾缺少事件：应到 {expected}，实到 {found}",
            "cut.todo": "请勿继续使用该数据库；请从备份恢复并运行 station ledger verify",
            "altered": "台账最后一条事件（{seq}）已被改动",
            "altered.todo": "请勿继续使用该数据库；请运行 station ledger verify，并从备份恢复",
            "unknown": "事件 {seq}（{kind} 版本 {version}）由更新的软件写入",
            "unknown.todo": "请安装写入该台账的软件版本或更新的版本",
            "unlifted": "本软件缺少把事件 {seq}（{kind} 版本 {version}）转换为当前格式的步骤",
            "unlifted.todo": "请重新安装本软件；原有数据没有改动",
            "damaged": "台账中有无法读取的事件：{detail}",
            "damaged.todo": "请运行 station ledger verify 找出该事件，并从备份恢复；原有投影表没有改动",
            "stranger": "事件 {seq}（{kind}）所属的检验 {serial} 不存在",
            "stranger.todo": "没有写入任何数据；请把这条信息交给维护人员",
            "used": "事件 {seq}：流水号 {serial} 已经用过",
            "used.todo": "流水号不得重复使用；没有写入任何数据，请把这条信息交给维护人员",
            "closed": "台账已关闭",
            "closed.todo": "请重新启动检测线程序",
        },
        "en": {
            "busy": "another line program is writing this ledger{holder}",
            "busy.todo": "a station runs one line only: stop the other one first",
            "answered": "command {command_id} of client {client} was carried out before",
            "answered.todo": "send the stored reply, and do not carry it out again",
            "no_evidence": "the curves of run {run} did not come with its result",
            "no_evidence.todo": "a result without its curves does not count: measure again",
            "cut": "events are missing at the end of the ledger: {expected} expected, {found} found",
            "cut.todo": "do not go on with this database: restore a backup and run station ledger verify",
            "altered": "the last event of the ledger ({seq}) was altered",
            "altered.todo": "do not go on with this database: run station ledger verify and restore a backup",
            "unknown": "event {seq} ({kind}, version {version}) was written by newer software",
            "unknown.todo": "install the version that wrote this ledger, or a newer one",
            "unlifted": "this software lacks the step that lifts event {seq} ({kind}, version {version})",
            "unlifted.todo": "install the software again; nothing was changed",
            "damaged": "the ledger has an event that cannot be read: {detail}",
            "damaged.todo": "run station ledger verify to find it, and restore a backup; no table was changed",
            "stranger": "event {seq} ({kind}) belongs to inspection {serial}, which does not exist",
            "stranger.todo": "nothing was written; hand this line to the maintainer",
            "used": "event {seq}: the serial {serial} was used before",
            "used.todo": "serials are never used twice; nothing was written, hand this line to the maintainer",
            "closed": "the ledger is closed",
            "closed.todo": "start the line program again",
        },
    }
)


class LedgerError(StoreError):
    """The ledger cannot do what was asked."""

    @classmethod
    def of(cls, case: str, where: str, **values: object) -> "LedgerError":
        """Return the error of one case of the catalogue."""
        return cls(TEXTS.text(case, **values), where, TEXTS.text(f"{case}.todo"))


class LedgerBusy(LedgerError):  # noqa: N818  # says what is so, as does the next
    """Another process is the only writer."""


class DuplicateCommand(LedgerError):  # noqa: N818
    """The command was answered before: its reply is stored, and nothing was written now."""
