"""Times calls in chunks: the results of a chunk are looked at, and what it began ended, outside the time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

Result = TypeVar("Result")


def time_chunks(
    chunks: Iterable[Callable[[], Result]], after: Callable[[Result], object], empty: Callable[[], object], size: int
) -> float:
    """Nanoseconds an operation of the median chunk: what other programs took meanwhile is in few of them.

    A chunk makes `size` operations; `empty` is its loop without them, timed beside each and taken off. `after` gets
    what each chunk returned.
    """
    now = time.perf_counter_ns
    loops, spent = [], []
    for chunk in chunks:
        begun = now()
        empty()
        middle = now()
        result = chunk()
        ended = now()
        loops.append(middle - begun)
        spent.append(ended - middle)
        after(result)
    return (statistics.median(spent) - statistics.median(loops)) / size
