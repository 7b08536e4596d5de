"""Splits by caller as the compiler sees them: the engine sends each caller where it says."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from callplan.compiler import by_caller, checked
from callplan.compiler.build import build_text
from callplan.compiler.caller_sets import CallerSets
from callplan.compiler.cells import Axes, outcomes
from callplan.compiler.nested import visits
from callplan.compiler.numbers import normalise
from callplan.compiler.offsets import clock
from callplan.compiler.targets import splits_in
from callplan.runtime.engine import Engine
from callplan.runtime.tables import Tables

from .checking import check, plan, underlined

DESTINATIONS = "destination a = 01062345678\ndestination b = 02162345678"
AT = 1_790_000_000


def split_of(text: str) -> tuple[checked.Plan, checked.Split]:
    (found,) = check(text)[0].plans
    (split,) = (split for rule in found.rules for split in splits_in(rule.target))
    return found, split


def keys(*numbers: str) -> np.ndarray:
    return np.array([normalise(number).key for number in numbers], np.uint64)


@pytest.mark.parametrize(
    "split",
    [
        "split by caller { 50% a, 50% b }",
        "split by caller { 0.01% a, 33.33% b, 66.66% duty }",
        "split spread by caller { 30% a, 70% b }",
    ],
)
def test_the_engine_sends_callers_where_the_compiler_says(split: str, seed: str) -> None:
    chance = Random(f"by caller {seed}")
    text = plan(DESTINATIONS, route=f"route {{ otherwise -> {split} }}")
    own, found = split_of(text)
    numbers = [f"1{chance.randint(3, 9)}{chance.randrange(10**9):09}" for _ in range(300)]
    numbers += ["10086", "01088886666", "+85221234567", "4006999888", "07318886666"]
    branches = by_caller.branches_of(own, found, keys(*numbers)).tolist()
    names = [branch.target.destination.name for branch in found.branches if isinstance(branch.target, checked.To)]
    image = build_text(text).image
    assert image is not None
    with Engine(Tables(image)) as engine:
        decided = [engine.peek("4006123456", number, AT).destination for number in numbers]
    assert decided == [names[branch] for branch in branches]
    assert len(set(branches)) > 1


def test_a_name_is_the_identity_and_without_one_the_conditions_are() -> None:
    statements = [DESTINATIONS, "schedule s { mon }"]
    named = plan(*statements, route="route { during s -> split spread by caller { 60% a, 40% b } otherwise -> duty }")
    moved = plan(*statements, route="route { during s -> duty otherwise -> split spread by caller { 60% a, 40% b } }")
    bare = plan(*statements, route="route { during s -> split by caller { 60% a, 40% b } otherwise -> duty }")
    texts = [by_caller.identity_text(*split_of(text)) for text in (named, moved, bare)]
    assert texts == [
        "split 4006123456 name spread 3,2", "split 4006123456 name spread 3,2", "split 4006123456 during s 3,2",
    ]  # fmt: skip
    assert by_caller.key_of(*split_of(named)) == by_caller.key_of(*split_of(moved)) != by_caller.key_of(*split_of(bare))


def found_callers(*statements: str, route: str) -> set[int] | None:
    (own,) = check(plan(DESTINATIONS, *statements, route=f"route {{ {route} }}"))[0].plans
    axes = Axes(own, clock(own.zone), CallerSets())
    (visit,) = visits(axes, outcomes(axes), axes.possible())
    found = by_caller.callers_in(axes, visit.at)
    return None if found is None else set(found.tolist())


@pytest.mark.parametrize(
    ("statements", "route", "numbers"),
    [
        (["list l { 10086, 13900001111 }"], "caller in l -> SPLIT otherwise -> duty", ["10086", "13900001111"]),
        (["list l { 10086, 13900001111 }", "blacklist { 10086 }"], "caller in l -> SPLIT otherwise -> duty",
         ["13900001111"]),
        (["list l { 10086, 02188886666 }"], "caller in l and from 021 -> SPLIT otherwise -> duty", ["02188886666"]),
        (["list l { 10086, 13900001111 }"], "from fixed -> duty caller in l and from 021 -> SPLIT otherwise -> duty",
         ["13900001111"]),
        (["list l { 1390000111x }", "list m { 13900001112, 10086 }"], "caller in l and caller in m -> SPLIT "
         "otherwise -> duty", ["13900001112"]),
        ([], "otherwise -> SPLIT", None),
        (["list l { 10086 }"], "not caller in l -> SPLIT otherwise -> duty", None),
        (["list l { 139xxxxxxxx }"], "caller in l -> SPLIT otherwise -> duty", None),
    ],
)  # fmt: skip
def test_the_callers_who_come_to_a_split(statements: list[str], route: str, numbers: list[str] | None) -> None:
    split = "split by caller { 50% a, 50% b }"
    found = found_callers(*statements, route=route.replace("SPLIT", split))
    assert found == (None if numbers is None else set(keys(*numbers).tolist()))


def test_a_branch_that_no_listed_caller_comes_to_is_a_warning() -> None:
    route = "route { caller in vip -> split by caller { 50% a, 50% b } otherwise -> duty }"
    result = build_text(plan(DESTINATIONS, "list vip { 13900001111 }", route=route))
    (warning,) = (each for each in result.diagnostics if each.code == "W513")
    own, split = split_of(plan(DESTINATIONS, "list vip { 13900001111 }", route=route))
    (taken,) = by_caller.branches_of(own, split, keys("13900001111")).tolist()
    assert underlined(warning) == ("50% b", "50% a")[taken]
    assert [each.span.text for each in warning.related] == ["caller in vip"]
    many = plan(DESTINATIONS, "list vip { 1390000xxxx }", route=route)
    assert not [each for each in build_text(many).diagnostics if each.code == "W513"]
