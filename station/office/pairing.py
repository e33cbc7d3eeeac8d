"""Pairing: a handheld gets one of the station's broker accounts for the code that is shown at the desk."""

import hmac
import json
import secrets
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from station.office.memory import Memory
from station.office.pages import ws_url
from station.office.problems import PageError
from station.office.settings import OfficeConfig

COOKIE = "handheld"
COOKIE_S = 365 * 24 * 3600
BODY_BYTES = 1000
WRONG_CODES = 5
PAUSE_S = 60.0


class Guesses:
    """Counts wrong codes of the last minute; after five from one address nobody there may try for a while."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: dict[str, list[float]] = {}

    def pause_s(self, address: str) -> int:
        """Return how many seconds an address has to wait, 0 for none."""
        recent = self._recent(address)
        return int(recent[-WRONG_CODES] + PAUSE_S - self._clock()) + 1 if len(recent) >= WRONG_CODES else 0

    def wrong(self, address: str) -> None:
        """Count a wrong code."""
        self._wrong[address] = [*self._recent(address), self._clock()]

    def _recent(self, address: str) -> list[float]:
        # Everybody's old entries go, so that a stranger with many addresses cannot fill the memory.
        horizon = self._clock() - PAUSE_S
        kept = {known: [at for at in times if at > horizon] for known, times in self._wrong.items()}
        self._wrong = {known: times for known, times in kept.items() if times}
        return self._wrong.get(address, [])


class Pairing:
    """``POST /pair``."""

    def __init__(self, config: OfficeConfig, memory: Memory, guesses: Guesses) -> None:
        self._config = config
        self._memory = memory
        self._guesses = guesses
        self._passwords = {account.client: account.password for account in config.handhelds}

    async def answer(self, request: Request) -> Response:
        """Check the code and give the device its account: the same one each time it asks."""
        address = request.client.host if request.client else ""
        if pause_s := self._guesses.pause_s(address):
            raise PageError(429, "pair_often", {"Retry-After": str(pause_s)}, seconds=pause_s)
        if not hmac.compare_digest((await _code(request)).encode(), self._config.pair_code.encode()):
            self._guesses.wrong(address)
            raise PageError(403, "pair_code")
        device = request.cookies.get(COOKIE) or secrets.token_urlsafe(24)
        return self._given(device, self._client(device), ws_url(self._config, request))

    def _client(self, device: str) -> str:
        known = self._memory.client_of(device)
        client = known if known in self._passwords else self._memory.pair(device, self._passwords)
        if client is None:
            raise PageError(409, "pair_full", count=len(self._passwords))
        return client

    def _given(self, device: str, client: str, ws: str) -> Response:
        found = {
            "client": client,
            "password": self._passwords[client],
            "ws_url": ws,
            "station": self._config.station,
        }
        response = JSONResponse(found, headers={"Cache-Control": "no-store"})
        response.set_cookie(
            COOKIE, device, max_age=COOKIE_S, httponly=True, samesite="strict", secure=bool(self._config.reach)
        )
        return response


async def _code(request: Request) -> str:
    """Return the code of the request's body, read no further than a code can be long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise PageError(413, "pair_body")
    try:
        found = json.loads(body)
    except ValueError:
        raise PageError(400, "pair_body") from None
    code = found.get("code") if isinstance(found, dict) else None
    if not isinstance(code, str):
        raise PageError(400, "pair_body")
    return code.strip()
