"""What the tests of check-lists do on a phone: begin, choose, take a photo."""

import io

from PIL import Image
from playwright.async_api import FilePayload, Locator

from tests.handheld.offices import CODE
from tests.handheld.phone import Phone

ORIENTATION, TURNED = 0x0112, 6


def picture(colour: str, size: tuple[int, int] = (2400, 1200)) -> FilePayload:
    """Return a photo as a camera gives it: large, lying on its side, with a word about who took it."""
    image, exif, file = Image.new("RGB", size, colour), Image.Exif(), io.BytesIO()
    exif[ORIENTATION], exif[0x010F] = TURNED, "maker of the phone"
    image.save(file, "JPEG", exif=exif)
    return {"name": "shot.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def point(phone: Phone, one: str) -> Locator:
    return phone.page.locator(f"[data-point='{one}']")


async def choose(phone: Phone, one: str, outcome: str) -> None:
    await point(phone, one).get_by_role("radio", name=outcome, exact=True).click()


async def shoot(phone: Phone, one: str, photo: FilePayload) -> None:
    await point(phone, one).locator("input[type=file]").set_input_files(photo)


async def begin(phone: Phone, staff: str, pin: str, serial: str, start: str, code: str = CODE) -> None:
    await phone.pair(code)
    await phone.log_in(staff, pin)
    await phone.take(serial, start)
