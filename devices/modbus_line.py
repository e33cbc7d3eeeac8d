"""From an address to the Modbus device behind it: RTU on a line, RTU through a serial server, or Modbus TCP."""

from devices.clock import Clock, real_s
from devices.errors import ProfileError
from devices.links import open_rtu_link, split_tcp
from devices.modbus import ModbusTcp
from devices.modbus_words import Modbus
from devices.profile import Profile
from devices.profile_words import profile_error
from devices.rtu import ModbusRtu


def open_modbus(profile: Profile, url: str, clock: Clock) -> Modbus:
    """Return the connection to the device that the profile and the address name, not yet made.

    Raises:
        ProfileError: the address is none of a Modbus device.
    """
    unit, timing = profile.registers["unit"], profile.timing
    if url.startswith("tcp://"):
        return ModbusTcp(*split_tcp(url), unit, real_s(clock, timing.deadline_s))
    try:
        return ModbusRtu(open_rtu_link(url), unit, clock, timing)
    except ProfileError as error:
        raise profile_error("or_tcp", why=error.said) from error
