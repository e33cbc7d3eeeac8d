"""What a check of the ledger can find, in one sentence, at the event where it is."""

from station.model.text import Catalogue

TEXTS = Catalogue(
    {
        "zh": {
            "missing": "缺少事件 {seq}：后面是 {found}",
            "cut": "台账在事件 {found} 处结束，应到 {expected}",
            "link": "事件 {seq} 没有接在前一条事件之后",
            "hash": "事件 {seq} 的内容与其哈希值不符",
            "body": "事件 {seq} 的正文不是规范格式",
            "anchor": "事件 {seq} 的哈希值与已公布的不同：台账被整体重写",
            "lost": "事件 {seq} 不在本台账中：检测站在事件 {fork} 处声明从较早的备份继续，此后的原有记录已丢失",
            "evidence": "事件 {seq} 的检测曲线缺失或已被改动",
            "personal": "事件 {seq} 保存的个人信息（{field}）与当时登记的不符",
            "line": "第 {line} 行不是台账事件",
            "seal_body": "事件 {seq} 的签章内容不完整",
            "key_id": "事件 {seq}：签名密钥的编号 {signer} 与其公钥不符",
            "key_again": "事件 {seq}：签名密钥 {signer} 早已启用过",
            "key_alone": "事件 {seq}：新签名密钥 {signer} 没有前一把密钥的签名，也不是已公布的公钥",
            "key_word": "事件 {seq}：前一把密钥对新密钥 {signer} 的签名不成立",
            "other_key": "事件 {seq} 的签章出自密钥 {signer}，而当时使用的不是这把密钥",
            "seal_place": "事件 {seq} 的检查点与它所在的位置不符",
            "seal": "事件 {seq} 的检查点签名不成立：之前的台账被改动，或签名是伪造的",
            "fork": "事件 {seq} 的分叉声明签名不成立",
            "report_place": "事件 {seq}：报告 {report_no} 的签章指向的不是它的签字事件",
            "report_seal": "事件 {seq}：报告 {report_no} 的签章不成立：报告内容被改动，或签章是伪造的",
            "stranger": "公布的公钥（{signer}）不是本台账的签名密钥：密钥被调换，或台账被整体重写",
            "unsealed": "公布的公钥（{signer}）没有在本台账中签过检查点",
            "qr_unsealed": "报告 {report_no} 没有检测站的签章",
            "qr_key": "报告 {report_no} 的签章出自密钥 {signer}，与所给的公钥（{published}）不是同一把",
            "qr_seal": "报告 {report_no} 的签章不成立：结论、号牌、日期等内容被改动，或签章是伪造的",
        },
        "en": {
            "missing": "event {seq} is missing: {found} follows",
            "cut": "the ledger ends at event {found}, where {expected} was reached before",
            "link": "event {seq} does not follow the event before it",
            "hash": "event {seq} is not what its hash was made of",
            "body": "event {seq} has a body that is not in canonical form",
            "anchor": "event {seq} has another hash than was published: the ledger was written anew",
            "lost": "event {seq} is not in this ledger: at event {fork} the station said that it goes on from an older "
            "backup, and what it had recorded after that is lost",
            "evidence": "the curves of event {seq} are missing or were changed",
            "personal": "the personal value ({field}) stored with event {seq} is not the one that was registered",
            "line": "line {line} is not an event of a ledger",
            "seal_body": "event {seq} is a seal that is not complete",
            "key_id": "event {seq}: the id {signer} of the signing key is not that of its public key",
            "key_again": "event {seq}: the signing key {signer} was enrolled before",
            "key_alone": "event {seq}: the new signing key {signer} comes without the signature of the key before it, "
            "and is not a published key",
            "key_word": "event {seq}: the signature of the key before it does not hold for the new key {signer}",
            "other_key": "event {seq} is sealed with the key {signer}, which was not the key in use",
            "seal_place": "event {seq} is a checkpoint that does not belong where it stands",
            "seal": "event {seq}: the checkpoint's signature does not hold: the ledger before it was changed, or the "
            "signature is forged",
            "fork": "event {seq}: the signature of the fork does not hold",
            "report_place": "event {seq}: the seal of report {report_no} names an event that is not its signature",
            "report_seal": "event {seq}: the seal of report {report_no} does not hold: what the report says was "
            "changed, or the seal is forged",
            "stranger": "the published key ({signer}) is not a signing key of this ledger: the key was swapped, or the "
            "ledger was written anew",
            "unsealed": "the published key ({signer}) has sealed no checkpoint of this ledger",
            "qr_unsealed": "report {report_no} has no seal of the station",
            "qr_key": "report {report_no} is sealed with the key {signer}, not with the public key given ({published})",
            "qr_seal": "the seal of report {report_no} does not hold: conclusion, plate, date or another part was "
            "changed, or the seal is forged",
        },
    }
)


class Finding(Exception):  # noqa: N818  # what was found, not an error
    """Something is not in order at an event."""

    def __init__(self, seq: int, case: str, **values: object) -> None:
        super().__init__(case)
        self.seq = seq
        self.reason = TEXTS.text(case, seq=seq, **values)
