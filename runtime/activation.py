"""Putting tables in force in a state: all its processes decide by them from their next call on; tested by
tests/test_activation.py.

The order of the steps is what makes a death harmless: files first, synced and under their final names; then cells, of
which nobody knows yet; then the version's record; the word that says which version is in force comes last. What a
killed one has left unfinished, the next one removes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from . import live_words, owners, regions, state_files
from . import state_versions as versions
from .books import Books
from .call_records import versions_in_use
from .cells import InUse, apply, place
from .counters import Counters
from .errors import StateError, TablesError
from .resets import Reset, resets
from .state_folder import PLACEMENTS, TABLES, StateFolder
from .state_versions import Version
from .tables import IS_DRAFT, Tables


class ResetRefused(StateError):
    """Quotas or limits in use would start afresh; `resets`: which."""

    def __init__(self, found: Sequence[Reset]) -> None:
        self.resets = tuple(found)
        lines = "".join(f"\n  {reset}" for reset in found)
        super().__init__(
            f"counters in use would start afresh:{lines}\nkeep their names and weights, or allow it: --allow-reset"
        )


@dataclass(frozen=True)
class Activated:
    """`version` is in force; `is_new`: it was not before; `resets`: the counters that started afresh with it."""

    version: Version
    is_new: bool
    resets: tuple[Reset, ...] = ()


def activate(state: StateFolder, tables: Tables, *, allow_reset: bool = False) -> Activated:
    """Put tables in force; those in force already stay as they are.

    Raises StateError, with the old version still in force: for drafts, where counters do not fit, where another process
    is at it for too long, for a full disk; ResetRefused where counters in use would start afresh unallowed.
    """
    _refuse_draft(tables)
    with state.activation():
        let_go(state)
        return _put_in_force(state, tables, allow_reset)


def begin(state: StateFolder, tables: Tables) -> None:
    """Put tables in force where none are; if another process was first, its tables stay. Raises as `activate`."""
    _refuse_draft(tables)
    with state.activation():
        if versions.in_force(state) == 0:
            let_go(state)
            _put_in_force(state, tables, False)


def go_back(state: StateFolder, *, allow_reset: bool = False) -> Activated:
    """Put the tables in force that were so before. Raises StateError where there are none, and as `activate`."""
    with state.activation():
        let_go(state)
        number = versions.previous(state)
        if number in (0, versions.in_force(state)):
            raise StateError(f"{state.path} has no version of the tables to go back to")
        tables = versions.open_tables(state, versions.find(state, number))
        return _put_in_force(state, tables, allow_reset)


def _refuse_draft(tables: Tables) -> None:
    if tables.draft:
        raise StateError(IS_DRAFT)


def _put_in_force(state: StateFolder, tables: Tables, allow_reset: bool) -> Activated:
    _mend_copy(state, tables)
    kept = versions.known(state)
    current = next((version for version in kept if version.number == versions.in_force(state)), None)
    if current is not None and current.digest == tables.digest:
        return Activated(current, False)
    record = _free_record(state)
    counters = Counters(tables.sections)
    books = Books.of(state.block, state.regions)
    in_use = {version.number: versions.load(state, version)[1] for version in kept}
    found = _resets(state, books, counters, None if current is None else in_use[current.number], allow_reset)
    placed = place(books, counters, list(in_use.values()), time.time())
    _keep_copy(state, tables)  # all that may refuse the tables comes before
    apply(books, placed)
    number = live_words.load(state.block, versions.LAST) + 1
    live_words.store(state.block, versions.LAST, number)
    version = Version(number, int(time.time()), tables.digest)
    with state.making(PLACEMENTS, version.placement) as file:
        state_files.write(file, placed.placement.to_bytes(number, tables.digest))
    _write_record(state, record, version, len(counters))
    live_words.store(state.block, versions.PREVIOUS, 0 if current is None else current.number)
    live_words.store(state.block, versions.IN_FORCE, number)
    return Activated(version, True, found)


def _resets(
    state: StateFolder, books: Books, counters: Counters, current: InUse | None, allow_reset: bool
) -> tuple[Reset, ...]:
    if current is None:
        return ()
    found = tuple(resets(books, current.counters, counters, time.time()))
    if not allow_reset and any(reset.in_use for reset in found):
        raise ResetRefused([reset for reset in found if reset.in_use])
    return found


def _keep_copy(state: StateFolder, tables: Tables) -> None:
    """The state's own copy of tables, read back and checked before it has its name."""
    name = versions.tables_file(tables.digest)
    if name in state.names(TABLES):
        return
    _make_copy(state, tables, name)


def _mend_copy(state: StateFolder, tables: Tables) -> None:
    """Make the copy of tables anew if it was damaged; who has the damaged one mapped keeps it."""
    name = versions.tables_file(tables.digest)
    if name not in state.names(TABLES):
        return
    try:
        descriptor = state.open(TABLES, name)
        try:
            if versions.mapped(descriptor, state.where(TABLES, name)).digest == tables.digest:
                return
        finally:
            os.close(descriptor)
    except (StateError, TablesError):
        pass
    _make_copy(state, tables, name)


def _make_copy(state: StateFolder, tables: Tables, name: str) -> None:
    with state.making(TABLES, name) as file:
        state_files.write(file, tables.image)
        versions.mapped(file, state.where(TABLES, name))


def _free_record(state: StateFolder) -> int:
    free = np.flatnonzero(versions.records(state)["id"] == 0)
    if not len(free):
        raise StateError(
            f"calls in progress began with {regions.VERSION_ROOM} versions of the tables, and a state can keep no "
            "more: try again when some of them have ended"
        )
    return int(free[0])


def _write_record(state: StateFolder, record: int, version: Version, counters: int) -> None:
    records = versions.records(state)
    records["activated"][record] = version.activated
    records["counters"][record] = counters
    records["digest"][record] = np.frombuffer(bytes.fromhex(version.digest), np.uint8)
    live_words.store(state.block, state.regions.versions_at + record * regions.VERSION.itemsize, version.number)


def let_go(state: StateFolder) -> None:
    """Forget the versions that nobody needs, and files of none. For who holds the activation lock.

    A version is needed while it is in force or the one before, while a living process may decide by it, and while a
    call in progress began with it. A process says that it has moved on only after its calls' records say what they
    began with. One with a larger number than that in force never was in force: its activation was killed.
    """
    oldest, current = _oldest_in_processes(state), versions.in_force(state)
    needed = {current, versions.previous(state)} | versions_in_use(state.block, state.regions)
    records = versions.records(state)
    for record in np.flatnonzero(records["id"]).tolist():
        number = int(records["id"][record])
        if number not in needed and (number < oldest or number > current):
            live_words.store(state.block, state.regions.versions_at + record * regions.VERSION.itemsize, 0)
    kept = versions.known(state)
    for kind, names in ((TABLES, {each.tables for each in kept}), (PLACEMENTS, {each.placement for each in kept})):
        for name in state.names(kind):
            if name not in names:
                state.remove(kind, name)


def tidy(state: StateFolder) -> None:
    """Forget the versions that nobody needs, unless another process is changing them at this moment."""
    if len(versions.known(state)) > 2:
        with suppress(StateError), state.activation(0):
            let_go(state)


def _oldest_in_processes(state: StateFolder) -> int:
    """The oldest version that a living process may decide by; a number above all where there is none."""
    found = state.regions.view(state.block, "owners")
    before = found["version"].copy()
    member = owners.join(state)
    try:
        # Joining says that one's own process may decide by any version; the member of this function decides nothing.
        living = [
            int((before if owner == member.number else found["version"])[owner])
            for owner in np.flatnonzero(found["in_use"]).tolist()
            if member.is_alive(owner)
        ]
    finally:
        member.leave()
    return min(living, default=live_words.load(state.block, versions.LAST) + 1)
