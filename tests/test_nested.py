"""Nested routes in the cells: each cell chooses as a scan of the rules for that cell alone would."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from callplan.compiler import checked, limits
from callplan.compiler.caller_sets import CallerSets
from callplan.compiler.cells import UNCOVERED, Axes, Truths, outcomes
from callplan.compiler.nested import Branches, Choice, Outcome, Taken, resolve, visits
from callplan.compiler.offsets import clock

from .checking import check, plan

STATEMENTS = [
    "destination a = 01062345678 limit 1", "destination b = 02162345678 limit 1",
    "schedule office { mon-fri 09:00-18:00 }", "list vip { 13900001111, 0731-8888-1234 }",
]  # fmt: skip
CONDITIONS = (
    "from 湖南", "from 0731", "from mobile", "from abroad", "during office", "not during office", "caller in vip",
    "from 0731 and during office", "not caller in vip",
)  # fmt: skip


class Resolved:
    """The outcomes of a plan's cells."""

    def __init__(self, route: str, *statements: str) -> None:
        (self.plan,) = check(plan(*STATEMENTS, *statements, route=f"route {{ {route} }}"))[0].plans
        self.axes = Axes(self.plan, clock(self.plan.zone), CallerSets())
        self.cells = outcomes(self.axes)
        self.possible: Truths = np.broadcast_to(self.axes.possible(), self.axes.shape)
        self.places, self.outcomes = resolve(self.axes, self.cells, self.possible)

    def by_hand(self, target: checked.Target, cell: tuple[int, ...]) -> Choice:
        """The choice for one cell, by the rules in their order."""
        match target:
            case checked.Hunt(last=last):
                return self.by_hand(last, cell)
            case checked.Split(branches):
                choices = tuple(self.by_hand(branch.target, cell) for branch in branches)
                return Branches(choices) if any(choices) else None
            case checked.Route(rules):
                for at, rule in enumerate(rules):
                    if np.broadcast_to(self.axes.holds(rule.condition), self.axes.shape)[cell]:
                        return Taken(at, self.by_hand(rule.target, cell))
                return Taken(UNCOVERED, None)
            case _:
                return None

    def check(self) -> None:
        for cell in zip(*np.nonzero(self.possible), strict=True):
            place, entry = self.places[cell], self.cells[cell]
            if entry == UNCOVERED:
                assert place == UNCOVERED
                continue
            rule = self.axes.entries[entry]
            choice = self.by_hand(rule.target, cell) if isinstance(rule, checked.Rule) else None
            assert self.outcomes[place] == Outcome(rule, choice)


def random_target(chance: Random, depth: int) -> str:
    kind = chance.choice(("to", "to", "announce", "hunt", "split", "route", "route") if depth else ("to", "announce"))
    if kind == "to":
        return chance.choice(("a", "b", "duty"))
    if kind == "announce":
        return "announce closed"
    if kind == "hunt":
        return f"a or {random_target(chance, depth - 1)}"
    if kind == "split":
        branches = ", ".join(random_target(chance, depth - 1) for _ in range(chance.randint(1, 4)))
        return f"split evenly {{ {branches} }}"
    return f"route {{ {random_rules(chance, depth - 1)} }}"


def random_rules(chance: Random, depth: int) -> str:
    rules = [f"{chance.choice(CONDITIONS)} -> {random_target(chance, depth)}" for _ in range(chance.randint(0, 3))]
    if chance.random() < 0.8 or not rules:
        rules.append(f"otherwise -> {random_target(chance, depth)}")
    return " ".join(rules)


def test_each_cell_chooses_by_itself(seed: str) -> None:
    chance = Random(f"nested {seed}")
    several = 0
    for _ in range(60):
        blocks = [f"block {chance.choice(CONDITIONS)}"] if chance.random() < 0.5 else []
        resolved = Resolved(random_rules(chance, 4), *blocks)
        resolved.check()
        several += len(resolved.outcomes) > len(resolved.axes.entries)
    assert several > 10


def test_outcomes_are_in_the_order_of_the_entries_and_each_occurs() -> None:
    resolved = Resolved(
        "from mobile -> route { from 0731 -> a from 湖南 -> b otherwise -> duty } "
        "otherwise -> split evenly { route { during office -> a otherwise -> b }, duty }",
        "block from abroad",
    )
    assert [
        (resolved.axes.entries.index(each.entry), each.choice) for each in resolved.outcomes
    ] == [
        (0, None),
        (1, Taken(0, None)), (1, Taken(1, None)), (1, Taken(2, None)),
        (2, Branches((Taken(0, None), None))), (2, Branches((Taken(1, None), None))),
    ]  # fmt: skip
    assert set(resolved.places[resolved.possible].tolist()) == set(range(6))


def test_cells_that_choose_alike_are_one_outcome() -> None:
    resolved = Resolved("otherwise -> route { from 010 -> a from 020 -> b from 021 -> b otherwise -> b }")
    assert len(resolved.axes.origins.members) == 4
    assert len(resolved.outcomes) == 4
    alike = Resolved("otherwise -> split evenly { route { from 010 -> a otherwise -> b }, route { from 010 -> b "
                     "otherwise -> a } }")  # fmt: skip
    assert len(alike.outcomes) == 2


def test_visits_say_how_calls_come_to_a_route() -> None:
    resolved = Resolved(
        "from mobile -> route { from 湖南 -> route { from 0731 -> a } otherwise -> duty } "
        "from 010 -> a or route { otherwise -> b } "
        "from 020 -> split by caller { 50% a, 50% route { otherwise -> b } } "
        "otherwise -> duty or route { otherwise -> a }"
    )
    found = list(visits(resolved.axes, resolved.cells, resolved.possible))
    assert [(visit.straight, visit.behind) for visit in found] == [
        (True, False), (True, False), (False, False), (True, False), (False, False), (False, True),
    ]  # fmt: skip
    assert [[level.place for level in visit.above] for visit in found] == [[0], [0, 0], [1], [2], [2], [3]]
    assert [sorted(set(visit.taken.tolist())) for visit in found] == [[0, 1], [-1, 0], [0], [], [0], [0]]


def test_a_route_that_no_call_comes_to_is_not_visited() -> None:
    resolved = Resolved("from anywhere -> duty otherwise -> route { otherwise -> a }")
    assert not list(visits(resolved.axes, resolved.cells, resolved.possible))
    assert len(resolved.outcomes) == 1


def test_choices_without_end_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    routes = "route { from 010 -> a otherwise -> b }, route { from 020 -> a otherwise -> b }"
    route = f"otherwise -> split evenly {{ {routes} }}"
    monkeypatch.setattr(limits, "MOST_CHOICES", 2 + 2 + 2 + 3)  # two routes of two rules, chains of two and of three
    Resolved(route)
    monkeypatch.setattr(limits, "MOST_CHOICES", 8)
    with pytest.raises(limits.LimitExceeded) as caught:
        Resolved(route)
    assert caught.value.code == "E532"


def test_many_nested_routes_are_chosen_in_one_go() -> None:
    codes = [f"031{digit}" for digit in range(10)]
    routes = ", ".join(f"route {{ from {codes[at % 10]} -> a otherwise -> b }}" for at in range(500))
    resolved = Resolved(f"otherwise -> split evenly {{ {routes} }}")
    assert len(resolved.outcomes) == 11
    resolved.check()
