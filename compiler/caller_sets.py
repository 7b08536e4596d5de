"""Lists as sets of their callers' keys (numbers.Normalised.key); tested by tests/test_caller_sets.py."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

import numpy as np
from pyroaring import BitMap64

from . import checked, list_lines, syntax
from .numbers import normalise


class CallerSets:
    """Reads entries as sets of keys; keeps the sets of lists and of files, which many entries and plans may name."""

    def __init__(self) -> None:
        self._known: dict[checked.CallerList | checked.ListFile, BitMap64] = {}

    def of(self, entries: Sequence[checked.Entry]) -> BitMap64:
        """The keys of all callers in the entries and in the lists and files that they name."""
        found = BitMap64(sorted(key for entry in entries if isinstance(entry, syntax.Number) if (key := key_of(entry))))
        for entry in entries:
            match entry:
                case syntax.Pattern():
                    keys = keys_of_pattern(entry)
                    found.add_range(keys.start, keys.stop)
                case checked.CallerList() | checked.ListFile():
                    found |= self._of_named(entry)
        return found

    def _of_named(self, named: checked.CallerList | checked.ListFile) -> BitMap64:
        if named not in self._known:
            self._known[named] = _in_file(named) if isinstance(named, checked.ListFile) else self.of(named.entries)
        return self._known[named]


def key_of(number: syntax.Number) -> int:
    """What the tables know an entry by; 0 for one that no caller has."""
    return normalise(number.digits).key


def keys_of_pattern(pattern: syntax.Pattern) -> range:
    """The keys of all numbers that a pattern means: they are of one kind and differ in their last digits only."""
    first, last = (normalise(pattern.prefix + digit * pattern.free).key for digit in "09")
    return range(first, last + 1)


def entries_in(entries: Sequence[checked.Entry]) -> Iterator[syntax.Number | syntax.Pattern]:
    """The numbers and patterns of the entries and of the lists that they name, each list once, in order."""
    waiting: list[checked.Entry] = list(reversed(entries))
    seen: set[checked.CallerList] = set()
    while waiting:
        entry = waiting.pop()
        match entry:
            case syntax.Number() | syntax.Pattern():
                yield entry
            case checked.CallerList() if entry not in seen:
                seen.add(entry)
                waiting.extend(reversed(entry.entries))


def _in_file(file: checked.ListFile) -> BitMap64:
    lines = list_lines.read(file.data)
    found = BitMap64(array("Q", np.sort(lines.keys).tobytes()))
    ascending = np.argsort(lines.first, kind="stable")  # far faster to add than in any other order
    for first, last in zip(lines.first[ascending].tolist(), lines.last[ascending].tolist(), strict=True):
        found.add_range(first, last + 1)
    return found
