"""Whether the text of a report's QR code holds under the public keys that the station published."""

from collections.abc import Iterable

from station.ledger.finding import TEXTS
from station.ledger.seal import holds, key_id
from station.model.proof import Proof
from station.model.text import Text


def check_proof(proof: Proof, published: Iterable[str]) -> Text | None:
    """Return what is wrong with a report's proof, None if it holds; the keys are raw public ones, hexadecimal."""
    keys = {key_id(public): public for public in published}
    report_no = proof.essence.report_no
    if not proof.key or not proof.signature:
        return TEXTS.text("qr_unsealed", report_no=report_no)
    public = keys.get(proof.key)
    if public is None:
        return TEXTS.text("qr_key", report_no=report_no, signer=proof.key, published=", ".join(keys))
    if not holds(public, proof.essence.to_bytes(), proof.signature):
        return TEXTS.text("qr_seal", report_no=report_no)
    return None
