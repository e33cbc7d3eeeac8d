"""Runs `station demo --headless` as a user would: in a process of its own, read by its published JSON."""

import subprocess
import sys
from pathlib import Path

from station.cli.demo_result import DemoResult


def run_demo(folder: Path, *options: str, timeout_s: float = 280.0) -> DemoResult:
    command = [
        sys.executable,
        "-m",
        "station.cli.main",
        "demo",
        "--headless",
        "--json",
        "--folder",
        str(folder),
        *options,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    assert done.returncode == 0, f"{done.stderr[-2000:]}\n{logs(folder)}"
    return DemoResult.model_validate_json(done.stdout)


def logs(folder: Path) -> str:
    return "\n".join(f"== {log.name}\n{log.read_text()[-1500:]}" for log in sorted((folder / "logs").iterdir()))
