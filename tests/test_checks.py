"""Checks of records in one pass, against what Python says of the same: text, ranges, nodes and counters."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callplan.runtime import checks, layout

AWKWARD = (
    b"\x80", b"\xc0\x80", b"\xc1\xbf", b"\xc2", b"\xdf\xbf", b"\xe0\x9f\xbf", b"\xe0\xa0\x80", b"\xed\x9f\xbf",
    b"\xed\xa0\x80", b"\xef\xbf\xbf", b"\xf0\x8f\xbf\xbf", b"\xf0\x90\x80\x80", b"\xf4\x8f\xbf\xbf",
    b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xff", b"\xe4\xb8", b"\xf0\x90\x80", "长沙".encode(), b"plain text",
)  # fmt: skip


def is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def sound(offsets: list[int], text: bytes) -> bool:
    return checks.text_is_sound(np.array(offsets, np.uint32), np.frombuffer(text, np.uint8))


@given(st.lists(st.one_of(st.sampled_from(AWKWARD), st.binary(max_size=9))))
def test_text_is_what_python_can_decode(parts: list[bytes]) -> None:
    text = b"".join(parts)
    assert sound([0, len(text)], text) == is_utf8(text)


@given(st.lists(st.text(max_size=12)), st.integers(-2, 2))
def test_strings_begin_and_end_with_characters(strings: list[str], moved: int) -> None:
    parts = [string.encode() for string in strings]
    offsets = [0, *np.cumsum([len(part) for part in parts]).tolist()]
    text = b"".join(parts)
    assert sound(offsets, text)
    middle = len(offsets) // 2
    changed = [max(0, offset + moved * (i == middle)) for i, offset in enumerate(offsets)]
    cut = [text[start:end] for start, end in pairwise(changed)]
    good = changed == sorted(changed) and changed[0] == 0 and changed[-1] == len(text) and all(map(is_utf8, cut))
    assert sound(changed, text) == good


def test_no_offsets_are_not_sound() -> None:
    assert not sound([], b"")
    assert not sound([0, 1], b"")


@pytest.mark.parametrize("dtype", ["u1", "<u2", "<u4", "<i8"])
@pytest.mark.parametrize("size", [1, 63, 64, 65, 200, 5000, 70_000])
def test_extremes_of_ranges(dtype: str, size: int) -> None:
    """Ranges that overlap many times over are answered from coarser levels, the others item by item."""
    drawn = np.random.default_rng(size)
    values = drawn.integers(0, 255, (size, 2)).astype(dtype)[:, 0]  # not in one piece
    for ranges in (1, 400):
        first = drawn.integers(0, size, ranges)
        count = drawn.integers(1, size - first + 1)
        expected = [values[a : a + n] for a, n in zip(first, count, strict=True)]
        assert checks.greatest(values, first, count).tolist() == [part.max() for part in expected]
        assert checks.least(values, first, count).tolist() == [part.min() for part in expected]
    none = np.zeros(0, np.int64)
    assert checks.greatest(values, none, none).tolist() == []


ENDS = np.array([5, 6, 7, 8], np.uint64)  # lines, destinations, announcements, splits
GOOD = [
    (layout.NODE_CONNECT, 0, 0, 5, 1, 4),
    (layout.NODE_ANNOUNCE, layout.REASON_BLOCKED, 0, 6, 0, 0),
    (layout.NODE_SPLIT, 0, 0, 7, 9, 0),
    (layout.NODE_UNCOVERED, 0, 0, 0, 0, 0),
]


def bad_node(nodes: list[tuple[int, ...]]) -> int:
    plans = np.zeros(2, layout.PLAN)
    plans["nodes"], plans["nodes_count"] = [0, 2], [2, len(nodes) - 2]
    return checks.bad_node(np.array(nodes, layout.NODE).view(np.uint8), plans.view(np.uint8), ENDS)


def test_nodes() -> None:
    assert bad_node(GOOD) == -1
    for at, field, values in (
        (0, 0, (4, 255)), (0, 3, (6, layout.NONE)), (0, 4, (2, 3)), (0, 5, (5,)), (1, 1, (0, 6)), (1, 3, (7,)),
        (2, 3, (8,)), (3, 3, (1,)), (3, 5, (5,)),
    ):  # fmt: skip
        for value in values:
            changed = [list(node) for node in GOOD]
            changed[at][field] = value
            assert bad_node([tuple(node) for node in changed]) == at, (at, field, value)
    backwards = [GOOD[1], (layout.NODE_CONNECT, 0, 0, 0, 1, 0), GOOD[2], GOOD[3]]
    assert bad_node(backwards) == 1  # to itself


def test_counters() -> None:
    counters = np.zeros(3, layout.COUNTER)
    counters["kind"], counters["owner"], counters["places"] = 1, [7, 8, 9], [10, 20, 30]
    raw = counters.view(np.uint8)

    def said(kind: int, named: list[int], owners: list[int], places: list[int]) -> str | None:
        return checks.bad_counter(
            raw, kind, np.array(named, np.uint32), np.array(owners, np.int64), np.array(places, np.uint32)
        )

    assert said(1, [2, 0, 1], [9, 7, 8], [30, 10, 20]) is None
    assert said(1, [], [], []) is None
    assert said(1, [3], [9], [30]) == "counters"
    assert said(2, [2], [9], [30]) == "counters.owner"
    assert said(1, [2], [8], [30]) == "counters.owner"
    assert said(1, [2], [9], [31]) == "counters.places"
