"""Frames of the opacimeter by hand, its side (reference opacimeter, Frames and Requests)."""

import struct
from collections.abc import Callable, Iterator

from sim.smoke_bench import CALIBRATING, MEASURING, READY, WARMUP, SmokeBench, coefficient

FORGET_NS = 20_000_000
"""Part of a request is forgotten after so much silence."""

ERROR = 0x15
UNKNOWN, WRONG_SUM, NOT_NOW, BAD_DATA = 1, 2, 3, 4
SET_STATE = 0xA0

NO_VALUE, NO_PROBE = 0x8000, 0xFFFF
NEVER = 9
MOST_AGE_S = 0xFFFE
FULL_SHADE, LIGHT = 40, 3600


def framed(content: bytes) -> bytes:
    """Return the bytes of a frame: its sum is 0 modulo 256."""
    return content + bytes((-sum(content) & 0xFF,))


def error(number: int) -> bytes:
    """Return an error reply."""
    return framed(bytes((ERROR, number)))


class Receiver:
    """Bytes from the line, cut into requests by the length that their first byte tells."""

    def __init__(self) -> None:
        self._part = bytearray()
        self._end_ns = 0

    def feed(self, data: bytes, start_ns: int, byte_ns: int) -> Iterator[tuple[int, bytes]]:
        """Take bytes of which the first began at a moment; yield when each request ended, and the request."""
        if start_ns - self._end_ns > FORGET_NS:
            self._part.clear()
        for index, byte in enumerate(data, 1):
            self._part.append(byte)
            self._end_ns = start_ns + index * byte_ns
            if len(self._part) == (3 if self._part[0] == SET_STATE else 2):
                yield self._end_ns, bytes(self._part)
                self._part.clear()


class Commands:
    """The requests of one opacimeter."""

    def __init__(self, bench: SmokeBench) -> None:
        self._bench = bench
        self._do: dict[int, Callable[[bytes], bytes]] = {
            SET_STATE: self._set_state,
            0xA1: lambda data: bytes((bench.state,)),
            0xA2: self._end_warm_up,
            0xA3: lambda data: struct.pack(">H", bench.alarms()),
            0xA4: self._calibrate,
            0xA5: self._live,
            0xA6: self._maxima,
            0xA7: self._clear_maxima,
            0xB0: self._head,
            0xB2: self._last_calibration,
        }

    def answer(self, request: bytes) -> bytes:
        """Return the reply to one request."""
        self._bench.heard()
        if sum(request) & 0xFF:
            return error(WRONG_SUM)
        do = self._do.get(request[0])
        if do is None:
            return error(UNKNOWN)
        try:
            return framed(request[:1] + do(request[1:-1]))
        except _RefusedError as refused:
            return error(refused.number)

    def _set_state(self, data: bytes) -> bytes:
        if data[0] not in (READY, MEASURING):
            raise _RefusedError(BAD_DATA)
        if self._bench.state not in (READY, MEASURING):
            raise _RefusedError(NOT_NOW)
        self._bench.run(data[0])
        return b""

    def _end_warm_up(self, data: bytes) -> bytes:
        return self._from(WARMUP, READY)

    def _calibrate(self, data: bytes) -> bytes:
        return self._from(READY, CALIBRATING)

    def _from(self, needed: int, state: int) -> bytes:
        if self._bench.state != needed:
            raise _RefusedError(NOT_NOW)
        self._bench.run(state)
        return b""

    def _live(self, data: bytes) -> bytes:
        bench = self._bench
        percent = bench.percent if bench.state == MEASURING else None
        k_per_m = None if percent is None else coefficient(percent)
        return struct.pack(">4H", *_smoke(percent, k_per_m), _speed(bench.speed_per_min), _oil(bench.oil_c))

    def _maxima(self, data: bytes) -> bytes:
        percent, k_per_m, speed = self._bench.maxima
        return struct.pack(">3H", *_smoke(percent, k_per_m), _speed(speed))

    def _clear_maxima(self, data: bytes) -> bytes:
        self._bench.clear_maxima()
        return b""

    def _head(self, data: bytes) -> bytes:
        bench, faults = self._bench, self._bench.faults
        percent = bench.raw_percent
        light = FULL_SHADE + round((LIGHT - FULL_SHADE) * (1.0 - min(percent, 100.0) / 100.0))
        chamber, fan = 200 if faults.chamber_cold else 500, 0 if faults.fan_failed else 120
        words = (chamber, 400, fan, 122, 95 if faults.supply else 120, light // (3 if faults.lamp_weak else 1))
        return struct.pack(">9H", *_smoke(percent, coefficient(percent)), *words, FULL_SHADE)

    def _last_calibration(self, data: bytes) -> bytes:
        last, age_s = self._bench.calibration, self._bench.calibration_age_s()
        if last is None or age_s is None:
            return struct.pack(">BH", NEVER, 0xFFFF)
        return struct.pack(">BH", last.passed, min(age_s, MOST_AGE_S))


class _RefusedError(Exception):
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _smoke(percent: float | None, k_per_m: float | None) -> tuple[int, int]:
    """Return the words of opacity and light absorption coefficient."""
    return _word(percent, 10, -20, 1000), _word(k_per_m, 100, -10, 1600)


def _word(value: float | None, scale: int, low: int, high: int) -> int:
    return NO_VALUE if value is None else min(max(round(value * scale), low), high) & 0xFFFF


def _speed(speed_per_min: float | None) -> int:
    return NO_PROBE if speed_per_min is None else min(max(round(speed_per_min), 0), 9999)


def _oil(oil_c: float | None) -> int:
    if oil_c is None:
        return NO_PROBE
    degrees = min(max(round(oil_c), -40), 200)
    return 0 if degrees == -1 else degrees & 0xFFFF
