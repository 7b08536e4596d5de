"""Limits and quotas (language.md 6.6, 6.7)."""

from __future__ import annotations

import pytest

from .checking import found, one, plan, sound, underlined


def test_a_limit_with_its_announcement() -> None:
    text = plan("destination a = 010-6234-5678 limit 30 announce full", "forward busy -> a")
    there = sound(text).destinations["a"]
    assert there.limit == 30
    assert there.announce is not None
    assert there.announce.name == "full"


@pytest.mark.parametrize("zero", ["0", "000"])
def test_a_limit_of_0(zero: str) -> None:
    assert found(plan(f"destination a = 010-6234-5678 limit {zero}", "forward busy -> a")) == [("E601", zero)]


def test_an_announcement_without_a_limit_is_never_played() -> None:
    problem = one(plan("destination a = 010-6234-5678 announce full", "forward busy -> a"))
    assert (problem.code, underlined(problem)) == ("W601", "full")
    assert problem.help == "add a `limit`, or leave `announce` out"


def test_quotas_in_order_with_their_announcements() -> None:
    text = plan(
        "quota 20000 calls per month announce sorry", "quota 1 calls per day", 'announcement sorry = "sorry.wav"'
    )
    assert [(q.count, q.period, q.announce.name) for q in sound(text).quotas] == [
        (20000, "month", "sorry"), (1, "day", "quota"),
    ]  # fmt: skip


def test_a_quota_of_0() -> None:
    assert found(plan("quota 0 calls per day")) == [("E602", "0")]


def test_two_quotas_of_one_period() -> None:
    problem = one(plan("quota 5 calls per day", "quota 6 calls per week", "quota 7 calls per day"))
    assert (problem.code, underlined(problem)) == ("E603", "quota 7 calls per day")
    assert problem.message == "plan `line` has two quotas of `calls per day`"
    assert [(r.message, r.span.text) for r in problem.related] == [("first here", "quota 5 calls per day")]


def test_an_unknown_announcement_of_a_quota_or_a_limit() -> None:
    text = plan(
        "quota 5 calls per day announce a", "destination b = 010-6234-5678 limit 5 announce c", "forward busy -> b"
    )
    assert found(text) == [("E101", "a"), ("E101", "c")]


def test_answered_calls_are_counted_apart() -> None:
    text = plan("quota 5 answered calls per day", "quota 6 calls per day", "quota 7 answered calls per week")
    assert [(quota.period, quota.answered) for quota in sound(text).quotas] == [
        ("day", True), ("day", False), ("week", True),
    ]  # fmt: skip
    problem = one(plan("quota 5 answered calls per day", "quota 6 calls per day", "quota 7 answered calls per day"))
    assert (problem.code, underlined(problem)) == ("E603", "quota 7 answered calls per day")
    assert problem.message == "plan `line` has two quotas of `answered calls per day`"
