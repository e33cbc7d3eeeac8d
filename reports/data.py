"""What a report is made of: values only, gathered by the office."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from station.model.capture import Capture
from station.model.checklist_words import ChecklistWords
from station.model.facts import Conclusion
from station.model.inspection import AttemptRecord, Inspection, ItemRecord, RunRecord
from station.model.proof import Essence, Proof, plate_commitment
from station.model.text import Text
from station.model.verdict import Outcome, QuantityVerdict

FINE = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


@dataclass(frozen=True)
class ReportData:
    """Everything on the report of one signed attempt (检验报告).

    ``plate_salt`` opens the plate's commitment in the chain.
    ``staff`` gives names by staff id, ``captures`` the evidence by run id, ``checklist_words`` the pack's words for
    points and defects. ``notes`` is what people wrote, by (name, attempt): of an item under its code, of a defect under
    ``<item>.<point>.<number from 1>``. A later attempt in ``inspection`` is left out: a report shows what was known
    when it was signed.

    Raises:
        ValueError: the attempt is not signed.
    """

    station_id: str
    station: Text
    timezone: str
    inspection: Inspection
    attempt: int
    plate: str
    vin: str
    owner: str
    simulated: bool
    plate_salt: str = ""
    staff: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[tuple[str, int], str] = field(default_factory=dict)
    captures: Mapping[str, Capture] = field(default_factory=dict)
    checklist_words: ChecklistWords = field(default_factory=ChecklistWords)

    def __post_init__(self) -> None:
        if not 1 <= self.attempt <= len(self.inspection.attempts) or not self.signed.signed_hash:
            raise ValueError(f"{self.inspection.serial}: attempt {self.attempt} is not signed, so it has no report")

    @property
    def signed(self) -> AttemptRecord:
        """Return the attempt that this report is about."""
        return self.inspection.attempts[self.attempt - 1]

    @property
    def report_no(self) -> str:
        """Return the report's number."""
        return self.signed.report_no or ""

    @property
    def conclusion(self) -> Conclusion:
        """Return what was signed."""
        return self.signed.conclusion or "invalid"

    def attempts(self) -> tuple[AttemptRecord, ...]:
        """Return the attempts up to this one."""
        return self.inspection.attempts[: self.attempt]

    def items(self, attempt: int) -> tuple[ItemRecord, ...]:
        """Return the items of one attempt."""
        return tuple(item for item in self.inspection.items if item.attempt == attempt)

    def runs(self) -> tuple[RunRecord, ...]:
        """Return the runs up to this attempt."""
        return tuple(run for run in self.inspection.runs if run.attempt <= self.attempt)

    def deciding(self) -> tuple[ItemRecord, ...]:
        """Return for each planned item the record that decides it: that of the last attempt in which it was done."""
        upto = [item for item in self.inspection.items if item.attempt <= self.attempt]
        done = {item.code: item for item in upto if item.state == "done"}
        every = {item.code: item for item in upto}
        return tuple(done.get(code, every[code]) for code in self.inspection.attempts[0].plan if code in every)

    def capture_of(self, item: ItemRecord) -> Capture | None:
        """Return the evidence of the last finished run that measured an item in its attempt, None if it is not here."""
        mine = [r for r in self.runs() if r.attempt == item.attempt and item.code in r.items and r.state == "finished"]
        return self.captures.get(mine[-1].run) if mine else None

    def unconfirmed(self) -> int:
        """Return how many limits in use wait for confirmation against the standard's official text."""
        return len({(q.quantity, q.clause, q.limit_shown) for q in self.quantities() if not q.confirmed})

    def quantities(self) -> Iterator[QuantityVerdict]:
        """Yield every judged quantity up to this attempt."""
        for item in self.inspection.items:
            if item.attempt <= self.attempt and item.verdict:
                yield from item.verdict.quantities

    def proof(self) -> Proof:
        """Return what the QR code carries: what was signed, and the station's seal on it if it is sealed."""
        signed, plate = self.signed, self.plate
        essence = Essence(
            station=self.station_id,
            report_no=self.report_no,
            conclusion=self.conclusion,
            signed_at=signed.signed_at or "",
            seq=signed.signed_seq or 0,
            hash=signed.signed_hash or "",
            plate_commitment=plate_commitment(plate, self.plate_salt) if plate else self._commitment,
        )
        seal = {"key": signed.seal_key or "", "signature": signed.seal_signature or ""}
        return Proof(essence=essence, plate=plate, salt=self.plate_salt if plate else "", **seal)

    @property
    def _commitment(self) -> str:
        return self.inspection.plate_commitment or ""
