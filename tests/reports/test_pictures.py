"""The documentation's pictures: drawn by one script, small enough, and all of them linked."""

from pathlib import Path

from PIL import Image

from tests.reports import make_pictures

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 250_000


def test_every_picture_is_there_at_its_size_and_linked():
    pages = "\n".join(page.read_text("utf-8") for page in (ROOT / "docs" / "how-to").glob("*.md"))
    for name, (_, width_px) in make_pictures.pictures().items():
        file = ROOT / "docs" / "pictures" / f"{name}.png"
        with Image.open(file) as picture:
            assert picture.width == width_px + 2, name
        assert file.stat().st_size < MOST_BYTES, name
        assert f"(../pictures/{name}.png)" in pages, name


def test_a_picture_keeps_white_paper_and_the_colour_of_a_verdict():
    pdf, width_px = make_pictures.pictures()["report-fail-zh"]
    colours = {colour for _, colour in make_pictures.first_page(pdf, width_px).convert("RGB").getcolors(1 << 16)}
    assert {(255, 255, 255), (0xB3, 0x20, 0x1B), (0xFC, 0xEC, 0xEA)} <= colours
