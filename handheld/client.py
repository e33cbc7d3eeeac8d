"""The handheld's side of the contract, from Python: for simulated people, tests and the terminal.

It sees what the page of an inspector sees and can do what an inspector can do, nothing more.
"""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from handheld.board import Board
from handheld.office import OfficeLink
from station.bus import messages as m
from station.bus.clock import Clock
from station.bus.link import Account
from station.model.canonical import sha256_hex
from station.model.codes import STAGE_ROLES, Role, Stage
from station.model.vehicle import Category, Vehicle

STAGES_OF_ROLE: dict[Role, tuple[Stage, ...]] = {
    role: tuple(stage for stage, who in STAGE_ROLES.items() if who == role) for role in STAGE_ROLES.values()
}
"""The stages that a role works on, in the order of the line."""


@dataclass(frozen=True)
class Person:
    """Who is logged in; ``staff`` is the id that stands in the ledger, ``token`` opens the office's pages."""

    staff: str
    name: str
    roles: frozenset[str]
    token: str


class Handheld(Board):
    """One handheld, and the person who holds it.

    Every command is sent again until the line answers. They all raise ``CommandRefusedError`` when the line refuses
    (its ``reply`` says why, in Chinese and English) and ``TimeoutError`` when it does not answer in ``answer_s``.

    Args:
        broker_url: ``mqtt://host:port`` or ``ws://host:port/mqtt``.
        station: the station's id.
        account: the handheld's account at the broker.
        clock: the station's clock; waiting counts its seconds.
        answer_s: how many real seconds a command is sent again before it is given up.
        office_url: the office's address (``http://host:port`` or https), to which photos go; as pairing gives it.
        tls: how the office's certificate is checked; None: by the machine's own list.
    """

    def __init__(
        self,
        broker_url: str,
        station: str,
        account: Account,
        clock: Clock | None = None,
        answer_s: float = 15.0,
        office_url: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(broker_url, station, account, clock)
        self.person: Person | None = None
        self._answer_s = answer_s
        self._office = OfficeLink(office_url, tls) if office_url else None

    def my_vehicles(self, role: Role, stage: Stage | None = None) -> tuple[m.InspectionSnapshot, ...]:
        """Return the vehicles that wait for a stage which a role may start (any of them), in the station's order.

        A vehicle that waits for several of the role's stages is there once, under the first of them.
        """
        if self.state is None:
            return ()
        stages = [one for one in STAGES_OF_ROLE.get(role, ()) if stage in (None, one)]
        serials = dict.fromkeys(serial for one in stages for serial in self.state.queue.get(one, ()))
        return tuple(self.inspections[serial] for serial in serials if serial in self.inspections)

    async def ask(self, body: m.CommandBody) -> m.Reply:
        """Send any command of the contract and return the line's answer."""
        if body.moves_rig:
            await self.await_state(lambda state: True)  # it carries the epoch
        return await self._commander.ask(body, self._answer_s)

    # -- the person

    async def log_in(self, staff: str, pin: str) -> Person:
        """Log in with staff number and PIN."""
        body = (await self.ask(m.SessionOpen(staff=staff, pin=pin))).body
        self.person = Person(body["staff"], body["name"], frozenset(body["roles"]), body["token"])
        return self.person

    async def log_out(self) -> None:
        """Log out."""
        await self.ask(m.SessionClose())
        self.person = None

    # -- desk and guide

    async def arrive(self) -> str:
        """Take a key; return the running number (流水号)."""
        return str((await self.ask(m.ArrivalOpen())).body["serial"])

    async def cancel_arrival(self, serial: str) -> None:
        """Give the key back before registration."""
        await self.ask(m.ArrivalCancel(serial=serial))

    async def register(
        self,
        serial: str,
        plate: str,
        vin: str,
        vehicle: Vehicle,
        category: Category = "in_use",
        owner: m.Owner | None = None,
    ) -> tuple[str, ...]:
        """Register a vehicle; return the planned items."""
        body = m.InspectionRegister(
            serial=serial, plate=plate, vin=vin, vehicle=vehicle, category=category, owner=owner
        )
        return tuple((await self.ask(body)).body["plan"])

    async def return_inspection(self, serial: str) -> tuple[str, ...]:
        """Take a vehicle that failed in again (复检); return the items that are measured again."""
        return tuple((await self.ask(m.InspectionReturn(serial=serial))).body["items"])

    async def return_keys(self, serial: str) -> None:
        """The owner has the key again."""
        await self.ask(m.KeysReturn(serial=serial))

    # -- the stages

    async def start_stage(self, serial: str, stage: Stage, bay: str | None = None) -> None:
        """Take a vehicle into a stage."""
        await self.ask(m.StageStart(serial=serial, stage=stage, bay=bay))

    async def release_stage(self, serial: str, stage: Stage, reason: str) -> None:
        """Give a stage back unfinished."""
        await self.ask(m.StageRelease(serial=serial, stage=stage, reason=reason))

    async def record_checklist(self, serial: str, item: str, points: Sequence[m.PointFound]) -> None:
        """Hand in the whole check-list of an item: every planned point, a failed one with a defect at least."""
        await self.ask(m.ChecklistRecord(serial=serial, item=item, points=tuple(points)))

    async def add_photo(self, serial: str, item: str, point: str, data: bytes, media: str = "image/jpeg") -> str:
        """Have the station keep a photo of a point, and return its SHA-256 for the check-list.

        It returns once the ledger has the photo: only then may the caller's own copy go.
        The same photo may be sent any number of times.

        Raises:
            RuntimeError: nobody is logged in, or the handheld was made without ``office_url``.
        """
        if self._office is None or self.person is None:
            raise RuntimeError("a photo needs office_url and a person who is logged in")
        sha256 = sha256_hex(data)
        path = f"/photos/{serial}/{item}/{point}/{sha256}"
        await asyncio.to_thread(self._office.put_photo, path, data, media, self.person.token, self._answer_s)
        return sha256

    async def skip_item(
        self, serial: str, item: str, reason: Literal["cannot_be_measured", "rig_cannot_take_vehicle", "refused_unsafe"]
    ) -> None:
        """Say that a measured item cannot be measured."""
        await self.ask(m.ItemSkip(serial=serial, item=item, reason=reason))

    async def check_rig(self, rig: str, check: Literal["zero", "leak_test", "purge", "self_check"]) -> None:
        """Have a rig check itself."""
        await self.ask(m.RigCheck(rig=rig, check=check))

    # -- the signatory

    async def sign(self, serial: str) -> str:
        """Sign the result of the current attempt; return the report's number."""
        return str((await self.ask(m.ReviewSign(serial=serial))).body["report_no"])

    async def send_back(self, serial: str, items: Sequence[str], reason: str) -> None:
        """Have items done again before signing."""
        await self.ask(m.ReviewSendBack(serial=serial, items=tuple(items), reason=reason))

    async def events_since(self, since: int, limit: int = 200) -> list[dict[str, Any]]:
        """Return the ledger's events after a sequence number."""
        return list((await self.ask(m.QueryEvents(since=since, limit=limit))).body["events"])
