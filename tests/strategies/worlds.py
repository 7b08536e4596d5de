"""Whole builds and what calls do on them; tested by tests/test_strategies.py.

A plan's text is made of choices that Hypothesis shrinks one by one; a step is a number that says what happens next, and
shrinking leaves steps out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from .. import evaluators
from ..comparison import replay
from ..plan_files import PlanFiles
from ..random_plans import build
from .drawn import Drawn

CALLS = 300  # steps of a world, in the mean


@dataclass(frozen=True, repr=False)
class World:
    """A build, and the numbers that its calls come from."""

    files: PlanFiles
    start: int
    steps: tuple[int, ...]

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))

    def __repr__(self) -> str:
        return f"{len(self.steps)} steps on\n{self.files}\n"

    def compare(self) -> Counter[str]:
        """What was decided, by reason. AssertionError: the evaluators differ; it has the files and the last steps."""
        try:
            return replay(self.files, self.start, self.steps)
        finally:
            evaluators.program.cache_clear()
            evaluators.tables.cache_clear()


@st.composite
def worlds(draw: DrawFn, calls: int = CALLS) -> World:
    """Builds that compile, with so many steps in the mean."""
    files = build(Drawn(draw))
    start = draw(st.integers(0, 2**16))
    count = draw(st.integers(0, 2 * calls))
    return World(files, start, tuple(draw(st.lists(st.integers(0, 2**24), min_size=count, max_size=count))))
