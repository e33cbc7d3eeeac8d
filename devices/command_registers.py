"""Commands of a rig that takes them in one register and says in three others what became of them."""

from dataclasses import dataclass

from devices.errors import RigProtocolError, RigRefused
from devices.modbus_words import Modbus
from devices.profile import Command, Profile

DONE, REFUSED, RUNNING = 1, 2, 3


@dataclass(frozen=True)
class _Result:
    """What the rig says about the last command."""

    echo: int
    result: int
    reason: int


class CommandRegisters:
    """The command register of one rig, and its echo, result and reason, which stand one after the other."""

    def __init__(self, modbus: Modbus, profile: Profile) -> None:
        self._modbus, self._profile = modbus, profile
        self._at = profile.registers

    async def give(self, command: Command) -> None:
        """Write a command and see that it is taken.

        Raises:
            RigRefused: the rig said no.
            RigOffline: no answer: whether the command took effect is open.
            RigProtocolError: an answer that the profile does not allow.
        """
        await self._modbus.write(self._at["command"], int(command.code))
        await self.running(command)

    async def running(self, command: Command) -> bool:
        """Tell whether the rig still works on the command; raise unless it is done otherwise.

        Raises:
            RigRefused: the rig said no, or another command came between.
            RigOffline: no answer.
            RigProtocolError: an answer that the profile does not allow.
        """
        first, last = self._at["command_echo"], self._at["command_reason"]
        said = _Result(*await self._modbus.read(first, last - first + 1))
        where = self._modbus.where
        if said.echo != command.code:
            raise RigRefused("set_aside", "set aside", where=where, request=command.name, other=said.echo)
        if said.result == REFUSED:
            why = self._profile.why(said.reason)
            raise RigRefused("refused", said.reason, where=where, request=command.name, why=why)
        if said.result not in (DONE, RUNNING):
            detail = f"result {said.result} is not in the profile"
            raise RigProtocolError("wrong_answer", where=where, request=command.name, detail=detail)
        return said.result == RUNNING
