"""Build the wheel: the five packages with their data, and the assets that set-up has brought.

It is built from a copy, so that nothing an earlier build or a test has left can get in. Whoever installs the wheel
needs neither npm nor git. Run by ``make wheel``.
Usage: python .ci/wheel.py FOLDER
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("station", "devices", "handheld", "reports", "sim")
BESIDE = ("pyproject.toml", "README.md", "LICENSE")
ASSETS = ("handheld/app/vendor", "reports/fonts")


def git(*arguments: str) -> str:
    """Return what git says of this repository."""
    return subprocess.run(("git", "-C", ROOT, *arguments), check=True, capture_output=True, text=True).stdout


def sources() -> list[str]:
    """Return the paths of what goes in, beside the assets: what git has, or would take."""
    known = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PACKAGES, *BESIDE)
    return sorted(path for path in set(known.split("\0")) if path and (ROOT / path).is_file())


def assets() -> list[str]:
    """Return the paths of the assets."""
    found = [[p for p in (ROOT / folder).glob("*") if p.is_file()] for folder in ASSETS]
    if not all(found):
        sys.exit("wheel: modules of the handheld or fonts of the reports are missing; run 'make setup'")
    return sorted(str(path.relative_to(ROOT)) for folder in found for path in folder)


def build(copy: Path, out: Path) -> None:
    """Build the wheel of a copy of the tree, without a network, dated as the commit is."""
    for path in (*sources(), *assets()):
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, copy / path)
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel")
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--no-cache-dir", "--wheel-dir", str(out), str(copy))
    dated = {"SOURCE_DATE_EPOCH": git("log", "-1", "--format=%ct").strip()}
    subprocess.run((*pip, *options), check=True, env=os.environ | dated)


def main() -> None:
    """Build it into the folder that is named."""
    with tempfile.TemporaryDirectory(prefix="wheel-") as copy:
        build(Path(copy), Path(sys.argv[1]).absolute())


if __name__ == "__main__":
    main()
