"""Forwarding lists (language.md 6.9)."""

from __future__ import annotations

import pytest

from .checking import found, one, plan, sound, underlined

A = "destination a = 010-6234-5678"
B = "destination b = 021-5234-5678"
C = "destination c = 0731-8888-1234"
D = "destination d = +852-2123-4567"


def test_forwards_by_cause() -> None:
    forwards = sound(
        plan(A, B, "forward busy -> a, b", "forward no-answer after 45s -> b", "forward unreachable -> a")
    ).forwards
    assert {cause: [d.name for d in forward.destinations] for cause, forward in forwards.items()} == {
        "busy": ["a", "b"], "no_answer": ["b"], "unreachable": ["a"],
    }  # fmt: skip
    assert forwards["no_answer"].after == 45


def test_20_seconds_unless_the_plan_says_otherwise() -> None:
    assert sound(plan(A, "forward no-answer -> a")).forwards["no_answer"].after == 20


def test_a_cause_stated_twice() -> None:
    problem = one(plan(A, B, "forward busy -> a", "forward busy -> b"))
    assert (problem.code, underlined(problem)) == ("E504", "forward")
    assert problem.message == "`forward busy` stands twice in plan `line`"
    assert problem.related[0].message == "first here"


@pytest.mark.parametrize("cause", ["busy", "unreachable"])
def test_after_belongs_to_no_answer(cause: str) -> None:
    assert found(plan(A, f"forward {cause} after 20s -> a")) == [("E505", "20s")]


@pytest.mark.parametrize("seconds", ["5s", "120s"])
def test_sound_seconds(seconds: str) -> None:
    assert found(plan(A, f"forward no-answer after {seconds} -> a")) == []


@pytest.mark.parametrize("seconds", ["0s", "4s", "121s", "99999999999999999999s"])
def test_too_few_or_too_many_seconds(seconds: str) -> None:
    assert found(plan(A, f"forward no-answer after {seconds} -> a")) == [("E506", seconds)]


def test_at_most_2_destinations_in_a_list() -> None:
    assert found(plan(A, B, C, D, "forward busy -> a, b, c, d")) == [("E507", "c, d")]


def test_at_most_3_different_destinations_in_all_lists() -> None:
    assert found(plan(A, B, C, "forward busy -> a, b", "forward no-answer -> b, c", "forward unreachable -> a")) == []
    text = plan(A, B, C, D, "forward busy -> a, b", "forward no-answer -> b, c", "forward unreachable -> c, d")
    assert found(text) == [("E508", "d")]


def test_destinations_are_counted_by_the_number_dialled() -> None:
    twin = "destination twin = +86-10-6234-5678"
    assert found(plan(A, B, C, twin, "forward busy -> a, b", "forward no-answer -> c, twin")) == []


def test_a_destination_twice_in_a_list() -> None:
    problem = one(plan(A, "forward busy -> a, a"))
    assert (problem.code, underlined(problem)) == ("W504", "a")


def test_two_destinations_of_one_number_may_follow_each_other() -> None:
    assert found(plan(A, "destination twin = 010-6234-5678", "forward busy -> a, twin")) == []


def test_every_unknown_destination_is_reported() -> None:
    assert found(plan("forward busy -> north, south")) == [("E101", "north"), ("E101", "south")]
