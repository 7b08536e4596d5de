"""regions.py: what stands where in the memory of the books, and that the structs of its records are the same."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callplan.runtime import regions, structs

CACHE_LINE = 64
STARTS = [field.name for field in dataclasses.fields(regions.Regions) if field.name.endswith("_at")]


@pytest.mark.parametrize(
    ("record", "size"),
    [
        ("HEADER", 128),
        ("OWNER", 64),
        ("VERSION", 64),
        ("CELL", 64),
        ("LIVE", 160),
        ("LEG", 16),
        ("CHARGE", 8),
        ("CALL", 512),
    ],
)
def test_sizes_and_alignment_of_records(record: str, size: int) -> None:
    dtype: np.dtype = getattr(regions, record)
    assert dtype.itemsize == size
    assert dtype.fields is not None
    for name, (field, offset, *_) in dtype.fields.items():
        if field.base.kind in "ui":
            assert offset % field.base.itemsize == 0, name


def test_the_header_ends_in_its_crc_and_the_first_page_holds_both() -> None:
    assert regions.HEADER.fields is not None
    assert regions.HEADER.fields["crc"][1] == regions.HEADER.itemsize - 4
    assert regions.HEADER.itemsize <= regions.LIVE_AT
    assert regions.LIVE_AT % CACHE_LINE == 0
    assert regions.LIVE_AT + regions.LIVE.itemsize <= regions.PAGE


def test_what_every_decision_reads_shares_its_cache_line_with_nothing() -> None:
    assert regions.LIVE.fields is not None
    assert regions.LIVE.fields["in_force"][1] == 0
    assert {offset for _, (_, offset, *_) in regions.LIVE.fields.items() if 0 < offset < CACHE_LINE} == {8}  # padding


@given(st.integers(1, regions.MAX_CALLS), st.integers(1, 2**24), st.integers(8, 2**32 - 2))
def test_regions_do_not_overlap_and_are_large_enough(calls: int, cells: int, words: int) -> None:
    found = regions.regions(calls, cells, words)
    starts = [regions.PAGE, *(getattr(found, name) for name in STARTS[1:]), found.size]
    needed = [
        regions.OWNER_ROOM * regions.OWNER.itemsize,
        regions.VERSION_ROOM * regions.VERSION.itemsize,
        8 * calls,
        regions.CALL_BYTES * calls,
        8 * found.ids,
        regions.CELL.itemsize * cells,
        8 * words,
    ]
    assert found.owners_at == regions.PAGE
    assert all(start % regions.PAGE == 0 for start in starts)
    for (start, end), size in zip(pairwise(starts), needed, strict=True):
        assert size <= end - start < size + regions.PAGE


@given(st.integers(1, regions.MAX_CALLS))
def test_the_index_of_call_ids_is_whole_buckets_of_a_power_of_two(calls: int) -> None:
    ids = regions.regions(calls, 1, regions.FIRST_WORD).ids
    assert ids & (ids - 1) == 0
    assert ids % regions.IDS_A_BUCKET == 0
    assert max(8 * calls, regions.IDS_A_BUCKET) <= ids < max(16 * calls, 2 * regions.IDS_A_BUCKET)


@pytest.mark.parametrize("record", structs.records())
def test_a_record_is_its_struct(record: str) -> None:
    size, offsets = structs.records()[record]
    dtype: np.dtype = getattr(regions, record)
    assert dtype.fields is not None
    assert {name: offset for name, (_, offset, *_) in dtype.fields.items()} == offsets
    assert dtype.itemsize == size


def test_all_records_that_calls_touch_are_compared() -> None:
    assert set(structs.records()) == {"CALL", "LEG", "CHARGE", "LIVE", "OWNER"}
    assert regions.CALL_BYTES == 512
