"""What the seal of a report says, and the one line of text in which its QR code carries it. No signing here."""

import base64
import re
from urllib.parse import quote, unquote

from station.model.base import Frozen
from station.model.canonical import canonical
from station.model.event import PersonalValue
from station.model.facts import Conclusion
from station.model.text import SaidValueError, Text

PREFIX = "CI1/"
_NOT_A_CODE = Text(
    zh=f"这不是报告二维码的文字；应为 {PREFIX}…，共十一段",
    en=f"not the text of a report's QR code; expected {PREFIX}... with eleven parts",
)
_TEXT = re.compile(
    PREFIX + r"(?P<station>[A-Za-z0-9-]{1,40})/(?P<report_no>[A-Za-z0-9-]{1,80})/(?P<conclusion>pass|fail|invalid)"
    r"/(?P<signed_at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)/(?P<seq>[1-9]\d{0,18})/(?P<hash>[0-9a-f]{64})"
    r"/(?P<plate>[A-Za-z0-9%._~-]{0,90})/(?P<opening>[A-Za-z0-9_-]{0,64})"
    r"/(?P<key>[0-9a-f]{16}|)/(?P<signature>[A-Za-z0-9_-]{86}|)",
    re.ASCII,
)


class Essence(Frozen):
    """What the station's key signs of a report: ``seq`` and ``hash`` are of the event ``inspection.signed``."""

    station: str
    report_no: str
    conclusion: Conclusion
    signed_at: str
    seq: int
    hash: str
    plate_commitment: str

    def to_bytes(self) -> bytes:
        """Return the signed bytes: canonical JSON, ``seq`` as a string."""
        return canonical({**self.model_dump(), "seq": str(self.seq)})


class ProofError(SaidValueError):
    """The text is not that of a report's QR code."""


class Proof(Frozen):
    """The text of a report's QR code: the essence, the plate with the salt of its commitment, and the seal.

    ``plate`` and ``salt`` are empty when the plate was erased; ``key`` (id) and ``signature`` (hexadecimal) are empty
    when the report is not sealed.
    """

    essence: Essence
    plate: str
    salt: str
    key: str
    signature: str

    def to_text(self) -> str:
        """Return the text: ASCII, parts divided by ``/``."""
        e = self.essence
        opening = self.salt if self.plate else e.plate_commitment
        signature = base64.urlsafe_b64encode(bytes.fromhex(self.signature)).decode().rstrip("=")
        parts = (e.station, e.report_no, e.conclusion, e.signed_at, str(e.seq), e.hash)
        return PREFIX + "/".join((*parts, quote(self.plate, safe=""), opening, self.key, signature))

    @classmethod
    def from_text(cls, text: str) -> "Proof":
        """Read the text of a QR code; the plate's commitment is made from plate and salt.

        Raises:
            ProofError: it is not such a text.
        """
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise ProofError(_NOT_A_CODE)
        part = found.groupdict()
        plate, opening = unquote(part.pop("plate"), errors="replace"), part.pop("opening")
        key, signature = part.pop("key"), base64.urlsafe_b64decode(part.pop("signature") + "==").hex()
        commitment = plate_commitment(plate, opening) if plate else opening
        essence = Essence.model_validate({**part, "plate_commitment": commitment})
        return cls(essence=essence, plate=plate, salt=opening if plate else "", key=key, signature=signature)


def plate_commitment(plate: str, salt: str) -> str:
    """Return what stands for a plate in the chain."""
    return PersonalValue("", "plate", plate, salt).commitment
