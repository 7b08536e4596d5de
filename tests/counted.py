"""Counters of tables for tests of where they stand, without the tables."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from callplan.runtime import layout
from callplan.runtime.books import Books
from callplan.runtime.cells import InUse, apply, place
from callplan.runtime.counters import Counters
from callplan.runtime.regions import CELL, FIRST_WORD

QUOTA, LIMIT, SPLIT = layout.COUNTER_QUOTA, layout.COUNTER_LIMIT, layout.COUNTER_SPLIT
DAY, WEEK, MONTH = layout.PERIOD_DAY, layout.PERIOD_WEEK, layout.PERIOD_MONTH


def counters(*given: tuple[str, int, int]) -> Counters:
    """Counters of (text, kind, number): a limit's places, a quota's period."""
    records = np.zeros(len(given), layout.COUNTER)
    quotas = np.zeros(len(given), layout.QUOTA)
    texts = [text.encode() for text, _, _ in given]
    for at, (record, (text, kind, number)) in enumerate(zip(records, given, strict=True)):
        record["identity"] = np.frombuffer(blake2b(text.encode(), digest_size=16).digest(), np.uint8)
        record["kind"], record["text"], record["owner"] = kind, at, at
        record["places"] = number if kind == LIMIT else 0
        quotas[at]["period"] = number if kind == QUOTA else 0
    return Counters(
        {
            "counters": records,
            "quotas": quotas,
            "string_offsets": np.cumsum([0, *map(len, texts)]).astype(np.uint32),
            "string_bytes": np.frombuffer(b"".join(texts), np.uint8),
        }
    )


def books(calls: int = 8, cells: int = 64, words: int = 1024) -> Books:
    """Books of nobody, all zero."""
    return Books(np.zeros(cells, CELL), np.zeros(words, np.uint64), np.zeros(calls, np.uint64))


def placed(of: Books, new: Counters, *in_use: InUse, now: float = 0) -> InUse:
    """New tables' counters with their places, the directory changed for them."""
    found = place(of, new, in_use, now)
    apply(of, found)
    return InUse(new, found.placement)


def hold(of: Books, position: int, call: int, leg: int = 0) -> None:
    """A new call in a record, which rings and holds the place."""
    generation = np.uint64((int(of.states[call]) >> 24) + 1 << 24)
    of.states[call] = generation | np.uint64(leg << 4 | 2)
    of.words[position] = generation | np.uint64(call << 4 | leg)


def end(of: Books, call: int) -> None:
    """The call is over; its place is left as one that died would leave it."""
    of.states[call] &= np.uint64(2**64 - 2**24)


def runs(version: InUse, counter: int, calls: int = 8) -> list[tuple[int, int, bool]]:
    """A limit's runs of places: first, how many, whether they are given out."""
    rows = version.placement.segments
    own = rows[rows["counter"] == counter]
    if len(own):
        return [(int(row["first"]), int(row["places"]), bool(row["given_out"])) for row in own]
    return [(int(version.placement.positions[counter]) + 1, min(int(version.counters.places[counter]), calls), True)]


def live_words(of: Books) -> list[int]:
    """The words that the directory says are in use; one that two cells have comes twice."""
    return [
        word
        for cell in of.cells[of.cells["words"] > 0]
        for word in range(int(cell["at"]), int(cell["at"]) + int(cell["words"]))
    ]


def check_room(of: Books) -> None:
    """No two cells share a word, and the words that none has are zero."""
    taken = live_words(of)
    assert len(taken) == len(set(taken))
    assert all(FIRST_WORD <= word < len(of.words) for word in taken)
    rest = of.words.copy()
    rest[taken] = 0
    assert not rest.any()
