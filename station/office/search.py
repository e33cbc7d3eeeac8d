"""What the desk asks of the past: vehicles by a part of plate or VIN, and one inspection whole."""

from typing import Any

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from station.model.inspection import AttemptRecord, Inspection
from station.office.archive import Archive
from station.office.pages import PRIVATE, only_logged_in
from station.office.problems import PageError
from station.store import read

SHORTEST = 2
MOST = 50


class Search:
    """The pages of the past, for those who are logged in; the methods run in threads, for they read the database."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def find(self, request: Request) -> Response:
        """``GET /search?q=``: inspections whose plate or VIN has this part, the newest first."""
        only_logged_in(request, self._archive)
        fragment = request.query_params.get("q", "").strip()
        if len(fragment) < SHORTEST:
            raise PageError(400, "search_short", least=SHORTEST)
        engine = self._archive.engine
        found = [read.inspection(engine, serial) for serial in read.vehicles_like(engine, fragment, MOST)]
        return JSONResponse({"vehicles": [summary(engine, one) for one in found if one]}, headers=PRIVATE)

    def one(self, request: Request) -> Response:
        """``GET /inspections/{serial}.json``: one inspection with plate, VIN, notes, and the names of who did what."""
        only_logged_in(request, self._archive)
        serial, engine = request.path_params["serial"], self._archive.engine
        found = read.inspection(engine, serial)
        if found is None:
            raise PageError(404, "no_inspection", serial=serial)
        said = read.personal(engine, serial)
        kept = {name: value for name, value in said.items() if name.startswith(("note.", "defect."))}
        answer = summary(engine, found) | {
            "inspection": found.model_dump(mode="json"),
            "notes": {name.removeprefix("note."): value for name, value in kept.items()},
            "staff": {person: read.personal(engine, person).get("name", person) for person in _people(found)},
        }
        return JSONResponse(answer, headers=PRIVATE)


def summary(engine: Engine, found: Inspection) -> dict[str, Any]:
    """Return an inspection in one line: number, plate, VIN, times, and each attempt's conclusion."""
    said = read.personal(engine, found.serial)
    return {
        "serial": found.serial,
        "plate": said.get("plate", ""),
        "vin": said.get("vin", ""),
        "state": found.state.value,
        "keys_taken_at": found.keys_taken_at,
        "keys_returned_at": found.keys_returned_at,
        "attempts": [_attempt(attempt) for attempt in found.attempts],
    }


def _attempt(attempt: AttemptRecord) -> dict[str, Any]:
    return attempt.model_dump(mode="json", include={"number", "conclusion", "report_no", "signed_at", "prints"})


def _people(found: Inspection) -> set[str]:
    doers = {stage.by for stage in found.stages} | {item.by for item in found.items}
    return {person for person in doers | {a.signed_by for a in found.attempts} if person}
