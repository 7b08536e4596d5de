"""Random calls on both evaluators, compared field by field: on every example, on the cases' plans, on random plans.

A failure prints the seed: CALLPLAN_SEED=... runs the same calls again. `make full` runs many more.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from . import case_files
from .comparison import compare
from .random_calls import squeezed
from .random_plans import plans

EXAMPLES = sorted(case_files.EXAMPLES.glob("*.plan"))
REASONS = {
    "routed", "forwarded", "unallocated", "blacklisted", "blocked", "announced", "quota", "full", "busy", "no_answer",
    "unreachable", "overload", "unknown_call",
}  # fmt: skip
CASE_TEXTS = sorted({case.text for case in case_files.load() if case.steps})


def test_there_are_examples() -> None:
    assert EXAMPLES


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples(path: Path, seed: str) -> None:
    text = path.read_text(encoding="utf-8")
    small = squeezed(text, Random(seed))
    for world in range(4):
        compare(text, f"{seed} {world}", events=300)
        compare(small, f"{seed} small {world}", events=300)


def test_plans_of_the_cases(seed: str) -> None:
    for i, text in enumerate(CASE_TEXTS):
        compare(text, f"{seed} {i}", events=60)


@pytest.mark.parametrize("number", range(40))
def test_random_plans(number: int, seed: str) -> None:
    text = plans(f"{seed} {number}")
    for world in range(2):
        compare(text, f"{seed} {number} {world}", events=200)


def test_random_calls_come_to_every_reason() -> None:
    reached: Counter[str] = Counter()
    for number in range(24):
        reached += compare(plans(f"reasons {number}"), f"reasons {number}", events=200)
    assert reached.keys() == REASONS


@pytest.mark.slow
@pytest.mark.parametrize("number", range(500))
def test_many_random_plans(number: int, seed: str) -> None:
    text = plans(f"{seed} many {number}")
    for world in range(4):
        compare(text, f"{seed} many {number} {world}", events=400)
