"""What stands where in the memory of the books: its header, owners, versions, calls, call ids and counters.

A state folder's counters file and the anonymous memory of an engine without a state have this same layout (book.pxd has
the structs of what a call touches; tests/test_regions.py holds the two together). All is little-endian and naturally
aligned.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from . import layout

Buffer: TypeAlias = mmap.mmap | bytearray | memoryview
Region = Literal["live", "owners", "versions", "states", "records", "directory", "words"]
_WORD = np.dtype("<u8")

PAGE = 4096
MAGIC = b"CPSTATE\0"
FORMAT_VERSION = 1
MAX_CALLS = 2**19 - 1
FIRST_WORD = 8  # position 0 means none
OWNER_ROOM = 1024  # processes at a time; owner 0 is none: what it has are orphans
VERSION_ROOM = 64  # versions of the tables that calls in progress may have begun with
IDS_A_BUCKET = 16

# The first bytes of page 0; written when the state is made, and then only as told.
HEADER = np.dtype(
    [
        ("magic", "S8"),
        ("version", "<u4"),
        ("byte_order", "<u4"),
        ("size", "<u8"),  # of the whole, bytes
        ("calls", "<u4"),
        ("cells", "<u4"),  # entries of the directory
        ("words", "<u4"),  # counter words
        ("ids", "<u4"),  # words of the index of call ids, a power of two
        ("longest_call", "<u4"),  # seconds
        ("grace", "<u4"),  # seconds that an orphan has after its owner's death
        ("created", "<i8"),  # POSIX seconds
        ("area", "S8"),  # what a caller's bare local number belongs to; empty: none
        ("numbering", "u1", 32),  # sha256 of numbering.csv; all zero: the built-in table
        ("id_key", "u1", 16),  # of the hash of call ids, random
        ("pad", "u1", 12),
        ("crc", "<u4"),  # crc32 of all before it
    ]
)  # 128 bytes

# Words of page 0 that change while processes run, each on a cache line of its own where calls read it.
LIVE = np.dtype(
    [
        ("in_force", "<u8"),  # id of the version of the tables, 0: none yet
        ("pad", "u1", 56),
        ("previous", "<u8"),  # what `activate --back` goes back to, 0: none
        ("last_version", "<u8"),  # the largest id that was ever given out
        ("reclaimed_deciding", "<u8"),  # records that a dead process was deciding
        ("reclaimed_forwarding", "<u8"),  # calls that a dead process was forwarding, put back
        ("ended_orphans", "<u8"),  # after the grace time or longest_call
        ("ended_reconciled", "<u8"),
        ("boot", "S48"),  # the boot id under which monotonic times of the records hold
    ]
)
LIVE_AT = 512


def live_at(name: str) -> int:
    """Where one of these words stands, in bytes from the start of the memory."""
    assert LIVE.fields is not None
    return LIVE_AT + LIVE.fields[name][1]


OWNER = np.dtype(
    [
        ("incarnation", "<u8"),  # how many processes have had this entry; atomic
        ("version", "<u8"),  # the oldest version that it may still decide by; atomic
        ("pid", "<u4"),  # for people; nothing relies on it
        ("in_use", "<u4"),
        ("since", "<i8"),  # POSIX seconds
        ("pad", "u1", 32),
    ]
)  # 64 bytes

VERSION = np.dtype(
    [
        ("id", "<u8"),  # 0: free; written last
        ("activated", "<i8"),  # POSIX seconds
        ("counters", "<u4"),
        ("pad", "<u4"),
        ("digest", "u1", 32),  # of the tables: tables/<hex>.tables
        ("pad2", "u1", 8),
    ]
)  # 64 bytes

CELL = np.dtype(
    [
        ("identity", "S16"),  # as in layout.COUNTER
        ("at", "<u4"),  # position of its first word
        ("words", "<u4"),  # 0: the entry is free
        ("kind", "u1"),  # of layout.COUNTER
        ("period", "u1"),  # of a quota: day, week or month
        ("pad", "u1", 2),
        ("after", "<u4"),  # a limit that has grown: 1 + the entry whose places come before these
        ("text", "S32"),  # how its identity's text begins, for people
    ]
)  # 64 bytes

LEG = np.dtype(
    [
        ("destination", "<u4"),
        ("limit", "<u4"),  # position of the destination's limit
        ("place", "<u4"),  # position of the place that the leg holds there
        ("times", "<u4"),  # seconds after the call began << 8 | why it was left
    ]
)
MAX_LEGS = 8
CALL_ID_BYTES = 256

CHARGE = np.dtype([("word", "<u4"), ("period", "<u4")])  # position of a quota, and the period that was charged

# A call's record; its state word stands in a region of its own. `began`: POSIX seconds, `began_monotonic`: of the
# monotonic clock.
CALL = np.dtype(
    [
        ("called", "<u8"),
        ("caller", "<u8"),
        ("began", "<i8"),
        ("began_monotonic", "<i8"),
        ("answered", "<u8"),  # the generation's bits, and below them 1 + seconds after it began, 0: not, or not noted
        ("version", "<u4"),
        ("plan", "<u4"),
        ("call_id_bytes", "<u4"),
        ("area", "<u2"),
        ("line", "u1"),
        ("quotas", "u1"),
        ("returnable", "u1"),
        ("pad", "u1", 7),
        ("charges", CHARGE, layout.MAX_QUOTAS),
        ("legs", LEG, MAX_LEGS),
        ("call_id", "u1", CALL_ID_BYTES),
        ("orphaned", "<u8"),  # reclaim.pxd's stamp
        ("pad2", "u1", 8),
    ]
)
CALL_BYTES = CALL.itemsize  # 512


@dataclass(frozen=True)
class Regions:
    """Where each region starts, in bytes; `size` is the whole."""

    calls: int
    cells: int
    words: int
    ids: int
    owners_at: int
    versions_at: int
    states_at: int
    calls_at: int
    ids_at: int
    cells_at: int
    words_at: int
    size: int

    def view(self, block: Buffer, name: Region) -> npt.NDArray[Any]:
        """A region as an array over the memory."""
        dtype, count, at = {
            "live": (LIVE, 1, LIVE_AT),
            "owners": (OWNER, OWNER_ROOM, self.owners_at),
            "versions": (VERSION, VERSION_ROOM, self.versions_at),
            "states": (_WORD, self.calls, self.states_at),
            "records": (CALL, self.calls, self.calls_at),
            "directory": (CELL, self.cells, self.cells_at),
            "words": (_WORD, self.words, self.words_at),
        }[name]
        return np.frombuffer(block, dtype, count, at)


def regions(calls: int, cells: int, words: int) -> Regions:
    """The regions for that many calls at once, directory entries and counter words."""
    ids = IDS_A_BUCKET
    while ids < 8 * calls:
        ids *= 2
    sizes = (
        PAGE,
        OWNER_ROOM * OWNER.itemsize,
        VERSION_ROOM * VERSION.itemsize,
        8 * calls,
        CALL_BYTES * calls,
        8 * ids,
        CELL.itemsize * cells,
        8 * words,
    )
    starts = [0]
    for size in sizes:
        starts.append(starts[-1] + padded(size))
    return Regions(calls, cells, words, ids, *starts[1:])


def padded(size: int) -> int:
    return -(-size // PAGE) * PAGE
