"""`operator`: how far forwarding goes in a build (language.md 6.9)."""

from __future__ import annotations

import pytest

from callplan.compiler.checked import Operator

from .checking import check, check_files, found, found_in, one, plan, underlined

FIVE = [f"destination d{at} = 0106234567{at}" for at in range(5)]


def _operator(text: str) -> Operator:
    program, problems = check(text + plan())
    assert not problems
    return program.operator


def test_what_holds_without_it() -> None:
    assert _operator("") == Operator(destinations=3, per_cause=2, per_call=2)


def test_what_it_says() -> None:
    assert _operator("operator { forward destinations 4, per cause 3, per call 7 }") == Operator(4, 3, 7)
    assert _operator("operator { forward per call 1 }") == Operator(3, 2, 1)


def test_plans_may_go_as_far_as_it_says() -> None:
    text = plan(*FIVE, "forward busy -> d0, d1, d2", "forward no-answer -> d3, d4")
    assert [code for code, _ in found(text)] == ["E507"]
    assert found("operator { forward per cause 3 }" + text) == [("E508", "d3")]
    assert found("operator { forward per cause 3, destinations 5 }" + text) == []
    assert found("operator { forward per cause 1, destinations 5 }" + text) == [("E507", "d1, d2"), ("E507", "d4")]


def test_it_holds_for_the_whole_build() -> None:
    files = {"a.plan": plan(*FIVE[:3], "forward busy -> d0, d1, d2"), "b.plan": "operator { forward per cause 3 }"}
    assert found_in(files) == []


@pytest.mark.parametrize(
    ("cap", "most"),
    [("per call 0", 7), ("per call 8", 7), ("per cause 0", 100), ("per cause 101", 100), ("destinations 0", 100)],
)
def test_what_it_cannot_say(cap: str, most: int) -> None:
    lists = [*FIVE, "forward busy -> d0, d1", "forward no-answer -> d2, d3, d4"]
    other = {"per cause": "destinations 5", "destinations": "per cause 3", "per call": "destinations 5, per cause 3"}
    problem = one(f"operator {{ forward {cap}, {other[cap.rpartition(' ')[0]]} }}" + plan(*lists))
    what, _, count = cap.rpartition(" ")
    assert (problem.code, underlined(problem)) == ("E509", count)
    assert problem.message == f"`{what}` of {count} is not between 1 and {most}"


def test_it_stands_once_in_a_build() -> None:
    one_of_them = "operator { forward per cause 3 }"
    files = {"a.plan": plan(), "b.plan": one_of_them, "c.plan": "operator { forward per cause 1 }"}
    program, problems = check_files(files)
    assert [(problem.code, underlined(problem)) for problem in problems] == [("E111", "operator")]
    assert problems[0].related[0].span.source.name == "b.plan"
    assert program.operator.per_cause == 3
