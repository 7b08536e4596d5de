"""That what Hypothesis finds shrinks to what people can read, and that broken plans are refused and also compile."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from .random_schedules import schedule
from .strategies.broken import Attempt, broken
from .strategies.drawn import Drawn
from .strategies.runs import some


def test_shrinks_to_what_matters() -> None:
    found: list[str] = []

    @st.composite
    def schedules(draw: st.DrawFn) -> str:
        return schedule(Drawn(draw), "s", ["china"])

    @seed("shrinks")
    @some(200)
    @given(schedules())
    def never_except(text: str) -> None:
        if "except" in text:
            found.append(text)
            raise AssertionError("except")

    with pytest.raises(AssertionError, match="except"):
        never_except()
    lines = found[-1].splitlines()[1:-1]
    assert {line.strip() for line in lines} == {"daily 09:00-18:00", "except daily 09:00-18:00"}
    assert found[-1].count("except") == 1


def test_the_smallest_of_each_kind_of_choice() -> None:
    chance = Drawn(lambda strategy: 0)
    ordered = list("abc")
    chance.shuffle(ordered)
    assert (chance.choice("abc"), chance.sample("abc", 2), ordered) == ("a", ["a", "b"], ["a", "b", "c"])
    assert 0.9 < chance.random() < 1


def test_broken_plans_are_mostly_refused() -> None:
    counts: Counter[bool] = Counter()

    @seed("broken")
    @some(60)
    @given(broken())
    def count(attempt: Attempt) -> None:
        counts[attempt.check()] += 1

    count()
    assert counts[False] > 20
    assert counts[True] > 2
