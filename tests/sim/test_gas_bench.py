"""The exhaust analyser's answers and what it does by itself; frames as the protocol page writes them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.ak_wire import Receiver
from sim.exhaust import Engine, EngineSpec
from sim.gas_bench import GasBench, GasFaults
from sim.gas_commands import Commands
from sim.vehicle import dirty_exhaust, healthy


class Analyser:
    """A bench with a clock moved by hand, asked in the page's spelling: STX blank CODE blank K0 ETX."""

    def __init__(self, warm=True):
        self.faults = GasFaults()
        self.bench = GasBench(0, warm, self.faults, seed=3)
        self.commands = Commands(self.bench)
        self.now_ns = 0

    def wait(self, seconds):
        self.now_ns += round(seconds * 1e9)
        self.bench.advance(self.now_ns)

    def raw(self, content):
        answer = self.commands.answer(content)
        assert (answer[0], answer[-1]) == (2, 3)
        return answer[1:-1]

    def ask(self, text):
        return self.raw(b" " + text.encode()).decode()[1:]

    def measuring(self, car, probe=0.0):
        self.bench.engine = Engine(car.engine)
        self.bench.dilution = probe
        assert self.ask("SREM K0")[:4] == "SREM"
        self.ask("SMGA K0")
        for _ in range(5):
            self.wait(5)
            self.ask("AKON K0")

    def readings(self):
        return self.ask("AKON K0").split(" ")[2:]


@pytest.fixture
def analyser():
    return Analyser()


def test_example_state(analyser):
    analyser.ask("SREM K0")
    analyser.ask("SNGA K0")
    analyser.wait(21)
    content = bytes.fromhex("20 41 53 54 5A 20 4B 30")
    assert analyser.commands.answer(content).hex(" ").upper() == (
        "02 20 41 53 54 5A 20 30 20 53 52 45 4D 20 53 54 42 59 03"
    )


def test_examples_of_errors():
    analyser = Analyser(warm=False)
    analyser.wait(121)  # the end of the warm-up was the second change of the faults
    assert analyser.ask("SMGA K0") == "SMGA 2 OF"
    assert analyser.ask("AXYZ K0") == "???? 2"


def test_example_readings(analyser):
    analyser.measuring(healthy(1))
    answer = analyser.ask("AKON K0")
    assert re.fullmatch(r"AKON \d -?\d\.\d\d 1\d\.\d\d -?\d+ \d\.\d\d \d+ [01]\.\d{3} \d{3} 8\d", answer), answer


def test_identification_and_power_on():
    analyser = Analyser(warm=False)
    assert analyser.ask("AKEN K0") == "AKEN 1 REFGAS 1 000123 1.0"
    assert analyser.ask("ASTZ K0") == "ASTZ 1 SMAN SWUP"
    assert analyser.ask("ASTF K0") == "ASTF 1 1 6"
    assert analyser.ask("APRF K0") == "APRF 1 ZERO 9 0 LEAK 9 0 RESIDUE 0"


def test_warming_up_takes_two_minutes():
    analyser = Analyser(warm=False)
    analyser.ask("SREM K0")
    for code in ("SMGA", "SNGA", "SLEC", "SPUL"):
        assert analyser.ask(f"{code} K0") == f"{code} 1 BS"
    assert analyser.ask("SRES K0") == "SRES 1"
    assert analyser.ask("STBY K0") == "STBY 1"
    analyser.wait(119)
    assert analyser.ask("ASTZ K0") == "ASTZ 1 SREM SWUP"
    analyser.wait(1.2)
    assert analyser.ask("ASTZ K0") == "ASTZ 2 SREM STBY"
    assert analyser.ask("ASTF K0") == "ASTF 2 6"
    assert analyser.ask("SMGA K0") == "SMGA 2"


@pytest.mark.parametrize("code", ["STBY", "SMGA", "SNGA", "SLEC", "SPUL", "SRES"])
def test_control_needs_remote(analyser, code):
    assert analyser.ask(f"{code} K0").endswith(" OF")
    assert analyser.ask("SREM K0") == "SREM 1"
    assert analyser.ask(f"{code} K0") == f"{code} 1"
    assert analyser.ask("SRES K0") == "SRES 1"
    assert analyser.ask("SMAN K0") == "SMAN 1"
    assert analyser.ask(f"{code} K0").endswith(" OF")


@pytest.mark.parametrize(("code", "seconds"), [("SNGA", 20), ("SLEC", 10), ("SPUL", 15)])
def test_busy_is_not_disturbed(analyser, code, seconds):
    analyser.ask("SREM K0")
    analyser.ask(f"{code} K0")
    for other in ("STBY", "SMGA", "SNGA", "SLEC", "SPUL", "SREM", "SMAN"):
        assert analyser.ask(f"{other} K0").endswith(" BS")
    analyser.wait(seconds - 0.3)
    assert analyser.ask("ASTZ K0").endswith(f"SREM {code}")
    analyser.wait(0.5)
    assert analyser.ask("ASTZ K0").endswith("SREM STBY")


def test_reset_ends_any_function_without_a_result(analyser):
    analyser.ask("SREM K0")
    analyser.ask("SNGA K0")
    assert analyser.bench.pump_on
    analyser.wait(10)
    assert analyser.ask("SRES K0") == "SRES 1"
    assert not analyser.bench.pump_on
    analyser.wait(15)
    assert analyser.ask("ASTZ K0") == "ASTZ 1 SREM STBY"
    assert "ZERO 9 0" in analyser.ask("APRF K0")


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b" ASTZ", b" ASTZ 1 SE"),
        (b" ASTZ ", b" ASTZ 1 SE"),
        (b" ASTZ K1", b" ASTZ 1 SE"),
        (b" ASTZ k0", b" ASTZ 1 SE"),
        (b" ASTZ  K0", b" ASTZ 1 SE"),
        (b" ASTZ K0 1", b" ASTZ 1 SE"),
        (b" ASTZ K0 ", b" ASTZ 1 SE"),
        (b" SMGA K1", b" SMGA 1 SE"),  # before MANUAL is looked at
        (b" astz K0", b" ???? 1"),
        (b" ASTZK0", b" ???? 1"),
        (b" AST K0", b" ???? 1"),
        (b" AXYZ", b" ???? 1"),
        (b"", b" ???? 1"),
        (b" ", b" ???? 1"),
        (b"\x10ASTZ K0", b" ???? 1"),
        (b"#ASTZ K0", b"#ASTZ 1 SMAN STBY"),
        (b"\xffAXYZ K0", b"\xff???? 1"),
    ],
)
def test_syntax(analyser, content, answer):
    assert analyser.raw(content) == answer


def test_zero_leak_and_residue_are_remembered_with_their_age(analyser):
    analyser.ask("SREM K0")
    analyser.ask("SNGA K0")
    analyser.wait(21)
    assert analyser.ask("ASTF K0") == "ASTF 0"
    analyser.ask("SLEC K0")
    analyser.wait(40)
    passed = re.fullmatch(r"APRF 0 ZERO 1 (\d+) LEAK 1 (\d+) RESIDUE 0", analyser.ask("APRF K0"))
    assert 39 <= int(passed[1]) <= 41
    assert 29 <= int(passed[2]) <= 31
    analyser.wait(1800)
    assert analyser.ask("ASTF K0").endswith(" 6")


def test_failed_checks_are_faults_until_they_pass(analyser):
    analyser.ask("SREM K0")
    analyser.faults.zero_fails = analyser.faults.leak = True
    analyser.ask("SNGA K0")
    analyser.wait(21)
    analyser.ask("SLEC K0")
    analyser.wait(11)
    assert analyser.ask("ASTF K0").endswith(" 6 7")
    assert " ZERO 0 " in analyser.ask("APRF K0")
    assert " LEAK 0 " in analyser.ask("APRF K0")
    analyser.faults.zero_fails = analyser.faults.leak = False
    analyser.ask("SNGA K0")
    analyser.wait(21)
    analyser.ask("SLEC K0")
    analyser.wait(11)
    assert analyser.ask("ASTF K0") == "ASTF 0"


def test_residue_shows_after_a_purge_and_goes_when_the_hose_is_clean(analyser):
    analyser.ask("SREM K0")
    analyser.faults.residue_ppm = 35
    analyser.ask("SPUL K0")
    analyser.wait(16)
    assert analyser.ask("APRF K0").endswith("RESIDUE 35")
    assert analyser.ask("ASTF K0").endswith(" 6 8")
    analyser.faults.residue_ppm = 0
    analyser.ask("SPUL K0")
    analyser.wait(16)
    assert analyser.ask("ASTF K0").endswith(" 6")


def test_a_dirty_car_leaves_residue_and_a_purge_takes_it(analyser):
    analyser.measuring(dirty_exhaust(1))
    analyser.ask("SNGA K0")
    analyser.wait(21)
    assert int(analyser.ask("APRF K0").split()[-1]) < 5


def test_the_status_digit_counts_changes_and_wraps_from_nine_to_one(analyser):
    digits = []
    for number in range(12):
        digits.append(int(analyser.ask("AKEN K0").split()[1]))
        analyser.faults.water = number % 2 == 0
    assert digits == [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3]
    analyser.faults.water = False
    analyser.ask("SREM K0")
    analyser.ask("SNGA K0")
    analyser.wait(21)
    assert analyser.ask("AKEN K0").split()[1] == "0"


def test_gas_tokens_carry_a_hash_outside_measuring(analyser):
    analyser.bench.engine = Engine(healthy(1).engine)
    analyser.wait(0.2)
    tokens = analyser.readings()
    assert len(tokens) == 8
    assert all(token.startswith("#") for token in tokens[:6])
    assert tokens[5] == "#"  # no lambda of ambient air
    assert not any(token.startswith("#") for token in tokens[6:])


def test_channels_without_an_engine_are_dead(analyser):
    assert analyser.readings()[6:] == ["#", "#"]


def test_a_healthy_car_over_the_hose(analyser):
    analyser.measuring(healthy(1))
    co, co2, hc, o2, no, lam, speed, oil = map(float, analyser.readings())
    assert co < 0.2
    assert 14 < co2 < 16
    assert hc < 30
    assert o2 < 1
    assert no < 200
    assert 0.97 < lam < 1.03
    assert 700 < speed < 860
    assert 80 <= oil <= 95


def test_gas_is_delayed_and_engine_speed_is_not(analyser):
    analyser.measuring(healthy(1))
    analyser.bench.dilution = None
    analyser.bench.engine.throttle(2500)
    analyser.wait(2.6)
    assert float(analyser.readings()[1]) > 14
    assert float(analyser.readings()[6]) > 2300
    analyser.wait(4)
    assert 1 < float(analyser.readings()[1]) < 10
    analyser.wait(9)
    tokens = analyser.readings()
    assert float(tokens[0]) + float(tokens[1]) < 1
    assert float(tokens[3]) > 20
    assert tokens[5] == "#"
    assert tokens[1] != "#"


def test_a_shallow_probe_dilutes(analyser):
    analyser.measuring(healthy(1), probe=0.7)
    co, co2, _, o2, *_ = map(float, analyser.readings())
    assert co + co2 < 6
    assert o2 > 12


def test_a_silent_host_lets_the_pump_stop(analyser):
    analyser.measuring(healthy(1))
    analyser.wait(9.7)
    assert analyser.bench.pump_on
    analyser.ask("AKEN K0")
    analyser.wait(9.7)
    assert analyser.bench.pump_on
    analyser.wait(0.6)
    assert not analyser.bench.pump_on
    assert analyser.ask("ASTZ K0").endswith("SREM STBY")


@pytest.mark.parametrize(
    ("fault", "number", "hashes"),
    [
        ("low_flow", 2, [True] * 6),
        ("o2_aged", 3, [False, False, False, True, False, True]),
        ("no_aged", 4, [False, False, False, False, True, False]),
        ("water", 5, [True] * 6),
    ],
)
def test_injected_faults(analyser, fault, number, hashes):
    analyser.measuring(healthy(1))
    setattr(analyser.faults, fault, True)
    assert str(number) in analyser.ask("ASTF K0").split()[2:]
    tokens = analyser.readings()
    assert [token.startswith("#") and len(token) > 1 for token in tokens[:6]] == hashes


def test_a_dead_channel_is_a_bare_hash(analyser):
    analyser.measuring(healthy(1))
    analyser.faults.dead = {"hc", "oil_temperature"}
    tokens = analyser.readings()
    assert (tokens[2], tokens[7]) == ("#", "#")
    assert "#" not in tokens[1]


@settings(deadline=None)
@given(seconds=st.floats(0.2, 60), wear=st.floats(0, 1), oil=st.floats(-20, 90))
def test_tokens_always_have_their_form(seconds, wear, oil):
    analyser = Analyser()
    analyser.bench.engine = Engine(EngineSpec(catalyst_wear=wear, oil_start_c=oil))
    analyser.bench.dilution = 0.0
    analyser.bench.remote = True
    analyser.ask("SMGA K0")
    analyser.wait(min(seconds, 9.5))
    tokens = analyser.readings()
    forms = [r"-?\d+\.\d\d", r"-?\d+\.\d\d", r"-?\d+", r"-?\d+\.\d\d", r"-?\d+", r"#|\d\.\d{3}", r"\d+", r"-?\d+"]
    for token, form in zip(tokens, forms, strict=True):
        assert re.fullmatch(form, token), tokens
        assert not re.fullmatch(r"-0+(\.0+)?", token)


@pytest.mark.parametrize(
    ("stream", "contents"),
    [
        (b"\x02 ASTZ K0\x03", [b" ASTZ K0"]),
        (b"noise\x03\x02 ASTZ K0\x03noise", [b" ASTZ K0"]),
        (b"\x02 AST\x02 AKON K0\x03", [b" AKON K0"]),
        (b"\x02 AKEN K0\x03\x02 AKON K0\x03", [b" AKEN K0", b" AKON K0"]),
        (b"\x02" + b"x" * 248 + b"\x03", [b"x" * 248]),
        (b"\x02" + b"x" * 249 + b"\x03\x02 AKON K0\x03", [b" AKON K0"]),
        (b"\x02\x03", [b""]),
    ],
)
def test_frames(stream, contents):
    receiver = Receiver()
    found = [content for byte in stream for _, content in receiver.feed(bytes((byte,)))]
    assert found == contents
    assert [content for _, content in Receiver().feed(stream)] == contents
