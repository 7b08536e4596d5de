"""Sets of 64-bit keys in roaring's portable format, and where their parts start; tested by tests/test_bitmaps.py.

The 64-bit form is the number of buckets (u64), then for each the keys' upper half (u32) and a 32-bit bitmap of their
lower halves. It stores no offsets of its buckets, so they are given beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap64

_WITH_RUNS = 12347  # the lower half of a 32-bit bitmap's cookie, where some of its containers are runs
_MOST_IN_ARRAY = 4096
_BITSET = 8192  # bytes
_FEW = 4  # a bitmap with runs and fewer containers has no offsets of them


@dataclass(frozen=True)
class Serialised:
    """`buckets`: (upper half, offset in `data` of the 32-bit bitmap), ascending."""

    data: bytes
    buckets: tuple[tuple[int, int], ...]
    members: int


def serialise(keys: BitMap64) -> Serialised:
    """The portable form of a set; equal sets give equal bytes."""
    smallest = keys.copy()
    smallest.run_optimize()
    data = smallest.serialize()
    buckets: list[tuple[int, int]] = []
    at = 8
    for _ in range(int.from_bytes(data[:8], "little")):
        buckets.append((int.from_bytes(data[at : at + 4], "little"), at + 4))
        at += 4 + _size(data, at + 4)
    return Serialised(data, tuple(buckets), len(keys))


def _size(data: bytes, start: int) -> int:
    """The bytes of the 32-bit bitmap at an offset."""
    cookie = int.from_bytes(data[start : start + 4], "little")
    with_runs = cookie & 0xFFFF == _WITH_RUNS
    if with_runs:
        count = (cookie >> 16) + 1
        kinds = np.frombuffer(data, np.uint8, -(-count // 8), start + 4)
        is_run = np.unpackbits(kinds, bitorder="little")[:count].astype(bool)
        heads = start + 4 + len(kinds)
    else:
        count = int.from_bytes(data[start + 4 : start + 8], "little")
        is_run = np.zeros(count, bool)
        heads = start + 8
    members = np.frombuffer(data, "<u2", 2 * count, heads)[1::2].astype(np.int64) + 1
    at = heads + 4 * count
    if not with_runs or count >= _FEW:
        last = at + 4 * (count - 1)
        at = start + int.from_bytes(data[last : last + 4], "little")
        members, is_run = members[-1:], is_run[-1:]
    for held, run in zip(members.tolist(), is_run.tolist(), strict=True):
        if run:
            at += 2 + 4 * int.from_bytes(data[at : at + 2], "little")
        else:
            at += 2 * held if held <= _MOST_IN_ARRAY else _BITSET
    return at - start
