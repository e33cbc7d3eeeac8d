"""The tests of the rules would notice: each small change of ``station/rules`` makes at least one of them fail.

mutmut makes the changes (another operator, number or key, a call without an argument ...) in a copy of the project and
runs, for each, the tests that reach the changed function. What survives is printed with its difference; the reasons
stand in docs/reference/proofs.md.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = ("station", "devices", "handheld", "reports", "sim", "docs", "tests", "pyproject.toml")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "vendor", "fonts", "node_modules", "*.pyc")
READS_THE_SOURCE = "tests/station/rules/test_pack.py::test_no_limit_of_the_pack_stands_in_the_code"
"""It looks at the numbers in the code, of which mutmut's copy holds the changed ones too."""
CONFIG = f"""
[tool.mutmut]
source_paths = ["station/rules"]
track_dependencies = false
also_copy = {json.dumps([name for name in COPIED if name not in ("tests", "pyproject.toml")])}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist", "--deselect", "{READS_THE_SOURCE}"]
pytest_add_cli_args_test_selection = ["tests/station/rules"]
"""
LEAST = 0.95


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that may be changed."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=LEFT_OUT)
        else:
            shutil.copy(ROOT / name, tmp_path)
    with (tmp_path / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(CONFIG)
    return tmp_path


def mutmut(project: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("mutmut")), *arguments],
        cwd=project,
        env={**os.environ, "EXAMPLES": "20"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.proof
@pytest.mark.timeout(4 * 3600)
def test_at_least_95_of_100_changes_of_the_rules_are_noticed(project: Path, request: pytest.FixtureRequest) -> None:
    wanted = request.config.getoption("--mutants")
    mutmut(project, "run", "--max-children", str(request.config.getoption("--workers")), *([wanted] if wanted else []))
    states = dict(line.strip().split(": ") for line in mutmut(project, "results", "--all", "true").splitlines())
    looked_at = Counter(state for state in states.values() if state != "not checked")
    survivors = sorted(name for name, state in states.items() if state in ("survived", "no tests"))
    for name in survivors:
        print(mutmut(project, "show", name))
    killed = 1 - len(survivors) / looked_at.total()
    print(f"{looked_at.total()} changes: {dict(looked_at)}; {100 * killed:.1f} % noticed")
    assert killed >= LEAST
