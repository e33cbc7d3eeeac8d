"""What both forms of Modbus have in common: function codes, and what an exception means."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from devices.errors import Words

READ, WRITE = 3, 6

EXCEPTIONS: Mapping[int, Words] = MappingProxyType(
    {
        1: Words("设备不支持该功能码", "it does not know the function"),
        2: Words("设备没有该寄存器", "it has no such register"),
        3: Words("设备不接受该数值或数量", "it does not take the value or the quantity"),
        4: Words("设备处理请求时发生故障", "it failed while it worked on the request"),
        5: Words("设备需要更长时间才能应答", "it needs longer to answer"),
        6: Words("设备正忙", "it is busy"),
        7: Words("设备无法执行", "it cannot do this"),
        8: Words("设备存储器损坏", "its memory is damaged"),
        10: Words("网关没有通向设备的路径", "the gateway has no path to it"),
        11: Words("网关得不到设备的应答：站号是否正确？", "the gateway got no answer from it: is the unit id right?"),
    }
)
OTHER_EXCEPTION = Words("Modbus 未定义的异常", "an exception that Modbus does not define")


def map_words(identity: Sequence[int]) -> str:
    """Return a register map's number and version in words."""
    return f"map {identity[0]:#06x} version {identity[1]}"


class Modbus(Protocol):
    """One Modbus device, whatever carries the frames. Errors are those of ``ModbusTcp`` and ``ModbusRtu``."""

    where: str

    @property
    def connected(self) -> bool:
        """Whether the line stands, as far as this end can tell."""

    async def connect(self) -> None:
        """Open the line, one try."""

    async def close(self) -> None:
        """Close the line."""

    async def read(self, address: int, count: int) -> list[int]:
        """Read ``count`` holding registers."""

    async def write(self, address: int, value: int) -> None:
        """Write one register."""
