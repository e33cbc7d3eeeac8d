"""What the exhaust analyser answers to each AK code (reference exhaust analyser, Codes)."""

from collections.abc import Callable

from sim import ak_wire
from sim.gas_bench import DECIMALS, SLEC, SMGA, SNGA, SPUL, STBY, SWUP, Check, GasBench, Shown

IDENTIFICATION = "REFGAS 1 000123 1.0"
UNKNOWN, SYNTAX, OFFLINE, BUSY = "????", "SE", "OF", "BS"

_REMOTE_CONTROL = ("SREM", "SMAN")
_NEED_WARM = (SMGA, SNGA, SLEC, SPUL)


class Commands:
    """The codes of one analyser."""

    def __init__(self, bench: GasBench) -> None:
        self._bench = bench
        self._codes: dict[str, Callable[[], str]] = {
            "AKEN": lambda: IDENTIFICATION,
            "ASTZ": lambda: f"{'SREM' if bench.remote else 'SMAN'} {bench.function}",
            "ASTF": lambda: " ".join(str(number) for number in sorted(bench.active_faults())),
            "AKON": lambda: " ".join(tokens(bench)),
            "APRF": self._checks,
            "SREM": lambda: self._take_remote(True),
            "SMAN": lambda: self._take_remote(False),
            "STBY": self._stand_by,
            "SRES": self._stand_by,
            **{code: self._function(code) for code in _NEED_WARM},
        }

    def answer(self, content: bytes) -> bytes:
        """Return the answer to what stood between STX and ETX."""
        request = ak_wire.request(content)
        self._bench.heard()
        code = request.code if request.code in self._codes else None
        if code is None:
            return ak_wire.answer(request.echo, UNKNOWN, self._bench.digit)
        data = self._refusal(code, request.well_formed) or self._codes[code]()
        return ak_wire.answer(request.echo, code, self._bench.digit, data)

    def _refusal(self, code: str, well_formed: bool) -> str:
        """Return the error answer, empty if the code can be done."""
        bench = self._bench
        if not well_formed:
            return SYNTAX
        if code.startswith("A"):
            return ""
        if not bench.remote and code not in _REMOTE_CONTROL:
            return OFFLINE
        warming = bench.function == SWUP and code in _NEED_WARM
        return BUSY if warming or (bench.busy and code != "SRES") else ""

    def _take_remote(self, remote: bool) -> str:
        self._bench.remote = remote
        return ""

    def _stand_by(self) -> str:
        """Pump off; warming up goes on."""
        if self._bench.function != SWUP:
            self._bench.run(STBY)
        return ""

    def _function(self, code: str) -> Callable[[], str]:
        def run() -> str:
            self._bench.run(code)
            return ""

        return run

    def _checks(self) -> str:
        bench = self._bench
        return f"ZERO {self._check(bench.zero)} LEAK {self._check(bench.leak)} RESIDUE {bench.residue_ppm}"

    def _check(self, check: Check | None) -> str:
        return "9 0" if check is None else f"{int(check.passed)} {self._bench.age_s(check)}"


def tokens(bench: GasBench) -> list[str]:
    """Return the eight AKON tokens."""
    return [_token(shown, decimals) for shown, decimals in zip(bench.shown(), DECIMALS, strict=True)]


def _token(shown: Shown, decimals: int) -> str:
    if shown.value is None:
        return "#"
    return f"{'' if shown.trusted else '#'}{shown.value:.{decimals}f}"
