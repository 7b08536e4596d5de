"""Roaring bitmaps: the portable bytes are pyroaring's own, and the buckets stand where they are said to.

The same holds for what is written straight from keys, whatever mixture of keys and ranges they are given as.
"""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from pyroaring import BitMap, BitMap64

from callplan.compiler.bitmaps import Serialised, serialise, serialise_keys
from callplan.compiler.key_sets import KeySet

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


def test_runs_that_take_the_space_of_their_members_are_stored_in_one_way() -> None:
    """Runs of twice as many members as there are runs, and one: pyroaring keeps them as they came."""
    for start in (0, 1 << 16, 1 << 40):
        grown = BitMap64([start + (3 << 16)])
        for first in range(start, start + 300, 3):
            grown.add_range(first, first + 2)
        grown.add(start + 299)
        grown.add_range(start + (5 << 16), start + (5 << 16) + 3)
        assert serialise(grown) == serialise(BitMap64(list(grown)))


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


def straight(keys: list[int], ranges: list[range]) -> Serialised:
    first, last = [each.start for each in ranges], [each.stop - 1 for each in ranges]
    return serialise_keys(KeySet.of(*(np.array(each, np.uint64) for each in (keys, first, last))))


@pytest.mark.parametrize("keys", SETS.values(), ids=SETS.keys())
def test_keys_give_the_bytes_of_their_set(keys: list[int]) -> None:
    assert straight(keys, []) == serialise(BitMap64(keys))


# Runs of so many members, one number between them: 2 + 4 bytes a run, against 2 bytes a member or 8,192 in all.
@pytest.mark.parametrize(
    "lengths",
    [
        [1], [2], [3], [4], [1, 3], [2, 2], [2, 3], [3, 3], [1, 1, 4], [2] * 2047 + [3], [2] * 2048, [3] * 2047,
        [3] * 2048, [4095], [4096], [4097], [4095, 1], [4096, 1], [65_536], [65_535], [40_000, 20_000],
    ],
    ids=lambda lengths: f"{len(lengths)} of {lengths[0]}",
)  # fmt: skip
@pytest.mark.parametrize("start", [0, 65_536, 65_530, 1 << 32, (1 << 32) - 3])
def test_a_box_is_stored_in_the_smallest_form(lengths: list[int], start: int) -> None:
    ranges = []
    for length in lengths:
        ranges.append(range(start, start + length))
        start += length + 1
    keys = [key for each in ranges for key in each]
    expected = serialise(BitMap64(keys))
    assert straight(keys, []) == expected
    assert straight([], ranges) == expected
    assert straight(keys[::2], [*ranges[1:], ranges[0]]) == expected


@pytest.mark.parametrize("boxes", [1, 2, 3, 4, 5, 8, 9, 17])
@pytest.mark.parametrize("runs", [False, True])
def test_few_boxes_with_runs_have_no_offsets(boxes: int, runs: bool) -> None:
    keys = [box << 16 | low for box in range(boxes) for low in (1, 5, 70)]
    keys += range(30 << 16, (30 << 16) + 1_000) if runs else ()
    assert straight(keys, []) == serialise(BitMap64(keys))


def test_any_mixture_gives_the_bytes_of_its_members(seed: str) -> None:
    chance = Random(f"mixtures {seed}")
    for _ in range(40):
        added = ranges(chance)
        span = chance.choice((16, 17, 20, 33, 63))
        keys = [chance.getrandbits(span) for _ in range(chance.choice((0, 1, 100, 5_000)))]
        keys += [chance.choice(each) for each in added]
        members = sorted(set(keys).union(*added))
        assert straight(keys, added) == serialise(BitMap64(members))


def test_a_hundred_million_members_are_written_as_runs() -> None:
    keys = BitMap64()
    keys.add_range(10**13, 10**13 + 10**8)
    assert straight([10**13 + 5], [range(10**13, 10**13 + 10**8)]) == serialise(keys)
