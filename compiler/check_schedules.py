"""Schedules and the plan's time zone (language.md 5): dates that exist, ranges, windows.

Tested by tests/test_check_schedules.py. Whether a schedule is ever open is for the exact sets of minutes, afterwards.
"""

from __future__ import annotations

import re
from typing import assert_never

from . import checked, syntax, zones
from .check_names import PlanScope, Scope
from .source import Span

DEFAULT_ZONE = "Asia/Shanghai"

_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # February as in a leap year
_YEARS = range(2000, 2100)
_DAYS = range(1, 32)
_DAY_END = 24 * 60
_WINDOW = re.compile(r"[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}")


def timezone(scope: PlanScope) -> str:
    """The plan's zone; the default where it names none or, reported, one that does not exist."""
    found: str | None = None
    for statement in scope.statements:
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
    """Check the schedules of a plan or file and give each sound one its value."""
    for statement in scope.statements:
        if not isinstance(statement, syntax.Schedule):
            continue
        name = statement.name
        if not statement.lines and not scope.is_lost_in(statement.span):
            scope.report("E407", name.span, name=name.text)
            continue
        calendars: dict[str, checked.Calendar] = {}
        sound = [_line(scope, line, calendars) for line in statement.lines]
        if all(sound) and scope.schedules.is_first(name):
            scope.schedules.give(name, checked.Schedule(name.text, statement.lines, statement.span, calendars))


def _line(scope: Scope, line: syntax.ScheduleLine, calendars: dict[str, checked.Calendar]) -> bool:
    sound = [_days(scope, days, calendars) for days in line.days]
    sound += [_window(scope, window) for window in line.times]
    return all(sound)


def _days(scope: Scope, days: syntax.Days, calendars: dict[str, checked.Calendar]) -> bool:
    match days:
        case syntax.Daily() | syntax.Weekdays() | syntax.NthWeekday():
            return True
        case syntax.Dates():
            return check_dates(scope, days)
        case syntax.MonthDays():
            sound = [_month_day(scope, each) for each in days.days]
            return all(sound)
        case syntax.CalendarDays():
            calendar = scope.use(scope.calendars, days.calendar)
            if calendar is not None:
                calendars[calendar.name] = calendar
            return calendar is not None
        case _:
            assert_never(days)


def _month_day(scope: Scope, day: syntax.MonthDay) -> bool:
    if day.day is not None and day.day not in _DAYS:
        scope.report("E413", day.span, "write_month_day", day=day.span.text)
        return False
    return True


def check_dates(scope: Scope, dates: syntax.Dates) -> bool:
    """True where a date or a range of dates can be; False, reported, for any other."""
    first, last = dates.first, dates.last
    sound = check_date(scope, first)
    if last != first:
        sound = check_date(scope, last) and sound
    if (first.year is None) != (last.year is None):
        scope.report("E409", dates.span, dates=dates.span.text)
        return False
    if not sound or first.year is None or last.year is None:
        return sound
    if (last.year, last.month, last.day) < (first.year, first.month, first.day):
        scope.report("E403", dates.span, dates=dates.span.text)
        return False
    return True


def check_date(scope: Scope, date: syntax.Date) -> bool:
    """True for a date that some year has, or that its year has; False, reported, for any other."""
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
