"""Where the bundled broker listens, and how clients of this computer find and trust it."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True)
class Tls:
    """The broker's certificate and key in one PEM file, and the file of the authority by which clients trust it."""

    pair: Path
    authority: Path


@dataclass(frozen=True)
class Place:
    """Where the broker listens and keeps its files; port 0 is not allowed, because clients must find it again.

    Without ``tls`` it belongs on loopback.
    """

    folder: Path
    station: str
    host: str = "127.0.0.1"
    port: int = 1883
    ws_port: int = 1884
    tls: Tls | None = None

    @property
    def near(self) -> str:
        """Return the host by which programs of this computer find it."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound

    @property
    def url(self) -> str:
        """Return the address for MQTT over TCP; over TLS with the authority's file."""
        return f"mqtt{self._secure}://{self._near}:{self.port}{self._trust}"

    @property
    def ws_url(self) -> str:
        """Return the address for MQTT over WebSocket (nats answers on the path /mqtt only)."""
        return f"ws{self._secure}://{self._near}:{self.ws_port}/mqtt{self._trust}"

    @property
    def _near(self) -> str:
        return f"[{self.near}]" if ":" in self.near else self.near

    @property
    def _secure(self) -> str:
        return "s" if self.tls else ""

    @property
    def _trust(self) -> str:
        return f"?ca={quote(str(self.tls.authority))}" if self.tls else ""
