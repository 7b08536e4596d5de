"""Roaring bitmaps: the portable bytes are pyroaring's own, and the buckets stand where they are said to."""

from __future__ import annotations

from random import Random

import pytest
from pyroaring import BitMap, BitMap64

from callplan.compiler.bitmaps import serialise

SETS = {
    "empty": [],
    "zero": [0],
    "one bucket": [5, 70_000, 3_000_000_000],
    "many buckets": [1 << 40, (1 << 40) + 1, 1 << 62, (1 << 63) - 1, 7],
    "runs": [*range(1_000, 90_000), *range(1 << 33, (1 << 33) + 5_000)],
    "a bitset": [*range(0, 60_000, 3)],
    "top": [(1 << 64) - 1],
}


@pytest.mark.parametrize("keys", SETS.values(), ids=SETS.keys())
def test_bytes_are_those_of_pyroaring(keys: list[int]) -> None:
    own = BitMap64(keys)
    theirs = BitMap64(keys)
    theirs.run_optimize()
    found = serialise(own)
    assert found.data == theirs.serialize()
    assert found.members == len(keys)
    assert list(BitMap64.deserialize(found.data)) == sorted(keys)


@pytest.mark.parametrize("keys", SETS.values(), ids=SETS.keys())
def test_buckets_are_where_they_are_said_to_be(keys: list[int]) -> None:
    found = serialise(BitMap64(keys))
    members = [high << 32 | low for high, offset in found.buckets for low in BitMap.deserialize(found.data[offset:])]
    assert members == sorted(keys)
    highs = [high for high, _ in found.buckets]
    assert highs == sorted(set(highs))


def test_equal_sets_give_equal_bytes(seed: str) -> None:
    chance = Random(f"bitmaps {seed}")
    keys = [chance.randrange(1 << chance.choice((17, 33, 62))) for _ in range(5_000)]
    shuffled = keys[:]
    chance.shuffle(shuffled)
    grown = BitMap64()
    for key in shuffled:
        grown.add(key)
    assert serialise(BitMap64(keys)) == serialise(grown)
