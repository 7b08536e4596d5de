"""Sets of 64-bit keys in roaring's portable format, and where their parts start; tested by tests/test_bitmaps.py.

The 64-bit form is the number of buckets (u64), then for each the keys' upper half (u32) and a 32-bit bitmap of their
lower halves. It stores no offsets of its buckets, so they are given beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap, BitMap64


@dataclass(frozen=True)
class Serialised:
    """`buckets`: (upper half, offset in `data` of the 32-bit bitmap), ascending."""

    data: bytes
    buckets: tuple[tuple[int, int], ...]
    members: int


def serialise(keys: BitMap64) -> Serialised:
    """The portable form of a set; equal sets give equal bytes."""
    members = np.array(keys.to_array(), np.uint64)  # ascending
    upper = (members >> np.uint64(32)).astype(np.uint32)
    lower = members.astype(np.uint32)
    edges = [*(np.flatnonzero(upper[1:] != upper[:-1]) + 1).tolist(), len(members)]
    starts = [0, *edges[:-1]] if len(members) else []
    parts = [len(starts).to_bytes(8, "little")]
    buckets: list[tuple[int, int]] = []
    at = 8
    for start, end in zip(starts, edges, strict=False):
        bitmap = BitMap(lower[start:end])
        bitmap.run_optimize()
        data = bitmap.serialize()
        high = int(upper[start])
        parts += [high.to_bytes(4, "little"), data]
        buckets.append((high, at + 4))
        at += 4 + len(data)
    return Serialised(b"".join(parts), tuple(buckets), len(members))
