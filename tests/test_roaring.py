"""The in-place reader of the portable roaring format against pyroaring, and the check that guards it."""

import random

import numpy as np
import pytest
from pyroaring import BitMap64

from callplan.runtime import layout, roaring


def _sets() -> list[list[int]]:
    rng = random.Random(400)
    dense = [10**13 + 8613800000000 + n for n in range(70000)]
    return [
        [731],
        sorted(rng.sample(range(1000), 300)),
        [n for n in range(200_000) if n % 3],  # bitsets
        dense,  # whole runs
        sorted({rng.randrange(1 << 63) for _ in range(40)}),  # a bucket each
        sorted({10**13 + 8613000000000 + rng.randrange(10**10) for _ in range(5000)}),
        [0, 65535, 65536, 1 << 32, (1 << 32) + 65535, (1 << 63) - 1],
        [n for base in range(3) for n in range(base << 16, (base << 16) + 5000)],  # runs, fewer than four containers
        [n for base in range(9) for n in range(base << 16, (base << 16) + 5000)],
    ]


def _images(members: list[int]) -> list[bytes]:
    plain = BitMap64(members)
    runs = BitMap64(members)
    runs.run_optimize()
    return [plain.serialize(), runs.serialize()]


@pytest.mark.parametrize("number", range(len(_sets())))
def test_reader_agrees_with_pyroaring(number: int) -> None:
    members = _sets()[number]
    rng = random.Random(number)
    probes = set(rng.sample(members, min(len(members), 2000)))
    probes |= {max(0, p + d) for p in list(probes)[:500] for d in (-1, 1, 65536)} | {
        rng.randrange(1 << 63) for _ in range(200)
    }
    for image in _images(members):
        bitmap = BitMap64.deserialize(image)
        for probe in probes:
            assert roaring.contains(image, probe) == (probe in bitmap), probe


def _unsound(image: bytes) -> bool:
    """Whether the check refuses the image, given a bucket index that is right where the image still has one."""
    record = np.zeros(1, layout.BITMAP)
    record["size"] = len(image)
    record["members"] = len(BitMap64.deserialize(ORIGINAL))
    record["buckets_count"] = len(BUCKETS)
    return roaring.unsound(record.view(np.uint8), BUCKETS.view(np.uint8), np.frombuffer(image, np.uint8)) == 0


ORIGINAL = BitMap64([1, 2, 3, 70000, 70001, (5 << 32) + 9]).serialize()
BUCKETS = np.array([(0, 0, 12), (5, 0, 12 + 8 + 2 * 8 + 2 * 5 + 4)], layout.BUCKET)


def test_a_sound_bitmap_passes() -> None:
    assert not _unsound(ORIGINAL)


def test_every_cut_is_refused() -> None:
    assert [n for n in range(len(ORIGINAL)) if not _unsound(ORIGINAL[:n])] == []


def test_what_a_flip_leaves_readable_has_the_same_shape() -> None:
    """A flipped byte is refused, or changes values only in a way that keeps every order and count."""
    for at in range(len(ORIGINAL)):
        for bit in range(8):
            image = bytearray(ORIGINAL)
            image[at] ^= 1 << bit
            if not _unsound(bytes(image)):
                found = BitMap64.deserialize(bytes(image))
                assert len(found) == 6
                assert all(roaring.contains(bytes(image), member) for member in found)
