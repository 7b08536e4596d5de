"""Service numbers, the addresses of destinations, and the numbers of lists (language.md 3).

Tested by tests/test_check_numbers.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from . import checked, numbers, places, syntax
from .check_names import PlanScope, Scope
from .diagnostics import Related
from .source import Span

_SERVICE = re.compile(r"(?:400|800)[0-9]{7}")
_SCHEME = re.compile(r"(?:sips?|tel):(?=.)", re.IGNORECASE)
_NOT_IN_URI = re.compile(r"[^!-~]|[\"'<>]")
_LOCAL_LENGTHS = (7, 8)
_SHORTEST_ODD = 9  # digits from which a number known only as written is more likely a slip than a short number


@dataclass(frozen=True)
class Claim:
    """Where a plan first says that it answers a service number."""

    plan: str
    span: Span


class Claims:
    """Which plans of a whole build answer which service numbers, by the 10 digits.

    `before`, `after`: the claims of plans that stand before and behind those that are checked, where these are but a
    part of the build. `asked`: the numbers of destinations that were looked up.
    """

    def __init__(self, before: Mapping[str, Claim] | None = None, after: Mapping[str, Claim] | None = None) -> None:
        self.own: dict[str, Claim] = {}
        self.asked: set[str] = set()
        self._before = before or {}
        self._after = after or {}

    def claim(self, digits: str, claim: Claim) -> Claim:
        """Take note of a plan's number; the first claim of it in the build."""
        return self._before.get(digits) or self.own.setdefault(digits, claim)

    def served(self, digits: str) -> Claim | None:
        """The first claim of the number of a destination."""
        self.asked.add(digits)
        return self._before.get(digits) or self.own.get(digits) or self._after.get(digits)


def service_numbers(scope: PlanScope, claims: Claims) -> tuple[checked.ServiceNumber, ...]:
    """The plan's sound service numbers, added to `claims`."""
    found = []
    for statement in scope.statements:
        if not isinstance(statement, syntax.Numbers):
            continue
        for number in statement.numbers:
            if not _SERVICE.fullmatch(number.digits):
                scope.report("E201", number.span, "write_service_number", number=number.span.text)
                continue
            claim = claims.claim(number.digits, Claim(scope.plan.name.value, number.span))
            if claim.span is not number.span:
                related = (Related("first_claimed", claim.span, {"plan": claim.plan}),)
                scope.report("E202", number.span, None, related, number=number.digits)
                continue
            found.append(checked.ServiceNumber(number.digits, number.span))
    return tuple(found)


def address(scope: Scope, destination: syntax.Destination, claims: Claims) -> tuple[checked.AddressKind, str] | None:
    """What a destination's address is and what to dial for it; None, reported, where it is unsound or a loop."""
    if isinstance(destination.address, syntax.String):
        return _uri(scope, destination, destination.address, claims)
    number = destination.address
    read = numbers.normalise(number.digits)
    if _is_loop(scope, destination, read, number.span, claims):
        return None
    match read.kind:
        case "abroad" if read.dial == number.digits:
            return "abroad", read.dial
        case "fixed" | "mobile" if number.digits.startswith("+") or read.dial == number.digits:
            return read.kind, read.dial
        case "fixed" | "mobile" | "abroad":
            suggestion: str | None = read.dial
        case _:
            suggestion = _with_zero(number.digits)
    if suggestion is not None:
        scope.report("E203", number.span, "did_you_mean", number=number.span.text, suggestion=suggestion)
    elif not _report_no_area(scope, number, read):
        scope.report("E203", number.span, "write_destination", number=number.span.text)
    return None


def _uri(
    scope: Scope, destination: syntax.Destination, uri: syntax.String, claims: Claims
) -> tuple[checked.AddressKind, str] | None:
    scheme = _SCHEME.match(uri.value)
    if scheme is None:
        scope.report("E206", uri.span, "write_uri", uri=uri.value)
        return None
    bad = _NOT_IN_URI.search(uri.value)
    if bad is not None:
        start = uri.span.start + 1 + bad.start()
        scope.report("E207", Span(uri.span.source, start, start + 1), sign=bad.group())
        return None
    rest = uri.value[scheme.end() :]
    if scheme.group().lower() == "tel:":
        read = numbers.normalise(rest.partition(";")[0])
        if read.kind == "withheld":
            scope.report("E206", uri.span, "write_uri", uri=uri.value)
            return None
        if _is_loop(scope, destination, read, uri.span, claims):
            return None
    return "uri", uri.value


def _is_loop(
    scope: Scope,
    destination: syntax.Destination,
    read: numbers.Normalised,
    span: Span,
    claims: Claims,
) -> bool:
    claim = claims.served(read.digits) if read.kind == "service" else None
    if claim is None:
        return False
    related = (Related("served_here", claim.span, {"plan": claim.plan}),)
    scope.report("E208", span, None, related, name=destination.name.text, number=read.digits)
    return True


def list_number(scope: Scope, number: syntax.Number, free: int = 0) -> numbers.Normalised | None:
    """The calling number that a list's entry means; None, reported, where it can mean none.

    `free`: for the lowest number of a pattern, how many of its digits the pattern leaves open.
    """
    read = numbers.normalise(number.digits)
    if read.key == 0:
        scope.report("E209", number.span, number=number.span.text)
        return None
    if read.kind != "written":
        return read
    international = number.digits.startswith("+")
    if not international and len(read.digits) in _LOCAL_LENGTHS:
        scope.report("E205", number.span, "write_area_code", number=number.span.text)
        return None
    if international or read.digits.startswith("0") or len(read.digits) >= _SHORTEST_ODD:
        suggestion = _with_zero(number.digits)
        if suggestion is not None and free:
            suggestion = suggestion[:-free] + "x" * free
        help_key = None if suggestion is None else "did_you_mean"
        scope.report("W202", number.span, help_key, number=number.span.text, suggestion=suggestion)
    return read


def _with_zero(digits: str) -> str | None:
    """The fixed line that a number is when its area code gets the 0 that it lacks."""
    return "0" + digits if numbers.normalise("0" + digits).kind == "fixed" else None


def _report_no_area(scope: Scope, number: syntax.Number, read: numbers.Normalised) -> bool:
    """Report a would-be fixed line whose area code is missing or unknown; False where it is no such line."""
    if not number.digits.startswith("+") and len(read.digits) in _LOCAL_LENGTHS:
        scope.report("E205", number.span, "write_area_code", number=number.span.text)
        return True
    area = number.digits[:3] if number.digits.startswith(("01", "02")) else number.digits[:4]
    if re.fullmatch(r"0[1-9][0-9]{8,10}", number.digits) and not places.is_area_code(area):
        scope.report("E204", number.span, number=number.span.text, area=area)
        return True
    return False
