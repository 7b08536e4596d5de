"""The versions of the tables that a state knows: which is in force, and where each one's tables and placement are.

Tested by tests/test_activation.py. activation.py changes them; any process of the state may read them at any time.
"""

from __future__ import annotations

import mmap
import os
from typing import NamedTuple

import numpy as np

from . import live_words, placement, regions
from .cells import InUse
from .counters import Counters
from .errors import StateError
from .placement import Placement
from .state_folder import PLACEMENTS, TABLES, StateFolder
from .tables import Tables

IN_FORCE, PREVIOUS, LAST = map(regions.live_at, ("in_force", "previous", "last_version"))


class Version(NamedTuple):
    """`number`: from 1, never used again; `activated`: POSIX seconds; `digest`: of its tables, hexadecimal."""

    number: int
    activated: int
    digest: str

    @property
    def tables(self) -> str:
        return tables_file(self.digest)

    @property
    def placement(self) -> str:
        return f"{self.number}.placement"


def tables_file(digest: str) -> str:
    """What a state calls its copy of tables."""
    return f"{digest}.tables"


def in_force(state: StateFolder) -> int:
    """The number of the version that decides new calls, 0: none yet."""
    return live_words.load(state.block, IN_FORCE)


def previous(state: StateFolder) -> int:
    """The number of the version before, 0: none."""
    return live_words.load(state.block, PREVIOUS)


def records(state: StateFolder) -> np.ndarray:
    """The table of versions, a view of the memory."""
    return state.regions.view(state.block, "versions")


def known(state: StateFolder) -> list[Version]:
    """All versions that calls are decided or forwarded by, or `--back` leads to; ascending."""
    found = [
        Version(int(record["id"]), int(record["activated"]), record["digest"].tobytes().hex())
        for record in records(state).copy()
        if record["id"]
    ]
    return sorted(found)


def find(state: StateFolder, number: int) -> Version:
    """A version by its number. Raises StateError where the state has it no more."""
    for version in known(state):
        if version.number == number:
            return version
    raise StateError(f"{state.path} has no version {number} of the tables")


def open_tables(state: StateFolder, version: Version) -> Tables:
    """A version's tables: the state's copy, mapped, since nobody writes to it. Raises StateError, TablesError."""
    name = state.where(TABLES, version.tables)
    descriptor = state.open(TABLES, version.tables)
    try:
        found = mapped(descriptor, name)
    finally:
        os.close(descriptor)
    if found.digest != version.digest:
        raise StateError(f"{name} is not the tables that its name says: `callplan activate` them again")
    return found


def mapped(descriptor: int, name: str) -> Tables:
    """The tables of an open file that nobody writes to."""
    try:
        image = mmap.mmap(descriptor, 0, mmap.MAP_SHARED, mmap.PROT_READ)
    except (OSError, ValueError) as error:
        raise StateError(f"cannot map {name}: {getattr(error, 'strerror', None) or error}") from None
    return Tables(image, name=name)


def open_placement(state: StateFolder, version: Version, counters: Counters) -> Placement:
    """Where the counters of a version stand. Raises StateError."""
    name = state.where(PLACEMENTS, version.placement)
    descriptor = state.open(PLACEMENTS, version.placement)
    with open(descriptor, "rb") as file:  # noqa: PTH123
        data = file.read()
    return placement.from_bytes(data, name, version.number, version.digest, counters, state.regions)


def load(state: StateFolder, version: Version) -> tuple[Tables, InUse]:
    """A version's tables, its counters and where these stand. Raises StateError, TablesError."""
    tables = open_tables(state, version)
    counters = Counters(tables.sections)
    return tables, InUse(counters, open_placement(state, version, counters))
