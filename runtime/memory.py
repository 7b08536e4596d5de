"""The memory of an engine without a state folder, laid out as the folder's file is (regions.py); tested by
tests/test_memory.py.
"""

from __future__ import annotations

import mmap
import secrets
import time
from collections.abc import Sequence

from . import layout
from .books import Books
from .cells import CellsFull, InUse, apply, place, without_empty_tails
from .counters import Counters
from .errors import StateError
from .placement import Placement
from .regions import FIRST_WORD, HEADER, MAX_CALLS, regions
from .state_settings import ID_KEY_BYTES, Settings, header

__all__ = ["MAX_CALLS", "Memory"]
_LEAST_ROOM = 1 << 17, 1 << 12  # words and cells that are kept for plans to come, at least; memory that nothing touches


class Memory:
    """Memory of this process and its children, all zero, with room for the counters of these tables and later ones.

    `regions`: what stands where in `block`. Raises StateError where it cannot be had.
    """

    def __init__(self, counters: Counters, max_calls: int, longest_call: int) -> None:
        needed = FIRST_WORD + int(counters.words(max_calls).sum())
        if needed >= layout.NONE:
            raise StateError(f"the limits of these plans need {needed} places, more than one state can hold")
        words = min(needed + max(needed, _LEAST_ROOM[0]), layout.NONE)
        self.regions = regions(max_calls, len(counters) + max(len(counters), _LEAST_ROOM[1]), words)
        try:
            self.block = mmap.mmap(-1, self.regions.size)
        except (OSError, ValueError, OverflowError) as error:
            raise StateError(f"no memory for {max_calls} calls and {needed} counter words: {error}") from None
        settings = Settings(
            max_calls,
            self.regions.cells,
            words,
            longest_call,
            longest_call,
            None,
            None,
            int(time.time()),
            secrets.token_bytes(ID_KEY_BYTES),
        )
        self.block[: HEADER.itemsize] = header(settings)
        self._books = Books.of(self.block, self.regions)

    def place(self, counters: Counters, in_use: Sequence[InUse] = ()) -> Placement:
        """Where counters stand from now on: what has a cell by its identity keeps it, and its count.

        `in_use`: the versions of the tables that calls are decided or forwarded by until these are in force.
        Raises StateError, with nothing changed, where the room does not suffice.
        """
        try:
            placed = place(self._books, counters, in_use, time.time())
        except CellsFull as error:
            raise StateError(f"{error.what}; open a new engine") from None
        apply(self._books, placed)
        return placed.placement

    def without_empty_tails(self, placement: Placement) -> Placement:
        """As in cells.py."""
        return without_empty_tails(self._books, placement)
