"""Curves and readings as a station's rigs give them, for reports of tests."""

import math
from decimal import Decimal

from station.model.capture import Capture, Curve, Mark, Scalar
from station.model.quantity import Quantity

HALF_LOADS = {"B1": (412, 401), "B2": (262, 256), "B0": (262, 256)}
"""Wheel loads in kg, left and right."""


def brake_capture(run, code, ratio=0.93, samples=320, peak_n=2900):
    """A brake run: force rises from sample 95, breaks off at 270; some samples of the right wheel are lost before."""
    rise = [max(0.0, min(1.0, (n - 90) / 130)) ** 1.4 for n in range(samples)]
    fall = [1.0 if n < 270 else math.exp(-(n - 270) / 9) for n in range(samples)]
    force = [peak_n * r * f + 60 + 14 * math.sin(n * 1.7) for n, (r, f) in enumerate(zip(rise, fall, strict=True))]
    left = tuple(round(f) for f in force)
    right: list[int | None] = [round(f * ratio + 9 * math.sin(n * 0.9)) for n, f in enumerate(force)]
    right[30:34] = [None] * 4
    quality = "".join("m" if value is None else "g" for value in right)
    sides = zip(("load_left", "load_right"), HALF_LOADS[code], strict=True)
    return _capture(
        run,
        code,
        "brake-1",
        10_000,
        samples,
        (
            Curve(channel="force_left", unit="N", scale=Decimal(1), raw=left, quality="g" * samples),
            Curve(channel="force_right", unit="N", scale=Decimal(1), raw=tuple(right), quality=quality),
        ),
        (Mark(name="brake", index=62), Mark(name="rise", index=95)),
        tuple(Scalar(channel=side, quantity=Quantity(value=Decimal(kg), unit="kg")) for side, kg in sides),
    )


def _capture(run, item, rig, period_us, samples, curves, marks, scalars=(), covers=()):
    return Capture(
        run=run,
        item=item,
        covers=covers,
        rig=rig,
        profile="reference",
        profile_sha256="ab" * 32,
        period_us=period_us,
        first_sequence=100,
        samples=samples,
        lost=0,
        curves=curves,
        scalars=scalars,
        marks=marks,
    )


def _curve(channel, unit, scale, values):
    raw = tuple(round(value) for value in values)
    return Curve(channel=channel, unit=unit, scale=Decimal(scale), raw=raw, quality="g" * len(raw))


def gas_capture(run, samples=110, co_idle=21):
    """An exhaust run, a sample a second: high idle until sample 55, then idle; ``co_idle`` in 0.01 %."""
    count, high = range(samples), [n < 55 for n in range(samples)]
    curves = (
        _curve("co", "% vol", "0.01", ((8 if high[n] else co_idle) + 2 * math.sin(n) for n in count)),
        _curve("co2", "% vol", "0.01", (1440 + 10 * math.sin(n * 0.3) for n in count)),
        _curve("hc", "1e-6 vol", "1", ((24 if high[n] else 41) + 3 * math.sin(n * 0.7) for n in count)),
        _curve("lambda", "1", "0.001", (1004 + 6 * math.sin(n * 1.3) for n in count)),
        _curve("engine_speed", "1/min", "1", ((2500 if high[n] else 800) + 25 * math.sin(n * 2.1) for n in count)),
        _curve("oil_temperature", "degC", "1", (91 for _ in count)),
    )
    marks = {"high_idle_average": 15, "high_idle_end": 45, "idle_average": 75, "idle_end": 105}
    return _capture(
        run, "PF", "gas-1", 1_000_000, samples, curves, tuple(Mark(name=n, index=i) for n, i in marks.items())
    )


def lamp_capture(run, dark=(), **intensities_cd):
    """A headlamp run over the lamps that are named; those in ``dark`` gave no light."""
    lit = {lamp: cd for lamp, cd in intensities_cd.items() if lamp not in dark}
    scalars = [scalar for place, (lamp, cd) in enumerate(lit.items()) for scalar in _lamp(lamp, cd, place)]
    first, *others = intensities_cd
    marks = tuple(Mark(name=f"no_lamp_{lamp}", index=0) for lamp in dark)
    return _capture(run, first, "lamp-1", 250_000, 0, (), marks, tuple(scalars), tuple(others))


def _lamp(lamp, cd, place):
    sign = (1, -1)[place % 2]
    offsets = {"high_dx": 35 * sign, "high_dy": 12, "low_dx": -48 * sign, "low_dy": -124}
    values = {"intensity": (cd, "cd"), "height": (718, "mm"), **{k: (v, "mm/10m") for k, v in offsets.items()}}
    for name, (value, unit) in values.items():
        yield Scalar(channel=f"{lamp}_{name}", quantity=Quantity(value=Decimal(value), unit=unit))


def smoke_capture(run, peaks=(0.62, 0.55, 0.58), samples_each=160):
    """A smoke run at 20 Hz: one acceleration after the other, each with its largest k in 1/m."""
    samples = samples_each * len(peaks) + 20
    k, speed = [0.02] * samples, [780.0] * samples
    for number, peak in enumerate(peaks):
        start = 20 + number * samples_each
        for n in range(120):
            up = min(1.0, n / 18) * (1.0 if n < 50 else math.exp(-(n - 50) / 14))
            speed[start + n] = 780 + 3720 * up
            k[start + n] = 0.02 + (peak - 0.02) * math.exp(-(((n - 26) / 12) ** 2))
    begins = [20 + number * samples_each for number in range(len(peaks))]
    marks = tuple(
        Mark(name=f"acceleration_{number}{end}", index=begin + at)
        for number, begin in enumerate(begins, 1)
        for end, at in (("", 0), ("_end", 120))
    )
    curves = (
        _curve("k", "1/m", "0.001", (value * 1000 for value in k)),
        _curve("engine_speed", "1/min", "1", (value + 8 * math.sin(n) for n, value in enumerate(speed))),
        _curve("oil_temperature", "degC", "1", (92 for _ in range(samples))),
    )
    return _capture(run, "FA", "smoke-1", 50_000, samples, curves, marks)
