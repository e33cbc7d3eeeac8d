"""Why a certificate is not trusted: a sentence of its own for each reason, and every sentence in use."""

import ssl

from station.bus.trust import distrust
from station.bus.words import words

URL = "mqtts://station.lan:18883"


def why(code: int | None) -> str:
    """Return what is said of OpenSSL's reason, or of a peer that speaks no TLS."""
    if code is None:
        return distrust(ssl.SSLError("wrong version number"), URL).en
    error = ssl.SSLCertVerificationError("refused")
    error.verify_code = code
    return distrust(error, URL).en


def test_every_reason_has_its_sentence_and_every_sentence_its_reason() -> None:
    said = {why(code) for code in (None, 9, 10, 18, 19, 20, 47, 62, 64)}
    reasons = {key for key in words().keys() if key.startswith("trust.")}  # noqa: SIM118
    assert said == {words().say("en", key, url=URL) for key in reasons}
    assert all(URL in sentence for sentence in said)
    assert why(62) == why(64)
    assert why(18) == why(20)
