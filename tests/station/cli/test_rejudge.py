"""`station ledger rejudge`: real ledgers of measured cars, judged again under another pack."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from station.cli.demo_station import prepare
from station.ledger.journal import Ledger
from station.line.config import load_config
from station.line.packs import DEFAULT, load_pack
from station.model import facts
from station.model.canonical import canonical, sha256_hex
from station.model.event import Entry, Fact
from station.rules import judge
from station.rules.case_file import read_case
from station.store.database import open_database
from tests.station.cli.terminal import Run, copy_of_pack, entry_of, runner
from tests.station.conftest import Car, Hands
from tests.station.rules.test_case import GOOD

PACK = load_pack(DEFAULT)
VEHICLE = read_case("x.json", GOOD.encode()).vehicle
FRONT = entry_of(DEFAULT, "brakes.toml", "rate-front")
STRICTER = FRONT.replace("value = 60.0", "value = 70.0")
FROM_THE_23RD = "\n\n[[limit]]\n".join(
    (
        FRONT.replace("= 2018-01-01", "= 2018-01-01\neffective_to = 2026-11-22"),
        STRICTER.replace('"rate-front"', '"rate-front-later"').replace("2018-01-01", "2026-11-23"),
    )
)


@dataclass
class Measured(Car):
    """A car whose front axle was measured, and judged by the real rules; 3420 N on the left: 68.0 %."""

    left_n: int = 3420
    run: str = "r-1"

    def registered(self) -> Entry:
        entry = self.register()
        body, *rest = (fact.body for fact in entry.facts)
        ours = body.model_copy(update={"vehicle": VEHICLE, "plan": ("B1",), "pack": PACK.ref})
        return Entry(tuple(Fact(self.serial, "s-4", "lane-1", each) for each in (ours, *rest)), self.names())

    def measured(self, clock: Hands, attempt: int = 1) -> Entry:
        text = GOOD.replace("342]", f"{self.left_n / 10}]")
        capture = read_case("x.json", text.encode()).captures()["B1"].model_copy(update={"run": self.run})
        data = canonical(capture.model_dump(mode="json"))
        on = clock.at.astimezone(ZoneInfo("Asia/Shanghai")).date()
        verdict = judge(PACK, VEHICLE, "in_use", on, "B1", {"B1": capture})
        digest = sha256_hex(data)
        ended = facts.RunFinished(
            run=self.run, item="B1", evidence_sha256=digest, samples=4, lost=0, end_state="normal"
        )
        return self.entry(ended, facts.ItemJudged(attempt=attempt, verdict=verdict), evidence=data)

    def signed(self, conclusion: Any = "pass") -> Entry:
        return self.entry(facts.InspectionSigned(attempt=1, report_no=f"R-{self.serial}", conclusion=conclusion))

    def drive(self, ledger: Ledger, clock: Hands, *more: Entry) -> None:
        """Go through the station."""
        self.run = f"run-{self.serial}"
        for entry in (self.arrive(), self.registered(), self.start(self.run), self.measured(clock), *more):
            ledger.append(entry)


@dataclass
class Station:
    """A station's folder with its ledger, and the command."""

    config: Path
    run: Run
    clock: Hands

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        settings, _ = load_config(self.config)
        engine = open_database(settings.database_url)
        ledger = Ledger.open(engine, self.clock, "boot")
        yield ledger
        ledger.close()
        engine.dispose()

    def rejudge(self, pack: Path | str, *words: str) -> tuple[int, str, str]:
        return self.run("ledger", "rejudge", "--pack", f"{pack}/" if "/" in str(pack) else pack, *self._config, *words)

    def as_json(self, pack: Path | str, *words: str) -> dict[str, Any]:
        code, out, _ = self.rejudge(pack, "--json", *words)
        found: dict[str, Any] = json.loads(out)
        assert (code == 1) == bool(found["changed"] or found["unreadable"])
        return found

    @property
    def _config(self) -> tuple[str, str]:
        return "--config", str(self.config)


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Station:
    return Station(prepare(tmp_path / "station", 1.0), runner(monkeypatch, capsys), Hands())


def stored(config: Path) -> list[Any]:
    settings, _ = load_config(config)
    with closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))) as connection:
        return connection.execute("SELECT * FROM event ORDER BY seq").fetchall()


def test_the_same_pack_changes_nothing(station: Station) -> None:
    with station.ledger() as ledger:
        car = Measured("T1-20261122-0001")
        car.drive(ledger, station.clock, car.signed())
    code, out, error = station.rejudge(DEFAULT)
    assert (code, error) == (0, "")
    assert "1 inspections, 1 verdicts; under this pack 0 inspections would change" in out
    assert station.as_json("cn-gb38900@2020")["pack"]["sha256"] == PACK.ref.sha256


def test_a_stricter_limit_changes_what_it_concerns_and_says_why(station: Station, tmp_path: Path) -> None:
    with station.ledger() as ledger:
        weak, strong = Measured("T1-20261122-0001"), Measured("T1-20261122-0002", left_n=3700)
        weak.drive(ledger, station.clock, weak.signed())
        strong.drive(ledger, station.clock, strong.signed())
    before = stored(station.config)
    stricter = copy_of_pack(tmp_path / "stricter", ("brakes.toml", FRONT, STRICTER))
    code, out, _ = station.rejudge(stricter)
    assert code == 1
    assert "T1-20261122-0001: conclusion PASS → FAIL" in out
    assert "attempt 1, B1 Service brake, axle 1: PASS → FAIL" in out
    assert "before: Front axle braking rate 68.0 %, at least 60.0 % required: pass. (GB 7258-2017" in out
    assert "now: Front axle braking rate 68.0 %, below the required 70.0 %: fail. (GB 7258-2017" in out
    assert "T1-20261122-0002" not in out
    assert "2 inspections, 2 verdicts; under this pack 1 inspections would change" in out
    assert (
        station.run("--lang", "zh", "ledger", "rejudge", "--pack", f"{stricter}/", "--config", station.config)[1].count(
            "结论 合格 → 不合格"
        )
        == 1
    )
    (change,) = station.as_json(stricter)["changed"]
    (item,) = change["items"]
    assert (change["old"], change["new"], item["old"], item["new"]) == ("pass", "fail", "pass", "fail")
    assert [(q["quantity"], q["old"]["limit"], q["new"]["limit"]) for q in item["quantities"]] == [
        ("axle_rate", "60", "70")
    ]
    assert stored(station.config) == before


def test_a_limit_counts_from_its_first_local_day_on(station: Station, tmp_path: Path) -> None:
    """One car at the last minute of 22 November in Shanghai, one in the first of the 23rd."""
    with station.ledger() as ledger:
        for number, at in enumerate(
            (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), datetime(2026, 11, 22, 16, 0, tzinfo=UTC))
        ):
            station.clock.at = at
            Measured(f"T1-20261122-000{number}").drive(ledger, station.clock)
    later = copy_of_pack(tmp_path / "later", ("brakes.toml", FRONT, FROM_THE_23RD))
    (change,) = station.as_json(later)["changed"]
    assert (change["serial"], change["items"][0]["on"]) == ("T1-20261122-0001", "2026-11-23")
    # It was not signed: there is no conclusion that could change.
    assert (change["old"], change["new"]) == (None, None)
    for words, count in (
        (("--to", "2026-11-22"), 0),
        (("--from", "2026-11-23"), 1),
        (("--from", "2026-11-22", "--to", "2026-11-23"), 1),
        (("--from", "2026-11-24"), 0),
        (("--from", "0001-01-01", "--to", "9999-12-31"), 1),
    ):
        assert len(station.as_json(later, *words)["changed"]) == count, words


def test_a_repeated_item_counts_with_its_last_run(station: Station, tmp_path: Path) -> None:
    with station.ledger() as ledger:
        car = Measured("T1-20261122-0001")
        car.drive(ledger, station.clock)
        car.run, car.left_n = "run-again", 3700
        ledger.append(car.entry(facts.StageFinished(stage="brake", attempt=1, bay="bay-1")))
        ledger.append(car.start(car.run))
        ledger.append(car.measured(station.clock))
    stricter = copy_of_pack(tmp_path / "stricter", ("brakes.toml", FRONT, STRICTER))
    found = station.as_json(stricter)
    assert (found["verdicts"], found["changed"]) == (1, [])


def test_another_countrys_pack_says_what_it_cannot_judge(station: Station) -> None:
    with station.ledger() as ledger:
        Measured("T1-20261122-0001").drive(ledger, station.clock)
    (change,) = station.as_json("cn-gb7258-optional-2017")["changed"]
    assert (change["items"][0]["new"], change["items"][0]["reason"]["en"][:22]) == ("unknown", "The rule pack has no i")
    code, out, _ = station.rejudge("cn-gb7258-optional-2017")
    assert (code, "B1 Service brake, axle 1: PASS → UNKNOWN" in out, "now: " in out) == (1, True, False)


def test_curves_that_are_lost_are_named_and_nothing_is_guessed(station: Station, tmp_path: Path) -> None:
    with station.ledger() as ledger:
        Measured("T1-20261122-0001").drive(ledger, station.clock)
        strange = Car("T1-20261122-0002")
        for entry in (strange.arrive(), strange.register(), strange.start("r-2"), strange.finish("r-2")):
            ledger.append(entry)
    settings, _ = load_config(station.config)
    with closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))) as connection:
        run = json.loads(connection.execute("SELECT body FROM event WHERE kind = 'run.finished'").fetchone()[0])
        connection.execute("DELETE FROM evidence WHERE sha256 = ?", (run["evidence_sha256"],))
        connection.commit()
    found = station.as_json(DEFAULT)
    assert [(each["serial"], each["run"]) for each in found["unreadable"]] == [
        ("T1-20261122-0001", "run-T1-20261122-0001"),
        ("T1-20261122-0002", "r-2"),
    ]
    code, out, _ = station.rejudge(DEFAULT)
    assert (code, "its items are not judged again (they are not in a form" in out) == (1, True)


def test_what_cannot_be_used_is_one_line(station: Station) -> None:
    for words, said in (
        (("--from", "22.11.2026"), "is not a day"),
        (("--from", "2026-11-23", "--to", "2026-11-22"), "is after"),
        (("--pack", "nothing"), "there is no such pack; there are cn-gb38900-2020"),
    ):
        code, out, error = station.rejudge(DEFAULT, *words)
        assert (code, out, error.count("\n"), said in error) == (2, "", 1, True), error
