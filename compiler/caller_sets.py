"""Lists as sets of their callers' keys (numbers.Normalised.key); tested by tests/test_caller_sets.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from pyroaring import BitMap64

from . import checked, syntax
from .bitmaps import Serialised, serialise_keys
from .key_sets import KeySet, union
from .numbers import normalise

_Named = checked.CallerList | checked.ListFile


class CallerSets:
    """Reads entries as sets of keys; keeps the sets of lists and of files, which many entries and plans may name."""

    def __init__(self) -> None:
        self._own: dict[checked.CallerList, KeySet] = {}
        self._forms: dict[_Named, Serialised] = {}
        self._sets: dict[_Named, BitMap64] = {}

    def form(self, entries: Sequence[checked.Entry]) -> Serialised:
        """The keys of all callers in the entries and in the lists and files that they name, as the tables hold them."""
        named = _only_named(entries)
        if named is None:
            return self._form(entries)
        if named not in self._forms:
            self._forms[named] = self._form(entries)
        return self._forms[named]

    def of(self, entries: Sequence[checked.Entry]) -> BitMap64:
        """The same keys as a set, which must not be changed."""
        named = _only_named(entries)
        if named is None:
            return BitMap64.deserialize(self.form(entries).data)
        if named not in self._sets:
            self._sets[named] = BitMap64.deserialize(self.form(entries).data)
        return self._sets[named]

    def _form(self, entries: Sequence[checked.Entry]) -> Serialised:
        parts = [_keys_in(entries)]
        for named in _named_in(entries):
            if isinstance(named, checked.ListFile):
                parts.append(named.keys)
                continue
            if named not in self._own:
                self._own[named] = _keys_in(named.entries)
            parts.append(self._own[named])
        return serialise_keys(union(parts))


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


def _only_named(entries: Sequence[checked.Entry]) -> _Named | None:
    """The list or file that the entries consist of."""
    only = entries[0] if len(entries) == 1 else None
    return only if isinstance(only, _Named) else None


def _named_in(entries: Sequence[checked.Entry]) -> Iterator[_Named]:
    """The lists and files that entries name, and that these name, each once."""
    waiting: list[checked.Entry] = list(entries)
    seen: set[_Named] = set()
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, _Named) and entry not in seen:
            seen.add(entry)
            yield entry
            if isinstance(entry, checked.CallerList):
                waiting.extend(entry.entries)


def _keys_in(entries: Iterable[checked.Entry]) -> KeySet:
    """The keys of the numbers and patterns that stand in the entries themselves."""
    keys: list[int] = []
    ranges: list[range] = []
    for entry in entries:
        match entry:
            case syntax.Number():
                keys += [key] if (key := key_of(entry)) else []
            case syntax.Pattern():
                ranges.append(keys_of_pattern(entry))
    return KeySet.of(
        np.array(keys, np.uint64),
        np.array([each.start for each in ranges], np.uint64),
        np.array([each.stop - 1 for each in ranges], np.uint64),
    )
