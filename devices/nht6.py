"""The opacimeter's protocol: a command byte, data, and a byte that makes the frame sum to zero."""

from devices.clock import Clock
from devices.errors import RigProtocolError, RigRefused
from devices.frames import FrameFinder, sums_to_zero, zero_sum
from devices.profile import Profile
from devices.stream import Link
from devices.wire import FrameEar, Wire, asked_again

ERROR = 0x15
ERROR_LENGTH = 3
NOT_IN_THIS_STATE = 3


def answer_length(head: bytes, command: int, length: int) -> int:
    """Return how long the frame is that ``head`` begins: a reply to the command, an error reply, or 0 for neither."""
    return {command: length, ERROR: ERROR_LENGTH}.get(head[0], 0)


class Nht6Client:
    """Requests to one opacimeter, one at a time."""

    def __init__(self, link: Link, clock: Clock, profile: Profile) -> None:
        self.link = link
        self._profile, self._wire = profile, Wire(link, clock, profile.timing)

    async def read(self, command: int, length: int) -> bytes:
        """Ask for something, return the data of the reply, which is ``length`` bytes long as a whole; asked twice.

        Raises:
            RigOffline: no answer.
            RigProtocolError: an unreadable answer, or an error that the page does not allow here.
        """
        request = bytes([command])
        return await asked_again(self.link, lambda: self._exchange(request, length))

    async def control(self, request: bytes) -> None:
        """Give a command, once.

        Raises:
            RigOffline: no answer: whether the command took effect is open.
            RigRefused: not in this state; ``reason`` is 3.
            RigProtocolError: an unreadable answer, or the opacimeter does not know the command.
        """
        await self._exchange(request, 2)

    async def _exchange(self, request: bytes, length: int) -> bytes:
        ear = FrameEar(FrameFinder(lambda head: answer_length(head, request[0], length), sums_to_zero))
        frame = await self._wire.ask(zero_sum(request), ear.hear)
        name = request.hex(" ").upper()
        if frame is None:
            raise ear.nothing(self.link.url, name)
        if frame[0] == ERROR:
            raise self._error(frame[1], name)
        return frame[1:-1]

    def _error(self, number: int, name: str) -> RigRefused | RigProtocolError:
        if number == NOT_IN_THIS_STATE:
            why = self._profile.why(number)
            return RigRefused("refused", number, where=self.link.url, request=name, why=why)
        return RigProtocolError("wrong_answer", where=self.link.url, request=name, detail=f"error {number}")
