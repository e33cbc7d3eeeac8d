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
            "behind": "数据库比本站已知的台账旧：本站已记到第 {known} 条事件，数据库只到第 {found} 条",
            "behind.todo": "如果原来的数据库还在，请换回来；如果它已丢失，请运行 station restore --fork --reason 原因",
            "branch": "数据库不是本站的台账：第 {known} 条事件与本站已知的不同",
            "branch.todo": "如果原来的数据库还在，请换回来；如果它已丢失，请运行 station restore --fork --reason 原因",
            "said_behind": "数据库比本站说过的旧：消息服务上还保留着第 {known} 条事件的状态，数据库只到第 {found} 条",
            "said_behind.todo": "如果原来的数据库还在，请换回来；如果它已丢失，"
            "请运行 station restore --fork --reason 原因 --lost-size {known} --lost-head {head}",
            "said_branch": "数据库不是本站的台账：消息服务上保留的状态里，第 {known} 条事件与库中的不同",
            "said_branch.todo": "如果原来的数据库还在，请换回来；如果它已丢失，"
            "请运行 station restore --fork --reason 原因 --lost-size {known} --lost-head {head}",
            "mark": "该文件已损坏，无法确认数据库是否是最新的",
            "mark.todo": "请运行 station ledger verify；确认台账完整后删除该文件，再启动检测线",
            "unfinished": "上一次恢复没有做完",
            "unfinished.todo": "请再运行一次同样的 station restore 命令",
            "closed": "台账已关闭",
            "closed.todo": "请重新启动检测线程序",
            "key_rights": "其他用户可以读取签名密钥（权限 {mode}）",
            "key_rights.todo": "请执行 chmod {wanted}；如有他人可能已经读过，再运行 station keys rotate 更换密钥",
            "key_owner": "签名密钥属于另一个用户",
            "key_owner.todo": "请用运行检测站的用户作为该文件的所有者（chown）",
            "key_damaged": "不是可用的 Ed25519 私钥文件",
            "key_damaged.todo": "请从备份恢复；没有备份则移走该文件：检测线下次启动时生成新密钥，须重新公布公钥",
            "key_name": "文件中是另一把密钥（{found}）",
            "key_name.todo": "请把文件改回原名 seal-{found}.pem，或从备份恢复",
            "key_disk": "无法读写密钥：{detail}",
            "key_disk.todo": "请检查该目录及磁盘的权限和空间",
            "key_public": "不是 Ed25519 公钥",
            "key_public.todo": "请使用 station keys show 给出的文件，或 64 位十六进制公钥",
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
            "behind": "the database is older than what the station knew: it ends at event {found}, {known} was written",
            "behind.todo": "put the right database back; if it is lost, run station restore --fork --reason WHY",
            "branch": "the database is not this station's ledger: its event {known} is another one than was written",
            "branch.todo": "put the right database back; if it is lost, run station restore --fork --reason WHY",
            "said_behind": "the database is older than what the station said: the broker still has its state of event "
            "{known}, the database ends at event {found}",
            "said_behind.todo": "put the right database back; if it is lost, "
            "run station restore --fork --reason WHY --lost-size {known} --lost-head {head}",
            "said_branch": "the database is not this station's ledger: its event {known} is another one than in the "
            "state that the broker still has",
            "said_branch.todo": "put the right database back; if it is lost, "
            "run station restore --fork --reason WHY --lost-size {known} --lost-head {head}",
            "mark": "the file is damaged, and so nothing says whether the database is the newest one",
            "mark.todo": "run station ledger verify; if the ledger is whole, delete this file and start the line",
            "unfinished": "a restore did not come to its end",
            "unfinished.todo": "run the same station restore command again",
            "closed": "the ledger is closed",
            "closed.todo": "start the line program again",
            "key_rights": "other users can read the signing key (rights {mode})",
            "key_rights.todo": "run chmod {wanted}; if somebody may have read it, run station keys rotate as well",
            "key_owner": "the signing key belongs to another user",
            "key_owner.todo": "give the file to the user that runs the station (chown)",
            "key_damaged": "this is no Ed25519 private key that can be used",
            "key_damaged.todo": "restore it from a backup; without one move it away: at its next start "
            "the line makes a new key, and its public key must be published anew",
            "key_name": "the file holds another key ({found})",
            "key_name.todo": "name it seal-{found}.pem again, or restore it from a backup",
            "key_disk": "the key cannot be read or written: {detail}",
            "key_disk.todo": "check the rights and the space of that folder and its disk",
            "key_public": "this is no Ed25519 public key",
            "key_public.todo": "use the file that station keys show names, or the key's 64 hexadecimal digits",
        },
    }
)


class LedgerError(StoreError):
    """The ledger cannot do what was asked."""

    @classmethod
    def of(cls, case: str, where: str, **values: object) -> "LedgerError":
        """Return the error of one case of the catalogue."""
        return cls(TEXTS.text(case, **values), where, TEXTS.text(f"{case}.todo", **values))


class LedgerBusy(LedgerError):  # noqa: N818  # says what is so, as does the next
    """Another process is the only writer."""


class KeyFileError(LedgerError):
    """A key file cannot be used."""


class LedgerForkedError(LedgerError):
    """The database is not the one that the station worked with last: an older copy, or another branch."""


class DuplicateCommand(LedgerError):  # noqa: N818
    """The command was answered before: its reply is stored, and nothing was written now."""
