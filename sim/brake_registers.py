"""The register map of the reference roller brake tester, map version 1, over its controller."""

from sim.brake_controller import Controller
from sim.brake_samples import NO_FORCE, RING
from sim.modbus_wire import BAD_ADDRESS, BAD_VALUE, RegisterError

LIVE = range(0, 125)
RING_WORDS = range(1000, 1000 + 2 * RING)
CONTROL = range(2000, 2003)
COMMAND, WATCHDOG, HEARTBEAT = CONTROL

MAP_ID = 0x4252
MAP_VERSION = 1
SEQUENCE = 4
WINDOW = 48
SAMPLE_PERIOD = 100
NO_VALUE = 0xFFFF
WATCHDOG_MAX = 50
SERIAL = 4711
FIRMWARE = 0x0100
CM_PER_H_OF_STEP = 1000
"""A step of the speed registers, 0.01 km/h, in cm/h."""


class RegisterMap:
    """What a host reads and writes.

    Args:
        controller: the rig's controller.
        boot_count: number of power-ons.
    """

    def __init__(self, controller: Controller, boot_count: int) -> None:
        self._rig = controller
        self._boot_count = boot_count & 0xFFFF

    def read(self, address: int, quantity: int) -> list[int]:
        """Return the words from an address on.

        Raises:
            RegisterError: an address outside the three ranges, in whole or in part.
        """
        for words, content in ((LIVE, self._live), (RING_WORDS, self._ring), (CONTROL, self._control)):
            if address in words and address + quantity - 1 in words:
                if address <= SEQUENCE < address + quantity:
                    self._rig.covered()
                start = address - words.start
                return content()[start : start + quantity]
        raise RegisterError(BAD_ADDRESS)

    def write(self, address: int, value: int) -> None:
        """Take one control word.

        Raises:
            RegisterError: an address outside the control range, or a value that the register does not take.
        """
        if address == COMMAND:
            self._rig.command(value)
        elif address == WATCHDOG:
            if value > WATCHDOG_MAX:
                raise RegisterError(BAD_VALUE)
            self._rig.watchdog = value
        elif address == HEARTBEAT:
            self._rig.heartbeat = value
            self._rig.kick()
        else:
            raise RegisterError(BAD_ADDRESS)

    def _control(self) -> list[int]:
        return [self._rig.echo, self._rig.watchdog, self._rig.heartbeat]

    def _ring(self) -> list[int]:
        return self._rig.samples.words

    def _live(self) -> list[int]:
        return [*self._head(), *self._sensors(), *self._state(), *self._window()]

    def _head(self) -> list[int]:
        """Registers 0 to 7."""
        rig = self._rig
        count = min(WINDOW, rig.number + 1)
        head = (MAP_ID, MAP_VERSION, self._status(), rig.bay.faults.number, rig.number & 0xFFFF)
        return [*head, self._boot_count, count, SAMPLE_PERIOD]

    def _sensors(self) -> list[int]:
        """Registers 8 to 17."""
        rig = self._rig
        left, right = rig.measured.load_kg
        axle = None if left is None or right is None else left + right
        speeds = [speed // CM_PER_H_OF_STEP for speed in rig.bay.speed_cm_per_h]
        slips = [round(1000 * slip) for slip in rig.measured.slip]
        return [*map(_word, (left, right, axle, *rig.drag_n)), *speeds, *slips, NO_VALUE]

    def _state(self) -> list[int]:
        """Registers 18 to 28."""
        rig = self._rig
        zero = [zero_n & 0xFFFF for zero_n in rig.zero_n]
        told = [rig.echo, rig.result, rig.reason, *zero, _word(rig.check_age_min), rig.watchdog]
        return [*told, SERIAL >> 16, SERIAL & 0xFFFF, FIRMWARE, 0]

    def _window(self) -> list[int]:
        """Registers 29 to 124: the newest 48 pairs, oldest first."""
        rig = self._rig
        words: list[int] = []
        for number in range(rig.number - WINDOW + 1, rig.number + 1):
            place = 2 * (number % RING)
            words += rig.samples.words[place : place + 2] if number >= 0 else (NO_FORCE, NO_FORCE)
        return words

    def _status(self) -> int:
        rig, bay = self._rig, self._rig.bay
        bits = (
            rig.ready,
            bay.occupied,
            bay.occupied,
            *rig.motors,
            *rig.locked,
            rig.lift_up,
            rig.tripped,
            rig.overrun,
            bay.emergency_stop,
            rig.load_stable,
            bay.faults.number != 0,
            rig.at_speed,
        )
        return sum(1 << bit for bit, on in enumerate(bits) if on)


def _word(value: int | None) -> int:
    return NO_VALUE if value is None else min(value, NO_VALUE - 1)
