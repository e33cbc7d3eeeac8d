"""From a profile and an address to the rig's driver."""

from collections.abc import Callable

from devices.brake import BrakeTester
from devices.clock import Clock
from devices.gas import GasAnalyser
from devices.instrument import State
from devices.profile import Profile

Rig = BrakeTester | GasAnalyser


def open_rig(
    profile: Profile, link_url: str, clock: Clock, on_health: Callable[[State, str], None] | None = None
) -> Rig:
    """Return the driver for a rig, not yet connected: run its ``supervise`` as a task, or call ``connect``.

    Raises:
        ProfileError: the address is none that this kind of rig can have.
    """
    rig: Rig = (BrakeTester if profile.kind == "brake" else GasAnalyser)(profile, link_url, clock)
    rig.on_health = on_health
    return rig
