"""Wrong PINs make a number wait."""

from station.line.pins import LONGEST_S, PAUSE_S, REMEMBERED, TRIES, Attempts


def test_five_tries_and_then_a_minute():
    attempts = Attempts()
    assert [attempts.wrong("1001", 0.0) for _ in range(TRIES)] == [4, 3, 2, 1, 0]
    assert attempts.pause_left("1001", 10.0) == PAUSE_S - 10.0
    assert attempts.pause_left("1001", PAUSE_S) == 0.0
    assert attempts.pause_left("1002", 0.0) == 0.0


def test_before_the_fifth_nobody_waits():
    attempts = Attempts()
    for _ in range(TRIES - 1):
        attempts.wrong("1001", 0.0)
    assert attempts.pause_left("1001", 0.0) == 0.0


def test_a_right_one_wipes_the_slate():
    attempts = Attempts()
    for _ in range(TRIES):
        attempts.wrong("1001", 0.0)
    attempts.right("1001")
    attempts.right("1002")
    assert attempts.pause_left("1001", 0.0) == 0.0
    assert attempts.wrong("1001", 0.0) == TRIES - 1


def test_all_pins_of_four_digits_take_more_than_a_year():
    attempts, now = Attempts(), 0.0
    for _ in range(10_000):
        now += attempts.pause_left("1001", now)
        attempts.wrong("1001", now)
    assert now > 365 * 86_400
    assert attempts.pause_left("1001", now) == LONGEST_S


def test_waiting_between_tries_does_not_help():
    attempts = Attempts()
    for day in range(TRIES):
        attempts.wrong("1001", day * 86_400.0)
    assert attempts.pause_left("1001", (TRIES - 1) * 86_400.0) == PAUSE_S


def test_numbers_that_nobody_has_do_not_fill_the_memory():
    attempts = Attempts()
    for number in range(REMEMBERED + 50):
        attempts.wrong(str(number), 0.0)
    assert len(attempts._wrong) == REMEMBERED
    assert attempts.wrong(str(REMEMBERED + 49), 0.0) == TRIES - 2
