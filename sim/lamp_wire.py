"""Frames of the headlamp tester by hand, its side (reference headlamp tester, Frames and Requests)."""

from collections.abc import Callable, Iterator

from sim.lamp_bench import LampBench

HEAD = bytes((0x02, 0x01, 0x32))
REQUEST_LENGTH = 6
PATIENCE_NS = 100_000_000
"""Part of a frame is looked at anew, a byte later, after so much silence."""

TAKEN, REFUSED, UNKNOWN, STATUS = 0x06, 0x15, 0x16, 0x6F
TEST, SET_UP, GET, MOTION = 0x54, 0x53, 0x47, 0x4D
ASK_STATUS, ALL_DATA = (TEST, 0x6F), (GET, 0x4F)
Request = tuple[int, int]

WHILE_MOVING = {(TEST, 0x53), (TEST, 0x54), (MOTION, 0x47), (MOTION, 0x3E)}
WHILE_FAULTY = WHILE_MOVING - {(TEST, 0x53)}


def framed(content: bytes) -> bytes:
    """Return the bytes of a frame: its sum is 0 modulo 256."""
    return content + bytes((-sum(content) & 0xFF,))


def told(group: int, command: int) -> bytes:
    """Return an answer or event."""
    return framed(bytes((0x02, 0x32, group, command)))


class Receiver:
    """Bytes from the line, cut into requests; what can be none is dropped byte by byte."""

    def __init__(self) -> None:
        self._part = bytearray()
        self._end_ns = 0

    def feed(self, data: bytes, start_ns: int, byte_ns: int) -> Iterator[tuple[int, Request]]:
        """Take bytes of which the first began at a moment; yield when each request ended, and the request."""
        if start_ns - self._end_ns > PATIENCE_NS:
            # Bytes of one request follow each other closely: what stands there belongs to none that comes now.
            self._part.clear()
        for index, byte in enumerate(data, 1):
            self._part.append(byte)
            self._end_ns = start_ns + index * byte_ns
            request = self._look()
            if request:
                yield self._end_ns, request

    def _look(self) -> Request | None:
        """Return the request that has become whole, after dropping what cannot begin one."""
        while self._part:
            whole = len(self._part) >= REQUEST_LENGTH
            if self._part[:3] != HEAD[: len(self._part)] or (whole and sum(self._part[:REQUEST_LENGTH]) & 0xFF):
                del self._part[0]
            elif not whole:
                return None
            else:
                group, command = self._part[3], self._part[4]
                self._part.clear()
                return group, command
        return None


class Commands:
    """The requests of one tester."""

    def __init__(self, bench: LampBench) -> None:
        self._bench = bench
        self._do: dict[Request, Callable[[], None]] = {
            (TEST, 0x51): self._in_place,
            (TEST, 0x52): lambda: bench.measure(("left", "right"), then_home=True),
            (TEST, 0x07): lambda: bench.measure(("left",), then_home=False),
            (TEST, 0x40): lambda: bench.measure(("right",), then_home=False),
            (TEST, 0x5A): lambda: bench.measure(("left",), then_home=True),
            (TEST, 0x59): lambda: bench.measure(("right",), then_home=True),
            (TEST, 0x53): bench.leave_adjust,
            (TEST, 0x54): bench.halt,
            (MOTION, 0x47): bench.go_home,
            (MOTION, 0x3E): bench.halt,
            **{(SET_UP, number): self._setting(**setting) for number, setting in _SETTINGS.items()},
        }

    def answer(self, request: Request) -> bytes:
        """Return the answer to one request."""
        self._bench.asked()
        if request == ASK_STATUS:
            return told(STATUS, self._bits())
        if request == ALL_DATA:
            return framed(b"\x02\x32" + self._bench.data().encode("ascii"))
        do = self._do.get(request)
        if do is None:
            return told(UNKNOWN, request[1])
        if self._refused(request):
            return told(REFUSED, request[1])
        do()
        return told(TAKEN, request[1])

    def _refused(self, request: Request) -> bool:
        bench = self._bench
        return (bench.faults.broken and request not in WHILE_FAULTY) or (bench.moving and request not in WHILE_MOVING)

    def _in_place(self) -> None:
        """Measure without travelling; a receiver that stands before no side looks for a lamp in vain."""
        side = self._bench.side
        if side is None:
            self._bench.search_nowhere()
        else:
            self._bench.measure((side,), then_home=False, travel=False)

    def _setting(self, **setting: object) -> Callable[[], None]:
        def set_up() -> None:
            self._bench.restarted = False
            for name, value in setting.items():
                setattr(self._bench.set_up, name, value)

        return set_up

    def _bits(self) -> int:
        bench = self._bench
        bits = (
            bench.home,
            bench.moving,
            bench.set_up.four_lamps,
            "left" in bench.ready,
            "right" in bench.ready,
            bench.adjusting,
            bench.faults.broken,
            bench.restarted,
        )
        return sum(1 << bit for bit, on in enumerate(bits) if on)


_SETTINGS: dict[int, dict[str, object]] = {
    0x31: {"four_lamps": True},
    0x32: {"four_lamps": False},
    0x33: {"beams": ("high",)},
    0x34: {"beams": ("low",)},
    0x35: {"beams": ("high", "low")},
    0x71: {"low_first": False},
    0x72: {"low_first": True},
    0x60: {"adjust_high": True},
    0x61: {"adjust_high": False},
    0x62: {"adjust_low": True},
    0x63: {"adjust_low": False},
}
