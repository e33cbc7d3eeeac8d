"""From a profile and an address to the rig's driver."""

from collections.abc import Callable, Mapping

from devices.brake import BrakeTester
from devices.clock import Clock
from devices.errors import Reason
from devices.gas import GasAnalyser
from devices.gas_ak import AkAnalyser
from devices.gas_modbus import ModbusAnalyser
from devices.instrument import State
from devices.lamp import HeadlampTester
from devices.profile import Profile
from devices.smoke import Opacimeter

Rig = BrakeTester | GasAnalyser | Opacimeter | HeadlampTester
DRIVERS: Mapping[str, Callable[[Profile, str, Clock], Rig]] = {
    "modbus-tcp": BrakeTester,
    "ak": AkAnalyser,
    "modbus-rtu": ModbusAnalyser,
    "nht6": Opacimeter,
    "mqd6": HeadlampTester,
}
"""The driver of each protocol of ``devices.profile.PROTOCOLS``."""


def open_rig(
    profile: Profile, link_url: str, clock: Clock, on_health: Callable[[State, Reason], None] | None = None
) -> Rig:
    """Return the driver for a rig, not yet connected: run its ``supervise`` as a task, or call ``connect``.

    Raises:
        ProfileError: the address is none that this kind of rig can have.
    """
    rig = DRIVERS[profile.protocol](profile, link_url, clock)
    rig.on_health = on_health
    return rig
