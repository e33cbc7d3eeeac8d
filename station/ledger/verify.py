"""Prove the chain: every event has its number, its predecessor and its hash; nothing was put in, taken out or changed.

Needs the events only. Curves and personal values beside the chain are checked when they are given.
The same check for a stranger without Python: ``verify.mjs``.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO

from sqlalchemy import Engine

from station.ledger.finding import Finding
from station.ledger.seal_check import SealCheck
from station.model.base import Frozen
from station.model.canonical import canonical, sha256_hex
from station.model.event import GENESIS, Event, PersonalValue, event_hash, hashed_part
from station.model.text import Text
from station.store import read
from station.store.errors import StoreError

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TEXTS = frozenset(Event.model_fields) - {"version"}


class VerifyReport(Frozen):
    """What a check of the chain found.

    ``events`` and ``head`` count and name what was good, ``first_bad_seq`` and ``reason`` say where that ended and why.
    ``erased`` counts commitments whose value is not there any more, ``uncommitted`` values unknown to the chain.
    ``sealed`` is the number of events under the newest checkpoint, ``keys`` the ids of the signing keys in their order,
    ``forks`` the numbers of the events by which the station went on from an older backup.
    """

    ok: bool
    events: int
    head: str
    first_bad_seq: int | None = None
    reason: Text | None = None
    erased: int = 0
    uncommitted: int = 0
    sealed: int = 0
    keys: tuple[str, ...] = ()
    forks: tuple[int, ...] = ()


def verify(
    events: Iterable[Event],
    evidence: Callable[[str], bytes | None] | None = None,
    personal: Iterable[tuple[int, PersonalValue]] | None = None,
    reached: tuple[int, str | None] = (0, None),
    published: Iterable[str] = (),
    watch: Callable[[Event], None] = lambda event: None,
) -> VerifyReport:
    """Return whether the events are one unbroken chain from the first, and every seal on it holds.

    Args:
        events: all events from number 1, in order.
        evidence: gives the canonical bytes of a hash, None if there are none; None: curves are not checked.
        personal: the personal values with the number of the event they were stored with; None: not checked.
        reached: a number that the ledger had reached before, and the hash of that event if it was published.
        published: raw public keys (hexadecimal) that the station published; one of them, or a successor that it signed
            for, must have sealed the ledger. None: the keys are those that the ledger names itself.
        watch: is given every event that is in order.
    """
    check = _Check(evidence, reached, SealCheck(published))
    try:
        for event in events:
            check.take(event)
            watch(event)
        check.end()
        erased, uncommitted = check.personal(personal) if personal is not None else (0, 0)
    except Finding as bad:
        return check.report(ok=False, first_bad_seq=bad.seq, reason=bad.reason)
    return check.report(ok=True, erased=erased, uncommitted=uncommitted)


def verify_database(
    engine: Engine, reached: tuple[int, str | None] | None = None, published: Iterable[str] = ()
) -> VerifyReport:
    """Return whether a station's whole record holds: chain, seals, curves and personal values.

    Without ``reached``, the end is compared with the last event that the projections hold.
    """

    def evidence(sha256: str) -> bytes | None:
        try:
            return read.evidence(engine, sha256)
        except StoreError:
            return None

    events = (event for page in read.event_pages(engine) for event in page)
    end = reached or (read.projected(engine), None)
    return verify(events, evidence, read.personal_values(engine), end, published)


def export(engine: Engine, stream: TextIO) -> int:
    """Write every event as one line of canonical JSON, and return their number; nothing personal is among them."""
    count = 0
    for page in read.event_pages(engine):
        stream.writelines(export_line(event) for event in page)
        count += len(page)
    return count


def export_line(event: Event) -> str:
    """Return the line that stands for an event in an export."""
    return canonical({**hashed_part(event), "prev_hash": event.prev_hash, "hash": event.hash}).decode() + "\n"


def verify_export(
    stream: Iterable[str],
    reached: tuple[int, str | None] = (0, None),
    published: Iterable[str] = (),
    watch: Callable[[Event], None] = lambda event: None,
) -> VerifyReport:
    """Return whether the lines of an export are one unbroken chain under seals that hold; see ``verify``."""
    return verify(_parsed(stream), reached=reached, published=published, watch=watch)


class _Check:
    """The state of one check: what the next event must follow."""

    def __init__(
        self, evidence: Callable[[str], bytes | None] | None, reached: tuple[int, str | None], seals: SealCheck
    ) -> None:
        self.seals = seals
        self.seq = 0
        self.hash = GENESIS
        self._evidence = evidence
        self._reached = reached
        self._commitments: dict[tuple[str, str], set[str]] = {}

    def take(self, event: Event) -> None:
        seq = self.seq + 1
        if event.seq != seq:
            raise Finding(seq, "missing", found=event.seq)
        if event.prev_hash != self.hash:
            raise Finding(seq, "link")
        if _hash_or_none(event) != event.hash:
            raise Finding(seq, "hash")
        body = _body_or_none(event.body)
        if body is None:
            raise Finding(seq, "body")
        self._look_beside(event, body)
        self.seals.take(event, body)
        if self._reached[0] == seq and self._reached[1] not in (None, event.hash):
            raise self._departed("anchor")
        self.seq, self.hash = seq, event.hash

    def end(self) -> None:
        if self.seq < self._reached[0]:
            raise self._departed("cut", found=self.seq, expected=self._reached[0])
        self.seals.end()

    def _departed(self, case: str, **values: object) -> Finding:
        """Return that an event which was reached before is not there; a fork that the station signed explains it."""
        fork = self.seals.fork_over(self._reached[0])
        if fork is not None:
            return Finding(self._reached[0], "lost", fork=fork)
        return Finding(self.seq + 1, case, **values)

    def report(self, ok: bool, **more: Any) -> VerifyReport:
        seals = self.seals
        forks = tuple(seq for seq, _ in seals.forks)
        found = {"events": self.seq, "head": self.hash, "sealed": seals.sealed, "keys": tuple(seals.keys)}
        return VerifyReport(ok=ok, forks=forks, **found, **more)

    def personal(self, values: Iterable[tuple[int, PersonalValue]]) -> tuple[int, int]:
        found, uncommitted = set(), 0
        for seq, value in values:
            # Several notes of one vehicle are fields note.F1, note.F2; their commitments all stand under "note".
            key = value.subject, value.field.partition(".")[0]
            if key not in self._commitments:
                uncommitted += 1
            elif value.commitment not in self._commitments[key]:
                raise Finding(seq, "personal", field=value.field)
            found.add((*key, value.commitment))
        every = {(*key, commitment) for key, known in self._commitments.items() for commitment in known}
        return len(every - found), uncommitted

    def _look_beside(self, event: Event, body: dict[str, Any]) -> None:
        sha256 = body.get("evidence_sha256")
        if sha256 is not None and self._evidence is not None:
            data = self._evidence(sha256)
            if data is None or sha256_hex(data) != sha256:
                raise Finding(event.seq, "evidence")
        for name, commitment in body.items():
            if name.endswith("_commitment") and isinstance(commitment, str):
                key = event.subject, name.removesuffix("_commitment")
                self._commitments.setdefault(key, set()).add(commitment)


def _hash_or_none(event: Event) -> str | None:
    # A row that was tampered with may hold anything, even what has no canonical form.
    try:
        return event_hash(event)
    except (TypeError, ValueError):
        return None


def _body_or_none(text: str) -> dict[str, Any] | None:
    try:
        body = json.loads(text)
        return body if isinstance(body, dict) and canonical(body).decode() == text else None
    except (TypeError, ValueError, RecursionError):
        return None


def _parsed(stream: Iterable[str]) -> Iterator[Event]:
    for number, line in enumerate(stream, 1):
        event = _event_or_none(line.rstrip("\r\n"))
        if event is None:
            raise Finding(number, "line", line=number)
        yield event


def _event_or_none(line: str) -> Event | None:
    row = _body_or_none(line)
    if row is None or row.keys() != Event.model_fields.keys() or not all(isinstance(row[name], str) for name in _TEXTS):
        return None
    if not isinstance(row["version"], int) or isinstance(row["version"], bool):
        return None
    if not all(_NUMBER.fullmatch(row[name]) for name in ("seq", "mono_ns")):
        return None
    if not all(_HASH.fullmatch(row[name]) for name in ("prev_hash", "hash")):
        return None
    return Event(**{**row, "seq": int(row["seq"]), "mono_ns": int(row["mono_ns"])})
