"""The handheld's way to the office: photos go there over HTTP, with the log-in token."""

import http.client
import json
import ssl
import time
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic import ValidationError

from station.bus.commands import CommandRefusedError
from station.bus.messages import Reply
from station.model.text import Text

PAUSE_S = 0.5
CALL_S = 15.0


class OfficeLink:
    """Requests to the office, one connection each; the calls block: run them in a thread.

    Args:
        url: ``http://host:port`` or ``https://host:port``.
        tls: how the office's certificate is checked; None: by the machine's own list.
    """

    def __init__(self, url: str, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"office address {url!r}: expected http://host:port or https://host:port")
        self._host, self._port, self._secure, self._tls = parts.hostname, parts.port, parts.scheme == "https", tls

    def put_photo(self, path: str, data: bytes, media: str, token: str, answer_s: float) -> None:
        """Send a photo again and again until the office says that the line has it.

        Raises:
            CommandRefusedError: office or line refuse it.
            TimeoutError: no word in that many seconds; whether it is kept is not known: send it again.
        """
        headers = {"Authorization": f"Bearer {token}", "Content-Type": media}
        deadline = time.monotonic() + answer_s
        while (answer := self._put(path, data, headers)) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the office did not keep a photo within {answer_s:g} s")
            time.sleep(PAUSE_S)
        status, found = answer
        if status != http.client.OK:
            raise CommandRefusedError(_refusal(found))

    def _put(self, path: str, data: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]] | None:
        """Return status and JSON of an answer; None if there was none, or one that may be another in a moment."""
        connection = self._connection()
        try:
            connection.request("PUT", quote(path), data, headers)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        if response.status >= http.client.INTERNAL_SERVER_ERROR:
            return None
        return response.status, _json(body)

    def _connection(self) -> http.client.HTTPConnection:
        if self._secure:
            return http.client.HTTPSConnection(self._host, self._port, timeout=CALL_S, context=self._tls)
        return http.client.HTTPConnection(self._host, self._port, timeout=CALL_S)


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refusal(found: dict[str, Any]) -> Reply:
    """Return the office's refusal in the form of the line's."""
    try:
        text = Text.model_validate(found.get("text"))
    except ValidationError:
        text = Text(zh="办公服务没有收下照片。", en="The office did not take the photo.")
    return Reply(id="photo", accepted=False, code=str(found.get("code", "photo")), text=text)
