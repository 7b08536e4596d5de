"""Whether a schedule is open (language 5.1 to 5.3), by asking each of its lines; tested by tests/test_reference.py."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypeVar

from callplan.compiler.checked import Schedule
from callplan.compiler.syntax import Daily, Dates, Days, ScheduleLine, Weekdays, Window

Place = TypeVar("Place", int, tuple[int, int])  # on a circle: a weekday, a day of the year


def is_open(schedule: Schedule, minute: datetime) -> bool:
    """5.1: the union of the lines less all `except` lines, whatever their order."""
    opened = any(_holds(line, minute) for line in schedule.lines if not line.excluded)
    closed = any(_holds(line, minute) for line in schedule.lines if line.excluded)
    return opened and not closed


def _holds(line: ScheduleLine, minute: datetime) -> bool:
    today = minute.date()
    if not line.times:  # 5.1: no times: the whole day
        return _among(line.days, today)
    return any(_inside(window, line.days, minute) for window in line.times)


def _inside(window: Window, days: tuple[Days, ...], minute: datetime) -> bool:
    """5.3: half-open; a window that ends before it starts belongs to the day it starts on."""
    today = minute.date()
    now = minute.hour * 60 + minute.minute
    if window.start < window.end:
        return window.start <= now < window.end and _among(days, today)
    started_today = now >= window.start and _among(days, today)
    started_yesterday = now < window.end and _among(days, today - timedelta(days=1))
    return started_today or started_yesterday


def _among(days: tuple[Days, ...], day: date) -> bool:
    return any(_is(one, day) for one in days)


def _is(days: Days, day: date) -> bool:
    """5.2, one kind of days after the other."""
    match days:
        case Daily():
            return True
        case Weekdays(first, last):
            return _between(first, day.weekday(), last)
        case Dates(first, last) if first.year is not None and last.year is not None:
            start = (first.year, first.month, first.day)
            return start <= (day.year, day.month, day.day) <= (last.year, last.month, last.day)
        case Dates(first, last):  # every year
            return _between((first.month, first.day), (day.month, day.day), (last.month, last.day))
    raise AssertionError(days)


def _between(first: Place, value: Place, last: Place) -> bool:
    """`fri-mon` and `12-24..01-02` pass the end of the circle."""
    if first <= last:
        return first <= value <= last
    return first <= value or value <= last
