"""Photos that a simulated inspector takes: a picture that says what it shows, the same one every time."""

import io
import random

from PIL import Image, ImageDraw

SIZE = (640, 480)
SHAPES = 24


def photo_of(serial: str, point: str) -> bytes:
    """Return a JPEG with serial and point on a pattern of their own."""
    rand = random.Random(f"{serial} {point}")  # noqa: S311 - a picture, not a secret
    image = Image.new("RGB", SIZE, _colour(rand, 40, 110))
    draw = ImageDraw.Draw(image)
    for _ in range(SHAPES):
        x, y = rand.randrange(SIZE[0]), rand.randrange(SIZE[1])
        draw.rectangle((x, y, x + rand.randrange(20, 160), y + rand.randrange(20, 120)), fill=_colour(rand, 60, 200))
    draw.rectangle((0, 0, SIZE[0], 40), fill=(0, 0, 0))
    draw.text((10, 12), f"{serial}  {point}", fill=(255, 255, 255))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=70)
    return file.getvalue()


def _colour(rand: random.Random, low: int, high: int) -> tuple[int, int, int]:
    return rand.randrange(low, high), rand.randrange(low, high), rand.randrange(low, high)
