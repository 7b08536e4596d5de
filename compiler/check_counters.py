"""Limits of destinations and quotas of a plan (language.md 6.6, 6.7); tested by tests/test_check_counters.py."""

from __future__ import annotations

from . import checked, syntax
from .check_names import PlanScope, Scope
from .diagnostics import Related
from .source import Span


def limit(scope: Scope, destination: syntax.Destination) -> bool:
    """True where a destination has a sound limit or none."""
    if destination.limit is None:
        if destination.announce is not None:
            name = destination.name.text
            scope.report("W601", destination.announce.span, "write_limit", name=name)
        return True
    if destination.limit.value < 1:
        scope.report("E601", destination.limit.span, count=destination.limit.value)
        return False
    return True


def quotas(scope: PlanScope) -> tuple[checked.Quota, ...]:
    """The plan's sound quotas, in order."""
    found = []
    firsts: dict[tuple[syntax.Period, bool], Span] = {}
    for statement in scope.statements:
        if not isinstance(statement, syntax.Quota):
            continue
        first = firsts.setdefault((statement.period, statement.answered), statement.span)
        if first is not statement.span:
            kind = f"{'answered ' if statement.answered else ''}calls per {statement.period}"
            related = (Related("first_here", first),)
            scope.report("E603", statement.span, None, related, plan=scope.plan.name.value, kind=kind)
        announcement = scope.announcement(statement.announce, "quota")
        if statement.count.value < 1:
            scope.report("E602", statement.count.span, count=statement.count.value)
        elif announcement is not None and first is statement.span:
            count, period, answered = statement.count.value, statement.period, statement.answered
            found.append(checked.Quota(count, period, announcement, statement.span, answered))
    return tuple(found)
