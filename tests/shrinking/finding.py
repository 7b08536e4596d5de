"""Examples that Hypothesis draws, tried in turn; the first that fails is shown as small as there is time for.

Hypothesis could shrink it too, choice by choice, but takes minutes for a build, and cannot be told to take less.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from hypothesis import given, seed
from hypothesis.strategies import SearchStrategy

from ..plan_files import PlanFiles
from ..strategies.runs import some
from ..strategies.worlds import World
from .case_text import case_text
from .files import Time, smaller
from .world import shrunk

SECONDS = 60.0  # for making it small

T = TypeVar("T")
Place = tuple[type[Exception], str, int | None]  # what an exception is, and the file and line that it comes from


@dataclass(frozen=True)
class Failure:
    """An example, what is raised for it, and where."""

    example: Any
    raised: Exception
    place: Place


def try_all(
    strategy: SearchStrategy[T],
    one: Callable[[T], object],
    of: str,
    examples: int,
    seconds: float = SECONDS,
    end: float = float("inf"),
) -> None:
    """Calls `one` with examples that a seed gives, as long as time.monotonic() is not past `end`.

    Raises AssertionError for the first for which it raises anything, after at most so many seconds of making it small.
    """
    failures: list[Failure] = []

    @seed(of)
    @some(examples, shrink=False)
    @given(strategy)
    def each(example: T) -> None:
        if failures:  # Hypothesis looks once more
            raise failures[0].raised
        if time.monotonic() > end:
            return
        failure = _failure(example, one)
        if failure is not None:
            failures.append(failure)
            raise failure.raised

    try:
        each()
    except Exception as raised:
        if not failures:
            raise
        raise AssertionError(told(failures[0], one, of, seconds)) from raised


def told(failure: Failure, one: Callable[[Any], object], of: str, seconds: float) -> str:
    """What failed, as small as so many seconds make it; where the evaluators differ, as a case to be kept."""
    if isinstance(failure.example, World):
        shown = shrunk(failure.example, seconds)
        if shown is not None:
            return f"the evaluators differ; a case to be kept in tests/cases/:\n\n{case_text(shown, of)}"
    small = _cut(failure, one, Time(seconds))
    return f"seed {of}: {type(small.raised).__name__}: {small.raised}\n{small.example}"


def _cut(failure: Failure, one: Callable[[Any], object], left: Time) -> Failure:
    """The same with less in its files, that fails at the same place."""
    best = failure

    def shows(files: PlanFiles) -> bool:
        nonlocal best
        found = _failure(replace(failure.example, files=files), one)
        if found is None or found.place != failure.place:
            return False
        best = found
        return True

    smaller(failure.example.files, shows, left)
    return best


def _failure(example: Any, one: Callable[[Any], object]) -> Failure | None:
    try:
        one(example)
    except Exception as raised:
        last = traceback.extract_tb(raised.__traceback__)[-1]
        return Failure(example, raised, (type(raised), last.filename, last.lineno))
    return None
