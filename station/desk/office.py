"""What the desk asks of the office over HTTP, with the log-in token: vehicles of the past, papers, pairing."""

import asyncio
import http.client
import json
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from pydantic import BaseModel, ValidationError

from station.bus.messages import InspectionSnapshot
from station.bus.trust import distrust, trusting
from station.desk.words import text
from station.model.facts import Conclusion
from station.model.inspection import PrintRecord, State
from station.model.text import Language, Text

TIMEOUT_S = 8.0
MOST_BYTES = 8_000_000
SHORTEST = 2
"""The least characters of a search: the office's own."""


Answer = TypeVar("Answer")


class OfficeError(Exception):
    """The office did not give what was asked; ``text`` says why and what to do."""

    def __init__(self, said: Text) -> None:
        super().__init__(said.en)
        self.text = said


class PastAttempt(BaseModel):
    """One attempt of an inspection."""

    number: int
    conclusion: Conclusion | None = None
    report_no: str | None = None
    signed_at: str | None = None
    prints: tuple[PrintRecord, ...] = ()


class PastVehicle(BaseModel):
    """One inspection as the office's search lists it."""

    serial: str
    plate: str
    vin: str
    state: State
    keys_taken_at: str
    keys_returned_at: str | None = None
    attempts: tuple[PastAttempt, ...] = ()


class Invitation(BaseModel):
    """What a handheld needs to join: addresses, pairing code, fingerprint of the station's authority."""

    code: str
    app_url: str
    pair_url: str
    onboarding_url: str | None = None
    fingerprint: str | None = None

    @property
    def url(self) -> str:
        """Return the address that a device opens first: without the authority's certificate it cannot open the app."""
        return self.onboarding_url or self.pair_url


class Office:
    """The office's pages. Each question runs in a thread of its own.

    Args:
        url: where the pages are.
        authority: file of the authority that alone is trusted over TLS, None for this machine's own list.
    """

    def __init__(self, url: str, authority: Path | None) -> None:
        self._url = url.rstrip("/")
        self._authority = authority

    async def vehicles(self, fragment: str, token: str) -> tuple[PastVehicle, ...]:
        """Return the inspections whose plate or VIN has that part, the newest first.

        Raises:
            OfficeError: it cannot be asked, or refuses.
        """
        found = await self._get(f"/search?{urlencode({'q': fragment})}", token)
        return self._read(lambda: tuple(PastVehicle.model_validate(one) for one in found["vehicles"]))

    async def inspection(self, serial: str, token: str) -> InspectionSnapshot:
        """Return one inspection whole, as a snapshot.

        Raises:
            OfficeError: it cannot be asked, or refuses.
        """
        found = await self._get(f"/inspections/{quote(serial)}.json", token)
        nothing = {"zh": "", "en": ""}
        return self._read(lambda: InspectionSnapshot.model_validate({"waiting_for": nothing, **found}))

    async def invitation(self, token: str) -> Invitation:
        """Return how a handheld joins.

        Raises:
            OfficeError: it cannot be asked, or refuses.
        """
        found = await self._get("/pairing", token)
        return self._read(lambda: Invitation.model_validate(found))

    async def report(self, serial: str, attempt: int, language: Language, token: str) -> bytes:
        """Return the report of an attempt as PDF.

        Raises:
            OfficeError: it cannot be asked, or refuses.
        """
        return await self._paper(f"/reports/{quote(serial)}/{attempt}.pdf", language, token)

    async def receipt(self, serial: str, language: Language, token: str) -> bytes:
        """Return the owner's slip of a registered vehicle as PDF.

        Raises:
            OfficeError: it cannot be asked, or refuses.
        """
        return await self._paper(f"/receipt/{quote(serial)}.pdf", language, token)

    async def _paper(self, path: str, language: Language, token: str) -> bytes:
        found = await asyncio.to_thread(self._fetch, f"{path}?{urlencode({'lang': language})}", token)
        if not found.startswith(b"%PDF-"):
            raise OfficeError(text("office.strange", url=self._url))
        return found

    def _read(self, make: Callable[[], Answer]) -> Answer:
        try:
            return make()
        except (ValidationError, KeyError, TypeError):
            raise OfficeError(text("office.strange", url=self._url)) from None

    async def _get(self, path: str, token: str) -> Any:
        found = await asyncio.to_thread(self._fetch, path, token)
        try:
            return json.loads(found)
        except ValueError as error:
            raise OfficeError(text("office.strange", url=self._url)) from error

    def _fetch(self, path: str, token: str) -> bytes:
        request = Request(self._url + path, headers={"Authorization": f"Bearer {token}"})  # noqa: S310  # the configured address
        try:
            with self._opener().open(request, timeout=TIMEOUT_S) as answer:
                return bytes(answer.read(MOST_BYTES))
        except HTTPError as error:
            raise OfficeError(_said(error) or text("office.failed", url=self._url, status=error.code)) from error
        except URLError as error:
            if isinstance(error.reason, ssl.SSLError):
                raise OfficeError(distrust(error.reason, self._url)) from error
            raise OfficeError(text("office.down", url=self._url)) from error
        except (OSError, http.client.HTTPException) as error:
            raise OfficeError(text("office.down", url=self._url)) from error

    def _opener(self) -> Any:
        # No proxy: the office is in this house.
        secure = [HTTPSHandler(context=trusting(self._authority))] if self._url.startswith("https") else []
        return build_opener(ProxyHandler({}), *secure)


def _said(error: HTTPError) -> Text | None:
    """Return the office's own words for a refusal: JSON, or a line in Chinese and one in English."""
    body = error.read(10_000).decode("utf-8", "replace")
    try:
        return Text.model_validate(json.loads(body)["text"])
    except (ValueError, KeyError, TypeError):
        lines = body.strip().splitlines()
    return Text(zh=lines[0], en=lines[1]) if len(lines) == 2 else None
