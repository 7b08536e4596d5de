"""Whether a caller is on a list (language 3.3 and 3.4); tested by tests/test_reference.py and tests/test_cases.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from callplan.compiler.checked import CallerList, Entry, ListFile
from callplan.compiler.syntax import Pattern

from .numbers import SEPARATORS, Number, normalise

Written = tuple[str, int]  # the digits of an entry, a leading + kept, and how many `x` follow them


@dataclass
class Entries:
    """The entries of a list or a blacklist, those of the lists and files in it included."""

    entries: Sequence[Entry]

    def hold(self, number: Number) -> bool:
        """Some callers have no identity: they are on no list."""
        if number.identity is None:
            return False
        return number.identity in self._numbers or any(_fits(pattern, number) for pattern in self._patterns)

    @cached_property
    def _written(self) -> list[Written]:
        return list(written(self.entries))

    @cached_property
    def _numbers(self) -> frozenset[tuple[str, str] | None]:
        return frozenset(normalise(digits).identity for digits, free in self._written if free == 0)

    @cached_property
    def _patterns(self) -> frozenset[Written]:
        return frozenset((digits, free) for digits, free in self._written if free > 0)


def _fits(pattern: Written, number: Number) -> bool:
    """3.3: each `x` is one digit: with the caller's last digits in their place the pattern is the caller's number."""
    digits, free = pattern
    return normalise(digits + number.digits[-free:]).identity == number.identity


def written(entries: Sequence[Entry]) -> Iterator[Written]:
    """Every number and pattern, those of the lists and files among the entries included."""
    for entry in entries:
        match entry:
            case CallerList():
                yield from written(entry.entries)
            case ListFile():
                yield from _lines(entry)
            case Pattern():
                yield entry.prefix, entry.free
            case _:
                yield entry.digits, 0


def _lines(file: ListFile) -> Iterator[Written]:
    """3.3: one number or pattern a line, with `#` comments."""
    for line in file.data.decode("utf-8", "replace").split("\n"):
        text = "".join(sign for sign in line.split("#")[0].strip() if sign not in SEPARATORS)
        digits = text.rstrip("x")
        if digits:
            yield digits, len(text) - len(digits)
