"""An engine's part in a state: the folder, its process's number among the owners, and the versions that it loads.

Tested by tests/test_engine_state.py and tests/test_engine_state_shared.py. The engine decides by what is here; nothing
of it is on the way of a call.
"""

from __future__ import annotations

import hashlib
import mmap
import os
from dataclasses import dataclass
from functools import partial

from . import activation, live_words, numbering, operator_numbering, owners, reboot, state_creation, state_settings
from . import state_versions as versions
from .cells import InUse
from .counters import Counters
from .errors import StateError
from .numbering import Table
from .regions import Regions, live_at
from .state_folder import StateFolder
from .tables import Tables

_RECONCILED = live_at("ended_reconciled")


@dataclass(frozen=True)
class Wanted:
    """What an engine was opened with; None: whatever the state has, or the default for one that is made."""

    area: str | None = None
    numbering: str | os.PathLike[str] | None = None
    max_calls: int | None = None
    longest_call: int | None = None


class Attachment:
    """`folder` is open and `member` joined to its owners. Close it once."""

    def __init__(self, path: str | os.PathLike[str], tables: Tables | None, wanted: Wanted) -> None:
        """Open a state, or make one with room for `tables` where there is none, and put these in force if none are.

        Raises StateError: for a state that cannot be used, other settings than it was made with, no tables in force, or
        others than the given ones; TablesError, NumberingError, CallplanError and ValueError as what it calls.
        """
        self.folder = _opened(path, tables, wanted)
        try:
            _compare(self.folder, wanted)
            reboot.note_boot(self.folder)
            self._agree(tables)
            self.member = owners.join(self.folder)
        except BaseException:
            self.folder.close()
            raise

    def _agree(self, tables: Tables | None) -> None:
        """Raises StateError unless there are tables in force, and they are the given ones."""
        path = self.folder.path
        if versions.in_force(self.folder) == 0:
            if tables is None:
                raise StateError(
                    f"{path} has no tables in force: `callplan activate TABLES --state {path}`, or open it with tables"
                )
            activation.begin(self.folder, tables)
        if tables is not None:
            found = versions.find(self.folder, versions.in_force(self.folder))
            if found.digest != tables.digest:
                raise StateError(
                    f"{path} has other tables in force than the given ones: `callplan activate` them, or open the "
                    "state without tables to use those in force"
                )

    @property
    def block(self) -> mmap.mmap:
        return self.folder.block

    @property
    def regions(self) -> Regions:
        return self.folder.regions

    @property
    def settings(self) -> state_settings.Settings:
        return self.folder.settings

    def prefixes(self) -> Table:
        """The numbering table that all its processes use."""
        own = self.folder.numbering()
        return numbering.builtin() if own is None else own

    def in_force(self) -> int:
        """The number of the version that decides new calls."""
        return versions.in_force(self.folder)

    def load(self, number: int) -> tuple[Tables, InUse]:
        """A version, to decide by. Raises StateError, TablesError."""
        return versions.load(self.folder, versions.find(self.folder, number))

    def activate(self, tables: Tables, allow_reset: bool) -> None:
        """Put tables in force for all processes. Raises as activation.activate."""
        activation.activate(self.folder, tables, allow_reset=allow_reset)

    def tidy(self) -> None:
        """Let go of versions whose last call has ended."""
        activation.tidy(self.folder)

    def note_reconciled(self, calls: int) -> None:
        """Count calls that were ended because the switch has them no more."""
        live_words.add(self.folder.block, _RECONCILED, calls)

    def close(self) -> None:
        """Leave the owners; calls that this process alone had are orphans from now on."""
        self.member.leave()
        self.folder.close()


def _opened(path: str | os.PathLike[str], tables: Tables | None, wanted: Wanted) -> StateFolder:
    if tables is None:
        return StateFolder(path)
    return state_creation.open_or_create(path, partial(_create, tables=tables, wanted=wanted))


def _create(path: str | os.PathLike[str], tables: Tables, wanted: Wanted) -> None:
    """A state with room for the counters of tables, and as much again."""
    calls = state_settings.CALLS if wanted.max_calls is None else wanted.max_calls
    longest = state_settings.LONGEST_CALL if wanted.longest_call is None else wanted.longest_call
    counters = Counters(tables.sections)
    words = int(counters.words(calls).sum())
    cells = max(state_settings.CELLS, state_settings.cells_for(2 * len(counters), 2 * words))
    state_creation.create(path, calls, cells, longest, area=wanted.area, numbering=wanted.numbering)


def _compare(folder: StateFolder, wanted: Wanted) -> None:
    """Raises StateError where an engine is opened with another setting than the state was made with."""
    own = folder.settings
    pairs: list[tuple[str, object, object]] = [
        ("area", wanted.area, own.area),
        ("max_calls", wanted.max_calls, own.calls),
        ("longest_call", wanted.longest_call, own.longest_call),
    ]
    for name, given, kept in pairs:
        if given is not None and given != kept:
            raise StateError(
                f"{folder.path} was made with {name}={kept!r}: leave {name} out, or make a state with {given!r}"
            )
    if wanted.numbering is not None:
        given = hashlib.sha256(operator_numbering.read_bytes(wanted.numbering)).digest()
        if given != own.numbering:
            raise StateError(
                f"{folder.path} was made with another numbering table than {os.fspath(wanted.numbering)}: leave "
                "numbering out, or make a state with that table"
            )
