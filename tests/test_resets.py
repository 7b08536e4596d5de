"""Counts that would start afresh with new tables."""

from __future__ import annotations

import numpy as np

import callplan
from callplan.runtime.books import Books, periods_of
from callplan.runtime.cells import InUse
from callplan.runtime.counters import Counters
from callplan.runtime.layout import COUNTER_LIMIT, COUNTER_QUOTA, COUNTER_SPLIT, PERIOD_DAY, PERIOD_MONTH
from callplan.runtime.memory import Memory
from callplan.runtime.resets import Reset, plans_of, resets

from .counted import hold

SECONDS = 86400
NOON = 1_795_521_600.0
TODAY = periods_of(int(NOON) // SECONDS)
SHARED = "destination pool = 010-6234-0000 limit 9"


def plan(number: str = "4006123456", **parts: str) -> str:
    own = {
        "destination": "desk = 010-6234-5678 limit 3", "quota": "100 calls per month",
        "split": "{ 50% desk, 50% desk2 }", "name": "p",
    } | parts  # fmt: skip
    return f"""plan "{own["name"]}" {{ number {number}
        destination {own["destination"]}
        destination desk2 = 010-6234-5679
        quota {own["quota"]}
        route {{ from 0731 -> pool otherwise -> split {own["split"]} }}
    }}"""


class State:
    def __init__(self, *plans: str) -> None:
        self.old = self.counters(*plans)
        self.memory = Memory(self.old, 100, 60)
        self.books = Books.of(self.memory.block, self.memory.regions)
        self.placement = self.memory.place(self.old)

    def counters(self, *plans: str, shared: str = SHARED) -> Counters:
        return Counters(callplan.compile_text("\n".join([shared, *plans])).sections)

    def count(self, kind: int, count: int, plan: int = 4006123456) -> None:
        """Count calls, hold places or draw tickets."""
        (at,) = np.flatnonzero((plans_of(self.old.sections) == plan) & (self.old.kind == kind))
        position = int(self.placement.positions[at])
        if kind == COUNTER_LIMIT:
            for call in range(count):
                hold(self.books, position + 1 + call, call)
        else:
            self.books.words[position] = (TODAY[PERIOD_MONTH] << 32 if kind == COUNTER_QUOTA else 0) | count

    def resets(self, *plans: str, now: float = NOON, shared: str = SHARED) -> list[Reset]:
        return resets(self.books, self.old, self.counters(*plans, shared=shared), now)


def test_equal_plans_reset_nothing() -> None:
    state = State(plan())
    state.count(COUNTER_QUOTA, 5)
    assert state.resets(plan(quota="200 calls per month", destination="desk = 010-6234-5670 limit 2", name="q")) == []


def test_what_is_renamed_is_listed_with_what_it_counts() -> None:
    state = State(plan(), plan("4006123457", name="other"))
    renamed = plan(destination="hall = 010-6234-5678 limit 3", split="{ 50% hall, 50% desk2 }")
    assert state.resets(renamed, plan("4006123457", name="other")) == [
        Reset("4006123456", "limit", "desk", 0, False),
    ]
    state.count(COUNTER_LIMIT, 2)
    assert state.resets(renamed) == [Reset("4006123456", "limit", "desk", 2, True)]


def test_another_period_or_zone_starts_a_quota_afresh() -> None:
    state = State(plan())
    state.count(COUNTER_QUOTA, 5)
    five = [Reset("4006123456", "quota", "month", 5, True)]
    assert state.resets(plan(quota="100 calls per week")) == five
    assert state.resets(plan(quota="100 answered calls per month")) == five
    assert state.resets(plan(quota='100 calls per month timezone "Europe/Berlin"')) == five
    assert state.resets(plan(quota="100 calls per week"), now=NOON + 9 * SECONDS) == [
        Reset("4006123456", "quota", "month", 0, False)
    ]


def test_other_weights_start_a_split_afresh_which_takes_no_permission() -> None:
    state = State(plan())
    state.count(COUNTER_SPLIT, 12)
    assert state.resets(plan(split="{ 25% desk, 75% desk2 }")) == [
        Reset("4006123456", "split", "otherwise", 12, False),
    ]


def test_what_is_only_removed_or_only_added_is_no_reset() -> None:
    state = State(plan(), plan("4006123457", name="other"))
    state.count(COUNTER_LIMIT, 2)
    assert state.resets(plan(destination="desk = 010-6234-5678")) == []
    assert state.resets(plan("4006123457", name="other")) == []
    assert state.resets(plan("4006123458", name="new")) == []
    more = "desk = 010-6234-5678 limit 3 destination hall = 010-6234-5670 limit 2"
    assert state.resets(plan(destination=more)) == []


def test_a_name_that_comes_back_while_its_count_is_kept_is_no_reset() -> None:
    state = State(plan())
    hall = state.counters(plan(destination="hall = 010-6234-5678 limit 3", split="{ 50% hall, 50% desk2 }"))
    state.count(COUNTER_LIMIT, 2)
    state.memory.place(hall, [InUse(state.old, state.placement)])
    assert resets(state.books, hall, state.old, NOON) == []


def test_what_plans_share() -> None:
    state = State(plan())
    state.count(COUNTER_LIMIT, 1, plan=0)
    named = plan().replace("-> pool", "-> lake")
    assert state.resets(named, shared=SHARED.replace("pool", "lake")) == [Reset(None, "limit", "pool", 1, True)]


def test_a_day_is_over_a_day_later_than_here() -> None:
    state = State(plan(quota="100 calls per day"))
    (at,) = np.flatnonzero(state.old.kind == COUNTER_QUOTA)
    state.books.words[state.placement.positions[at]] = TODAY[PERIOD_DAY] << 32 | 4
    weekly = plan(quota="100 calls per week")
    assert [each.used for each in state.resets(weekly, now=NOON + SECONDS)] == [4]
    assert [each.used for each in state.resets(weekly, now=NOON + 2 * SECONDS)] == [0]
