"""What can go wrong with a rig, in words for the person who can act."""


class RigError(Exception):
    """Anything that goes wrong between this computer and a rig."""


class RigOffline(RigError):  # noqa: N818 - the trade's word for the state
    """The rig does not answer: no power, no cable, wrong address. Whether a command under way took effect is open."""


class RigProtocolError(RigError):
    """The rig answered what its protocol page does not allow: another map, a wrong count, an unreadable frame."""


class RigRestarted(RigError):  # noqa: N818 - the trade's word for the event
    """The rig was restarted, or taken over at its own panel: earlier samples do not join on to later ones."""


class RigRefused(RigError):  # noqa: N818 - the protocol page's word for the answer
    """The rig understood and said no. ``reason`` is the rig's own number or code, the text says it in words."""

    def __init__(self, message: str, reason: int | str = "") -> None:
        super().__init__(message)
        self.reason = reason


class ProfileError(ValueError):
    """A rig's profile or link address cannot be used: names the file and key, or the address, and what was expected."""
