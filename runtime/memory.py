"""The memory that holds the books (book.pxd draws it): how large, what stands where, and whose each counter is.

Tested by tests/test_memory.py. Anonymous memory of one process and a state folder's file have this same layout.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from . import layout
from .errors import StateError

PAGE = 4096
MAGIC = b"CPSTATE\0"
VERSION = 1
CALL_BYTES = 512  # sizeof(Call) in book.pxd
MAX_CALLS = 2**19 - 1
_FIRST_WORD = 8  # position 0 means none
_LEAST_ROOM = 1 << 17, 1 << 12  # words and cells that are kept for plans to come, at least; memory that nothing touches

HEADER = np.dtype(
    [
        ("magic", "S8"),
        ("version", "<u4"),
        ("byte_order", "<u4"),
        ("max_calls", "<u4"),
        ("cells", "<u4"),  # entries of the directory in use
        ("words", "<u8"),  # counter words in use
        ("longest_call", "<u8"),  # seconds
        ("pad", "u1", 24),
    ]
)
CELL = np.dtype(
    [
        ("identity", "S16"),  # as in layout.COUNTER
        ("at", "<u4"),  # position of its first word
        ("words", "<u4"),
        ("kind", "u1"),
        ("pad", "u1", 7),
    ]
)

Counters = npt.NDArray[Any]  # a `counters` section
Tail = tuple[int, int]  # first position and number of places that a limit no longer gives out, but that calls may hold


@dataclass(frozen=True)
class Placed:
    """Where the counters of one version of the tables stand.

    `cells_of`: by counter the position of its words. `tails`: by counter the places of a limit that was changed.
    """

    cells_of: npt.NDArray[np.uint32]
    tails: dict[int, list[Tail]] = field(default_factory=dict)


def words_needed(counters: Counters, max_calls: int) -> npt.NDArray[np.uint32]:
    """How many words each counter takes: a limit its hint and its places, a quota two, a split one."""
    kind = counters["kind"]
    words: npt.NDArray[np.uint32] = np.minimum(counters["places"], np.uint32(max_calls)) + np.uint32(1)
    words[kind == layout.COUNTER_QUOTA] = 2
    words[kind == layout.COUNTER_SPLIT] = 1
    return words


class Memory:
    """Memory of this process and its children, all zero, with room for the counters of this version and later ones.

    Offsets are bytes from the start of `block`. Raises StateError where it cannot be had.
    """

    def __init__(self, counters: Counters, max_calls: int, longest_call: int) -> None:
        needed = _FIRST_WORD + int(words_needed(counters, max_calls).sum(dtype=np.int64))
        self.word_room = needed + max(needed, _LEAST_ROOM[0])
        self._cell_room = len(counters) + max(len(counters), _LEAST_ROOM[1])
        if needed >= layout.NONE:
            raise StateError(f"the limits of these plans need {needed} places, more than one state can hold")
        self.word_room = min(self.word_room, layout.NONE)
        self.states = PAGE
        self.calls = self.states + _padded(8 * max_calls)
        directory = self.calls + _padded(CALL_BYTES * max_calls)
        self.words = directory + _padded(CELL.itemsize * self._cell_room)
        try:
            self.block = mmap.mmap(-1, self.words + _padded(8 * self.word_room))
        except (OSError, ValueError, OverflowError) as error:
            raise StateError(f"no memory for {max_calls} calls and {needed} counter words: {error}") from None
        self._header = np.frombuffer(self.block, HEADER, 1)
        self._header[0] = (MAGIC, VERSION, layout.BYTE_ORDER, max_calls, 0, _FIRST_WORD, longest_call, 0)
        self._cells = np.frombuffer(self.block, CELL, self._cell_room, directory)
        self._max_calls = max_calls
        self._tails: dict[bytes, list[Tail]] = {}

    def place(self, counters: Counters, held: Callable[[int, int], int]) -> Placed:
        """Where counters stand: what has a cell by its identity keeps it, and its count; the others get one each.

        A limit that has grown past its cell gets a larger one; its old places are its tail until no call holds them
        (`held` counts those of a tail). Raises StateError, with nothing changed, where the room does not suffice.
        """
        words = words_needed(counters, self._max_calls)
        identities = counters["identity"].view("S16")[:, 0]
        if not int(self._header["cells"][0]):
            return self._place_first(counters, identities, words)
        known = self._find(identities, counters["kind"])
        old = self._cells[np.maximum(known, 0)]
        fits = (known >= 0) & (old["words"] >= words)
        fresh = np.flatnonzero(~fits)
        at = int(self._header["words"][0])
        starts = at + np.concatenate(([0], np.cumsum(words[fresh], dtype=np.int64)))
        cells = int(self._header["cells"][0])
        unknown = fresh[known[fresh] < 0]
        if int(starts[-1]) > self.word_room or cells + len(unknown) > self._cell_room:
            raise StateError(
                f"the counters of these plans do not fit beside those in use: {int(starts[-1])} words of "
                f"{self.word_room}, {cells + len(unknown)} counters of {self._cell_room}; open a new engine"
            )
        cells_of = np.where(fits, old["at"], 0).astype(np.uint32)
        cells_of[fresh] = starts[:-1]
        tails = self._find_tails(counters, identities, known, cells_of, words, held)
        entries = known.copy()
        entries[unknown] = cells + np.arange(len(unknown))
        for name, values in (("identity", identities), ("kind", counters["kind"]), ("at", cells_of), ("words", words)):
            self._cells[name][entries[fresh]] = values[fresh]
        self._header["words"] = starts[-1]
        self._header["cells"] = cells + len(unknown)
        return Placed(cells_of, tails)

    def _place_first(
        self, counters: Counters, identities: npt.NDArray[np.bytes_], words: npt.NDArray[np.uint32]
    ) -> Placed:
        """The counters of the first version, without copies: there may be millions.

        Limits come last, so that what every call of a plan counts in lies close together.
        """
        count = len(counters)
        cells_of = np.empty(count, np.uint32)
        at = _FIRST_WORD
        limits = counters["kind"] == layout.COUNTER_LIMIT
        for some in (~limits, limits):
            ends = np.cumsum(words[some], dtype=np.uint32)
            cells_of[some] = at + ends - words[some]
            at += int(ends[-1]) if len(ends) else 0
        for name, values in (("identity", identities), ("kind", counters["kind"]), ("at", cells_of), ("words", words)):
            self._cells[name][:count] = values
        self._header["words"], self._header["cells"] = at, count
        return Placed(cells_of)

    def _find(self, identities: npt.NDArray[np.bytes_], kinds: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
        """By counter its entry in the directory, -1 where it has none."""
        cells = self._cells[: int(self._header["cells"][0])]
        if not len(cells) or not len(identities):
            return np.full(len(identities), -1, np.int64)
        order = np.argsort(cells["identity"], kind="stable")
        found = np.searchsorted(cells["identity"], identities, sorter=order)
        entries = order[np.minimum(found, len(order) - 1)]
        same = (cells["identity"][entries] == identities) & (cells["kind"][entries] == kinds)
        return np.where(same, entries, -1)

    def _find_tails(
        self,
        counters: Counters,
        identities: npt.NDArray[np.bytes_],
        known: npt.NDArray[np.int64],
        cells_of: npt.NDArray[np.uint32],
        words: npt.NDArray[np.uint32],
        held: Callable[[int, int], int],
    ) -> dict[int, list[Tail]]:
        """By counter the places that its limit does not give out now, and that some call holds; remembers the rest."""
        found: dict[int, list[Tail]] = {}
        for counter in np.flatnonzero((known >= 0) & (counters["kind"] == layout.COUNTER_LIMIT)).tolist():
            identity, cell = bytes(identities[counter]), self._cells[known[counter]]
            at, room = int(cell["at"]), int(cell["words"]) - 1
            size = int(words[counter]) - 1
            earlier = self._tails.get(identity, [])
            if at != cells_of[counter]:
                earlier = [*earlier, (at + 1, room)]
            self._tails[identity] = [tail for tail in earlier if held(*tail)]
            rest = [(at + 1 + size, room - size)] if at == cells_of[counter] and size < room else []
            tails = [*self._tails[identity], *(tail for tail in rest if held(*tail))]
            if tails:
                found[counter] = tails
        return found


def _padded(size: int) -> int:
    return -(-size // PAGE) * PAGE
