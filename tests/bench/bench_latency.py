"""From the rig's sample to the client's callback, beside bare publish-to-subscribe of the same payload.

One clock (the machine's monotonic one) stamps the sample at the rig, the read in the line, and the callback of a
handheld's client. The bare peer: one paho client in another process publishes payloads of the same bytes at the same
pace through the same broker, while the line is stopped, to a bare paho callback. Both take turns.
Usage: python tests/bench/bench_latency.py [--messages 200] [--runs 5] [--json]
"""

import argparse
import asyncio
import json
import re
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from station.bus.accounts import read_accounts
from station.bus.link import Account
from station.bus.messages import Live
from station.bus.topics import Topics
from station.cli.control import ask
from station.line.config import Config, load_config
from station.process import Child

sys.path.append(str(Path(__file__).parent))
from whole_station import LANE, RIG, WholeStation, until, whole_station  # found by the line above

PERIOD_S = 0.04
SAMPLE_NS = 10_000_000
STAMP = re.compile(rb'"mono_ns":(\d+)')
SUBSCRIBER = "handheld-01"


def bare_client(config: Config, account: Account) -> mqtt.Client:
    """Return a bare paho client that is connected."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=account.client)
    client.username_pw_set(account.client, account.password)
    client.connect(config.broker.host, config.broker.mqtt_port)
    client.loop_start()
    return client


def publish(config: Config, payload: bytes, count: int) -> None:
    """Publish a payload again and again, each with the moment at which it is sent."""
    client = bare_client(config, read_accounts(config.accounts_file).account("line"))
    topic, due = Topics(config.station.id).live(LANE, RIG), time.monotonic() + 0.5
    for _ in range(count):
        time.sleep(max(0.0, due - time.monotonic()))
        due += PERIOD_S
        client.publish(topic, STAMP.sub(b'"mono_ns":%d' % time.monotonic_ns(), payload))
    time.sleep(0.5)
    client.disconnect()
    client.loop_stop()


async def zero_ns(station: WholeStation) -> int:
    """Return when the rig took sample 0: the least of many answers, each of which may be up to a sample late."""
    return min([int((await ask(station.door, after=10**9))["zero_ns"]) for _ in range(60)])


async def through_the_line(station: WholeStation, count: int) -> tuple[list[float], list[float], bytes]:
    """Return ms from sample and from read to the callback, and one payload."""
    zero = await zero_ns(station)
    from_sample: list[float] = []
    from_read: list[float] = []
    kept: list[Live] = []

    def see(live: Live) -> None:
        now = time.monotonic_ns()
        newest = live.sequence + len(live.curves["force_left"]) - 1
        from_sample.append((now - zero - newest * SAMPLE_NS) / 1e6)
        from_read.append((now - live.mono_ns) / 1e6)
        kept.append(live)

    station.driver.watch_live(LANE, RIG, see)
    await station.drive_in()
    await until(lambda: len(from_read) >= count, "live readings", 120.0)
    station.driver.unwatch_live(LANE, RIG)
    usual = sorted(kept, key=lambda live: len(live.to_bytes()))[len(kept) // 2]
    return from_sample[:count], from_read[:count], usual.to_bytes()


async def bare(station: WholeStation, folder: Path, payload: bytes, count: int) -> list[float]:
    """Return ms from publish to callback with the line out of the way."""
    times: list[float] = []
    full = threading.Event()

    def see(client: mqtt.Client, data: Any, message: mqtt.MQTTMessage) -> None:
        now = time.monotonic_ns()
        stamp = STAMP.search(message.payload)
        times.append((now - int(stamp[1])) / 1e6 if stamp else 0.0)
        if len(times) >= count:
            full.set()

    await station.line.stop()
    client = bare_client(station.config, station.account(SUBSCRIBER))
    client.on_message = see
    client.subscribe(Topics(station.config.station.id).live(LANE, RIG))
    (folder / "payload").write_bytes(payload)
    command = (sys.executable, __file__, "--publish", str(folder), "--messages", str(count))
    publisher = Child("publisher", command, folder / "publisher.log")
    await publisher.start()
    await asyncio.to_thread(full.wait, 30 + count * PERIOD_S)
    await publisher.stop()
    client.disconnect()
    client.loop_stop()
    await station.line.start()
    await station.ready()
    return times[:count]


async def rounds(folder: Path, count: int, runs: int) -> list[dict[str, float]]:
    """Measure in turns."""
    found = []
    async with whole_station(folder, wait_s=14.0, stroke_s=11.0) as station:
        for _ in range(runs):
            from_sample, from_read, payload = await through_the_line(station, count)
            peer = await bare(station, folder, payload, count)
            one = {"bytes": float(len(payload))}
            for name, values in (("sample", from_sample), ("read", from_read), ("bare", peer)):
                one |= {f"{name}_p50_ms": statistics.median(values), f"{name}_p99_ms": p99(values)}
            found.append(one)
            print(json.dumps(one), file=sys.stderr)
    return found


def p99(values: list[float]) -> float:
    """Return the 99th percentile: of 200 values the third largest."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


def measure(count: int, runs: int) -> dict[str, Any]:
    """Return medians over the runs, and the ratios to the bare peer within each run."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = asyncio.run(rounds(Path(folder), count, runs))
    medians = {key: round(statistics.median(one[key] for one in found), 2) for key in found[0]}
    ratios = {
        f"read_to_bare_{p}": round(statistics.median(one[f"read_{p}_ms"] / one[f"bare_{p}_ms"] for one in found), 2)
        for p in ("p50", "p99")
    }
    return {"bench": "latency", "runs": runs, "messages": count, **medians, **ratios}


def main() -> None:
    """Measure and print, or (as a child of its own) publish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--publish", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.publish:
        config, _ = load_config(options.publish / "station.toml")
        publish(config, (options.publish / "payload").read_bytes(), options.messages)
        return
    found = measure(options.messages, options.runs)
    if options.json:
        print(json.dumps(found))
        return
    print("rig sample to callback: p50 {sample_p50_ms} ms, p99 {sample_p99_ms} ms".format(**found))
    print("read in the line to callback: p50 {read_p50_ms} ms, p99 {read_p99_ms} ms".format(**found))
    print("bare publish to subscribe: p50 {bare_p50_ms} ms, p99 {bare_p99_ms} ms".format(**found))
    print("ratio of the last two: p50 {read_to_bare_p50}, p99 {read_to_bare_p99}".format(**found))


if __name__ == "__main__":
    main()
