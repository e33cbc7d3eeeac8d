"""What goes wrong on a page, said to the person in front of it, in both languages."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from station.model.text import Text
from station.office.words import words
from station.store.errors import StoreError

log = logging.getLogger(__name__)


class PageError(Exception):
    """A request that cannot be served: HTTP status, code of the catalogue, headers of the answer."""

    def __init__(self, status: int, code: str, headers: dict[str, str] | None = None, **values: object) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.text = words().text(f"problem.{code}", **values)
        self.headers = headers or {}


def answer(request: Request, status: int, code: str, text: Text, headers: dict[str, str] | None = None) -> Response:
    """Return the problem as JSON to programs, as two sentences of plain text to people."""
    if request.method in ("POST", "PUT") or request.url.path.endswith(".json"):
        return JSONResponse({"code": code, "text": text.model_dump()}, status, headers)
    return PlainTextResponse(f"{text.zh}\n{text.en}\n", status, headers)


async def on_problem(request: Request, error: Exception) -> Response:
    """Answer a :class:`PageError`."""
    assert isinstance(error, PageError)  # noqa: S101  # registered for that class only
    return answer(request, error.status, error.code, error.text, error.headers)


async def on_store(request: Request, error: Exception) -> Response:
    """Answer while the station's database cannot be read, without saying where it is."""
    assert isinstance(error, StoreError)  # noqa: S101  # registered for that class only
    log.warning("%s", error)
    zh, en = (words().say(lang, "problem.store", why=error.what.in_(lang)) for lang in ("zh", "en"))
    return answer(request, 503, "store", Text(zh=zh, en=en), {"Retry-After": "2"})


async def on_http(request: Request, error: Exception) -> Response:
    """Answer what the router refuses."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = {404: "not_found", 405: "method"}.get(status, "failed")
    return answer(request, status, code, words().text(f"problem.{code}"))


async def on_failure(request: Request, error: Exception) -> Response:
    """Answer a mistake of ours; the log has the details, the page has none."""
    return answer(request, 500, "failed", words().text("problem.failed"))
