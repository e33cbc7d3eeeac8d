"""Make the verifier's page: one HTML file with everything in it, which may send nothing and load nothing.

``python -m station.ledger.verify_page`` writes it anew after its parts have changed.
"""

import base64
import hashlib
import json
import re
from pathlib import Path
from string import Template

from station.model.text import LANGUAGES

LEDGER = Path(__file__).parent
PARTS = LEDGER / "page"
PAGE = LEDGER.parent / "office" / "verify.html"


def build_page() -> str:
    """Return the page: verifier, sentences and style in one file, under a policy that allows exactly these."""
    style, script = _read(PARTS / "page.css"), _script()
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "connect-src 'none'",
            "form-action 'none'",
            "base-uri 'none'",
        )
    )
    return Template(_read(PARTS / "page.html")).substitute(policy=policy, style=style, script=script)


def _script() -> str:
    texts = {language: json.loads(_read(PARTS / f"{language}.json")) for language in LANGUAGES}
    page = re.sub(r"^import .*\n", "", _read(PARTS / "page.mjs"), flags=re.MULTILINE)
    # In JSON "<" stands in strings only; written so, no sentence can end the script.
    constant = json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c")
    # A block of its own: the page's names are not the verifier's.
    return "\n".join((_read(LEDGER / "verify.mjs"), "{", f"const SENTENCES = {constant};", page, "}", ""))


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    PAGE.write_text(build_page(), encoding="utf-8")
