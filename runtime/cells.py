"""Whose each cell is: counters of new tables get theirs by identity, and what nobody needs any more is freed; tested by
tests/test_counter_cells.py.

A cell is a run of counter words with an entry in the directory. It never moves while it is in use: a limit that
outgrows its cells gets a further one, its places one sequence through all of them. A version of the tables gives out
the first places of that sequence, as many as its number; the rest, while an earlier version may give them out or a
call holds one, is its tail and only counted. So two versions never give out one place twice, nor more places than the
larger number.

The words of what is not in use are zero. Whoever places counters is alone in it (an engine's reload, a state's lock).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from . import layout
from .books import Books, counts_nothing
from .chains import Chains, chains
from .counters import Counters
from .errors import StateError
from .placement import SEGMENT, Placement
from .regions import CELL, FIRST_WORD
from .runs import Integers, room_for, spread
from .state_settings import cells_for


class CellsFull(StateError):
    """`what` does not fit; `cells`: how many a state needs that has room for these counters beside those in use."""

    def __init__(self, entries: int, entry_room: int, words: int, word_room: int) -> None:
        self.cells = -(-cells_for(entries, words) // 1000) * 1000
        self.what = (
            f"the counters of these plans do not fit beside those in use: {entries:,} cells of {entry_room:,}, "
            f"{words:,} words of {word_room:,}"
        )
        super().__init__(f"{self.what}; a state made with `--cells {self.cells}` has room for them")


class InUse(NamedTuple):
    """A version of the tables that is kept: in force, the previous one, or begun with by a call in progress."""

    counters: Counters
    placement: Placement


@dataclass(frozen=True)
class Placed:
    """Where new tables' counters stand, and what has to change in the directory first: `apply` does it.

    `freed`: entries that nobody needs any more, those of one chain from its end; `added`: entries and what to write.
    """

    placement: Placement
    freed: Integers
    added: Integers
    records: npt.NDArray[Any]


class _Needs(NamedTuple):
    """By cell. `number`: places that the new tables' limit has, by the chain's head; `counter`: whose it is, -1 where
    the new tables lack it; `stays`: whether it is not freed; `listed`: how many of its places are given out or counted.
    """

    number: Integers
    counter: Integers
    stays: npt.NDArray[np.bool_]
    listed: Integers


def place(books: Books, new: Counters, in_use: Sequence[InUse], now: float) -> Placed:
    """Where the counters of new tables stand; changes nothing.

    A counter of the directory is kept while the new tables or one in use have it; longer a quota until its period is
    over everywhere at `now` (POSIX seconds), and a limit until no call holds a place.
    Raises StateError where the directory is damaged, CellsFull where the room does not suffice.
    """
    found, index = chains(books.cells, len(books.words))
    calls = len(books.states)
    heads = found.heads
    known = index.find(new.keys)
    old = np.flatnonzero(known >= 0)
    known[old] = heads[known[old]]
    number, counter, reach, pinned = (np.full(len(found.entries), fill, np.int64) for fill in (0, -1, 0, 0))
    number[known[old]] = np.minimum(new.places[old], calls)
    counter[known[old]] = old
    wanted = counter >= 0
    for version in in_use:
        cells = index.find(version.counters.keys)
        theirs = np.flatnonzero(cells >= 0)
        cells = heads[cells[theirs]]
        wanted[cells] = True
        reach[cells] = np.maximum(reach[cells], np.minimum(version.counters.places[theirs], calls))
        _pin(found, version.placement, pinned)
    needs = _needs(books, found, number, counter, np.maximum(number, reach), wanted, pinned, now)
    return _extend(books, new, found, known, needs)


def apply(books: Books, placed: Placed) -> None:
    """Write the changes. Whoever is killed at it leaves a directory that the next one can go on from.

    Freed words are cleared while they still have their entry, an entry is made with its size last.
    """
    cells = books.cells[placed.freed]
    run, nth = spread(cells["words"].astype(np.int64))
    books.words[cells["at"].astype(np.int64)[run] + nth] = 0
    sizes = books.cells["words"]
    for entry in placed.freed.tolist():
        sizes[entry] = 0
    for name in CELL.names or ():
        if name != "words":
            books.cells[name][placed.added] = placed.records[name]
    sizes[placed.added] = placed.records["words"]


def without_empty_tails(books: Books, placement: Placement) -> Placement:
    """The same where tails that no call holds are left out; only once nobody gives out places by an earlier version."""
    rows = placement.segments
    tails = np.flatnonzero(rows["given_out"] == 0)
    empty = tails[books.held(rows["first"][tails].astype(np.int64), rows["places"][tails].astype(np.int64)) == 0]
    return Placement(placement.positions, _needed(np.delete(rows, empty))) if len(empty) else placement


def _pin(found: Chains, placement: Placement, pinned: Integers) -> None:
    """Note how far the listed segments of a version reach into each cell: those stay its limit's."""
    if not len(placement.segments) or not len(found.cells):
        return
    order = np.argsort(found.cells["at"])
    starts = found.cells["at"][order].astype(np.int64)
    first = placement.segments["first"].astype(np.int64)
    cell = order[np.searchsorted(starts, first, "right") - 1]
    end = first + placement.segments["places"].astype(np.int64) - found.cells["at"][cell] - 1
    np.maximum.at(pinned, cell, end)


def _needs(
    books: Books,
    found: Chains,
    number: Integers,
    counter: Integers,
    reach: Integers,
    wanted: npt.NDArray[np.bool_],
    pinned: Integers,
    now: float,
) -> _Needs:
    cells, root = found.cells, found.root
    at = cells["at"].astype(np.int64)
    is_limit = cells["kind"] == layout.COUNTER_LIMIT
    given = np.clip(number[root] - found.before, 0, found.places)
    listed = np.clip(reach[root] - found.before, 0, found.places)
    rest = np.flatnonzero(is_limit & (listed < found.places))
    last = books.last_held(at[rest] + 1 + listed[rest], found.places[rest] - listed[rest])
    listed[rest] = np.where(last > 0, listed[rest] + last, listed[rest])
    needed = wanted[root].copy()
    alone = np.flatnonzero((cells["kind"] == layout.COUNTER_QUOTA) & ~needed)
    needed[alone] = ~counts_nothing(books.words[at[alone]], cells["period"][alone], now)
    needed = np.where(is_limit, (listed > 0) | (pinned > 0) | (needed & (found.depth == 0)), needed)
    deepest = np.full(len(cells), -1, np.int64)
    np.maximum.at(deepest, root[needed], found.depth[needed])
    return _Needs(number, counter, found.depth <= deepest[root], np.maximum(listed, given))


def _extend(books: Books, new: Counters, found: Chains, known: Integers, needs: _Needs) -> Placed:
    """Room for counters without a cell, and further cells for limits that have grown."""
    calls = len(books.states)
    fresh = np.flatnonzero(known < 0)
    # Limits last among those of one size, so that what every call of a plan counts in lies close together.
    fresh = fresh[np.argsort(new.kind[fresh] == layout.COUNTER_LIMIT, kind="stable")]
    total = np.zeros(len(found.entries), np.int64)
    np.add.at(total, found.root[needs.stays], found.places[needs.stays])
    short = np.flatnonzero((known >= 0) & (new.kind == layout.COUNTER_LIMIT))
    missing = needs.number[known[short]] - total[known[short]]
    short, missing = short[missing > 0], missing[missing > 0]
    # Half as much again at least, so that a limit that is raised every day does not become a long chain.
    generous = np.minimum(np.maximum(missing, total[known[short]] // 2), calls - total[known[short]])
    own = new.words(calls)[fresh]
    taken, sizes = (found.cells[name][needs.stays].astype(np.int64) for name in ("at", "words"))
    count = len(fresh) + len(short)
    for extra in (generous, missing):
        wanted = np.concatenate((own, extra + 1))
        starts = room_for(wanted, taken, sizes, FIRST_WORD, len(books.words))
        if starts is not None:
            break
    free = np.ones(len(books.cells), np.bool_)
    free[found.entries[needs.stays]] = False
    added = np.flatnonzero(free)[:count]
    if starts is None or len(added) < count:
        entries, words = len(taken) + count, FIRST_WORD + int(sizes.sum() + wanted.sum())
        raise CellsFull(entries, len(books.cells), words, len(books.words))
    records = np.zeros(count, CELL)
    counters = np.concatenate((fresh, short))
    for name, values in (
        ("identity", new.identity[counters]), ("at", starts), ("words", wanted), ("kind", new.kind[counters]),
        ("period", new.period[counters]), ("text", new.texts(counters)),
    ):  # fmt: skip
        records[name] = values
    ends = np.zeros(len(found.entries), np.int64)
    staying = np.flatnonzero(needs.stays)
    by_depth = staying[np.argsort(found.depth[staying], kind="stable")]
    ends[found.root[by_depth]] = by_depth
    records["after"][len(fresh) :] = 1 + found.entries[ends[known[short]]]
    positions = np.zeros(len(new), np.uint32)
    at = found.cells["at"]
    positions[known >= 0] = at[known[known >= 0]]
    positions[fresh] = starts[: len(fresh)]
    grown = _rows(short, starts[len(fresh) :] + 1, missing, True)
    freed = np.flatnonzero(~needs.stays)
    freed = freed[np.argsort(-found.depth[freed], kind="stable")]
    return Placed(Placement(positions, _segments(found, needs, grown)), found.entries[freed], added, records)


def _segments(found: Chains, needs: _Needs, grown: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The runs of places of the limits that had cells, and of those that got further ones."""
    counter = needs.counter[found.root]
    own = np.flatnonzero(needs.stays & (counter >= 0) & (found.places > 0))
    own = own[np.argsort(found.depth[own], kind="stable")]
    first = found.cells["at"][own].astype(np.int64) + 1
    given = np.clip(needs.number[found.root[own]] - found.before[own], 0, found.places[own])
    rows = np.concatenate(
        (
            _rows(counter[own], first, given, True),
            grown,
            _rows(counter[own], first + given, needs.listed[own] - given, False),
        )
    )
    return _needed(rows[np.argsort(rows["counter"], kind="stable")])


def _rows(counter: Integers, first: Integers, places: Integers, is_given: bool) -> npt.NDArray[Any]:
    some = places > 0
    rows = np.zeros(int(some.sum()), SEGMENT)
    for name, values in (("counter", counter), ("first", first), ("places", places)):
        rows[name] = values[some]
    rows["given_out"] = is_given
    return rows


def _needed(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Without those of limits that have one run only: it starts where their cell does."""
    counter = rows["counter"]
    found: npt.NDArray[Any] = rows[np.bincount(counter)[counter] > 1]
    return found
