"""Sets of callers' keys as arrays, for lists too long for an object a key; tested by tests/test_key_sets.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .key_order import ascending, merged

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class KeySet:
    """`keys`: in order, each once. `first`, `last`: ranges with both ends, in order, apart from each other.

    A key may also lie in a range.
    """

    keys: Keys
    first: Keys
    last: Keys

    @classmethod
    def of(cls, keys: Keys, first: Keys, last: Keys) -> KeySet:
        """Of keys and ranges in any order. `keys` is taken over: it must not be used afterwards."""
        return cls(ascending(keys), *_apart(first, last))

    def __len__(self) -> int:
        """How many keys and ranges it takes, which is not how many members it has."""
        return len(self.keys) + len(self.first)


def union(sets: Sequence[KeySet]) -> KeySet:
    """The members of all sets; may share the memory of one of them."""
    filled = sorted((each for each in sets if len(each)), key=len)
    if len(filled) <= 1:
        return filled[0] if filled else KeySet.of(*(np.empty(0, np.uint64) for _ in range(3)))
    ranges = _apart(np.concatenate([each.first for each in filled]), np.concatenate([each.last for each in filled]))
    return KeySet(_union([each.keys for each in filled]), *ranges)


def _union(arrays: Sequence[Keys]) -> Keys:
    """Merges what is in order already where that is quicker than to sort all: one that has most of the keys."""
    *others, largest = sorted(arrays, key=len)
    if len(others) > 1 and sum(map(len, others)) > len(largest):
        return ascending(np.concatenate(arrays))
    return merged(largest, others[0] if len(others) == 1 else ascending(np.concatenate(others)))


def _apart(first: Keys, last: Keys) -> tuple[Keys, Keys]:
    """Ranges in order; those that meet are one."""
    if len(first) < 2:
        return first, last
    order = np.argsort(first, kind="stable")
    first, last = first[order], np.maximum.accumulate(last[order])
    begins = np.concatenate(([True], first[1:] > last[:-1] + np.uint64(1)))
    ends = np.append(begins[1:], True)
    return first[begins], last[ends]
