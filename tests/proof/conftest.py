"""Options of the long proofs: make proof ARGS="--kills 1000"."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=1000, help="kills of the kill drill")
    parser.addoption("--rows", type=int, default=300, help="rows of the replay")
    parser.addoption("--runs", type=int, default=50, help="runs whose writes are recorded and cut off")
    parser.addoption("--mutants", default="", help="only these changes of the rules: a pattern of mutmut's names")
    parser.addoption("--workers", type=int, default=2, help="processes that look at changes of the rules")
    parser.addoption("--cases", type=int, default=1_000_000, help="cases of each pack that the referee judges, too")
    parser.addoption("--seed", type=int, default=0, help="seed of the referee's cases, 0 for a new one")
