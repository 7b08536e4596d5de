"""Whether a schedule is open (language 5.1 to 5.3, 5.5), by asking each of its lines; see tests/test_reference.py."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from callplan.compiler.checked import Calendar, Schedule
from callplan.compiler.syntax import (
    CalendarDays,
    Daily,
    Dates,
    Days,
    MonthDays,
    NthWeekday,
    ScheduleLine,
    Weekdays,
    Window,
)

from .calendars import between, is_among_dates, is_day_off, is_workday


def is_open(schedule: Schedule, minute: datetime) -> bool:
    """5.1: the union of the lines less all `except` lines, whatever their order."""
    opened = any(_holds(line, schedule, minute) for line in schedule.lines if not line.excluded)
    closed = any(_holds(line, schedule, minute) for line in schedule.lines if line.excluded)
    return opened and not closed


def _holds(line: ScheduleLine, schedule: Schedule, minute: datetime) -> bool:
    def among(day: date) -> bool:
        return any(_is(days, day, schedule.calendars) for days in line.days)

    today = minute.date()
    if not line.times:  # 5.1: no times: the whole day
        return among(today)
    yesterday = today - timedelta(days=1)
    return any(_inside(window, minute, among(today), among(yesterday)) for window in line.times)


def _inside(window: Window, minute: datetime, today: bool, yesterday: bool) -> bool:
    """5.3: half-open; a window that ends before it starts belongs to the day it starts on.

    `today` and `yesterday`: whether the window's line names those days.
    """
    now = minute.hour * 60 + minute.minute
    if window.start < window.end:
        return window.start <= now < window.end and today
    started_today = now >= window.start and today
    started_yesterday = now < window.end and yesterday
    return started_today or started_yesterday


def _is(days: Days, day: date, calendars: Mapping[str, Calendar]) -> bool:
    """5.2, one kind of days after the other."""
    match days:
        case Daily():
            return True
        case Weekdays(first, last):
            return between(first, day.weekday(), last)
        case Dates():
            return is_among_dates(days, day)
        case NthWeekday(nth, weekday):
            return day.weekday() == weekday and (_weeks_left(day) == 0 if nth == -1 else _weeks_gone(day) == nth - 1)
        case MonthDays(month_days):
            return any(day.day == (_month_length(day) if one.day is None else one.day) for one in month_days)
        case CalendarDays("holidays", name):
            return is_day_off(calendars[name.text], day)
        case CalendarDays("workdays", name):
            return is_workday(calendars[name.text], day)
    raise AssertionError(days)


def _month_length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _weeks_gone(day: date) -> int:
    """How many days of this weekday the month had before this one."""
    return (day.day - 1) // 7


def _weeks_left(day: date) -> int:
    """How many days of this weekday the month has after this one."""
    return (_month_length(day) - day.day) // 7
