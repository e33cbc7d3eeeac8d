"""What a device needs to join the station: addresses, pairing code and fingerprint, for the desk to show."""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from station.authority.keeper import read
from station.authority.state import certificate_state
from station.office.archive import Archive
from station.office.onboarding import address
from station.office.pages import PRIVATE, only_logged_in
from station.office.settings import OfficeConfig, Reach


class Invitation:
    """``GET /pairing``, for those who are logged in."""

    def __init__(self, config: OfficeConfig, archive: Archive) -> None:
        self._config = config
        self._archive = archive

    def show(self, request: Request) -> Response:
        """Return the addresses of app and onboarding page, the pairing code, and the authority's fingerprint.

        Without TLS only this computer can be paired, and the last three are null.
        """
        only_logged_in(request, self._archive)
        reach = self._config.reach
        scheme, host = ("https", reach.name) if reach else ("http", self._config.host)
        app = address(scheme, host, self._config.port, "/app/")
        found = {"code": self._config.pair_code, "app_url": app, "pair_url": f"{app}#pair={self._config.pair_code}"}
        trust = _trust(reach) if reach else dict.fromkeys(("onboarding_url", "fingerprint", "certificate"))
        return JSONResponse(found | trust, headers=PRIVATE)


def _trust(reach: Reach) -> dict[str, Any]:
    state = certificate_state(reach.keys_folder, datetime.now(UTC))
    return {
        "onboarding_url": address("http", reach.name, reach.onboarding_port, "/"),
        "fingerprint": read(reach.keys_folder).fingerprint,
        "certificate": {
            "kind": state.kind,
            "days": state.days,
            "sentence": state.sentence.model_dump(),
            "remedy": state.remedy.model_dump(),
        },
    }
