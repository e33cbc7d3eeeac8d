"""The live window and the ring of the brake tester."""

from sim.vehicle import healthy


def signed(word: int) -> int:
    return word - 0x10000 if word & 0x8000 else word


async def test_power_on(bench):
    host = await bench.host()
    window = await host.window()
    assert window[:9] == [0x4252, 1, 0x0001, 0, 0, 1, 1, 100, 0]
    assert window[11:13] == [0xFFFF, 0xFFFF]  # drag not measured
    assert window[13:17] == [0, 0, 0, 0]
    assert window[17] == 0xFFFF  # no pedal sensor
    assert window[18:25] == [0, 0, 0, 0, 0, 0xFFFF, 0]
    assert (window[25] << 16) + window[26] == 4711
    assert window[27:29] == [0x0100, 0]
    assert window[29:123] == [0x8000] * 94  # one sample so far
    assert 0x8000 not in window[123:]


async def test_window_fills_oldest_first(bench):
    host = await bench.host()
    bench.clock.pass_s(0.02)
    window = await host.window()
    assert (window[4], window[6]) == (2, 3)
    assert window[29 : 29 + 90] == [0x8000] * 90
    assert [(signed(a), signed(b)) for a, b in zip(window[119::2], window[120::2], strict=True)] == [
        (sample.left_n, sample.right_n) for sample in bench.rig.history
    ]


async def test_samples_come_every_10_ms_whether_or_not_anybody_reads(bench):
    host = await bench.host()
    bench.clock.pass_s(0.479)
    assert (await host.window())[4:7] == [47, 1, 48]
    bench.clock.pass_s(0.001)
    assert (await host.window())[4:7] == [48, 1, 48]
    bench.clock.pass_s(10)
    assert (await host.window())[4:7] == [1048, 1, 48]


async def test_ring_and_window_tell_the_same(bench):
    host = await bench.running()
    bench.rig.pedal(1.0)
    bench.clock.pass_s(0.777)
    window = await host.window()
    ring = await host.read(1000, 125) + await host.read(1125, 125) + await host.read(1250, 6)
    newest = window[4]
    for back in range(48):
        number = newest - back
        place = 2 * (number % 128)
        assert ring[place : place + 2] == window[123 - 2 * back : 125 - 2 * back]
    by_number = {sample.number: sample for sample in bench.rig.history}
    for number in range(newest - 127, newest + 1):
        place = 2 * (number % 128)
        sample = by_number[number]
        assert (signed(ring[place]), signed(ring[place + 1])) == (sample.left_n, sample.right_n)


async def test_sequence_wraps_and_the_ring_goes_on(bench):
    host = await bench.host()
    bench.clock.pass_s(655.35)
    assert (await host.window())[4] == 65535
    bench.clock.pass_s(0.01)
    window = await host.window()
    assert (window[4], window[6]) == (0, 48)
    assert await host.read(1000, 2) == window[123:]
    assert await host.read(1254, 2) == window[121:123]


async def test_loads_settle_and_become_stable(bench):
    host = await bench.host()
    car = healthy(5)
    bench.rig.drive_on(car, 2)
    bench.clock.pass_s(0.3)
    assert (await host.window())[8] < car.axles[1].left.load_kg
    bench.clock.pass_s(0.9)
    left, right = car.axles[1].left.load_kg, car.axles[1].right.load_kg
    assert (await host.window())[8:11] == [left, right, left + right]
    assert 11 not in await host.bits()
    bench.clock.pass_s(0.6)
    assert await host.bits() == {0, 1, 2, 11}


async def test_a_load_without_value_is_ffff_and_never_stable(bench):
    host = await bench.host()
    car = healthy(5)
    bench.rig.drive_on(car, 1)
    bench.rig.faults.load_dead = "left"
    bench.clock.pass_s(3)
    window = await host.window()
    assert window[8:11] == [0xFFFF, car.axles[0].right.load_kg, 0xFFFF]
    assert window[3] == 7
    assert await host.bits() == {1, 2, 12}


async def test_rollers_need_a_second_and_the_right_starts_later(bench):
    host = await bench.host()
    bench.rig.drive_on(healthy(1), 1)
    await host.write(2001, 50)
    await host.write(2000, 2)
    assert {3, 4} & await host.bits() == {3}
    bench.clock.pass_s(0.5)
    window = await host.window()
    assert 110 <= window[13] <= 130
    assert window[14] <= 3
    assert {3, 4} & await host.bits() == {3, 4}
    bench.clock.pass_s(0.6)
    assert (await host.window())[13] == 250
    assert 13 not in await host.bits()
    bench.clock.pass_s(0.5)
    assert (await host.window())[13:15] == [250, 250]
    assert 13 in await host.bits()
    await host.write(2000, 1)
    assert not {3, 4, 13} & await host.bits()
    bench.clock.pass_s(0.5)
    assert (await host.window())[13:15] == [0, 0]


async def test_forces_above_30_kn_saturate(bench):
    host = await bench.running()
    bench.rig.faults.scale_error = 12.0
    bench.rig.pedal(1.0)
    bench.clock.pass_s(4)
    assert (await host.window())[123] == 0x7FFF
    assert bench.rig.history[-1].left_n is None


async def test_power_cycle(bench):
    host = await bench.running()
    bench.rig.power_cycle()
    assert not bench.rig.motors_on
    assert await host.reader.read() == b""
    host = await bench.host()
    window = await host.window()
    assert window[2] & 0b11_1111_1001 == 1
    assert window[4:6] == [0, 2]
    assert window[13:15] == [0, 0]
    assert window[18:20] == [0, 0]
    assert window[24] == 0


async def test_unplug_and_plug_in_on_the_same_port(bench):
    host = await bench.running(watchdog=10)
    port = bench.rig.port
    await bench.rig.unplug()
    assert await host.reader.read() == b""
    try:
        await bench.host()
        raise AssertionError("an unplugged rig was reached")
    except ConnectionRefusedError:
        pass
    bench.clock.pass_s(1.1)
    assert not bench.rig.motors_on  # the rig's own watchdog
    await bench.rig.plug_in()
    await bench.rig.plug_in()
    assert bench.rig.port == port
    again = await bench.host()
    assert 8 in await again.bits()
    assert (await again.window())[5] == 1  # it never lost power


async def test_swapped_sides_and_scale_error(bench):
    car = healthy(9)
    bench.rig.faults.swap_sides = True
    host = await bench.running(car)
    window = await host.window()
    assert window[8:10] == [car.axles[0].right.load_kg, car.axles[0].left.load_kg]


async def test_dead_force_sensor(bench):
    host = await bench.host()
    bench.rig.faults.sensor_dead = "right"
    bench.clock.pass_s(1)
    window = await host.window()
    assert window[3] == 6
    assert window[124] == 0x8000
    assert window[123] != 0x8000
    assert await host.bits() & {0, 12} == {12}
