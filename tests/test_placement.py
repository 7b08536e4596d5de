"""The file that says where the counters of a version of the tables stand, and the lists that a decision reads."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callplan.runtime.cells import InUse
from callplan.runtime.errors import StateError
from callplan.runtime.placement import HEADER, SEGMENT, Placement, followed, from_bytes, listed
from callplan.runtime.regions import regions

from .counted import DAY, LIMIT, QUOTA, SPLIT, books, counters, placed

DIGEST = "ab" * 32
ROOM = regions(100, 64, 1024)
WANTED = counters(("q", QUOTA, DAY), ("a", LIMIT, 9), ("s", SPLIT, 0), ("b", LIMIT, 3), ("c", LIMIT, 500))


def version() -> InUse:
    """One with a limit that has grown, one that was lowered, and one that never changed."""
    found = books(100, 64, 1024)
    old = placed(found, counters(("a", LIMIT, 4), ("b", LIMIT, 5)))
    return placed(found, WANTED, old)


def read(data: bytes, number: int = 7, digest: str = DIGEST) -> Placement:
    return from_bytes(data, "7.placement", number, digest, WANTED, ROOM)


def test_it_reads_what_it_wrote() -> None:
    own = version().placement
    assert own.segments["given_out"].tolist() == [1, 1, 1, 0]
    again = read(own.to_bytes(7, DIGEST))
    assert again.positions.tolist() == own.positions.tolist()
    assert again.segments.tolist() == own.segments.tolist()
    nothing = counters()
    empty = Placement(np.zeros(0, np.uint32), np.zeros(0, SEGMENT))
    assert len(from_bytes(empty.to_bytes(1, DIGEST), "x", 1, DIGEST, nothing, ROOM).positions) == 0


def test_the_header_has_no_hole() -> None:
    assert HEADER.itemsize == 72
    assert SEGMENT.itemsize == 16


def changed(field: str, value: object, fixes_crc: bool = True) -> bytes:
    data = bytearray(version().placement.to_bytes(7, DIGEST))
    header = np.frombuffer(data, HEADER, 1)
    header[field] = value
    if fixes_crc and field != "crc":
        header["crc"] = 0
        header["crc"] = zlib.crc32(data)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no placement of callplan"),
        (changed("magic", b"FOREIGN"), "no placement of callplan"),
        (changed("byte_order", 0x04030201), "another byte order"),
        (changed("format", 2), "it is of version 2, this callplan reads 1"),
        (changed("crc", 1), "its checksum is wrong"),
        (changed("version", 8, fixes_crc=False), "its checksum is wrong"),
        (changed("version", 8), "of version 8 of the tables, not 7"),
        (changed("digest", 1), "of other tables"),
        (changed("counters", 4), "bytes, not"),
        (changed("segments", 4000), "bytes, not"),
        (version().placement.to_bytes(7, DIGEST)[:-1], "bytes, not"),
        (version().placement.to_bytes(7, DIGEST) + b"x", "bytes, not"),
    ],
)
def test_a_file_that_is_not_what_it_should_be(data: bytes, why: str) -> None:
    with pytest.raises(StateError, match=f"^7.placement cannot be used: .*{why}.*; activate the tables again"):
        read(data)


def first_at_nine(own: Placement) -> None:
    own.segments["first"][0] = 9


def swap(own: Placement) -> None:
    own.segments[:] = own.segments[[1, 0, 2, 3]]


def tail_first(own: Placement) -> None:
    own.segments["given_out"][:2] = 0


PLACES: list[tuple[Callable[[Placement], object], str]] = [
    (lambda own: own.positions.__setitem__(0, 7), "outside the state's words"),
    (lambda own: own.positions.__setitem__(0, 1023), "outside the state's words"),
    (lambda own: own.positions.__setitem__(4, 924), "outside the state's words"),
    (lambda own: own.positions.__setitem__(2, 2**32 - 1), "outside the state's words"),
    (lambda own: own.segments["first"].__setitem__(1, 1020), "outside the state's words"),
    (lambda own: own.segments["first"].__setitem__(1, 8), "outside the state's words"),
    (lambda own: own.segments["places"].__setitem__(3, 2**32 - 1), "outside the state's words"),
    (lambda own: own.segments["places"].__setitem__(3, 0), "outside the state's words"),
    (lambda own: own.segments["counter"].__setitem__(0, 0), "of no limit"),
    (lambda own: own.segments["counter"].__setitem__(3, 5), "of no limit"),
    (lambda own: own.segments["counter"].__setitem__(0, 3), "not in order"),
    (lambda own: own.segments["given_out"].__setitem__(3, 2), "not in order"),
    (tail_first, "do not begin with its first cell"),
    (swap, "do not begin with its first cell"),
    (first_at_nine, "do not begin with its first cell"),
    (lambda own: own.segments["places"].__setitem__(1, 4), "more or fewer places"),
    (lambda own: own.segments["given_out"].__setitem__(1, 0), "more or fewer places"),
]


@pytest.mark.parametrize(("change", "why"), PLACES)
def test_counters_that_cannot_stand_there(change: Callable[[Placement], object], why: str) -> None:
    own = version().placement
    own = Placement(own.positions.copy(), own.segments.copy())
    change(own)
    with pytest.raises(StateError, match=why):
        read(own.to_bytes(7, DIGEST))


def test_a_tail_before_what_is_given_out() -> None:
    own = version().placement
    rows = own.segments[[0, 0, 1, 2, 3]]
    rows["given_out"][1] = 0
    with pytest.raises(StateError, match="not in order"):
        read(Placement(own.positions, rows).to_bytes(7, DIGEST))


@given(st.binary(max_size=40), st.integers(0, 400), st.booleans())
def test_any_bytes_give_an_error_or_a_placement(junk: bytes, at: int, fixes_crc: bool) -> None:
    data = bytearray(version().placement.to_bytes(7, DIGEST))
    data[at : at + len(junk)] = junk
    if fixes_crc and len(data) >= HEADER.itemsize:
        header = np.frombuffer(data, HEADER, 1)
        header["crc"] = 0
        header["crc"] = zlib.crc32(data)
    with contextlib.suppress(StateError):
        own = read(bytes(data))
        assert len(own.positions) == len(WANTED)
        assert int(own.positions.max()) < ROOM.words


def rows(*given: tuple[int, int, int, int]) -> np.ndarray:
    return np.array(list(given), SEGMENT)


def test_lists_as_a_decision_reads_them() -> None:
    starts, lists = listed(rows((1, 10, 4, 1), (1, 30, 5, 1), (3, 16, 3, 1), (3, 19, 2, 0)), 5)
    assert starts.tolist() == [0, 1, 0, 7, 0]
    assert lists.tolist() == [0, 2, 2, 10, 4, 30, 5, 1, 2, 16, 3, 19, 2]
    starts, lists = listed(rows(), 2)
    assert (starts.tolist(), lists.tolist()) == ([0, 0], [0])


def test_an_old_version_takes_the_segments_of_a_newer_one() -> None:
    own = rows((0, 10, 4, 1), (0, 30, 5, 1), (2, 16, 3, 1), (2, 19, 2, 0))
    newer = rows((0, 50, 1, 1), (0, 51, 1, 0), (1, 60, 1, 1), (1, 70, 1, 1))
    # Counters 1 and 2 of the old are 1 and 2 of the newer, the others have been renamed.
    found = followed(own, newer, np.array([1, 2]), np.array([1, 2]))
    assert found.tolist() == [(0, 10, 4, 1), (0, 30, 5, 1), (1, 60, 1, 1), (1, 70, 1, 1)]
    found = followed(own, newer, np.array([0, 2]), np.array([3, 0]))
    assert found.tolist() == [(2, 50, 1, 1), (2, 51, 1, 0)]
    nothing = np.zeros(0, np.int64)
    assert followed(own, newer, nothing, nothing).tolist() == own.tolist()
    assert followed(rows(), rows(), nothing, nothing).tolist() == []
