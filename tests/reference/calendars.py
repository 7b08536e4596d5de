"""Dates, listed days off and make-up workdays (language 5.2 and 5.5); tested by tests/test_reference.py.

The days of `calendar china` are those that the package chinese_calendar publishes.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeVar

from chinese_calendar import constants as china

from callplan.compiler.checked import Calendar
from callplan.compiler.syntax import Dates

Place = TypeVar("Place", int, tuple[int, int])  # on a circle: a weekday, a day of the year


def is_day_off(calendar: Calendar, day: date) -> bool:
    """5.5: `holidays NAME` are the listed days off, not ordinary weekends."""
    return _listed(calendar, day) == "holiday"


def is_workday(calendar: Calendar, day: date) -> bool:
    """5.5: `workdays NAME` are Mondays to Fridays that are not listed days off, and the listed make-up days."""
    listed = _listed(calendar, day)
    return listed == "workday" or (day.weekday() < 5 and listed != "holiday")


def _listed(calendar: Calendar, day: date) -> Literal["holiday", "workday"] | None:
    """5.5: what a calendar says of a day; its own entry replaces that of the calendar it extends."""
    for entry in calendar.entries:
        if any(is_among_dates(dates, day) for dates in entry.dates):
            return entry.kind
    if calendar.base is not None:
        return _listed(calendar.base, day)
    if calendar.span is None:  # the built-in one
        return "holiday" if day in china.holidays else "workday" if day in china.workdays else None
    return None


def is_among_dates(dates: Dates, day: date) -> bool:
    """5.2: a date or a range of dates, both ends included, of one year or of every year."""
    first, last = dates.first, dates.last
    if first.year is not None and last.year is not None:
        start = (first.year, first.month, first.day)
        return start <= (day.year, day.month, day.day) <= (last.year, last.month, last.day)
    return between((first.month, first.day), (day.month, day.day), (last.month, last.day))


def between(first: Place, value: Place, last: Place) -> bool:
    """`fri-mon` and `12-24..01-02` pass the end of the circle."""
    if first <= last:
        return first <= value <= last
    return first <= value or value <= last
