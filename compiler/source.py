"""A text of the build and the places in it; tested by tests/test_source.py."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, eq=False)
class Source:
    """One file as it was read.

    `name`: its path from the build's root, which the tables keep; `path`: as the user named it, empty where there is
    none; diagnostics show that one, so that it can be opened from where the user is. `first`: the number of its first
    line, above 1 for an excerpt of a file that is too long to be kept.
    """

    name: str
    text: str = field(repr=False)
    path: str = ""
    first: int = 1

    @property
    def shown(self) -> str:
        """What users know it by."""
        return self.path or self.name

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        at = self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of a character offset."""
        line = bisect_right(self._starts, offset)
        return self.first + line - 1, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, by its number, without its line break; empty past the end."""
        number -= self.first - 1
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r")


@dataclass(frozen=True)
class Span:
    """Characters `start` to `end` (half-open) of a source."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]
