"""That random plans say all that the language can say, and compile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import get_args

import pytest

from callplan.compiler import checked, syntax
from callplan.compiler.diagnostics import has_errors
from callplan.compiler.loading import load
from callplan.compiler.source import Source, Span

from .evaluators import program
from .plan_files import PlanFiles
from .random_plans import plans

OF_MISTAKES_OR_EXPECT = {syntax.Expect, syntax.Broken}
BUILDS = 60


@pytest.fixture(scope="module")
def builds() -> list[PlanFiles]:
    return [plans(f"everything {number}") for number in range(BUILDS)]


def nodes(node: object) -> Iterator[object]:
    """A node and all below it."""
    if isinstance(node, tuple):
        for each in node:
            yield from nodes(each)
    elif is_dataclass(node) and not isinstance(node, Source | Span):
        yield node
        for field in fields(node):
            yield from nodes(getattr(node, field.name))


def test_every_kind_of_node_is_there(builds: list[PlanFiles]) -> None:
    found: set[type] = set()
    for files in builds:
        with files.written() as path:
            loaded, _ = load([path])
        found |= {type(node) for file in loaded.files for node in nodes(file)}
    unions = (
        syntax.Statement, syntax.Declaration, syntax.Entry, syntax.Days, syntax.Condition, syntax.Target,
    )  # fmt: skip
    wanted = {kind for union in unions for kind in get_args(union)} | {syntax.Import}
    assert wanted - OF_MISTAKES_OR_EXPECT <= found, wanted - found


def test_every_way_to_say_it_is_there(builds: list[PlanFiles]) -> None:
    """What makes a difference within one kind of node."""
    found: set[str] = set()
    for files in builds:
        checked_plans, said = program(files)
        assert not has_errors(said), (files, [(each.code, each.message) for each in said])
        for plan in checked_plans.plans:
            found |= {"shared destination" for each in plan.destinations.values() if each.shared_in}
            found |= {"answered quota" if quota.answered else "quota" for quota in plan.quotas}
            found |= {f"forward {cause}" for cause in plan.forwards}
            for node in nodes(plan.rules):
                if isinstance(node, checked.Split):
                    found.add("by caller" if node.by_caller else "evenly" if node.evenly else "shares")
                    found.add("unnamed" if node.name is None else "named")
                    inner = {type(each) for branch in node.branches for each in nodes(branch.target)}
                    found |= {f"{kind.__name__} in a split" for kind in inner & set(get_args(checked.Target))}
        found |= {"operator"} if checked_plans.operator != checked.Operator() else set()
    assert found == {
        "shared destination", "answered quota", "quota", "forward busy", "forward no_answer", "forward unreachable",
        "by caller", "evenly", "shares", "named", "unnamed", "operator",
        "To in a split", "Announce in a split", "Hunt in a split", "Split in a split", "Route in a split",
    }  # fmt: skip


def test_one_seed_is_one_build() -> None:
    assert plans("one") == plans("one")
    assert plans("one") != plans("two")
