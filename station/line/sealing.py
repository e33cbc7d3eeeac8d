"""The line's seals: the key in use is in the ledger, every signed report is sealed at once, the ledger now and then."""

import asyncio
import logging
from contextlib import suppress

from station.bus.clock import Clock
from station.ledger.fork import Head, write_mark
from station.ledger.keys import KeyFile, load_keys, make_key, next_key
from station.ledger.seal import SigningKey, enrol_key, seal_ledger, seal_report
from station.line.hall import Hall
from station.line.scribe import Scribe
from station.line.voice import stamp
from station.model.event import Entry, Event, Fact
from station.model.facts import InspectionSigned, LedgerSealed
from station.model.inspection import AttemptRecord, Inspection
from station.model.proof import Essence
from station.store import read
from station.store.errors import StoreError

log = logging.getLogger(__name__)


class Sealing:
    """Holds the station's signing key: nobody else signs.

    ``start`` before commands are taken, ``serve`` as a task beside the others, ``close`` before the scribe closes.
    """

    def __init__(self, hall: Hall, scribe: Scribe, clock: Clock) -> None:
        self.hall, self.scribe, self.clock = hall, scribe, clock
        self._key: SigningKey | None = None
        self._sealed: Head = 0, ""
        self._signed = asyncio.Event()
        scribe.listeners.append(self._listen)

    @property
    def key(self) -> SigningKey:
        """Return the key in use.

        Raises:
            RuntimeError: before ``start``.
        """
        if self._key is None:
            raise RuntimeError("the line has not started: no signing key is in use yet")
        return self._key

    async def start(self) -> None:
        """Take the key into use, enrol it where the ledger does not know it, and seal what a line before left unsealed.

        Raises:
            KeyFileError: a key file cannot be used.
            StoreError: nothing can be stored.
        """
        self._key, enrolment = await self.scribe.ask(self._choose)
        if enrolment is not None:
            async with self.scribe.writing:
                await self.scribe.store(Entry((enrolment,)))
        await self._seal_reports()
        await self._seal_ledger()

    async def serve(self) -> None:
        """Seal each report when it is signed, and the ledger when its time has come; until cancelled."""
        due = self._next_due()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, due - self.clock.monotonic()) / self.clock.speed):
                    await self._signed.wait()
            self._signed.clear()
            await self._seal_reports()
            if self.clock.monotonic() >= due:
                await self._seal_ledger()
                due = self._next_due()

    async def close(self) -> None:
        """Seal the ledger as it is left; a store that fails meanwhile is said in the log."""
        if self._key is None:
            return
        try:
            await self._seal_ledger()
        except StoreError as error:
            log.error("the ledger could not be sealed at the end: %s", error)

    def _next_due(self) -> float:
        return self.clock.monotonic() + self.hall.config.seal.every_s

    def _listen(self, events: tuple[Event, ...]) -> None:
        for event in events:
            if event.kind == InspectionSigned.kind:
                self._signed.set()
            elif event.kind == LedgerSealed.kind:
                self._sealed = event.seq, event.hash

    # -- the key

    def _choose(self) -> tuple[SigningKey, Fact | None]:
        """Return the key to sign with, and what is to be stored if it is a new one."""
        folder, enrolled = self.hall.config.keys_folder, read.signing_keys(self.scribe.engine)
        files = load_keys(folder)
        chosen = next_key(files, enrolled) or make_key(folder)
        if chosen.key.id in enrolled:
            return chosen.key, None
        return chosen.key, self._enrolment(chosen.key, files, enrolled)

    def _enrolment(self, new: SigningKey, files: tuple[KeyFile, ...], enrolled: tuple[str, ...]) -> Fact:
        replaces = enrolled[-1] if enrolled else None
        old = next((file.key for file in files if file.key.id == replaces), None)
        if replaces and old is None:
            log.error("signing key %s is lost: %s goes on without its word; publish the new key", replaces, new.id)
        return self.scribe.fact("", enrol_key(self._station, new, replaces, old))

    @property
    def _station(self) -> str:
        return self.hall.config.station.id

    # -- seals

    async def _seal_reports(self) -> None:
        """Seal every signed attempt that has no seal yet; while the store fails, try again."""
        await self.scribe.write_until_done(self._unsealed_reports)

    async def _unsealed_reports(self) -> Entry | None:
        attempts = [(i, a) for i in self.hall.inspections.values() for a in i.attempts]
        waiting = [(i, a) for i, a in attempts if a.signed_hash and a.seal_signature is None]
        facts = tuple(self._report(i, a) for i, a in waiting if i.plate_commitment)
        if len(facts) < len(waiting):
            # Their rows are from before the commitment was kept in them; the events have it.
            log.error("reports signed by older software wait for their seal: stop the line, run station ledger rebuild")
        return Entry(facts) if facts else None

    def _report(self, inspection: Inspection, attempt: AttemptRecord) -> Fact:
        signed = attempt.model_dump(include={"report_no", "conclusion", "signed_at"})
        essence = Essence.model_validate(
            {
                **signed,
                "station": self._station,
                "seq": attempt.signed_seq,
                "hash": attempt.signed_hash,
                "plate_commitment": inspection.plate_commitment,
            }
        )
        return self.scribe.fact(inspection.serial, seal_report(self.key, essence, attempt.number))

    async def _seal_ledger(self) -> None:
        """Seal everything up to now, unless the last event is such a seal itself; note beside the database how far."""
        before = self._sealed
        await self.scribe.write_until_done(self._checkpoint)
        if self._sealed != before:
            await self._note(self._sealed)

    async def _note(self, sealed: Head) -> None:
        try:
            await self.scribe.ask(write_mark, self.hall.config.store.folder, sealed)
        except StoreError as error:
            log.error("how far the ledger is was not noted: %s", error)

    async def _checkpoint(self) -> Entry | None:
        size, head = self.scribe.ledger.head
        if (size, head) == self._sealed:
            return None
        seal = seal_ledger(self.key, self._station, size, head, stamp(self.clock.now()))
        return Entry((self.scribe.fact("", seal),))
