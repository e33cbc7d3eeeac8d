"""Draw the pictures of the handheld in ``docs/pictures``: states at work and in trouble side by side, in each language.

Usage: python -m tests.handheld.draw_pictures
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SHEETS = {
    "handheld": ("list-busy", "checklist-new", "checklist-defect", "checklist-offline", "list-refused", "pit"),
    "handheld-trouble": ("list-empty", "lamps", "lamps-rig-down", "lamps-fault", "outbox-offline", "checklist-refused"),
}
GAP, GREY, COLOURS = 24, (118, 131, 144), 64


def joined(pictures: list[Image.Image]) -> Image.Image:
    """Return pictures of one height side by side, with few colours: they go with every clone."""
    width = sum(picture.width + GAP for picture in pictures) - GAP
    sheet, x = Image.new("RGB", (width, pictures[0].height), GREY), 0
    for picture in pictures:
        sheet.paste(picture, (x, 0))
        x += picture.width + GAP
    return sheet.quantize(COLOURS, dither=Image.Dither.NONE)


def main() -> None:
    """Have the tests of the layout keep their screens, and join some of them."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            str(Path(__file__).with_name("test_layout.py")),
            "-k",
            "portrait",
        ]
        subprocess.run(command, check=True, env={**os.environ, "HANDHELD_PICTURES": folder})
        for language in ("zh", "en"):
            for name, states in SHEETS.items():
                shots = [Image.open(Path(folder, f"{state}-portrait-{language}.png")) for state in states]
                joined(shots).save(FOLDER / f"{name}.{language}.png", optimize=True)


if __name__ == "__main__":
    main()
