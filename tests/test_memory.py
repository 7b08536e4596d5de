"""The memory of the books: whose each counter is, over versions of the tables."""

from __future__ import annotations

import numpy as np
import pytest

from callplan.runtime import layout, memory
from callplan.runtime.errors import StateError


def counters(*given: tuple[str, int, int]) -> np.ndarray:
    """Counters of (identity, kind, places)."""
    found = np.zeros(len(given), layout.COUNTER)
    for record, (identity, kind, places) in zip(found, given, strict=True):
        record["identity"] = np.frombuffer(identity.encode().ljust(16, b"."), np.uint8)
        record["kind"], record["places"] = kind, places
    return found


QUOTA, LIMIT, SPLIT = layout.COUNTER_QUOTA, layout.COUNTER_LIMIT, layout.COUNTER_SPLIT
FIRST = counters(("q", QUOTA, 0), ("a", LIMIT, 5), ("s", SPLIT, 0), ("b", LIMIT, 10**6))


def none_held(first: int, count: int) -> int:
    return 0


def test_no_two_counters_share_a_word() -> None:
    found = memory.Memory(FIRST, 100, 60)
    placed = found.place(FIRST, none_held)
    words = memory.words_needed(FIRST, 100)
    assert words.tolist() == [2, 6, 1, 101]
    taken = [word for at, size in zip(placed.cells_of, words, strict=True) for word in range(at, at + size)]
    assert len(taken) == len(set(taken))
    assert min(taken) > 0
    assert found.words + 8 * max(taken) < len(found.block)


def test_counters_keep_their_cells_in_any_order() -> None:
    found = memory.Memory(FIRST, 100, 60)
    first = found.place(FIRST, none_held)
    again = found.place(FIRST[::-1].copy(), none_held)
    assert again.cells_of.tolist() == first.cells_of[::-1].tolist()
    assert again.tails == {}


def test_another_kind_of_the_same_identity_is_another_counter() -> None:
    found = memory.Memory(FIRST, 100, 60)
    first = found.place(FIRST, none_held)
    other = found.place(counters(("q", SPLIT, 0)), none_held)
    assert other.cells_of[0] not in first.cells_of


def test_what_a_changed_limit_no_longer_gives_out_is_its_tail_while_it_is_held() -> None:
    found = memory.Memory(FIRST, 100, 60)
    at = int(found.place(FIRST, none_held).cells_of[1])
    smaller = found.place(counters(("a", LIMIT, 2)), lambda first, count: 1)
    assert (int(smaller.cells_of[0]), smaller.tails) == (at, {0: [(at + 3, 3)]})
    larger = found.place(counters(("a", LIMIT, 9)), lambda first, count: 1)
    assert int(larger.cells_of[0]) != at
    assert larger.tails == {0: [(at + 1, 5)]}
    assert found.place(counters(("a", LIMIT, 9)), none_held).tails == {}


def test_what_does_not_fit_changes_nothing() -> None:
    found = memory.Memory(FIRST, 100, 60)
    first = found.place(FIRST, none_held)
    many = counters(*((f"n{number}", QUOTA, 0) for number in range(5000)))
    with pytest.raises(StateError, match="do not fit beside those in use"):
        found.place(many, none_held)
    assert found.place(FIRST, none_held).cells_of.tolist() == first.cells_of.tolist()
    assert found.place(many[:4000], none_held).cells_of.min() > first.cells_of.max()


def test_no_counters_at_all() -> None:
    empty = counters()
    assert memory.Memory(empty, 1, 60).place(empty, none_held).cells_of.tolist() == []


def test_more_places_than_words() -> None:
    with pytest.raises(StateError, match="more than one state can hold"):
        memory.Memory(counters(*((f"n{number}", LIMIT, 2**31 - 1) for number in range(9000))), memory.MAX_CALLS, 60)
