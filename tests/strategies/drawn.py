"""A source of chance whose choices Hypothesis makes, and so can shrink; tested by tests/test_strategies.py."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

T = TypeVar("T")
STEPS = 1000  # values of `random`


class Drawn(Random):
    """What the random plans ask of a Random. Shrinks to first choices, to few, and to less."""

    def __init__(self, draw: DrawFn) -> None:
        super().__init__(0)
        self._draw = draw

    def randint(self, a: int, b: int) -> int:
        return self._draw(st.integers(a, b))

    def random(self) -> float:
        return 1 - (self.randint(0, STEPS - 1) + 1) / STEPS

    def choice(self, seq: Sequence[T]) -> T:  # type: ignore[override]
        return seq[self.randint(0, len(seq) - 1)]

    def choices(self, population: Sequence[T], *_: Any, k: int = 1, **__: Any) -> list[T]:  # type: ignore[override]
        return [self.choice(population) for _ in range(k)]

    def sample(self, population: Sequence[T], k: int, **_: Any) -> list[T]:  # type: ignore[override]
        left = list(population)
        return [left.pop(self.randint(0, len(left) - 1)) for _ in range(k)]

    def shuffle(self, x: MutableSequence[Any]) -> None:
        x[:] = self.sample(x, len(x))

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        first, end = (0, start) if stop is None else (start, stop)
        return self.choice(range(first, end, step))
