"""Runs of neighbouring words: spread out as arrays, and found room for; tested by tests/test_counter_cells.py."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


def spread(count: Integers) -> tuple[Integers, Integers]:
    """For each item of runs of that many items, one run behind the other: which run it is in, and its place there."""
    run = np.repeat(np.arange(len(count)), count)
    return run, np.arange(len(run)) - np.repeat(np.cumsum(count) - count, count)


def room_for(sizes: Integers, taken: Integers, taken_sizes: Integers, first: int, end: int) -> Integers | None:
    """Where runs of `sizes` go between `first` and `end` beside those taken, None where they do not all fit.

    The largest first, each size into the first gaps that it fits in.
    """
    if not len(sizes):
        return np.zeros(0, np.int64)
    order = np.argsort(taken)
    starts = taken[order]
    gap = np.concatenate(([first], starts + taken_sizes[order])).astype(np.int64)
    room = np.concatenate((starts, [end])) - gap
    gap, room = gap[room > 0], room[room > 0]
    found = np.empty(len(sizes), np.int64)
    by_size = np.argsort(-sizes, kind="stable")
    bounds = np.flatnonzero(np.diff(sizes[by_size], prepend=-1, append=-1))
    for start, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        size, count = int(sizes[by_size[start]]), stop - start
        fitting = np.flatnonzero(room >= size)
        fits = room[fitting] // size
        so_far = np.cumsum(fits)
        if not len(fitting) or so_far[-1] < count:
            return None
        needed = int(np.searchsorted(so_far, count)) + 1
        fitting, fits = fitting[:needed], fits[:needed]
        fits[-1] -= so_far[needed - 1] - count
        run, nth = spread(fits)
        found[by_size[start:stop]] = gap[fitting][run] + nth * size
        gap[fitting] += fits * size
        room[fitting] -= fits * size
    return found
