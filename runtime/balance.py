"""Whether the books of a state balance: every counter against the calls in progress; tested by tests/test_balance.py.

Processes may be at work meanwhile, so a fault is one that is there at each of several looks.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from . import layout
from . import state_versions as versions
from .books import HINT, Books
from .call_records import Records, in_progress
from .cells import InUse
from .chains import chains
from .counters import Index
from .errors import CallplanError
from .runs import Integers, spread
from .state_folder import StateFolder
from .tables import Tables

LOOKS, PAUSE = 3, 0.05  # seconds between two looks
_COUNT = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Balance:
    """`faults`: what does not balance, a sentence each; the rest are figures for people.

    `calls` in progress, `places` that they hold, `stale` places of calls that are over, which are free by looking,
    `counters` in the directory, `words` that they have, `versions` of the tables that are kept.
    """

    faults: tuple[str, ...]
    calls: int
    places: int
    stale: int
    counters: int
    words: int
    versions: int


@dataclass(frozen=True)
class _Version:
    number: int
    tables: Tables
    in_use: InUse


def balance(state: StateFolder) -> Balance:
    """Walk the whole state. Raises nothing for what does not balance: that is in the result."""
    found = _look(state)
    faults = set(found.faults)
    for _ in range(LOOKS - 1):
        if not faults:
            break
        time.sleep(PAUSE)
        found = _look(state)
        faults &= set(found.faults)
    return replace(found, faults=tuple(fault for fault in found.faults if fault in faults))


def _look(state: StateFolder) -> Balance:
    faults: list[str] = []
    books = Books.of(state.block, state.regions)
    kept = {version.number: version for version in _versions(state, faults)}
    found = in_progress(state.block, state.regions)
    places = _places(found)
    try:
        directory, index = chains(books.cells, len(books.words))
    except CallplanError as error:
        return Balance((*faults, str(error)), len(found.at), len(places), 0, 0, 0, len(kept))
    at, size = (directory.cells[name].astype(np.int64) for name in ("at", "words"))
    kinds = directory.cells["kind"]
    limits = kinds == layout.COUNTER_LIMIT
    runs = at[limits] + 1, size[limits] - 1
    faults += _call_faults(found, kept)
    faults += _place_faults(books, places, *runs)
    faults += _quota_faults(books, found, set(at[kinds == layout.COUNTER_QUOTA].tolist()))
    faults += _hint_faults(books, at[limits])
    for version in kept.values():
        faults += _placement_faults(version, at[directory.heads], index)
    named, held = _named(books, *runs), int(books.held(*runs).sum())
    return Balance(tuple(faults), len(found.at), held, max(named - held, 0), len(at), int(size.sum()), len(kept))


def _versions(state: StateFolder, faults: list[str]) -> Iterator[_Version]:
    """The versions whose files pass their checks; what is wrong with the others goes to `faults`."""
    known = versions.known(state)
    current = versions.in_force(state)
    if current and current not in [version.number for version in known]:
        faults.append(f"version {current} is in force, but the state does not know it")
    for version in known:
        try:
            tables, in_use = versions.load(state, version)
        except CallplanError as error:
            faults.append(f"version {version.number}: {error}")
            continue
        yield _Version(version.number, tables, in_use)


def _places(found: Records) -> list[tuple[int, int]]:
    """The places that calls in progress have by their records: position and what must stand there."""
    leg = found.record["legs"][np.arange(len(found.leg)), found.leg]
    held = np.flatnonzero(leg["place"])
    position = leg["place"][held].astype(np.int64)
    word = found.handle[held] | found.leg[held].astype(np.uint64)
    return list(zip(position.tolist(), word.tolist(), strict=True))


def _named(books: Books, first: Integers, count: Integers) -> int:
    """How many places of limits name a call."""
    run, nth = spread(count)
    return int(np.count_nonzero(books.words[first[run] + nth]))


def _call_faults(found: Records, kept: dict[int, _Version]) -> Iterator[str]:
    for handle, record, leg in zip(found.handle.tolist(), found.record, found.leg.tolist(), strict=True):
        version = kept.get(int(record["version"]))
        if version is None:
            yield f"call {handle} began with version {int(record['version'])} of the tables, which is not kept"
        elif int(record["plan"]) >= len(version.tables.sections["plans"]):
            yield f"call {handle} belongs to a plan that its version of the tables does not have"
        elif int(record["legs"]["destination"][leg]) >= len(version.tables.sections["destinations"]):
            yield f"call {handle} is at a destination that its version of the tables does not have"


def _place_faults(books: Books, places: list[tuple[int, int]], first: Integers, count: Integers) -> Iterator[str]:
    is_place = np.zeros(len(books.words), np.bool_)
    run, nth = spread(count)
    is_place[first[run] + nth] = True
    seen: dict[int, int] = {}
    for position, word in places:
        if position >= len(books.words):
            yield f"call {word & ~0xF} holds a place outside the state's words"
        elif not is_place[position]:
            yield f"call {word & ~0xF} holds place {position}, which is no limit's"
        elif seen.setdefault(position, word) != word:
            yield f"place {position} is held by two calls, {seen[position] & ~0xF} and {word & ~0xF}"
        elif int(books.words[position]) != word:
            other = int(books.words[position]) & ~0xF
            yield f"call {word & ~0xF} has place {position}, which names {other} in its stead"


def _hint_faults(books: Books, at: Integers) -> Iterator[str]:
    """Before a limit's places stands where to look first: nothing yet, or what cannot be taken for another's word."""
    hints = books.words[at]
    for position in at[(hints != 0) & (hints < HINT)].tolist():
        yield f"the limit at {position} has {int(books.words[position])} in place of a hint"


def _placement_faults(version: _Version, heads: Integers, index: Index) -> Iterator[str]:
    """Each counter of a version stands where the directory has it."""
    own = index.find(version.in_use.counters.keys)
    positions = version.in_use.placement.positions.astype(np.int64)
    there = (own >= 0) & (heads[np.maximum(own, 0)] == positions) if len(heads) else np.zeros(len(own), np.bool_)
    for position in positions[~there].tolist():
        yield f"version {version.number} has a counter at {position}, where the directory has none"


def _quota_faults(books: Books, found: Records, cells: set[int]) -> Iterator[str]:
    """A quota counts at least the calls in progress that are charged to it; more than it allows if that was lowered."""
    charged: dict[tuple[int, int], int] = {}
    for record in found.record:
        for i in range(layout.MAX_QUOTAS):
            if int(record["quotas"]) >> i & 1:
                key = int(record["charges"]["word"][i]), int(record["charges"]["period"][i])
                charged[key] = charged.get(key, 0) + 1
    for (position, period), calls in charged.items():
        if position not in cells:
            yield f"{calls} calls are charged to a quota at {position}, which the directory does not have"
            continue
        word = int(books.words[position])
        if word >> 32 == period and word & int(_COUNT) < calls:
            count = word & int(_COUNT)
            yield f"the quota at {position} counts {count} calls, but {calls} in progress are charged to it"
