"""Schedules and the plan's time zone (language.md 5): dates that exist, ranges, windows.

Tested by tests/test_check_schedules.py. Whether a schedule is ever open is for the exact sets of minutes, afterwards.
"""

from __future__ import annotations

import re
from typing import assert_never

from . import checked, syntax, zones
from .check_names import Scope
from .source import Span

DEFAULT_ZONE = "Asia/Shanghai"

_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # February as in a leap year
_YEARS = range(2000, 2100)
_DAY_END = 24 * 60
_WINDOW = re.compile(r"[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}")


def timezone(scope: Scope) -> str:
    """The plan's zone; the default where it names none or, reported, one that does not exist."""
    found: str | None = None
    for statement in scope.plan.statements:
        if not isinstance(statement, syntax.Timezone):
            continue
        zone = statement.zone
        if zones.is_zone(zone.value):
            found = found or zone.value
            continue
        suggestion = zones.suggest_zone(zone.value)
        help_key = "write_zone" if suggestion is None else "did_you_mean"
        scope.report("E408", zone.span, help_key, zone=zone.value, suggestion=suggestion)
    return found or DEFAULT_ZONE


def schedules(scope: Scope) -> None:
    """Check the plan's schedules and give each sound one its value."""
    for statement in scope.plan.statements:
        if not isinstance(statement, syntax.Schedule):
            continue
        name = statement.name
        if not statement.lines and not scope.is_lost_in(statement.span):
            scope.report("E407", name.span, name=name.text)
            continue
        sound = [_line(scope, line) for line in statement.lines]
        if all(sound) and scope.schedules.is_first(name):
            scope.schedules.values[name.text] = checked.Schedule(name.text, statement.lines, statement.span)


def _line(scope: Scope, line: syntax.ScheduleLine) -> bool:
    sound = [_days(scope, days) for days in line.days]
    sound += [_window(scope, window) for window in line.times]
    return all(sound)


def _days(scope: Scope, days: syntax.Days) -> bool:
    match days:
        case syntax.Daily() | syntax.Weekdays():
            return True
        case syntax.Dates():
            return _dates(scope, days)
        case _:
            assert_never(days)


def _dates(scope: Scope, dates: syntax.Dates) -> bool:
    first, last = dates.first, dates.last
    sound = _date(scope, first)
    if last != first:
        sound = _date(scope, last) and sound
    if (first.year is None) != (last.year is None):
        scope.report("E409", dates.span, dates=dates.span.text)
        return False
    if not sound or first.year is None or last.year is None:
        return sound
    if (last.year, last.month, last.day) < (first.year, first.month, first.day):
        scope.report("E403", dates.span, dates=dates.span.text)
        return False
    return True


def _date(scope: Scope, date: syntax.Date) -> bool:
    exists = 1 <= date.month <= 12 and 1 <= date.day <= _MONTH_DAYS[date.month - 1]
    if exists and date.year is not None and (date.month, date.day) == (2, 29):
        exists = date.year % 4 == 0 and (date.year % 100 != 0 or date.year % 400 == 0)
    if not exists:
        scope.report("E401", date.span, date=date.span.text)
        return False
    if date.year is not None and date.year not in _YEARS:
        scope.report("E402", date.span, date=date.span.text)
        return False
    return True


def _window(scope: Scope, window: syntax.Window) -> bool:
    times = _times(window)
    if times is None:
        return True  # mended by the reader, which has reported it
    sound = True
    for span in times:
        if span.text > "24:00" or span.text[3:] > "59":
            sound = False
            scope.report("E404", span, "write_time", time=span.text)
    if not sound:
        return False
    if window.start == _DAY_END:
        scope.report("E405", times[0], "write_midnight")
        return False
    if window.start == window.end:
        scope.report("E406", window.span, "write_whole_day", window=window.span.text)
        return False
    return True


def _times(window: syntax.Window) -> tuple[Span, Span] | None:
    """Where the two times of a window stand; None if it is not written as it should be."""
    span = window.span
    if not _WINDOW.fullmatch(span.text):
        return None
    return Span(span.source, span.start, span.start + 5), Span(span.source, span.start + 6, span.end)
