"""The headlamp tester's protocol: short requests, and a tester that also speaks when nobody asked."""

from collections.abc import Callable

from devices.clock import Clock
from devices.errors import RigOffline, RigProtocolError, RigRefused
from devices.frames import FrameFinder, sums_to_zero, zero_sum
from devices.profile import Profile
from devices.stream import Link
from devices.wire import Wire, asked_again

REQUEST_HEAD = bytes([0x02, 0x01, 0x32])
ANSWER_HEAD = bytes([0x02, 0x32])
EVENT_LENGTH, RECORDS_LENGTH = 5, 112
TAKEN, BUSY, UNKNOWN, STATUS_BITS = 0x06, 0x15, 0x16, 0x6F
EVENT_GROUPS = (0x45, 0x54)
GROUPS = (TAKEN, BUSY, UNKNOWN, STATUS_BITS, *EVENT_GROUPS)
STATUS, ALL_DATA = 0x546F, 0x474F
SILENCE_S = 0.25
"""Real seconds of silence after which part of a frame was noise: the page's 0.1 s, and what a busy computer adds."""


def frame_length(head: bytes) -> int | None:
    """Return how long the frame is that ``head`` begins: 0 none can, None that cannot be told yet."""
    if not ANSWER_HEAD.startswith(head[:2]):
        return 0
    if len(head) < 3:
        return None
    if head[2] in b"+-0123456789":
        return RECORDS_LENGTH
    return EVENT_LENGTH if head[2] in GROUPS else 0


def answers(frame: bytes, code: int) -> bool:
    """Tell whether a frame is the answer to the request ``code`` (group * 256 + command)."""
    if len(frame) == RECORDS_LENGTH:
        return code == ALL_DATA
    if frame[2] == STATUS_BITS:
        return code == STATUS
    return frame[2] in (TAKEN, BUSY, UNKNOWN) and frame[3] == code & 0xFF


class Mqd6Client:
    """Requests to one tester, one at a time.

    Args:
        on_event: is given the number (group * 256 + command) of every event, whenever it comes.
    """

    def __init__(self, link: Link, clock: Clock, profile: Profile, on_event: Callable[[int], None]) -> None:
        self.link = link
        self._profile, self._on_event = profile, on_event
        self._wire = Wire(link, clock, profile.timing, self._overheard)
        self._finder = FrameFinder(frame_length, sums_to_zero)

    async def open(self) -> None:
        """Open the line; part of a frame that stood on the one before is forgotten.

        Raises:
            RigOffline: it cannot be opened.
        """
        await self.link.open()
        self._finder = FrameFinder(frame_length, sums_to_zero)

    async def status(self) -> int:
        """Ask for the state's bits; asked twice.

        Raises:
            RigOffline: no answer.
            RigProtocolError: the tester does not know the request.
        """
        return (await asked_again(self.link, lambda: self._exchange(STATUS, "status")))[3]

    async def records(self) -> bytes:
        """Ask for the whole reply with all records; asked twice. Raises as ``status`` does."""
        return await asked_again(self.link, lambda: self._exchange(ALL_DATA, "all_data"))

    async def control(self, code: int, name: str) -> None:
        """Give a command, once.

        Raises:
            RigOffline: no answer: whether the command took effect is open.
            RigRefused: busy or faulty; ``reason`` is 21.
            RigProtocolError: the tester does not know the command.
        """
        await self._exchange(code, name)

    async def _exchange(self, code: int, name: str) -> bytes:
        request = zero_sum(REQUEST_HEAD + code.to_bytes(2, "big"))
        answer = await self._wire.ask(request, lambda data: self._answer_in(data, code), SILENCE_S)
        if answer is None:
            raise RigOffline("no_answer", where=self.link.url, request=name)
        if len(answer) == EVENT_LENGTH and answer[2] == UNKNOWN:
            raise RigProtocolError("unknown_request", where=self.link.url, request=name)
        if len(answer) == EVENT_LENGTH and answer[2] == BUSY:
            raise RigRefused("refused", BUSY, where=self.link.url, request=name, why=self._profile.why(BUSY))
        return answer

    def _answer_in(self, data: bytes, code: int) -> bytes | None:
        """Return the answer out of what came; everything else that came is an event, or was not for us."""
        found = None
        for frame in self._finder.feed(data) if data else self._finder.silence():
            if found is None and answers(frame, code):
                found = frame
            else:
                self._heard(frame)
        return found

    def _overheard(self, data: bytes) -> None:
        for frame in self._finder.feed(data):
            self._heard(frame)

    def _heard(self, frame: bytes) -> None:
        if len(frame) == EVENT_LENGTH and frame[2] in EVENT_GROUPS:
            self._on_event(int.from_bytes(frame[2:4], "big"))
