"""Random lines of `expect`: the compiler, which tries them on the engine, and the reference agree on which hold."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given, seed

from .conftest import SEED
from .random_expects import failing, lines_of, with_lines
from .random_plans import plans
from .strategies.expecting import Expected, expected
from .strategies.runs import some


@seed(SEED)
@some(25)
@given(expected())
def test_random_lines(example: Expected) -> None:
    held, right, _ = example.check()
    if right:
        assert failing(held) == []


def test_some_lines_hold_and_some_do_not() -> None:
    reached: Counter[str] = Counter()
    for number in range(10):
        files = with_lines(plans(f"some {number}"), Random(number))
        wrong = failing(files)
        reached.update(failed=len(wrong), held=len(lines_of(files)) - len(wrong))
    assert reached["held"] > 50
    assert reached["failed"] > 20
