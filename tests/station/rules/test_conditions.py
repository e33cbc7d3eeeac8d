from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from station.rules.conditions import Answer, Applies, Facts, ask, exclude_each_other, names

ADAPTER: TypeAdapter[Applies] = TypeAdapter(Applies)


def condition(raw: Any) -> Applies:
    return ADAPTER.validate_python(raw)


@pytest.mark.parametrize(
    ("requirement", "value", "holds"),
    [
        (["K*"], "K33", True),
        (["K33"], "K33", True),
        (["K3"], "K33", False),
        (["H*", "K33"], "H11", True),
        ({"none": ["K*"]}, "K33", False),
        ({"none": ["K*"]}, "H11", True),
        ({"any": ["K*"], "none": ["K24"]}, "K24", False),
        ({"any": ["K*"], "none": ["K24"]}, "K25", True),
        (["A"], ("C", "A"), True),
        ({"any": ["A"], "none": ["B"]}, ("A", "B"), False),
        (["A"], (), False),
        ([True], True, True),
        ([True], False, False),
        ([False], None, None),
        ({"any": [False], "missing": True}, None, True),
        ({"any": [False], "missing": False}, None, False),
        ({"min": 2}, Fraction(2), True),
        ({"min": 2}, Fraction(199, 100), False),
        ({"max": Decimal("1.2")}, Fraction(6, 5), True),
        ({"max": Decimal("1.2")}, Fraction(13, 10), False),
        ({"above": 2}, Fraction(2), False),
        ({"above": 2}, Fraction(3), True),
        ({"below": 2}, Fraction(2), False),
        ({"below": 2}, Fraction(1), True),
        ({"min": 1, "below": 2}, Fraction(1), True),
    ],
)
def test_one_requirement(requirement: Any, value: Any, holds: bool | None) -> None:
    answer = ask(condition({"fact": requirement}), Facts({"fact": value}))
    assert answer == Answer(holds, frozenset({"fact"}) if holds is None else frozenset())


def test_without_requirements_a_condition_always_holds() -> None:
    assert ask(condition([]), Facts({})) == Answer(True)
    assert ask(condition({}), Facts({})) == Answer(True)


def test_all_of_a_set_and_any_of_the_sets() -> None:
    facts = Facts({"a": "x", "b": Fraction(1)})
    both, either = {"a": ["x"], "b": {"min": 2}}, [{"a": ["y"]}, {"b": {"min": 1}}]
    assert ask(condition(both), facts).holds is False
    assert ask(condition(either), facts).holds is True


def test_what_is_missing_is_named_only_where_it_matters() -> None:
    facts = Facts({"a": "x", "ratio": None, "c": None}, {"ratio": frozenset({"total", "curb"})})
    assert ask(condition({"a": ["y"], "c": ["z"]}), facts) == Answer(False)
    assert ask(condition([{"a": ["x"]}, {"c": ["z"]}]), facts) == Answer(True)
    assert ask(condition([{"a": ["y"]}, {"ratio": {"min": 1}}, {"c": ["z"]}]), facts) == Answer(
        None, frozenset({"total", "curb", "c"})
    )


def test_derived_facts_keep_what_they_would_need() -> None:
    facts = Facts({}).plus("k", None, frozenset({"persons"})).plus("m", "x")
    assert facts.lacking("k") == {"persons"}
    assert facts.lacking("m") == {"m"}
    assert facts.values == {"k": None, "m": "x"}


def test_names_lists_every_fact_of_every_set() -> None:
    assert [name for name, _ in names(condition([{"a": ["x"]}, {"b": ["y"], "c": {"min": 1}}]))] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ({"a": ["x"]}, {"a": ["y"]}, True),
        ({"a": ["x"]}, {"a": ["x", "y"]}, False),
        ({"a": ["K*"]}, {"a": ["K33"]}, False),
        ({"a": ["K33"]}, {"a": ["K*"]}, False),
        ({"a": ["K*"]}, {"a": ["H*"]}, True),
        ({"a": [True]}, {"a": [False]}, True),
        ({"a": ["x"]}, {"b": ["x"]}, False),
        ({"a": ["x"]}, {}, False),
        ({"a": ["K33"]}, {"a": {"none": ["K*"]}}, True),
        ({"a": {"none": ["K*"]}}, {"a": ["K33", "K31"]}, True),
        ({"a": {"none": ["K33"]}}, {"a": ["K*"]}, False),
        ({"a": {"none": ["x"]}}, {"a": {"none": ["y"]}}, False),
        ({"many": ["x"]}, {"many": ["y"]}, False),
        ({"many": ["x"]}, {"many": {"none": ["x"]}}, True),
        ({"n": {"max": 5}}, {"n": {"above": 5}}, True),
        ({"n": {"max": 5}}, {"n": {"min": 5}}, False),
        ({"n": {"below": 5}}, {"n": {"min": 5}}, True),
        ({"n": {"min": 6}}, {"n": {"max": 5}}, True),
        ({"n": {"min": 4}}, {"n": {"max": 5}}, False),
        ({"n": {"min": 4}}, {"n": {"min": 9}}, False),
        ({"n": {"below": 5, "missing": True}}, {"n": {"min": 5, "missing": True}}, False),
        ({"n": {"below": 5}}, {"n": {"min": 5, "missing": True}}, True),
        ([{"a": ["x"]}, {"a": ["y"]}], {"a": ["z"]}, True),
        ([{"a": ["x"]}, {"a": ["y"]}], {"a": ["y"]}, False),
    ],
)
def test_which_conditions_exclude_each_other(one: Any, other: Any, apart: bool) -> None:
    assert exclude_each_other(condition(one), condition(other), {"many"}) is apart


words = st.lists(st.sampled_from(["A", "B", "AB", "A*", "B*"]), min_size=1, max_size=3)
bounds = st.dictionaries(st.sampled_from(["min", "max", "above", "below"]), st.integers(0, 4), min_size=1)
requirements = st.fixed_dictionaries(
    {},
    optional={
        "w": st.one_of(
            words,
            st.builds(lambda n, m: {"none": n, "missing": m}, words, st.booleans()),
            st.builds(lambda a, m: {"any": a, "missing": m}, words, st.booleans()),
        ),
        "n": st.builds(lambda b, m: {**b, **m}, bounds, st.sampled_from([{}, {"missing": True}, {"missing": False}])),
    },
)
conditions = st.lists(requirements, max_size=2)
VALUES = [Fraction(n, 2) for n in range(-1, 10)]
EVERY = list(product(["A", "B", "AB", "BA", "C", None], [*VALUES, None]))


@given(one=conditions, other=conditions)
def test_conditions_that_exclude_each_other_never_hold_together(one: Any, other: Any) -> None:
    first, second = condition(one), condition(other)
    if exclude_each_other(first, second, set()):
        for word, number in EVERY:
            facts = Facts({"w": word, "n": number})
            assert not (ask(first, facts).holds and ask(second, facts).holds)
