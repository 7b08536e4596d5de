"""The filter before all bitmaps lets every member pass, and few others."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from pyroaring import BitMap64

from callplan.compiler.assembly import Assembly
from callplan.compiler.bitmaps import serialise
from callplan.runtime import filter as filters

MOBILE = 18_600_000_000_000  # the key of mobile 0


def filter_of(*sets: Sequence[int]) -> npt.NDArray[np.uint64]:
    tables = Assembly([10, 21])
    for keys in sets:
        tables.bitmap(serialise(BitMap64(keys)))
    return tables.finish()["filter"]


@pytest.mark.parametrize(
    "keys",
    [
        [MOBILE + 13_900_000_000 + 977 * n for n in range(5000)],  # arrays
        [MOBILE + 13_900_000_000 + 40 * n + m for n in range(5000) for m in range(3)],  # runs
        [MOBILE + 13_900_000_000 + 9 * n for n in range(100_000)],  # bitsets
        [10, 21, 2**62 + 95_555, MOBILE + 13_900_000_000],  # several buckets
    ],
    ids=["arrays", "runs", "bitsets", "buckets"],
)
def test_every_member_passes(keys: list[int]) -> None:
    words = filter_of([10, 731], keys)
    assert all(filters.passes(words, 1, key) for key in keys)


def test_few_others_pass() -> None:
    words = filter_of([MOBILE + 13_900_000_000 + 1000 * n for n in range(10_000)])
    others = [MOBILE + 13_800_000_000 + 7919 * n for n in range(20_000)]
    assert sum(filters.passes(words, 0, key) for key in others) < 0.05 * len(others)


def test_a_member_of_one_list_is_none_of_another() -> None:
    keys = [MOBILE + 13_900_000_000 + 1000 * n for n in range(10_000)]
    words = filter_of(keys, [10, 21])
    assert sum(filters.passes(words, 1, key) for key in keys) < 0.05 * len(keys)


def test_no_bitmap_lets_nothing_pass() -> None:
    words = filter_of()
    assert len(words) == 1
    assert not filters.passes(words, 0, MOBILE)


def test_a_range_of_numbers_is_not_in_it_and_takes_no_room() -> None:
    tables = Assembly([10, 21])
    tables.bitmap(serialise(BitMap64([10, 21])))
    tables.bitmap(serialise(BitMap64(range(MOBILE, MOBILE + 10**9))))
    found = tables.finish()
    assert len(found["filter"]) == 1
    assert filters.dense(found["bitmaps"].view(np.uint8)).tolist() == [2]
