"""Sets of keys as arrays: their order, and unions of them, against Python's sets."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from callplan.compiler.key_sets import KeySet, union


def array(keys: list[int]) -> NDArray[np.uint64]:
    return np.array(keys, np.uint64)


def key_set(keys: list[int], ranges: list[tuple[int, int]]) -> KeySet:
    return KeySet.of(array(keys), array([first for first, _ in ranges]), array([last for _, last in ranges]))


def ranges_of(keys: KeySet) -> list[tuple[int, int]]:
    return list(zip(keys.first.tolist(), keys.last.tolist(), strict=True))


def members(keys: KeySet) -> set[int]:
    return set(keys.keys.tolist()).union(*(range(first, last + 1) for first, last in ranges_of(keys)))


def is_in_order(keys: KeySet) -> bool:
    found = keys.keys.tolist()
    ends = [end for pair in ranges_of(keys) for end in pair]
    apart = all(first > last + 1 for last, first in zip(ends[1::2], ends[2::2], strict=False))
    return found == sorted(set(found)) and ends == sorted(ends) and apart


@pytest.mark.parametrize(
    ("ranges", "made"),
    [
        ([], []),
        ([(5, 9)], [(5, 9)]),
        ([(30, 39), (10, 19)], [(10, 19), (30, 39)]),
        ([(10, 19), (20, 29)], [(10, 29)]),
        ([(10, 19), (21, 29)], [(10, 19), (21, 29)]),
        ([(10, 99), (20, 29), (40, 99), (100, 100)], [(10, 100)]),
        ([(10, 19), (10, 19)], [(10, 19)]),
        ([(10, 99), (20, 29), (98, 120), (200, 201)], [(10, 120), (200, 201)]),
    ],
)
def test_ranges_that_meet_are_one(ranges: list[tuple[int, int]], made: list[tuple[int, int]]) -> None:
    assert ranges_of(key_set([], ranges)) == made


def random_set(chance: Random) -> tuple[KeySet, set[int]]:
    keys = [chance.randrange(5_000) for _ in range(chance.choice((0, 1, 10, 1_000)))]
    starts = [chance.randrange(5_000) for _ in range(chance.choice((0, 0, 1, 10)))]
    ranges = [(start, start + chance.choice((0, 1, 9, 99))) for start in starts]
    return key_set(keys, ranges), set(keys).union(*(range(first, last + 1) for first, last in ranges))


def test_unions_have_the_members_of_all(seed: str) -> None:
    chance = Random(f"unions {seed}")
    for _ in range(300):
        drawn = [random_set(chance) for _ in range(chance.randrange(6))]
        found = union([keys for keys, _ in drawn])
        assert members(found) == set[int]().union(*(expected for _, expected in drawn))
        assert is_in_order(found)


def test_a_union_leaves_its_sets_as_they_are(seed: str) -> None:
    chance = Random(f"left {seed}")
    for _ in range(100):
        drawn = [random_set(chance) for _ in range(4)]
        union([keys for keys, _ in drawn])
        for keys, expected in drawn:
            assert members(keys) == expected
