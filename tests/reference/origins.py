"""Where a caller is (language 4.1, 4.2) and whether a `from` holds it (4.3, 4.4); tested by tests/test_reference.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from callplan.compiler.checked import AreaTerm, ClassTerm, CodeTerm, Origin, PlaceTerm, Term

from .numbers import Number

Line = Literal["mobile", "fixed"]
Where = tuple[str, Line | None]  # an area code, `abroad` or `unknown`; a line type
Numbering = Callable[[str], str | None]  # a mobile number's first 7 digits to its area code


def origin_of(number: Number, numbering: Numbering) -> Where:
    """4.1 and 4.2: the caller's area and line type."""
    if number.kind == "mobile":
        area = numbering(number.digits[2:9])
        return ("unknown" if area is None else area, "mobile")
    if number.kind == "fixed":
        assert number.area is not None
        return (number.area, "fixed")
    if number.kind == "abroad":
        return ("abroad", None)
    return ("unknown", None)


def holds(origin: Origin, where: Where) -> bool:
    """4.4: everything after `except` is taken away from everything before it."""
    return any(_term(term, where) for term in origin.terms) and not any(_term(term, where) for term in origin.excluded)


def _term(term: Term, where: Where) -> bool:
    area, line = where
    match term:
        case CodeTerm(code):
            return area == code
        case PlaceTerm(place):
            return area in place.areas
        case AreaTerm(named):
            return holds(named.origin, where)
        case ClassTerm("mobile" | "fixed" as kind):
            return line == kind
        case ClassTerm("abroad" | "unknown" as kind):
            return area == kind
        case ClassTerm("anywhere"):
            return True
    raise AssertionError(term)
