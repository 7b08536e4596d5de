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


def ranges(chance: Random) -> list[range]:
    starts = [chance.randrange(3 << chance.choice((16, 17, 20, 33))) for _ in range(chance.randint(1, 40))]
    return [range(start, start + chance.choice((1, 2, 10, 5_000, 70_000))) for start in starts]


def test_ranges_give_the_bytes_of_their_members(seed: str) -> None:
    chance = Random(f"ranges {seed}")
    for _ in range(40):
        added, removed = ranges(chance), ranges(chance)[:3]
        keys = BitMap64()
        for each in added:
            keys.add_range(each.start, each.stop)
        for each in removed:
            keys.remove_range(each.start, each.stop)
        members = set[int]().union(*added).difference(*removed)
        found = serialise(keys)
        assert found == serialise(BitMap64(sorted(members)))
        assert [high for high, _ in found.buckets] == sorted({member >> 32 for member in members})
        for high, offset in found.buckets:
            lower = BitMap.deserialize(found.data[offset:])
            assert {high << 32 | low for low in lower} == {each for each in members if each >> 32 == high}


def test_a_hundred_million_members_are_runs() -> None:
    keys = BitMap64()
    keys.add_range(10**13, 10**13 + 10**8)
    found = serialise(keys)
    assert found.members == 10**8
    assert len(found.data) < 32_768


def test_equal_sets_give_equal_bytes(seed: str) -> None:
    chance = Random(f"bitmaps {seed}")
    keys = [chance.randrange(1 << chance.choice((17, 33, 62))) for _ in range(5_000)]
    shuffled = keys[:]
    chance.shuffle(shuffled)
    grown = BitMap64()
    for key in shuffled:
        grown.add(key)
    assert serialise(BitMap64(keys)) == serialise(grown)
