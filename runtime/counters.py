"""The counters of one version of the tables as arrays, and how they are found by identity; tested by
tests/test_counter_cells.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from . import layout

Integers = npt.NDArray[np.int64]
Sections = Mapping[str, npt.NDArray[Any]]
TEXT_BYTES = 32


class Counters:
    """By counter `identity` (16 bytes), `kind` and `period` (of layout.py) and `places` (a limit's number, else 0)."""

    def __init__(self, sections: Sections) -> None:
        """Of the sections of tables."""
        self.sections = sections
        records = sections["counters"]
        self.identity = records["identity"].copy().view("S16").reshape(-1)
        self.kind: npt.NDArray[np.uint8] = records["kind"]
        self.places: Integers = records["places"].astype(np.int64)
        self.period = np.zeros(len(records), np.uint8)
        quotas = np.flatnonzero(self.kind == layout.COUNTER_QUOTA)
        self.period[quotas] = sections["quotas"]["period"][records["owner"][quotas]]

    def __len__(self) -> int:
        return len(self.kind)

    @cached_property
    def keys(self) -> npt.NDArray[np.bytes_]:
        """What each is found by."""
        return keys(self.identity, self.kind)

    def words(self, calls: int) -> Integers:
        """How many words each takes: a limit its hint and a place a call at most, a quota two, a split one."""
        limit = np.minimum(self.places, calls) + 1
        return np.where(
            self.kind == layout.COUNTER_LIMIT, limit, np.where(self.kind == layout.COUNTER_QUOTA, 2, 1)
        ).astype(np.int64)

    def texts(self, counters: Integers) -> npt.NDArray[np.bytes_]:
        """How the text of each one's identity begins, 32 bytes."""
        strings = self.sections["counters"]["text"][counters]
        offsets, text = self.sections["string_offsets"], self.sections["string_bytes"]
        first = offsets[strings].astype(np.int64)
        count = np.minimum(offsets[strings + 1] - first, TEXT_BYTES)
        padded = np.concatenate((text, np.zeros(TEXT_BYTES, np.uint8)))
        windows: npt.NDArray[np.bytes_] = np.ndarray(
            (len(text) + 1,), f"S{TEXT_BYTES}", padded.data, strides=(1,)
        )  # 32 bytes from each on
        found: npt.NDArray[np.bytes_] = windows[first]
        found.view(np.uint8).reshape(-1, TEXT_BYTES)[np.arange(TEXT_BYTES) >= count[:, np.newaxis]] = 0
        return found


def keys(identity: npt.NDArray[np.bytes_], kind: npt.NDArray[np.uint8]) -> npt.NDArray[np.bytes_]:
    """Identity and kind as one value: two counters of different kinds are never the same one."""
    found = np.empty((len(kind), 17), np.uint8)
    found[:, :16] = np.ascontiguousarray(identity).view(np.uint8).reshape(-1, 16)
    found[:, 16] = kind + 1
    return found.view("S17").reshape(-1)


class Index:
    """Keys that others are looked up in."""

    def __init__(self, given: npt.NDArray[np.bytes_]) -> None:
        self._order = np.argsort(given)
        self._sorted = given[self._order]

    @property
    def has_doubles(self) -> bool:
        return bool((self._sorted[1:] == self._sorted[:-1]).any())

    def find(self, wanted: npt.NDArray[np.bytes_]) -> Integers:
        """By key where it stands among the given, -1 where it does not."""
        if not len(self._order):
            return np.full(len(wanted), -1, np.int64)
        order = np.argsort(wanted)  # neighbours are found near each other, which a cache likes
        ordered = wanted[order]
        at = np.minimum(np.searchsorted(self._sorted, ordered), len(self._order) - 1)
        found = np.empty(len(wanted), np.int64)
        found[order] = np.where(self._sorted[at] == ordered, self._order[at], -1)
        return found
