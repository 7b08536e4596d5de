"""What a state is made with: ranges, and a header that tells what is wrong with it."""

from __future__ import annotations

import struct
import zlib

import pytest

from callplan.runtime import regions, state_settings
from callplan.runtime.errors import CallplanError, StateError
from callplan.runtime.state_settings import Settings, cells_for, checked, header, read_header, words_of

DIGEST = bytes(range(32))
GIVEN = checked(1000, 2000, 7200, 60, "0731", DIGEST)


def read(data: bytes, size: int | None = None) -> Settings:
    return read_header("counters", data, GIVEN.regions.size if size is None else size)


def changed(at: int, data: bytes) -> bytes:
    """The header with other bytes at a place and a checksum that is right for them."""
    whole = bytearray(header(GIVEN))
    whole[at : at + len(data)] = data
    whole[-4:] = struct.pack("<I", zlib.crc32(whole[:-4]))
    return bytes(whole)


@pytest.mark.parametrize("settings", [GIVEN, checked(), checked(1, 1, 1, 0)])
def test_a_header_keeps_all_settings(settings: Settings) -> None:
    data = header(settings)
    assert len(data) == regions.HEADER.itemsize
    assert read_header("counters", data + bytes(4000), settings.regions.size) == settings


def test_what_is_not_said() -> None:
    usual = checked()
    assert (usual.calls, usual.cells, usual.longest_call, usual.grace) == (65536, 200_000, 14400, 14400)
    assert (usual.area, usual.numbering) == (None, None)
    assert checked(longest_call=100).grace == 100


def test_each_state_hashes_call_ids_by_a_key_of_its_own() -> None:
    keys = {checked().id_key for _ in range(10)}
    assert len(keys) == 10
    assert {len(key) for key in keys} == {state_settings.ID_KEY_BYTES}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"calls": 0}, "calls must be 1 to 524287, not 0"),
        ({"calls": 2**19}, "calls must be 1 to 524287, not 524288"),
        ({"cells": 0}, "cells must be 1 to 16777216, not 0"),
        ({"cells": 2**24 + 1}, "cells must be 1 to 16777216, not 16777217"),
        ({"longest_call": 0}, "longest_call must be 1 to 2147483647 seconds, not 0"),
        ({"grace": -1}, "grace must be 0 to 14400 seconds, the longest call, not -1"),
        ({"grace": 61, "longest_call": 60}, "grace must be 0 to 60 seconds, the longest call, not 61"),
    ],
)
def test_ranges(given: dict[str, int], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        checked(**given)


@pytest.mark.parametrize("area", ["731", "0600", "", "长沙"])
def test_an_area_that_is_none(area: str) -> None:
    with pytest.raises(CallplanError, match="is not an area code: one is written like 0731"):
        checked(area=area)


def test_a_number_that_is_none() -> None:
    with pytest.raises(TypeError):
        checked(calls="many")


def test_the_largest_state_has_positions_for_all_its_words() -> None:
    largest = checked(regions.MAX_CALLS, state_settings.MAX_CELLS)
    assert largest.words < 2**32 - 1
    assert read_header("c", header(largest), largest.regions.size) == largest


@pytest.mark.parametrize(
    ("cells", "words"), [(1, 8), (100, 8), (100, words_of(100)), (100, words_of(100) + 1), (1, 10**6)]
)
def test_the_cells_that_would_do_are_enough_and_no_more(cells: int, words: int) -> None:
    found = cells_for(cells, words)
    assert found >= cells
    assert words_of(found) >= words
    assert found == cells or words_of(found - 1) < words


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not a callplan state's: give the folder that `callplan state create` made"),
        (b"%PDF-1.4" + bytes(4000), "is not a callplan state's"),
        pytest.param(header(GIVEN)[:100], "is cut within its header", id="cut"),
        (changed(12, b"\1\2\3\4"), "another byte order: make a state on this one"),
        (changed(12, b"\1\2\3\5"), "has a damaged header"),
        (changed(8, b"\7\0\0\0"), "has format 7, and this version of callplan uses format 1: open it with the version"),
        (header(GIVEN)[:-1] + b"\0", "has a damaged header"),
        (changed(24, struct.pack("<I", 0)), "contradicts itself"),
        (changed(28, struct.pack("<I", 5)), "contradicts itself"),
        (changed(32, struct.pack("<I", 1)), "contradicts itself"),
        (changed(36, struct.pack("<I", 16)), "contradicts itself"),
    ],
)
def test_a_header_that_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(StateError, match=said):
        read(data)


@pytest.mark.parametrize("more", [-1, 1, -4096, 10**6])
def test_a_file_of_another_size(more: int) -> None:
    size = GIVEN.regions.size
    with pytest.raises(StateError, match=f"has {size + more} bytes in place of {size}: put it back from a copy"):
        read(header(GIVEN), size + more)


@pytest.mark.parametrize("place", range(regions.HEADER.itemsize))
def test_no_byte_of_a_header_can_change_unseen(place: int) -> None:
    data = bytearray(header(GIVEN))
    data[place] ^= 0x40
    with pytest.raises(StateError):
        read(bytes(data))
