"""Sets of 64-bit keys in roaring's portable format, and where their parts start; tested by tests/test_bitmaps.py.

The 64-bit form is the number of buckets (u64), then for each the keys' upper half (u32) and a 32-bit bitmap of their
lower halves. It stores no offsets of its buckets, so they are given beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyroaring import BitMap64

from . import limits
from .key_sets import KeySet
from .portable import parts_of, portable


@dataclass(frozen=True)
class Serialised:
    """`buckets`: (upper half, offset in `data` of the 32-bit bitmap), ascending."""

    data: bytes
    buckets: tuple[tuple[int, int], ...]
    members: int


def serialise(keys: BitMap64) -> Serialised:
    """The portable form of a set of pyroaring's; equal sets give equal bytes. The set may be stored otherwise then."""
    keys.run_optimize()
    data = keys.serialize()
    buckets, even = parts_of(data)
    if even:
        # Whether pyroaring keeps such a box as runs depends on how its set came about.
        for box in even:
            _store_one_by_one(keys, box)
        data = keys.serialize()
        buckets, _ = parts_of(data)
    return Serialised(data, buckets, len(keys))


def _store_one_by_one(keys: BitMap64, box: int) -> None:
    start, stop = box << 16, (box + 1) << 16
    held = BitMap64()
    held.add_range(start, stop)
    held &= keys
    keys.remove_range(start, stop)
    keys.update(held.to_array())


def serialise_keys(keys: KeySet) -> Serialised:
    """The same of a set of keys as arrays. Raises limits.LimitExceeded."""
    found = portable(keys.keys, keys.first, keys.last, limits.MOST_LIST_MIB << 20)
    if found is None:
        raise limits.LimitExceeded("E533", {"most": limits.MOST_LIST_MIB})
    return Serialised(*found)
