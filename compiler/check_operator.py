"""How far forwarding may go in a build: `operator` (language.md 6.9); tested by tests/test_check_operator.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from . import checked, syntax
from .check_names import FileScope
from .diagnostics import Related
from .source import Span

_NUMBERS = range(1, 101)
_FORWARDS = range(1, 8)  # a call's record has room for no more


def operator(scopes: Sequence[FileScope]) -> checked.Operator:
    """What the first `operator` of a build says, and the usual where it says nothing or what cannot be."""
    found: checked.Operator | None = None
    first = None
    for scope in scopes:
        for statement in scope.statements:
            if not is_operator(statement):
                continue
            here = Span(statement.span.source, statement.span.start, statement.span.start + len("operator"))
            stated = _operator(scope, statement)
            if first is None:
                found, first = stated, here
            else:
                scope.report("E111", here, None, (Related("first_here", first),))
    return found or checked.Operator()


def is_operator(statement: syntax.Statement | syntax.Declaration) -> TypeGuard[syntax.Operator]:
    return isinstance(statement, syntax.Operator)


def _operator(scope: FileScope, statement: syntax.Operator) -> checked.Operator:
    usual = checked.Operator()
    return checked.Operator(
        destinations=_count(scope, "destinations", statement.destinations, _NUMBERS) or usual.destinations,
        per_cause=_count(scope, "per cause", statement.per_cause, _NUMBERS) or usual.per_cause,
        per_call=_count(scope, "per call", statement.per_call, _FORWARDS) or usual.per_call,
    )


def _count(scope: FileScope, what: str, count: syntax.Count | None, possible: range) -> int | None:
    """A count in its range; the end of the range, reported, for one that is not, so that no plan seems wrong too."""
    if count is None or count.value in possible:
        return None if count is None else count.value
    least, most = possible[0], possible[-1]
    scope.report("E509", count.span, what=what, count=count.value, least=least, most=most)
    return most
