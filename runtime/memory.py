"""The memory that holds the books (book.pxd draws it): how large, what stands where, and whose each counter is.

Tested by tests/test_memory.py. Anonymous memory of one process and a state folder's file have this same layout.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass

import numpy as np

from . import layout
from .errors import StateError

PAGE = 4096
MAGIC = b"CPSTATE\0"
VERSION = 1
CALL_BYTES = 512  # sizeof(Call) in book.pxd
MAX_CALLS = 2**19 - 1
_FIRST_WORD = 8  # position 0 means none

HEADER = np.dtype(
    [
        ("magic", "S8"),
        ("version", "<u4"),
        ("byte_order", "<u4"),
        ("max_calls", "<u4"),
        ("cells", "<u4"),  # entries of the directory
        ("words", "<u8"),  # counter words
        ("longest_call", "<u8"),  # seconds
        ("pad", "u1", 24),
    ]
)
CELL = np.dtype(
    [
        ("identity", "u1", 16),  # as in layout.COUNTER
        ("at", "<u4"),  # position of its first word
        ("words", "<u4"),
        ("kind", "u1"),
        ("pad", "u1", 7),
    ]
)


@dataclass(frozen=True)
class Memory:
    """Offsets are bytes from the start of `block`; `cells_of`: by counter of the tables the position of its words."""

    block: mmap.mmap
    states: int
    calls: int
    words: int
    cells_of: np.ndarray


def _padded(size: int) -> int:
    return -(-size // PAGE) * PAGE


def words_needed(counters: np.ndarray, max_calls: int) -> np.ndarray:
    """How many words each counter takes: a limit its hint and its places, a quota two, a split one."""
    kind = counters["kind"]
    places = np.minimum(counters["places"].astype(np.int64), max_calls)
    return np.where(kind == layout.COUNTER_LIMIT, places + 1, np.where(kind == layout.COUNTER_QUOTA, 2, 1))


def anonymous(counters: np.ndarray, max_calls: int, longest_call: int) -> Memory:
    """Memory of this process and its children, with a cell for each counter (a `counters` section), all zero.

    Raises StateError where it cannot be had.
    """
    words = words_needed(counters, max_calls)
    at = _FIRST_WORD + np.concatenate(([0], np.cumsum(words)[:-1])) if len(words) else np.zeros(0, np.int64)
    total = _FIRST_WORD + int(words.sum())
    if total >= layout.NONE:
        raise StateError(f"the limits of these plans need {total} places, more than one state can hold")
    states = PAGE
    calls = states + _padded(8 * max_calls)
    directory = calls + _padded(CALL_BYTES * max_calls)
    first_word = directory + _padded(CELL.itemsize * len(counters))
    try:
        block = mmap.mmap(-1, first_word + _padded(8 * total))
    except (OSError, ValueError, OverflowError) as error:
        raise StateError(f"no memory for {max_calls} calls and {total} counter words: {error}") from None
    header = np.frombuffer(block, HEADER, 1)
    header[0] = (MAGIC, VERSION, layout.BYTE_ORDER, max_calls, len(counters), total, longest_call, 0)
    cells = np.frombuffer(block, CELL, len(counters), directory)
    cells["identity"], cells["at"], cells["words"], cells["kind"] = counters["identity"], at, words, counters["kind"]
    return Memory(block, states, calls, first_word, at.astype(np.uint32))
