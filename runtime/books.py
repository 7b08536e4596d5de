"""The books (book.pxd) as arrays, for what looks at them from outside a call; tested by tests/test_counter_cells.py.

What a call does to a word is one atomic step, and an aligned word is read whole, so an array shows each word as it was
at some instant. What has to hold for several words is said where it is asked.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from . import layout
from .regions import Regions
from .runs import Integers, spread

# Of a state word and a place's word; book.pxd draws them.
GENERATION = np.uint64(2**64 - 2**24)
INDEX, INDEX_SHIFT = np.uint64(0xFFFFF0), np.uint64(4)
OWNER, OWNER_SHIFT = np.uint64(0x3FF00), np.uint64(8)
LEG, LEG_SHIFT = np.uint64(7), np.uint64(4)
STATUS = np.uint64(15)
STATUS_FREE, STATUS_RINGING, STATUS_ANSWERED, STATUS_FORWARDING = map(np.uint64, (0, 2, 3, 4))
HINT = np.uint64(0xFFFFFFFF00000000)  # and more: of a limit's first word

Words = npt.NDArray[np.uint64]
DAY = 86400


@dataclass(frozen=True)
class Books:
    """`cells`: the directory; `words`: counter words; `states`: a word for each call. All are views of the memory."""

    cells: npt.NDArray[Any]
    words: Words
    states: Words

    @classmethod
    def of(cls, block: mmap.mmap, regions: Regions) -> Books:
        return cls(regions.view(block, "directory"), regions.view(block, "words"), regions.view(block, "states"))

    def held(self, first: Integers, count: Integers) -> Integers:
        """How many places of each run are held by calls in progress."""
        run, nth = spread(count)
        return np.bincount(run[self._is_held(first[run] + nth)], minlength=len(count)).astype(np.int64)

    def last_held(self, first: Integers, count: Integers) -> Integers:
        """By run 1 + the last of its places that is held, 0 where none is."""
        found = np.zeros(len(count), np.int64)
        run, nth = spread(count)
        held = self._is_held(first[run] + nth)
        np.maximum.at(found, run[held], nth[held] + 1)
        return found

    def _is_held(self, at: Integers) -> npt.NDArray[np.bool_]:
        """As is_held in book.pxd."""
        found = np.zeros(len(at), np.bool_)
        places = self.words[at]
        index = (places & INDEX) >> INDEX_SHIFT
        some = np.flatnonzero((places != 0) & (index < len(self.states)))
        place, state = places[some], self.states[index[some].astype(np.int64)]
        leg, own = place & LEG, state >> LEG_SHIFT & LEG
        status = state & STATUS
        there = (leg == own) | (leg == own + np.uint64(1))
        found[some[there & ((state ^ place) & GENERATION == 0) & (status != STATUS_FREE)]] = True
        return found


def counts_nothing(quotas: Words, periods: npt.NDArray[np.uint8], now: float) -> npt.NDArray[np.bool_]:
    """Whether each quota's word counts no call of a period that is not over everywhere at an instant (POSIX seconds).

    A day is over everywhere when the UTC date is two further: zones are half a day behind, the rest is for clocks.
    """
    current = np.array(periods_of(int(now // DAY) - 1), np.uint64)[periods]
    found: npt.NDArray[np.bool_] = (quotas & np.uint64(0xFFFFFFFF) == 0) | (quotas >> np.uint64(32) < current)
    return found


def periods_of(epoch_day: int) -> tuple[int, int, int]:
    """The day, week and month of a day after 1970-01-01, as clock.pxd counts them."""
    first = date(*layout.FIRST_DAY)
    day = min(max(epoch_day - (first - date(1970, 1, 1)).days, 0), layout.DAYS - 1)
    local = first + timedelta(day)
    return day + 1, (day + 5) // 7 + 1, (local.year - first.year) * 12 + local.month
