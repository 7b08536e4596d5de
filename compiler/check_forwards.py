"""The forwarding lists of a plan (language.md 6.9); tested by tests/test_check_forwards.py."""

from __future__ import annotations

from . import checked, syntax
from .check_names import Scope
from .diagnostics import Related
from .source import Span

MOST_IN_A_LIST = 2
MOST_DIFFERENT = 3  # by the number dialled, over all lists of a plan
RING_SECONDS = range(5, 121)

_CAUSES: dict[syntax.Cause, checked.Cause] = {
    "busy": "busy",
    "no-answer": "no_answer",
    "unreachable": "unreachable",
}


def forwards(scope: Scope) -> dict[checked.Cause, checked.Forward]:
    """The plan's sound forwarding lists by cause."""
    found: dict[checked.Cause, checked.Forward] = {}
    stated: dict[syntax.Cause, Span] = {}
    dialled: set[str] = set()
    for statement in scope.plan.statements:
        if not isinstance(statement, syntax.Forward):
            continue
        keyword = Span(statement.span.source, statement.span.start, statement.span.start + len("forward"))
        first = stated.setdefault(statement.cause, keyword)
        if first is not keyword:
            related = (Related("first_here", first),)
            scope.report("E504", keyword, None, related, cause=statement.cause, plan=scope.plan.name.value)
        after = _after(scope, statement)
        destinations = _destinations(scope, statement)
        if first is keyword and destinations is not None:
            _count_different(scope, statement, destinations, dialled)
            if after is not None:
                found[_CAUSES[statement.cause]] = checked.Forward(destinations, after, statement.span)
    return found


def _after(scope: Scope, forward: syntax.Forward) -> int | None:
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


def _destinations(scope: Scope, forward: syntax.Forward) -> tuple[checked.Destination, ...] | None:
    names = forward.destinations
    found = [scope.use(scope.destinations, name) for name in names]
    firsts: dict[str, Span] = {}
    for name in names:
        first = firsts.setdefault(name.text, name.span)
        if first is not name.span and name.text in scope.destinations:
            scope.report("W504", name.span, None, (Related("first_here", first),), name=name.text)
    if len(names) > MOST_IN_A_LIST:
        excess = Span(forward.span.source, names[MOST_IN_A_LIST].span.start, names[-1].span.end)
        scope.report("E507", excess, most=MOST_IN_A_LIST)
        return None
    sound = tuple(destination for destination in found if destination is not None)
    return sound if len(sound) == len(found) else None


def _count_different(
    scope: Scope, forward: syntax.Forward, destinations: tuple[checked.Destination, ...], dialled: set[str]
) -> None:
    """Add a list's numbers to those of the lists before it; report the first number that is one too many."""
    for name, destination in zip(forward.destinations, destinations, strict=True):
        if destination.dial not in dialled and len(dialled) == MOST_DIFFERENT:
            scope.report("E508", name.span, plan=scope.plan.name.value, most=MOST_DIFFERENT)
        dialled.add(destination.dial)
