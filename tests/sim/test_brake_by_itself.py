"""What the brake tester does by itself: watchdog, slip stop, wheel lost, overrun, emergency stop."""

import asyncio

import pytest

from sim.brake_rig import BrakeRig
from sim.vehicle import healthy
from station.bus.clock import Clock

START, DRAG, CLEAR, STOP = 2, 5, 9, 1
LEFT_LOCKED, RIGHT_LOCKED, TRIPPED, OVERRUN, EMERGENCY = 5, 6, 8, 9, 10


async def test_watchdog_stops_the_motors(bench):
    host = await bench.running(watchdog=10)
    bench.clock.pass_s(0.98)
    assert {3, 4} <= await host.bits()  # a read keeps nothing running
    bench.clock.pass_s(0.04)
    assert not bench.rig.motors_on
    assert {3, 4, TRIPPED} & await host.bits() == {TRIPPED}
    assert bench.rig.events[-1][1] == "watchdog"
    assert await host.command(CLEAR) == (CLEAR, 1, 0)
    assert TRIPPED not in await host.bits()


@pytest.mark.parametrize(("address", "value"), [(2002, 0), (2002, 77), (2000, 8), (2000, 6)])
async def test_heartbeat_and_any_command_keep_the_motors_running(bench, address, value):
    host = await bench.running(watchdog=10)
    for _ in range(5):
        bench.clock.pass_s(0.9)
        await host.write(address, value)
    assert bench.rig.motors_on


@pytest.mark.parametrize(("address", "value"), [(2001, 10), (2000, 99)])
async def test_other_writes_do_not(bench, address, value):
    host = await bench.running(watchdog=10)
    for _ in range(2):
        bench.clock.pass_s(0.6)
        await host.write(address, value)
    assert not bench.rig.motors_on


async def test_watchdog_off_while_running(bench):
    host = await bench.running(watchdog=5)
    await host.write(2001, 0)
    bench.clock.pass_s(20)
    assert bench.rig.motors_on


async def test_watchdog_acts_without_any_read():
    rig = BrakeRig(Clock(speed=40))
    await rig.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", rig.port)
    rig.drive_on(healthy(1), 1)
    for request in ("0001 0000 0006 01 06 07D1 0005", "0002 0000 0006 01 06 07D0 0002"):
        writer.write(bytes.fromhex(request))
    await reader.readexactly(24)
    writer.close()
    controller = rig._controller  # the property would bring the rig to the present itself
    while controller.motors_on:
        await asyncio.sleep(0.01)
    assert controller.tripped
    await rig.stop()


async def test_slip_stop_on_a_locking_wheel(bench, slippery):
    host = await bench.running(slippery)
    bench.rig.pedal(1.0)
    locked_at = None
    for _ in range(400):
        bench.clock.pass_s(0.01)
        await host.write(2002, 1)
        window = await host.window()
        if window[15] > 300 and locked_at is None:
            locked_at = window[4]
        if not bench.rig.motors_on:
            break
    assert window[4] - locked_at == 2  # 20 ms above 30 %
    bits = await host.bits()
    assert LEFT_LOCKED in bits
    assert RIGHT_LOCKED not in bits
    assert bench.rig.events[-1][1] == "slip stop"
    before = [sample.left_n for sample in bench.rig.history if sample.number <= window[4]]
    assert max(before) > 0.35 * slippery.axles[0].left.load_kg * 9.8  # what was measured is kept
    await host.write(2000, STOP)
    assert LEFT_LOCKED in await host.bits()
    await host.write(2000, START)
    assert LEFT_LOCKED not in await host.bits()


async def test_no_lock_when_locking_is_off(bench):
    car = healthy(1)
    await bench.running(car)
    bench.rig.pedal(1.0)
    bench.clock.pass_s(4)
    assert bench.rig.motors_on


async def test_wheel_lost_stops_at_once(bench):
    host = await bench.running()
    bench.rig.drive_off(anyway=True)
    assert not bench.rig.motors_on
    assert not {1, 2, 3, 4} & await host.bits()
    assert bench.rig.events[-1][1] == "wheel lost"


async def test_emergency_stop_is_hardware(bench):
    host = await bench.running()
    bench.rig.press_emergency_stop()
    assert not bench.rig.motors_on
    assert {0, 3, 4, EMERGENCY} & await host.bits() == {EMERGENCY}
    bench.rig.release_emergency_stop()
    assert {0, 3, 4, EMERGENCY} & await host.bits() == {0}


async def test_emergency_stop_takes_the_pending_right_motor_too(bench):
    host = await bench.host()
    bench.rig.drive_on(healthy(1), 1)
    await host.write(2001, 50)
    await host.write(2000, START)
    bench.clock.pass_s(0.2)
    bench.rig.press_emergency_stop()
    bench.clock.pass_s(1)
    assert not bench.rig.motors_on


async def test_128_samples_are_no_overrun_and_129_are(bench):
    host = await bench.running()
    bench.clock.pass_s(1.28)
    assert OVERRUN not in await host.bits()  # reads 2 only: does not cover SEQUENCE
    await host.read(4, 1)
    bench.clock.pass_s(1.28)
    await host.window()
    bench.clock.pass_s(1.29)
    assert OVERRUN in await host.bits()
    await host.window()
    assert OVERRUN in await host.bits()
    await host.command(STOP)
    await host.command(CLEAR)
    assert OVERRUN not in await host.bits()


async def test_no_overrun_while_the_motors_are_off(bench):
    host = await bench.host()
    bench.rig.drive_on(healthy(1), 1)
    bench.clock.pass_s(30)
    assert OVERRUN not in await host.bits()
    await host.write(2001, 50)
    await host.write(2000, START)
    bench.clock.pass_s(0.5)
    assert OVERRUN not in await host.bits()


async def test_run_samples_lost_after_the_stop_are_an_overrun_too(bench):
    host = await bench.running()
    bench.clock.pass_s(0.5)
    await host.write(2000, STOP)
    bench.clock.pass_s(0.9)
    assert OVERRUN in await host.bits()


async def test_overrun_ends_with_the_next_start(bench):
    host = await bench.running()
    bench.clock.pass_s(2)
    assert OVERRUN in await host.bits()
    await host.write(2000, START)
    bench.clock.pass_s(0.3)
    assert OVERRUN not in await host.bits()
