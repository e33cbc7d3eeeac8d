"""The wheel: all that the product needs is in it, and it works where there is neither npm nor this tree."""

import os
import subprocess
import sys
import sysconfig
import time
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from station.bus.broker import free_ports
from station.cli.demo_result import DemoResult
from station.line.config import load_config

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("station", "devices", "handheld", "reports", "sim")
ASSETS = ("handheld/app/vendor", "reports/fonts")
LARGEST_FILE, LARGEST_WHEEL = 11_000_000, 16_000_000
INIT = ("--id", "hz-07", "--name-zh", "示例站", "--name-en", "Example", "--staff", "1001", "--name", "站长")
# Asked from inside: where the packages are, and a report with both weights of the font. The tree comes last on the
# path, for the data of the report only.
RENDER = """
import sys, station, devices, handheld, reports, sim
sys.path.append(sys.argv[1])
from pathlib import Path
from reports.inspection import render_inspection
from tests.reports.sample_report import failed
Path("report.pdf").write_bytes(render_inspection(failed(), "zh"))
print(*(package.__file__ for package in (station, devices, handheld, reports, sim)), sep="\\n")
"""


def tree() -> set[str]:
    """Return every file of the packages: those of git, and those that set-up has brought."""
    listed = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PACKAGES)
    of_git = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    brought = {str(p.relative_to(ROOT)) for folder in ASSETS for p in (ROOT / folder).rglob("*") if p.is_file()}
    return {path for path in of_git if path and (ROOT / path).is_file()} | brought


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run((sys.executable, ROOT / ".ci" / "wheel.py", folder), cwd=folder, check=True, timeout=60)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs' folder of a new environment with the wheel, beside the libraries of this environment."""
    place = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(place, symlinks=True)
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", place / "bin" / "python")
    subprocess.run((*pip, "install", "--no-deps", "--no-index", wheel), check=True, timeout=60)
    (site,) = place.glob("lib/python*/site-packages")
    # Last on the path, and its own .pth files are not read: the editable install of this tree is out of the game.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    (place / "bin" / "nats-server").symlink_to(Path(sysconfig.get_path("scripts")) / "nats-server")
    return place / "bin"


def environment(installed: Path, home: Path) -> dict[str, str]:
    """Return variables under which no program but those of the environment is in reach."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "NATS_SERVER")}
    return kept | {"PATH": str(installed), "HOME": str(home)}


def run(installed: Path, cwd: Path, *command: str | Path, pin: str = "") -> str:
    """Run a program of the environment in another folder; return what it prints."""
    program = (installed / command[0], *command[1:])
    env = environment(installed, cwd)
    done = subprocess.run(program, cwd=cwd, env=env, input=pin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def new_station(installed: Path, folder: Path) -> Path:
    """Make a station on ports that are free, and return its configuration file."""
    run(installed, folder, "station", "init", "hz-07", *INIT, pin="246810\n")
    file = folder / "hz-07" / "station.toml"
    mqtt, ws, pages = free_ports(3)
    ports = f"\n[broker]\nmqtt_port = {mqtt}\nws_port = {ws}\n\n[office]\nport = {pages}\n"
    file.write_text(file.read_text(encoding="utf-8") + ports, encoding="utf-8")
    return file


@contextmanager
def running(installed: Path, file: Path) -> Iterator[str]:
    """Run a station; give the address of its pages once they are there. It ends in order, or the test fails."""
    command = (installed / "station", "run", "--config", file)
    env = environment(installed, file.parent)
    with subprocess.Popen(command, cwd=file.parents[1], env=env, stdout=subprocess.DEVNULL) as process:
        try:
            pages = f"http://127.0.0.1:{load_config(file)[0].office.port}/"
            wait_for(pages, process)
            yield pages
        finally:
            process.terminate()
            code = process.wait(timeout=30)
    assert code == 0


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a page answers; the test's own timeout ends it."""
    while process.poll() is None:
        with suppress(httpx.TransportError):
            httpx.get(address, trust_env=False)
            return
        time.sleep(0.05)
    raise AssertionError("the station has ended")


def test_every_file_of_the_packages_is_in_it_and_nothing_else(wheel: Path) -> None:
    files = {entry.filename: entry.file_size for entry in zipfile.ZipFile(wheel).infolist()}
    packed = {name for name in files if ".dist-info/" not in name}
    assert packed == tree()
    assert {f"reports/fonts/NotoSansSC_{weight}.ttf" for weight in ("400Regular", "700Bold")} <= packed
    assert {f"{package}/py.typed" for package in PACKAGES} <= packed
    assert max(files.values()) < LARGEST_FILE
    assert wheel.stat().st_size < LARGEST_WHEEL


def test_every_folder_of_assets_has_its_licences_beside_it(wheel: Path) -> None:
    packed = zipfile.ZipFile(wheel).namelist()
    for folder in ASSETS:
        assert any(name.startswith(f"{folder}/LICENSE") for name in packed), folder
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in packed)


def test_what_runs_is_the_wheel_and_a_report_has_its_fonts(installed: Path, tmp_path: Path) -> None:
    where = run(installed, tmp_path, "python", "-c", RENDER, ROOT).splitlines()
    assert [Path(file).is_relative_to(installed.parent) for file in where] == [True] * len(PACKAGES)
    report = (tmp_path / "report.pdf").read_bytes()
    assert b"NotoSansSC" in report
    assert b"NotoSansSC-Bold" in report


def test_a_new_station_runs_and_serves_its_pages(installed: Path, tmp_path: Path) -> None:
    file = new_station(installed, tmp_path)
    with running(installed, file) as pages:
        for path in ("app/", "app/app.mjs", "app/vendor/preact.mjs", "app/vendor/uplot.css", "verify"):
            assert httpx.get(pages + path, trust_env=False).status_code == 200, path


@pytest.mark.proof
@pytest.mark.timeout(120)
def test_a_car_goes_through(installed: Path, tmp_path: Path) -> None:
    told = run(installed, tmp_path, "station", "demo", "--headless", "--vehicles", "1", "--speed", "20", "--json")
    result = DemoResult.model_validate_json(told)
    assert result.ledger.verified
    (inspection,) = result.inspections
    assert inspection.verdict == "pass"
    assert inspection.report
    assert Path(tmp_path, inspection.report).read_bytes().startswith(b"%PDF")
