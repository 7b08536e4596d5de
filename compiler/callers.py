"""The caller axis: which combinations of a plan's lists its callers are on; tested by tests/test_callers.py.

A list is a set of the keys of its numbers (numbers.Normalised.key). From a key the origins follow that its caller can
have, whatever numbering table is used: a mobile may be of any area or of none (language.md 4.6).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap64

from ..runtime.layout import LINE_FIXED, LINE_MOBILE
from . import checked, limits, origins, syntax
from .numbers import WRITTEN, normalise
from .origins import Slots

Entry = syntax.Number | checked.CallerList


class CallerSets:
    """Reads entries as sets of keys; keeps the sets of lists, which many entries may name."""

    def __init__(self) -> None:
        self._lists: dict[checked.CallerList, BitMap64] = {}

    def of(self, entries: Sequence[Entry]) -> BitMap64:
        """The keys of all numbers in the entries and in the lists that they name."""
        keys = sorted(key for entry in entries if isinstance(entry, syntax.Number) if (key := key_of(entry)))
        found = BitMap64(keys)
        for entry in entries:
            if isinstance(entry, checked.CallerList):
                if entry not in self._lists:
                    self._lists[entry] = self.of(entry.entries)
                found |= self._lists[entry]
        return found


def key_of(number: syntax.Number) -> int:
    """What the tables know an entry by; 0 for one that no caller has."""
    return normalise(number.digits).key


def numbers_in(entries: Sequence[Entry]) -> Iterator[syntax.Number]:
    """The numbers of the entries and of the lists that they name, each list once, in order."""
    waiting: list[Entry] = list(reversed(entries))
    seen: set[checked.CallerList] = set()
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, syntax.Number):
            yield entry
        elif entry not in seen:
            seen.add(entry)
            waiting.extend(reversed(entry.entries))


class CallerAxis:
    """Callers in classes that a plan's lists do not tell apart: the combinations that occur.

    Class 0 is on no list. `keys` has one set a class (that of class 0 is empty), disjoint; `vectors` says by bit which
    of the lists hold it. Classes come in order of their vectors. Raises limits.LimitExceeded.
    """

    def __init__(self, sets: Sequence[BitMap64], left_out: BitMap64) -> None:
        parts: dict[int, BitMap64] = {}
        before = BitMap64()
        for at, keys in enumerate(sets):
            rest = keys - left_out
            overlapping = [] if rest.isdisjoint(before) else list(parts.items())
            before |= rest
            for vector, part in overlapping:
                shared = part & rest
                if not shared:
                    continue
                rest -= shared
                parts[vector | 1 << at] = shared
                if len(shared) == len(part):
                    del parts[vector]
                else:
                    parts[vector] = part - shared
            if rest:
                parts[1 << at] = rest
            if len(parts) >= limits.MOST_CLASSES:
                raise limits.LimitExceeded("E531", {"count": f"{len(parts):,}", "most": f"{limits.MOST_CLASSES - 1:,}"})
        self.vectors = (0, *sorted(parts))
        self.keys = (BitMap64(), *(parts[vector] for vector in self.vectors[1:]))

    def holds(self, at: int) -> npt.NDArray[np.bool_]:
        """Whether a list, by its place, holds each class."""
        return np.array([vector >> at & 1 for vector in self.vectors], np.bool_)


def origins_of(keys: BitMap64) -> Slots:
    """The origins that the callers of a set can have."""
    found = origins.nobody()
    members = np.array(keys.to_array(), np.uint64)  # ascending
    at = int(np.searchsorted(members, np.uint64(WRITTEN)))
    found[origins.UNKNOWN] = at < len(members)
    for digits in range(5, 16):
        power = 10**digits
        low, high = np.searchsorted(members[:at], np.array([power, 2 * power], np.uint64))
        if low < high:
            _mark_e164(found, members[low:high] - np.uint64(power), digits)
    return found


def _mark_e164(found: Slots, numbers: npt.NDArray[np.uint64], digits: int) -> None:
    """Mark the origins of E.164 numbers of one length."""
    # What is behind 86 tells by its first digit how long the area code is, and a mobile from Beijing by its length.
    china = numbers // np.uint64(10 ** (digits - 2)) == 86
    found[origins.ABROAD] |= bool((~china).any())
    if digits < 6 or not china.any():
        return
    lead = numbers[china] // np.uint64(10 ** (digits - 5)) % np.uint64(1000)
    if digits == 13 and ((lead >= 130) & (lead < 200)).any():
        found[LINE_MOBILE::2] = True
        found[origins.NOBODY] = False
        lead = lead[(lead < 130) | (lead >= 200)]
    codes = np.where((lead < 110) | ((lead >= 200) & (lead < 300)), lead // 10, lead)
    for code in np.unique(codes).tolist():
        found[origins.slot_of(code, LINE_FIXED)] = True
