"""Check the seals on the way through a ledger: keys, checkpoints, reports, forks. The bytes are those of ``seal``."""

from collections.abc import Iterable
from typing import Any, TypeVar, get_args

from pydantic import ValidationError

from station.ledger.finding import Finding
from station.ledger.seal import HEX_KEY, checkpoint_bytes, fork_bytes, holds, key_id, succession_bytes
from station.model import facts
from station.model.event import Event
from station.model.proof import Essence

CONCLUSIONS = get_args(facts.Conclusion)


class SealCheck:
    """What is known of the seals up to an event.

    ``published`` are raw public keys (hexadecimal) that the reader got from elsewhere; with none, the seals are held
    against the keys that the ledger itself names, which proves less.
    ``sealed`` is the number of events under the newest checkpoint that counts: with published keys, one of a published
    key or of its successors.
    """

    def __init__(self, published: Iterable[str] = ()) -> None:
        self._published = tuple(dict.fromkeys(published))
        self.keys: dict[str, str] = {}
        self.sealed = 0
        self.forks: list[tuple[int, facts.LedgerForked]] = []
        self._trusted: set[str] = set()
        self._station = ""
        self._first = 1
        self._plates: dict[str, str] = {}
        self._signed: dict[tuple[str, int], Essence] = {}

    def take(self, event: Event, body: dict[str, Any]) -> None:
        """Take the next event of a chain that is in order, with its body.

        Raises:
            Finding: a seal does not hold.
        """
        match event.kind:
            case facts.InspectionRegistered.kind:
                self._plates[event.subject] = _text(body, "plate_commitment")
            case facts.InspectionSigned.kind:
                self._inspection_signed(event, body)
            case facts.KeyEnrolled.kind:
                self._key(event, _seal(event, facts.KeyEnrolled))
            case facts.LedgerSealed.kind:
                self._checkpoint(event, _seal(event, facts.LedgerSealed))
            case facts.LedgerForked.kind:
                self._fork(event, _seal(event, facts.LedgerForked))
            case facts.ReportSealed.kind:
                self._report(event, _seal(event, facts.ReportSealed))

    def end(self) -> None:
        """Say whether the published keys stand behind this ledger.

        Raises:
            Finding: they do not.
        """
        if not self._published:
            return
        ids = ", ".join(key_id(public) for public in self._published)
        if not self._trusted:
            raise Finding(self._first, "stranger", signer=ids)
        if not self.sealed:
            raise Finding(self._first, "unsealed", signer=ids)

    def fork_over(self, seq: int) -> int | None:
        """Return the number of the fork by which the station gave up an event of that number, None if none did."""
        return next((at for at, fork in self.forks if fork.size < seq <= fork.lost_size), None)

    # -- keys

    def _key(self, event: Event, body: facts.KeyEnrolled) -> None:
        if not _is_key(body):
            raise Finding(event.seq, "key_id", signer=body.key)
        if body.key in self.keys:
            raise Finding(event.seq, "key_again", signer=body.key)
        published = body.public in self._published
        if self.keys:
            followed = self._follows(event, body)
            if not followed and not published:
                raise Finding(event.seq, "key_alone", signer=body.key)
        else:
            followed, self._first, self._station = False, event.seq, event.subject
        if published or (followed and body.replaces in self._trusted):
            self._trusted.add(body.key)
        self.keys[body.key] = body.public

    def _follows(self, event: Event, body: facts.KeyEnrolled) -> bool:
        """Say whether the key in use gave its word for a new one; a word that does not hold is a finding."""
        before = self._in_use
        if body.signature is None:
            return False
        word = succession_bytes(event.subject, body)
        if body.replaces != before or not holds(self.keys[before], word, body.signature):
            raise Finding(event.seq, "key_word", signer=body.key)
        return True

    @property
    def _in_use(self) -> str:
        return next(reversed(self.keys), "")

    def _public(self, event: Event, key: str) -> str:
        if not key or key != self._in_use:
            raise Finding(event.seq, "other_key", signer=key)
        return self.keys[key]

    # -- seals

    def _checkpoint(self, event: Event, body: facts.LedgerSealed) -> None:
        public = self._public(event, body.key)
        if (body.size, body.head) != (event.seq - 1, event.prev_hash):
            raise Finding(event.seq, "seal_place")
        if not holds(public, checkpoint_bytes(event.subject, body), body.signature):
            raise Finding(event.seq, "seal")
        if body.key in self._trusted or not self._published:
            self.sealed = body.size

    def _fork(self, event: Event, body: facts.LedgerForked) -> None:
        public = self._public(event, body.key)
        if (body.size, body.head) != (event.seq - 1, event.prev_hash):
            raise Finding(event.seq, "seal_place")
        if not holds(public, fork_bytes(event.subject, body), body.signature):
            raise Finding(event.seq, "fork")
        self.forks.append((event.seq, body))

    def _inspection_signed(self, event: Event, body: dict[str, Any]) -> None:
        attempt, conclusion = body.get("attempt"), body.get("conclusion")
        if type(attempt) is int and conclusion in CONCLUSIONS:
            self._signed[event.subject, attempt] = Essence(
                station="",  # known only once a key is enrolled
                report_no=_text(body, "report_no"),
                conclusion=conclusion,
                signed_at=event.at,
                seq=event.seq,
                hash=event.hash,
                plate_commitment=self._plates.get(event.subject, ""),
            )

    def _report(self, event: Event, body: facts.ReportSealed) -> None:
        public = self._public(event, body.key)
        essence = self._signed.get((event.subject, body.attempt))
        named = body.signed_seq, body.signed_hash, body.report_no
        if essence is None or named != (essence.seq, essence.hash, essence.report_no):
            raise Finding(event.seq, "report_place", report_no=body.report_no)
        if not holds(public, essence.model_copy(update={"station": self._station}).to_bytes(), body.signature):
            raise Finding(event.seq, "report_seal", report_no=body.report_no)


S = TypeVar("S", bound=facts.Body)


def _seal(event: Event, kind: type[S]) -> S:
    try:
        return kind.model_validate_json(event.body, strict=True)
    except ValidationError:
        raise Finding(event.seq, "seal_body") from None


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _is_key(body: facts.KeyEnrolled) -> bool:
    return HEX_KEY.fullmatch(body.public) is not None and key_id(body.public) == body.key
