"""Commands of the brake tester and the reasons why it refuses them."""

import pytest

from sim.brake_bay import StillOnRollersError
from sim.vehicle import healthy

STOP, START, DRAG, ZERO, LIFT_UP, LIFT_DOWN, CLEAR, SELF_CHECK = 1, 2, 5, 6, 7, 8, 9, 10
DONE, REFUSED, RUNNING = 1, 2, 3


async def test_start_names_its_reasons_in_order(bench):
    host = await bench.host()
    await host.command(LIFT_UP)
    bench.rig.faults.other = 1
    bench.rig.press_emergency_stop()
    assert await host.command(START) == (START, REFUSED, 1)
    bench.rig.faults.other = 0
    assert await host.command(START) == (START, REFUSED, 2)
    bench.rig.drive_on(healthy(1), 1)
    assert await host.command(START) == (START, REFUSED, 3)
    bench.rig.release_emergency_stop()
    assert await host.command(START) == (START, REFUSED, 4)
    await host.write(2001, 5)
    assert await host.command(START) == (START, REFUSED, 5)
    assert await host.command(LIFT_DOWN) == (LIFT_DOWN, DONE, 0)
    assert not bench.rig.motors_on
    assert await host.command(START) == (START, DONE, 0)
    assert bench.rig.motors_on


@pytest.mark.parametrize("command", [ZERO, LIFT_UP, CLEAR, SELF_CHECK])
async def test_refused_while_a_motor_is_on(bench, command):
    host = await bench.running()
    assert await host.command(command) == (command, REFUSED, 7)
    assert bench.rig.motors_on


@pytest.mark.parametrize("command", [ZERO, SELF_CHECK])
async def test_refused_while_a_wheel_is_there(bench, command):
    host = await bench.host()
    bench.rig.drive_on(healthy(1), 1)
    assert await host.command(command) == (command, REFUSED, 8)


async def test_drag_needs_both_motors_at_speed(bench):
    host = await bench.host()
    bench.rig.drive_on(healthy(1), 1)
    assert await host.command(DRAG) == (DRAG, REFUSED, 6)
    await host.write(2001, 50)
    await host.command(START)
    bench.clock.pass_s(1.4)
    assert await host.command(DRAG) == (DRAG, REFUSED, 6)
    bench.clock.pass_s(0.2)
    assert await host.command(DRAG) == (DRAG, RUNNING, 0)


@pytest.mark.parametrize("command", [STOP, LIFT_DOWN])
async def test_never_refused(bench, command):
    host = await bench.running()
    bench.rig.press_emergency_stop()
    assert await host.command(command) == (command, DONE, 0)


async def test_drag_is_the_mean_of_one_second(bench):
    car = healthy(1)
    host = await bench.running(car)
    await host.write(2000, DRAG)
    bench.clock.pass_s(0.98)
    assert (await host.window())[11:13] == [0xFFFF, 0xFFFF]
    bench.clock.pass_s(0.03)
    window = await host.window()
    assert window[18:21] == [DRAG, DONE, 0]
    for drag, wheel in zip(window[11:13], (car.axles[0].left, car.axles[0].right), strict=True):
        assert abs(drag - wheel.brake.drag_n) <= 2
    await host.command(STOP)
    assert (await host.window())[11:13] == window[11:13]
    await host.command(START)
    assert (await host.window())[11:13] == [0xFFFF, 0xFFFF]


async def test_stop_sets_a_running_drag_aside(bench):
    host = await bench.running()
    await host.write(2000, DRAG)
    bench.clock.pass_s(0.5)
    assert await host.command(STOP) == (STOP, DONE, 0)
    bench.clock.pass_s(2)
    window = await host.window()
    assert window[11:13] == [0xFFFF, 0xFFFF]
    assert window[18:21] == [STOP, DONE, 0]


async def test_drag_that_loses_its_motors_is_refused(bench):
    host = await bench.running()
    await host.write(2000, DRAG)
    bench.clock.pass_s(0.5)
    bench.rig.press_emergency_stop()
    bench.clock.pass_s(0.1)
    window = await host.window()
    assert window[18:21] == [DRAG, REFUSED, 6]
    assert window[11:13] == [0xFFFF, 0xFFFF]


async def test_a_refused_command_leaves_a_running_one_alone(bench):
    host = await bench.running()
    await host.write(2000, DRAG)
    bench.clock.pass_s(0.5)
    assert await host.command(ZERO) == (ZERO, REFUSED, 7)
    bench.clock.pass_s(1)
    window = await host.window()
    assert window[18:21] == [ZERO, REFUSED, 7]
    assert window[11] != 0xFFFF


async def test_zero_takes_the_drift_off_and_outlives_a_power_cut(bench):
    host = await bench.host()
    bench.rig.drift(37.0, -12.0)
    bench.clock.pass_s(1)
    (before,) = await host.read(123, 1)
    assert 30 <= before <= 44
    assert await host.command(ZERO) == (ZERO, RUNNING, 0)
    bench.clock.pass_s(1.01)
    window = await host.window()
    assert window[18:21] == [ZERO, DONE, 0]
    assert window[21:23] == [37, 0x10000 - 12]
    bench.clock.pass_s(0.5)
    after = bench.rig.history[-40:]
    assert all(abs(sample.left_n) <= 6 and abs(sample.right_n) <= 6 for sample in after)
    bench.rig.power_cycle()
    assert (await (await bench.host()).window())[21:23] == [37, 0x10000 - 12]


async def test_a_wheel_that_comes_during_zero_ends_it(bench):
    host = await bench.host()
    bench.rig.drift(37.0, 0.0)
    await host.write(2000, ZERO)
    bench.clock.pass_s(0.5)
    bench.rig.drive_on(healthy(1), 1)
    bench.clock.pass_s(2)
    window = await host.window()
    assert window[18:23] == [ZERO, REFUSED, 8, 0, 0]


async def test_self_check_takes_three_seconds_and_sets_ready(bench):
    host = await bench.host()
    bench.rig.faults.sensor_dead = "left"
    assert await host.command(SELF_CHECK) == (SELF_CHECK, RUNNING, 0)
    bench.clock.pass_s(3.01)
    assert (await host.window())[18:24] == [SELF_CHECK, DONE, 0, 0, 0, 0xFFFF]
    bench.rig.faults.sensor_dead = None
    assert 0 not in await host.bits()
    await host.write(2000, SELF_CHECK)
    bench.clock.pass_s(2.98)
    assert 0 not in await host.bits()
    bench.clock.pass_s(0.03)
    assert 0 in await host.bits()
    assert (await host.window())[23] == 0
    bench.clock.pass_s(125)
    assert (await host.window())[23] == 2


async def test_lift(bench):
    host = await bench.host()
    bench.rig.drive_on(healthy(1), 1)
    with pytest.raises(StillOnRollersError, match="lift is down"):
        bench.rig.drive_off()
    assert await host.command(LIFT_UP) == (LIFT_UP, DONE, 0)
    assert 7 in await host.bits()
    assert bench.rig.lift_up
    bench.rig.drive_off()
    assert not {1, 2} & await host.bits()
    assert bench.rig.vehicle is None


async def test_one_car_at_a_time_and_only_its_axles(bench):
    with pytest.raises(ValueError, match="axles 1 to 2, not 3"):
        bench.rig.drive_on(healthy(1), 3)
    bench.rig.drive_on(healthy(1), 2)
    with pytest.raises(ValueError, match="another axle"):
        bench.rig.drive_on(healthy(2), 1)
