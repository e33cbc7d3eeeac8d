"""A new PIN from the manager: the old one is no good any more, and neither are its sessions."""

import pytest

from station.bus import messages as m
from station.bus.commands import CommandRefusedError
from station.store import read


async def refusal(work):
    with pytest.raises(CommandRefusedError) as caught:
        await work
    return caught.value.reply.code


async def test_a_new_pin_ends_the_sessions_of_the_old_one(house):
    manager = await house.handheld("desk-1", "1009")
    driver = await house.handheld("handheld-01", "1003")
    await manager.ask(m.StaffResetPin(staff="1003", pin="13579"))
    assert await refusal(driver.arrive()) == "not_logged_in"
    assert await refusal(driver.log_in("1003", "2468")) == "wrong_pin"
    await driver.log_in("1003", "13579")
    stored = "".join(event.body for event in read.events_since(house.engine, 0))
    assert "13579" not in stored


async def test_a_reset_ends_the_pause_after_wrong_pins(house):
    manager = await house.handheld("desk-1", "1009")
    driver = await house.handheld("handheld-01")
    for _ in range(5):
        await refusal(driver.log_in("1003", "0000"))
    assert await refusal(driver.log_in("1003", "2468")) == "pin_pause"
    await manager.ask(m.StaffResetPin(staff="1003", pin="13579"))
    await driver.log_in("1003", "13579")


async def test_only_the_manager_resets_and_only_people_who_are_there(house):
    manager = await house.handheld("desk-1", "1009")
    driver = await house.handheld("handheld-01", "1003")
    assert await refusal(driver.ask(m.StaffResetPin(staff="1003", pin="13579"))) == "role"
    assert await refusal(manager.ask(m.StaffResetPin(staff="9999", pin="13579"))) == "unknown_staff"
