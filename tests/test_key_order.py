"""Keys in order: the radix sort and the merge, against Python's own."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from callplan.compiler.key_order import ascending, merged

MOBILE = 18_613_000_000_000
TOP = (1 << 64) - 1


def array(keys: list[int]) -> NDArray[np.uint64]:
    return np.array(keys, np.uint64)


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [7],
        [0, 0],
        [2, 1],
        [TOP, 0],
        [1, 2, 3, 3, 3, 4],
        [5] * 1_000,
        list(range(1_000, 0, -1)),
        [TOP, 0, 1 << 63] * 100,
        [0, 256, 1, 255, 257] * 50,
    ],
    ids=str,
)
def test_a_few_keys(keys: list[int]) -> None:
    assert ascending(array(keys)).tolist() == sorted(set(keys))


# Sizes on both sides of what is put in place one by one, sorted by bytes, and dealt out first.
@pytest.mark.parametrize("count", [2, 39, 40, 41, 255, 256, 257, 5_000, 16_384, 16_385, 60_000])
@pytest.mark.parametrize("bits", [1, 7, 8, 9, 10, 11, 18, 33, 62, 64])
def test_random_keys(count: int, bits: int, seed: str) -> None:
    chance = Random(f"order {seed} {count} {bits}")
    least = chance.choice((0, min(MOBILE, (1 << 64) - (1 << bits))))
    keys = [least + chance.getrandbits(bits) for _ in range(count)]
    assert ascending(array(keys)).tolist() == sorted(set(keys))


def test_keys_that_crowd_in_few_places(seed: str) -> None:
    """Most of them in one part of what they lie within, and again in one part of that."""
    chance = Random(f"crowds {seed}")
    keys = [MOBILE + chance.getrandbits(8) for _ in range(20_000)]
    keys += [MOBILE + chance.getrandbits(30) for _ in range(20_000)]
    keys += [chance.getrandbits(50) for _ in range(20_000)]
    keys += [TOP - chance.getrandbits(20) for _ in range(20_000)]
    chance.shuffle(keys)
    assert ascending(array(keys)).tolist() == sorted(set(keys))


def test_two_in_order_are_merged(seed: str) -> None:
    chance = Random(f"merged {seed}")
    for _ in range(200):
        a, b = (sorted({chance.randrange(300) for _ in range(chance.choice((0, 1, 10, 200)))}) for _ in range(2))
        assert merged(array(a), array(b)).tolist() == sorted({*a, *b})
