"""The directory of counters as chains: a cell each, and for a limit that has grown further ones behind it; tested by
tests/test_counter_cells.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import layout
from .counters import Index, keys
from .errors import StateError
from .regions import FIRST_WORD
from .runs import Integers

Cells = npt.NDArray[Any]


@dataclass(frozen=True)
class Chains:
    """The entries in use. By cell, in the order of `entries`:

    `root`: the cell that its chain starts with; `depth`: how many come before it; `before`: how many places these have;
    `places`: its own, 0 where it is no limit's.
    """

    entries: Integers
    cells: Cells
    root: Integers
    depth: Integers
    before: Integers
    places: Integers

    @property
    def heads(self) -> Integers:
        return np.flatnonzero(self.depth == 0)


def chains(directory: Cells, words: int) -> tuple[Chains, Index]:
    """The chains of a directory and an index of their heads. Raises StateError where the directory is damaged."""
    entries = np.flatnonzero(directory["words"])
    cells = directory[entries]
    at, size = cells["at"].astype(np.int64), cells["words"].astype(np.int64)
    order = np.argsort(at)
    if len(at) and (at.min() < FIRST_WORD or (at + size).max() > words):
        raise _damaged("a cell stands outside the words")
    if (at[order][1:] < (at + size)[order][:-1]).any():
        raise _damaged("two cells share words")
    is_limit = cells["kind"] == layout.COUNTER_LIMIT
    places = np.where(is_limit, size - 1, 0)
    root, depth, before = np.arange(len(entries)), np.zeros(len(entries), np.int64), np.zeros(len(entries), np.int64)
    known = cells["after"] == 0
    rest = np.flatnonzero(~known)
    if len(rest):
        parent = _parents(entries, cells, rest, len(directory))
        while len(rest):
            ready = known[parent]
            if not ready.any():
                raise _damaged("a limit's cells follow each other in a circle")
            cell, above = rest[ready], parent[ready]
            root[cell], depth[cell], before[cell] = root[above], depth[above] + 1, before[above] + places[above]
            known[cell] = True
            rest, parent = rest[~ready], parent[~ready]
    found = Chains(entries, cells, root, depth, before, places)
    index = Index(keys(cells["identity"][found.heads], cells["kind"][found.heads]))
    if index.has_doubles:
        raise _damaged("a counter has two cells")
    return found, index


def _parents(entries: Integers, cells: Cells, rest: Integers, room: int) -> Integers:
    """By cell of `rest` the one that comes before it in its chain."""
    cell_of = np.full(room + 1, -1, np.int64)
    cell_of[entries + 1] = np.arange(len(entries))
    after = cells["after"][rest].astype(np.int64)
    parent = cell_of[np.minimum(after, room)]
    own, other = cells[rest], cells[parent]
    fits = (own["kind"] == layout.COUNTER_LIMIT) & (other["kind"] == own["kind"])
    fits &= (other["identity"] == own["identity"]) & (parent >= 0) & (after <= room)
    if not fits.all() or len(np.unique(parent)) < len(parent):
        raise _damaged("a cell follows one that is not its limit's")
    return parent


def _damaged(why: str) -> StateError:
    return StateError(f"the directory of counters is damaged: {why}; make a new state with `callplan state create`")
