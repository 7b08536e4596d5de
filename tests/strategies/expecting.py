"""Builds with lines of `expect`, that the compiler and the reference try; tested by tests/test_expects.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from .. import evaluators
from ..plan_files import PlanFiles
from ..random_expects import failing, lines_of, put, with_lines
from ..random_plans import build
from .drawn import Drawn


@dataclass(frozen=True, repr=False)
class Expected:
    """A build, the last plan of its first file with lines of `expect`."""

    files: PlanFiles

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))

    def __repr__(self) -> str:
        return f"\n{self.files}\n"

    def check(self) -> tuple[PlanFiles, int, int]:
        """The build with the lines that hold, and how many hold and do not. AssertionError: the two differ."""
        try:
            wrong = failing(self.files)
        finally:
            evaluators.program.cache_clear()
        lines = lines_of(self.files)
        right = [line for line in lines if line not in wrong]
        return put(self.files, right) if right else self.files, len(right), len(lines) - len(right)


@st.composite
def expected(draw: DrawFn) -> Expected:
    """Builds that are good but for lines that may not hold."""
    chance = Drawn(draw)
    files = with_lines(build(chance), chance)
    evaluators.program.cache_clear()
    return Expected(files)
