"""The register map of the analyser over Modbus RTU, map version 1, over its bench."""

from collections.abc import Callable

from sim.gas_bench import DECIMALS, SLEC, SMGA, SNGA, SPUL, STBY, SWUP, Check, GasBench
from sim.modbus_wire import BAD_ADDRESS, BAD_VALUE, RegisterError

READINGS = range(0, 26)
CONTROL = 100

MAP_ID, MAP_VERSION = 0x4741, 1
SERIAL, FIRMWARE = 123, 0x0100
NO_SIGNED, NO_UNSIGNED = 0x8000, 0xFFFF
NEVER_RESULT, NEVER_AGE = 9, 0xFFFF

REMOTE, MANUAL, STANDBY, MEASURE, ZERO, LEAK_TEST, PURGE, RESET = range(1, 9)
NONE, DONE, REFUSED, RUNNING = range(4)
WARMING_UP, BUSY, IN_MANUAL = 1, 2, 3

_FUNCTIONS = (SWUP, STBY, SMGA, SNGA, SLEC, SPUL)
_WORK = {ZERO: SNGA, LEAK_TEST: SLEC, PURGE: SPUL}
_NO_VALUE = (NO_SIGNED,) * 5 + (NO_UNSIGNED,) * 2 + (NO_SIGNED,)


class GasRegisters:
    """What a host reads and writes.

    Args:
        bench: the analyser's bench.
        boots: number of power-ons.
    """

    def __init__(self, bench: GasBench, boots: int) -> None:
        self._bench, self._boots = bench, boots & 0xFFFF
        self._echo = self._result = self._reason = 0
        self._do: dict[int, Callable[[], None]] = {
            REMOTE: lambda: self._take_remote(True),
            MANUAL: lambda: self._take_remote(False),
            STANDBY: self._stand_by,
            MEASURE: lambda: bench.run(SMGA),
            RESET: self._stand_by,
            **{command: self._begin(function) for command, function in _WORK.items()},
        }

    def read(self, address: int, quantity: int) -> list[int]:
        """Return the words from an address on.

        Raises:
            RegisterError: an address outside the two ranges, in whole or in part.
        """
        if (address, quantity) == (CONTROL, 1):
            return [self._echo]
        if address not in READINGS or address + quantity - 1 not in READINGS:
            raise RegisterError(BAD_ADDRESS)
        return self._words()[address : address + quantity]

    def write(self, address: int, value: int) -> None:
        """Take one command.

        Raises:
            RegisterError: an address outside the control range, or a number that is no command.
        """
        if address != CONTROL:
            raise RegisterError(BAD_ADDRESS)
        if value not in self._do:
            raise RegisterError(BAD_VALUE)
        self._note_end()
        self._echo, self._reason = value, self._refusal(value)
        self._result = REFUSED if self._reason else RUNNING if value in _WORK else DONE
        if not self._reason:
            self._do[value]()

    def _refusal(self, command: int) -> int:
        """Return why a command cannot be done now, 0 if it can; the conditions in the page's order."""
        bench = self._bench
        if command not in (REMOTE, MANUAL) and not bench.remote:
            return IN_MANUAL
        if command in (MEASURE, *_WORK) and bench.function == SWUP:
            return WARMING_UP
        return BUSY if bench.busy and command != RESET else 0

    def _take_remote(self, remote: bool) -> None:
        self._bench.remote = remote

    def _stand_by(self) -> None:
        if self._bench.function != SWUP:
            self._bench.run(STBY)

    def _begin(self, function: str) -> Callable[[], None]:
        return lambda: self._bench.run(function)

    def _note_end(self) -> None:
        """Running work is done once the bench does something else."""
        if self._result == RUNNING and self._bench.function != _WORK[self._echo]:
            self._result = DONE

    def _words(self) -> list[int]:
        self._note_end()
        bench = self._bench
        head = [MAP_ID, MAP_VERSION, self._status(), self._fault_bits(), bench.number & 0xFFFF, self._boots]
        command = [self._echo, self._result, self._reason]
        checks = [*self._check(bench.zero), *self._check(bench.leak), min(max(bench.residue_ppm, 0), 0xFFFF)]
        return [*head, *self._readings(), *command, *checks, SERIAL >> 16, SERIAL & 0xFFFF, FIRMWARE]

    def _readings(self) -> list[int]:
        """Return registers 6 to 14."""
        words, untrusted = [], 0
        for index, shown in enumerate(self._bench.shown()):
            if shown.value is None:
                words.append(_NO_VALUE[index])
                continue
            words.append(round(shown.value * 10 ** DECIMALS[index]) & 0xFFFF)
            untrusted |= 0 if shown.trusted else 1 << index
        return [*words, untrusted]

    def _status(self) -> int:
        bits = (self._bench.remote, not self._bench.remote, *(self._bench.function == name for name in _FUNCTIONS))
        return sum(1 << bit for bit, on in enumerate(bits) if on)

    def _fault_bits(self) -> int:
        return sum(1 << number - 1 for number in self._bench.active_faults())

    def _check(self, check: Check | None) -> tuple[int, int]:
        if check is None:
            return NEVER_RESULT, NEVER_AGE
        return int(check.passed), min(self._bench.age_s(check), NEVER_AGE - 1)
