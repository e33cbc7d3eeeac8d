"""Plates and VINs of simulated cars, as the standards form them."""

import random
import re

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_VALUES = {c: int(c) for c in "0123456789"} | {
    **{c: i for i, c in enumerate("ABCDEFGH", 1)},
    **{c: i for i, c in enumerate("JKLMN", 1)},
    "P": 7,
    "R": 9,
    **{c: i for i, c in enumerate("STUVWXYZ", 2)},
}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_NEW_ENERGY = re.compile(r".[A-Z][ABCDE][A-Z0-9]\d{4}")


def plate_of(seed: int) -> str:
    """Return an ordinary small-car plate (GA 36-2018): province, letter, one letter, four digits."""
    rand = random.Random(seed)  # noqa: S311 - a simulated plate, not a secret
    return f"浙{rand.choice('ABCDEFGHJKL')}{rand.choice(LETTERS)}{rand.randint(1000, 9999)}"


def new_energy_plate_of(seed: int) -> str:
    """Return the plate of a small electric car (小型新能源汽车号牌, GA 36-2018): six characters, a D first."""
    rand = random.Random(seed)  # noqa: S311
    return f"浙{rand.choice('ABCDEFGHJKL')}D{rand.choice(LETTERS)}{rand.randint(1000, 9999)}"


def is_new_energy(plate: str) -> bool:
    """Tell whether a plate is that of a small electric car."""
    return _NEW_ENERGY.fullmatch(plate) is not None


def vin_of(seed: int) -> str:
    """Return a VIN with the right check digit (GB 16735)."""
    rand = random.Random(seed)  # noqa: S311
    body = "L" + "".join(rand.choices(VIN_LETTERS + "0123456789", k=7)) + "0" + rand.choice("KLMNPR")
    body += "".join(rand.choices(VIN_LETTERS + "0123456789", k=2)) + f"{rand.randint(0, 99999):05d}"
    total = sum(_VALUES[c] * w for c, w in zip(body, _WEIGHTS, strict=True)) % 11
    return f"{body[:8]}{'X' if total == 10 else total}{body[9:]}"
