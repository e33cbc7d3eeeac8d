"""kill -9 of a writer at any moment: every acknowledged event is there, and the chain holds."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from station.ledger.journal import Ledger
from station.ledger.projection import rebuild
from station.ledger.verify import verify_database
from station.store import read
from station.store.database import open_database
from station.store.tables import PROJECTIONS, table

ROUNDS = 4
SCRIPT = Path(__file__).with_name("writer_process.py")


def killed_writer(url: str, round_number: int, chance: random.Random) -> list[tuple[int, str]]:
    """Let a writer write for a moment, kill it, and return what it had acknowledged."""
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, str(SCRIPT), url, f"k{round_number}"]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert writer.stdout is not None
    lines = [writer.stdout.readline() for _ in range(chance.randint(1, 40))]
    time.sleep(chance.random() * 0.005)
    writer.send_signal(signal.SIGKILL)
    rest, _ = writer.communicate()
    *whole, _ = ("".join(lines) + rest).split("\n")
    return [(int(line.split()[0]), line.split()[1]) for line in whole]


def test_a_killed_writer_loses_nothing_that_it_acknowledged(database_url, clock):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    engine = open_database(database_url)
    for round_number in range(ROUNDS):
        acknowledged = killed_writer(database_url, round_number, chance)
        ledger = Ledger.open(engine, clock, "after")
        stored = {event.seq: event.hash for event in ledger.events_since(0, 10**6)}
        assert acknowledged
        assert [seq for seq, hash_ in acknowledged if stored.get(seq) != hash_] == []
        assert len(stored) - max(seq for seq, _ in acknowledged) in (0, 1)
        report = verify_database(engine)
        assert (report.ok, report.events, report.erased) == (True, len(stored), 0)
        ledger.close()
    with engine.connect() as connection:
        count = select(func.count()).select_from(table("reply"))
        before = [connection.execute(select(each).order_by(*each.primary_key)).all() for each in PROJECTIONS]
        replies = connection.execute(count).scalar_one()
    assert replies == len(read.inspections(engine))
    rebuild(engine)
    with engine.connect() as connection:
        after = [connection.execute(select(each).order_by(*each.primary_key)).all() for each in PROJECTIONS]
    assert after == before
    engine.dispose()
