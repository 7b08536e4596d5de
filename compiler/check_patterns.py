"""Patterns of calling numbers: `1380013xxxx` (language.md 3.3); tested by tests/test_check_patterns.py."""

from __future__ import annotations

from collections.abc import Iterator

from . import numbers, syntax
from .check_names import Scope
from .check_numbers import list_number

MOST_FREE = 8  # digits that a pattern leaves open
_TELLING = 3  # digits behind the signs for abroad, China and long distance, after which only the length counts


def list_pattern(scope: Scope, pattern: syntax.Pattern) -> int | None:
    """The lowest key of the calling numbers that a pattern means; None, reported, where they are not of one kind."""
    if pattern.free > MOST_FREE:
        scope.report("E221", pattern.span, "write_pattern", entry=pattern.span.text)
        return None
    size = len(pattern.prefix) + pattern.free
    if len({numbers.normalise(known.ljust(size, "0")).kind for known in _told(pattern.prefix, pattern.free)}) > 1:
        scope.report("E222", pattern.span, "more_digits", entry=pattern.span.text)
        return None
    lowest = list_number(scope, syntax.Number(pattern.prefix + "0" * pattern.free, pattern.span), pattern.free)
    return None if lowest is None else lowest.key


def _told(prefix: str, free: int) -> Iterator[str]:
    """What a pattern fits, written out as far as its kind may depend on it."""
    if free == 0 or len(_telling(prefix)) >= _TELLING:
        yield prefix
        return
    for digit in "0123456789":
        yield from _told(prefix + digit, free - 1)


def _telling(prefix: str) -> str:
    """The digits behind all that may stand in front of a national or a foreign number."""
    bare = prefix.removeprefix("+")
    bare = bare.removeprefix("00") if bare == prefix else bare
    return bare.removeprefix(numbers.CHINA).removeprefix("0")
