"""Photos of the check-lists: taken in from handhelds, kept by their hash, named in the ledger by command."""

import asyncio
import re
from dataclasses import dataclass
from typing import Literal
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from station.bus.commands import Commander
from station.bus.messages import PhotoKeep, Reply
from station.model.canonical import canonical, sha256_hex
from station.model.codes import CHECKLIST_ITEMS, ITEM_STAGES, STAGE_NAMES, STAGE_ROLES
from station.office.archive import Archive
from station.office.files import keep, read
from station.office.pages import PRIVATE, token_of
from station.office.problems import PageError, answer
from station.office.settings import OfficeConfig
from station.store.answers import Session

Media = Literal["image/jpeg", "image/png", "image/webp"]

PHOTO_BYTES = 5_000_000
THROWN_AWAY_BYTES = 4 * PHOTO_BYTES
ANSWER_S = 10.0
SUFFIXES: dict[Media, str] = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Shot:
    """What a photo shows, and the hash of its file, as the address names them."""

    serial: str
    item: str
    point: str
    sha256: str


class Photos:
    """``/photos``: what comes in is on the disk before the line is asked to name it, and known only once it has."""

    def __init__(self, config: OfficeConfig, archive: Archive, commander: Commander) -> None:
        self._folder = config.evidence_folder
        self._archive = archive
        self._commander = commander
        self._one_at_a_time: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    # -- in

    async def keep(self, request: Request) -> Response:
        """``PUT /photos/{serial}/{item}/{point}/{sha256}``: keep a photo; answers seq and hash of its event.

        The same photo may come any number of times: it is kept once.
        """
        shot = Shot(**request.path_params)
        data = await _body(request)
        session = await asyncio.to_thread(self._allowed, request, shot)
        media = media_of(data)
        if media is None:
            raise PageError(415, "photo_media")
        if sha256_hex(data) != shot.sha256:
            raise PageError(400, "photo_hash")
        # A handheld that gave up waiting sends again while the first is still on its way.
        async with self._one_at_a_time.setdefault(shot.sha256, asyncio.Lock()):
            known = await self._known(shot)
            if known is None:
                await self._wanted(shot)
            # One that is known, too: its file may have been put away.
            await self._to_disk(data, SUFFIXES[media])
            return JSONResponse(known) if known else await self._tell(request, shot, session, media, len(data))

    def _allowed(self, request: Request, shot: Shot) -> Session:
        """Return who sends the photo.

        Raises:
            PageError: nobody who is logged in, not the role that works on this item, or no item with points.
        """
        session = self._session(request)
        if shot.item not in CHECKLIST_ITEMS:
            raise PageError(404, "photo_point", **vars(shot))
        stage = ITEM_STAGES[shot.item]
        if STAGE_ROLES[stage] not in session.roles:
            raise PageError(403, "photo_role", stage=STAGE_NAMES[stage].zh, stage_en=STAGE_NAMES[stage].en)
        return session

    async def _wanted(self, shot: Shot) -> None:
        """Check that the vehicle's check-list of now has the point; what was kept before, a later one need not have.

        Raises:
            PageError: it has no such point.
        """
        if not await asyncio.to_thread(self._archive.plans, shot.serial, shot.item, shot.point):
            raise PageError(404, "photo_point", **vars(shot))

    def _session(self, request: Request) -> Session:
        token = token_of(request.headers, request.query_params)
        session = self._archive.session(token) if token else None
        if session is None:
            raise PageError(401, "login", {"WWW-Authenticate": "Bearer"})
        return session

    async def _to_disk(self, data: bytes, suffix: str) -> None:
        try:
            await asyncio.to_thread(keep, self._folder, data, suffix)
        except OSError as error:
            raise PageError(507, "photo_disk", {"Retry-After": "5"}, why=error.strerror) from error

    async def _known(self, shot: Shot) -> dict[str, object] | None:
        found = await asyncio.to_thread(self._archive.photo_event, shot.serial, shot.item, shot.point, shot.sha256)
        return {"seq": found[0], "hash": found[1]} if found else None

    async def _tell(self, request: Request, shot: Shot, session: Session, media: Media, size: int) -> Response:
        """Have the line name the photo in the ledger, and say where it did."""
        command = PhotoKeep(**vars(shot), size=size, media=media, staff=session.staff, client=session.client)
        try:
            reply = await self._commander.send(command, ANSWER_S, command_id_of(command))
        except TimeoutError:
            raise PageError(503, "photo_line", {"Retry-After": "2"}) from None
        if not reply.accepted:
            # The line could not store it now: what it refuses for good, it refuses by another code.
            return answer(request, 503 if reply.code in ("not_stored", "line_fault") else 409, reply.code, reply.text)
        return JSONResponse(await self._where(shot, reply))

    async def _where(self, shot: Shot, reply: Reply) -> dict[str, object]:
        """Return where the ledger has the photo; a line that had it before names no event of its own."""
        if reply.seq is not None:
            return {"seq": reply.seq, "hash": reply.hash}
        known = await self._known(shot)
        if known is None:
            raise PageError(503, "photo_line", {"Retry-After": "2"})
        return known

    # -- out

    def show(self, request: Request) -> Response:
        """``GET /photos/{sha256}``: a photo, for those who are logged in."""
        self._session(request)
        sha256 = request.path_params["sha256"]
        for media, suffix in SUFFIXES.items():
            data = read(self._folder, sha256, suffix) if _SHA256.fullmatch(sha256) else None
            if data is not None:
                headers = {**PRIVATE, "X-Content-Type-Options": "nosniff"}
                return Response(data, media_type=media, headers=headers)
        raise PageError(404, "no_photo")


async def _body(request: Request) -> bytes:
    """Return the photo; one that is too large is read on for a while, for who is cut off never hears why."""
    parts: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > PHOTO_BYTES:
            parts.clear()
        else:
            parts.append(chunk)
        if size > THROWN_AWAY_BYTES:
            break
    if size > PHOTO_BYTES:
        raise PageError(413, "photo_size", megabytes=PHOTO_BYTES // 1_000_000)
    return b"".join(parts)


def media_of(data: bytes) -> Media | None:
    """Return what kind of picture this is, by its first bytes, whatever the sender says; None for no picture."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def command_id_of(command: PhotoKeep) -> str:
    """Return the id under which a photo is announced: the same after every restart, another for another sender."""
    return "photo-" + sha256_hex(canonical(command.model_dump(mode="json")))[:32]
