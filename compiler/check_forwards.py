"""The forwarding lists of a plan (language.md 6.9); tested by tests/test_check_forwards.py."""

from __future__ import annotations

from collections.abc import Sequence

from . import checked, syntax
from .check_names import PlanScope
from .diagnostics import Related
from .source import Span

RING_SECONDS = range(5, 121)

_CAUSES: dict[syntax.Cause, checked.Cause] = {
    "busy": "busy",
    "no-answer": "no_answer",
    "unreachable": "unreachable",
}


def forwards(scope: PlanScope, operator: checked.Operator) -> dict[checked.Cause, checked.Forward]:
    """The plan's sound forwarding lists by cause; `operator`: how far forwarding may go."""
    found: dict[checked.Cause, checked.Forward] = {}
    stated: dict[syntax.Cause, Span] = {}
    dialled: set[str] = set()
    for statement in scope.statements:
        if not isinstance(statement, syntax.Forward):
            continue
        keyword = Span(statement.span.source, statement.span.start, statement.span.start + len("forward"))
        first = stated.setdefault(statement.cause, keyword)
        if first is not keyword:
            related = (Related("first_here", first),)
            scope.report("E504", keyword, None, related, cause=statement.cause, plan=scope.plan.name.value)
        after = _after(scope, statement)
        destinations = _destinations(scope, statement, operator.per_cause)
        if first is keyword and destinations is not None:
            _count_different(scope, list(zip(statement.destinations, destinations, strict=True)), dialled, operator)
            if after is not None:
                found[_CAUSES[statement.cause]] = checked.Forward(destinations, after, statement.span)
    return found


def _after(scope: PlanScope, forward: syntax.Forward) -> int | None:
    after = forward.after
    if after is None:
        return checked.NO_ANSWER_SECONDS
    if forward.cause != "no-answer":
        scope.report("E505", after.span, cause=forward.cause)
        return None
    if after.value not in RING_SECONDS:
        scope.report("E506", after.span, seconds=after.value, least=RING_SECONDS[0], most=RING_SECONDS[-1])
        return None
    return after.value


def _destinations(scope: PlanScope, forward: syntax.Forward, most: int) -> tuple[checked.Destination, ...] | None:
    names = forward.destinations
    found = [scope.use(scope.destinations, name) for name in names]
    firsts: dict[str, Span] = {}
    for name in names:
        first = firsts.setdefault(name.text, name.span)
        if first is not name.span and name.text in scope.destinations:
            scope.report("W504", name.span, None, (Related("first_here", first),), name=name.text)
    if len(names) > most:
        excess = Span(forward.span.source, names[most].span.start, names[-1].span.end)
        scope.report("E507", excess, most=most)
        return None
    sound = tuple(destination for destination in found if destination is not None)
    return sound if len(sound) == len(found) else None


def _count_different(
    scope: PlanScope,
    forward: Sequence[tuple[syntax.Name, checked.Destination]],
    dialled: set[str],
    operator: checked.Operator,
) -> None:
    """Add a list's numbers to those of the lists before it; report the first number that is one too many."""
    for name, destination in forward:
        if destination.dial not in dialled and len(dialled) == operator.destinations:
            scope.report("E508", name.span, plan=scope.plan.name.value, most=operator.destinations)
        dialled.add(destination.dial)
