"""Random calls on both evaluators, compared field by field: on every example, on the cases' plans, on random plans;
and what is told of plans broken on purpose.

A failure prints the plan and the calls, shrunk, to be kept as a case, and the seed: CALLPLAN_SEED=... makes the same
plans again. `make differential` goes on for as long as asked.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, seed

from . import case_files
from .comparison import compare
from .conftest import SEED
from .plan_files import PlanFiles
from .random_calls import squeezed
from .random_plans import plans
from .shrinking.finding import try_all
from .strategies.broken import Attempt, broken
from .strategies.mistaken import Mistaken, check_every_mistake, mistaken
from .strategies.mistakes import MISTAKES
from .strategies.runs import some
from .strategies.uncovered import Uncovered, uncovered
from .strategies.worlds import World, worlds

EXAMPLES = sorted(case_files.EXAMPLES.glob("*.plan"))
BUILDS, DECISIONS = 100, 30_000  # random ones, at least
REASONS = {
    "routed", "forwarded", "unallocated", "blacklisted", "blocked", "announced", "quota", "full", "busy", "no_answer",
    "unreachable", "overload", "unknown_call",
}  # fmt: skip
CASE_FILES = list(dict.fromkeys(case.files for case in case_files.load() if case.steps))


def example(path: Path) -> PlanFiles:
    """An example, with all the files that it may name."""
    beside = [each for each in sorted(path.parent.rglob("*")) if each.suffix in (".plan", ".txt") and each != path]
    return PlanFiles(
        path.read_text(encoding="utf-8"),
        tuple((each.relative_to(path.parent).as_posix(), each.read_text(encoding="utf-8")) for each in beside),
    )


def test_there_are_examples() -> None:
    assert EXAMPLES


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples(path: Path) -> None:
    files = example(path)
    small = squeezed(files, Random(SEED))
    for world in range(4):
        compare(files, f"{SEED} {world}", events=300)
        compare(small, f"{SEED} small {world}", events=300)


def test_plans_of_the_cases() -> None:
    for i, files in enumerate(CASE_FILES):
        compare(files, f"{SEED} {i}", events=60)


def test_random_plans() -> None:
    """As many builds and decisions as are asked for, however small some of them come out."""
    found: Counter[str] = Counter()

    def one(world: World) -> None:
        found["decisions"] += world.compare().total()
        found["builds"] += bool(world.steps)

    for number in range(100):
        try_all(worlds(), one, f"{SEED} {number}", 25)
        if found["builds"] >= BUILDS and found["decisions"] >= DECISIONS:
            break
    print(f"seed {SEED}: {found['builds']} builds, {found['decisions']} decisions")
    assert found["builds"] >= BUILDS
    assert found["decisions"] >= DECISIONS


@seed(SEED)
@some(100)
@given(broken())
def test_changed_plans(attempt: Attempt) -> None:
    if attempt.compiles():
        attempt.compare()


@seed(SEED)
@some(50)
@given(uncovered())
def test_plans_without_a_rule(build: Uncovered) -> None:
    if build.without_rule() == 0:
        build.compare()


def test_every_mistake_in_random_plans() -> None:
    assert check_every_mistake(Random(SEED)) >= len(MISTAKES)


@seed(SEED)
@some(30)
@given(mistaken())
def test_plans_with_mistakes(build: Mistaken) -> None:
    build.check()


def test_random_calls_come_to_every_reason() -> None:
    reached: Counter[str] = Counter()
    for number in range(24):
        reached += compare(plans(f"reasons {number}"), f"reasons {number}", events=200)
    assert reached.keys() == REASONS
