"""What a plan expects of its calls, as far as the text shows it to be sound (language.md 7); tested by
tests/test_check_expect.py. Whether calls do so, and whether the plan's clock shows the
time, is for the engine, afterwards (expect.py).
"""

from __future__ import annotations

import re
from typing import Literal

from . import checked, syntax
from .check_names import PlanScope
from .check_origins import Origins
from .check_route import WHOLE, report_no_share, report_sum
from .check_schedules import check_date
from .diagnostics import Related
from .source import Span

_Event = Literal["busy", "no_answer", "unreachable", "full"]
_EVENTS: dict[str, _Event] = {
    "busy": "busy",
    "no-answer": "no_answer",
    "unreachable": "unreachable",
    "full": "full",
}
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}\Z")


def expects(scope: PlanScope, origins: Origins) -> tuple[checked.Expect, ...]:
    """The sound lines of all `expect`s of the plan, in order."""
    return tuple(
        found
        for statement in scope.statements
        if isinstance(statement, syntax.Expect)
        for found in (_line(scope, origins, line) for line in statement.lines)
        if found is not None
    )


def _line(scope: PlanScope, origins: Origins, line: syntax.ExpectLine) -> checked.Expect | None:
    caller = line.caller if isinstance(line.caller, syntax.Number) else origins.origin(line.caller.origin)
    sound = _time(scope, line.at)
    tried = [_tried(scope, each) for each in line.tried]
    last: checked.Announcement | checked.ExpectedShares | None = None
    match line.last:
        case syntax.Announce(name):
            last = scope.use(scope.announcements, name)
        case syntax.ExpectedShares():
            last = _shares(scope, line.last)
    found = tuple(each for each in tried if each is not None)
    if caller is None or not sound or len(found) < len(tried) or (last is None and line.last is not None):
        return None
    return checked.Expect(caller, line.at, found, last, line.span)


def _time(scope: PlanScope, at: syntax.LocalTime) -> bool:
    """True for a minute of a day that there is."""
    sound = check_date(scope, at.date)
    written = _TIME.search(at.span.text)
    if written is not None and (written.group() >= "24:00" or written.group()[3:] > "59"):
        start = at.span.start + written.start()
        scope.report("E404", Span(at.span.source, start, at.span.end), "write_minute", time=written.group())
        return False
    return sound


def _tried(scope: PlanScope, tried: syntax.Tried) -> checked.Tried | None:
    destination = scope.use(scope.destinations, tried.destination)
    if destination is None:
        return None
    if "full" in tried.events and destination.limit is None:
        related = (Related("no_limit_here", destination.span, {"name": destination.name}),)
        scope.report("E510", tried.span, None, related, name=destination.name)
        return None
    return checked.Tried(destination, tuple(_EVENTS[event] for event in tried.events), tried.span)


def _shares(scope: PlanScope, expected: syntax.ExpectedShares) -> checked.ExpectedShares | None:
    targets: list[tuple[int, checked.Destination | checked.Announcement]] = []
    for each in expected.shares:
        target = each.target
        found: checked.Destination | checked.Announcement | None
        if isinstance(target, syntax.To):
            found = scope.use(scope.destinations, target.destination)
        else:
            found = scope.use(scope.announcements, target.announcement)
        if each.share == 0:
            report_no_share(scope, each.span)
        elif found is not None:
            targets.append((each.share, found))
    if len(targets) < len(expected.shares):
        return None
    total = sum(share for share, _ in targets)
    if abs(total - WHOLE) >= len(targets) and not scope.is_lost_in(expected.span):
        report_sum(scope, [each.span for each in expected.shares], total)
        return None
    return checked.ExpectedShares(tuple(targets), expected.span)
