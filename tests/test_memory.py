"""The memory of an engine without a state folder."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from callplan.runtime import layout
from callplan.runtime.books import Books
from callplan.runtime.cells import InUse
from callplan.runtime.errors import StateError
from callplan.runtime.memory import MAX_CALLS, Memory
from callplan.runtime.regions import FIRST_WORD, HEADER, LIVE, LIVE_AT

from .counted import DAY, LIMIT, QUOTA, SPLIT, counters

FIRST = counters(("q", QUOTA, DAY), ("a", LIMIT, 5), ("s", SPLIT, 0), ("b", LIMIT, 10**6))


def test_it_is_laid_out_as_a_state() -> None:
    found = Memory(FIRST, 100, 60)
    header = np.frombuffer(found.block, HEADER, 1)[0]
    assert bytes(header["magic"]) == b"CPSTATE"
    assert int(header["size"]) == len(found.block) == found.regions.size
    assert [int(header[name]) for name in ("calls", "longest_call", "grace")] == [100, 60, 60]
    assert int(header["cells"]) == found.regions.cells
    assert int(header["words"]) == found.regions.words
    assert int(header["crc"]) == zlib.crc32(header.tobytes()[:-4])
    assert not np.frombuffer(found.block, LIVE, 1, LIVE_AT).tobytes().strip(b"\0")
    assert FIRST_WORD + int(FIRST.words(100).sum()) < found.regions.words < layout.NONE


def test_counters_keep_their_cells() -> None:
    found = Memory(FIRST, 100, 60)
    first = found.place(FIRST)
    other = counters(("b", LIMIT, 10**6), ("x", SPLIT, 0), ("a", LIMIT, 5))
    again = found.place(other, [InUse(FIRST, first)])
    assert again.positions[[0, 2]].tolist() == first.positions[[3, 1]].tolist()
    assert again.positions[1] not in first.positions


def test_tails_that_nobody_holds_are_left_out() -> None:
    found = Memory(FIRST, 100, 60)
    first = found.place(FIRST)
    lowered = found.place(counters(("a", LIMIT, 2)), [InUse(FIRST, first)])
    assert lowered.segments["places"].tolist() == [2, 3]
    assert found.without_empty_tails(lowered).segments.tolist() == []


def test_what_does_not_fit_changes_nothing() -> None:
    found = Memory(FIRST, 100, 60)
    first = found.place(FIRST)
    cells = Books.of(found.block, found.regions).cells
    before = cells.copy()
    many = counters(*((f"n{number}", QUOTA, DAY) for number in range(5000)))
    with pytest.raises(StateError, match=r"do not fit beside those in use: 5,004 cells of 4,100.*; open a new engine$"):
        found.place(many, [InUse(FIRST, first)])
    assert (cells == before).all()
    assert found.place(FIRST).positions.tolist() == first.positions.tolist()


def test_no_counters_at_all() -> None:
    assert Memory(counters(), 1, 60).place(counters()).positions.tolist() == []


def test_more_places_than_words() -> None:
    with pytest.raises(StateError, match="more than one state can hold"):
        Memory(counters(*((f"n{number}", LIMIT, 2**31 - 1) for number in range(9000))), MAX_CALLS, 60)
