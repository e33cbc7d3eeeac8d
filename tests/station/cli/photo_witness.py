"""Somebody who photographs while everything around is killed, and believes an answer only when it is one."""

import asyncio
import random
from dataclasses import dataclass, field

import httpx

from handheld.client import Handheld
from station.model.canonical import sha256_hex
from station.model.inspection import Inspection, State

ITEM = "F1"
MANY = 20
"""A car with so many photos is left alone."""
AGAIN_S = 0.2
REFUSED = (404, 409)
"""The car has left its check-lists meanwhile: this photo is not taken in, and that was said."""


@dataclass(frozen=True)
class Shot:
    """One photo, with what it shows and the answers that it got, each as it came."""

    serial: str
    point: str
    data: bytes
    answers: list[bytes] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        return sha256_hex(self.data)

    @property
    def path(self) -> str:
        return f"/photos/{self.serial}/{ITEM}/{self.point}/{self.sha256}"


class PhotoWitness:
    """Sends one photo after another to the office, over HTTP, with the token of a log-in; each until it is answered."""

    def __init__(self, handheld: Handheld, office_url: str, seed: int) -> None:
        self.shots: list[Shot] = []
        self._handheld = handheld
        self._chance = random.Random(seed)
        self._http = httpx.AsyncClient(base_url=office_url, timeout=15.0)
        self._headers: dict[str, str] = {}

    async def work(self, staff: str, pin: str) -> None:
        """Photograph cars that stand in their check-lists, until cancelled."""
        await self._handheld.start(timeout_s=60.0)
        person = await self._handheld.log_in(staff, pin)
        self._headers = {"Authorization": f"Bearer {person.token}"}
        while True:
            await asyncio.sleep(AGAIN_S)
            if (shot := self._aim()) and await self.send(shot):
                self.shots.append(shot)

    async def stop(self) -> None:
        await self._handheld.stop()
        await self._http.aclose()

    async def send(self, shot: Shot) -> bool:
        """Send a photo until the office says that the ledger has it (True), or that it is not wanted any more."""
        while True:
            try:
                answer = await self._http.put(shot.path, content=shot.data, headers=self._headers)
            except httpx.TransportError:
                await asyncio.sleep(AGAIN_S)
                continue
            if answer.status_code == httpx.codes.OK:
                shot.answers.append(answer.content)
                return True
            if answer.status_code in REFUSED:
                return False
            await asyncio.sleep(AGAIN_S)

    def _aim(self) -> Shot | None:
        """Return a photo to take, of a car that has few."""
        cars = [snapshot.inspection for snapshot in self._handheld.inspections.values()]
        wanted = [car for car in cars if _points(car) and len(car.photos) < MANY]
        if not wanted:
            return None
        car = self._chance.choice(wanted)
        data = b"\xff\xd8\xff" + self._chance.randbytes(self._chance.randrange(1_000, 40_000))
        return Shot(car.serial, self._chance.choice(_points(car)), data)


def _points(car: Inspection) -> tuple[str, ...]:
    found = car.checklist(ITEM)
    return found.planned if found and car.state is State.IN_PROGRESS else ()
