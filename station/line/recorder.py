"""The recording of one run: every sample that the rig delivered, from its blocks to the capture."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol, cast, get_args

from station.model.capture import Capture, Curve, EndState, Mark, Scalar
from station.model.quantity import Quality, Quantity, Unit


class ReadingLike(Protocol):
    """A single reading of a rig."""

    @property
    def scaled(self) -> Decimal | None: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def quality(self) -> Quality: ...  # noqa: D102


def unit_of(unit: str) -> Unit:
    """Return a rig's unit as one of the model's.

    Raises:
        ValueError: a profile declares a unit that the model does not have.
    """
    if unit not in get_args(Unit):
        raise ValueError(f"unit {unit!r}: expected one of {', '.join(get_args(Unit))}")
    return cast("Unit", unit)


class Recorder:
    """Collects samples in the order of their sequence.

    Args:
        scales: channel to (scale, unit) of every curve.
        period_us: time between two samples.
    """

    def __init__(self, scales: Mapping[str, tuple[Decimal, str]], period_us: int) -> None:
        self._scales = scales
        self._period_us = period_us
        self._raw: dict[str, list[int | None]] = {channel: [] for channel in scales}
        self._quality: dict[str, list[str]] = {channel: [] for channel in scales}
        self._scalars: dict[str, Scalar] = {}
        self._marks: dict[str, int] = {}
        self._times_us: list[int] = []
        self.first_sequence = 0
        self.lost = 0

    @property
    def samples(self) -> int:
        """Return how many samples each curve has."""
        return max((len(raw) for raw in self._raw.values()), default=0)

    def add(
        self,
        first_sequence: int,
        raw: Mapping[str, Sequence[int | None]],
        quality: Mapping[str, str],
        lost: int,
        at_us: int | None = None,
    ) -> None:
        """Add the samples of one block; a channel that the block does not have is missing for its length.

        ``at_us``: when the block's one sample was read, by this computer's clock; None where the rig keeps the time.
        """
        if not self.samples:
            self.first_sequence = first_sequence
        else:
            self.lost += lost
        count = max((len(values) for values in raw.values()), default=0)
        if at_us is not None and self._raw:
            self._times_us.append(at_us)
        for channel, values in self._raw.items():
            values.extend(raw.get(channel, [None] * count))
            self._quality[channel].append(quality.get(channel, "m" * count))

    def keep(self, channel: str, reading: ReadingLike | None) -> None:
        """Keep a single reading; only a good one has a value."""
        value = reading.scaled if reading is not None and reading.quality == "good" else None
        quantity = None if value is None or reading is None else Quantity(value=value, unit=unit_of(reading.unit))
        quality: Quality = "missing" if reading is None else reading.quality
        self._scalars[channel] = Scalar(channel=channel, quantity=quantity, quality=quality)

    def mark(self, name: str, index: int) -> None:
        """Set a mark; a later one of the same name replaces it."""
        self._marks[name] = index

    def capture(
        self, run: str, items: tuple[str, ...], rig: str, profile: str, profile_sha256: str, end_state: EndState
    ) -> Capture:
        """Return everything as the run's evidence."""
        return Capture(
            run=run,
            item=items[0],
            covers=items[1:],
            rig=rig,
            profile=profile,
            profile_sha256=profile_sha256,
            period_us=self._period_us,
            first_sequence=self.first_sequence,
            samples=self.samples,
            lost=self.lost,
            times_us=tuple(at_us - self._times_us[0] for at_us in self._times_us),
            curves=tuple(self._curve(channel) for channel in self._raw),
            scalars=tuple(self._scalars.values()),
            marks=tuple(Mark(name=name, index=index) for name, index in self._marks.items()),
            end_state=end_state,
        )

    def _curve(self, channel: str) -> Curve:
        scale, unit = self._scales[channel]
        return Curve(
            channel=channel,
            unit=unit_of(unit),
            scale=scale,
            raw=tuple(self._raw[channel]),
            quality="".join(self._quality[channel]),
        )
