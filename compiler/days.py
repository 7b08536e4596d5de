"""Days of 2000 to 2099 as numbers, and the days that a schedule line means; tested by tests/test_timetable.py.

Day 0 is 2000-01-01. Day -1 counts too: a window that starts on 1999-12-31 may reach into the first day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from . import syntax

DAYS = 36_525  # 2000-01-01 to 2099-12-31
DAY_MINUTES = 1440

_FIRST = date(2000, 1, 1)
_LEAP_DAY = (2, 29)


def number_of(year: int, month: int, day: int) -> int:
    """Days since 2000-01-01. ValueError for a date that does not exist."""
    return (date(year, month, day) - _FIRST).days


def date_of(day: int) -> date:
    """The date of a day number."""
    return _FIRST + timedelta(days=day)


def weekday_of(day: int) -> int:
    """0 for a Monday."""
    return (day + 5) % 7


def count_of_weekday(weekday: int) -> int:
    """How many days from 0 to DAYS - 1 fall on a weekday."""
    return len(range((weekday - weekday_of(0)) % 7, DAYS, 7))


def weekdays_of(days: syntax.Days) -> Iterator[int]:
    """The weekdays that `daily` or a range of weekdays means; none for days that do not come every week."""
    match days:
        case syntax.Daily():
            yield from range(7)
        case syntax.Weekdays(first, last):
            yield from (weekday % 7 for weekday in range(first, first + (last - first) % 7 + 1))


def ranges_of(days: syntax.Days) -> Iterator[range]:
    """The day numbers that dates or days of the month mean, cut to -1 .. DAYS - 1, in order.

    None for days that come every week, nor for those of a calendar (calendars.py).
    """
    match days:
        case syntax.Dates():
            yield from _dates(days)
        case syntax.NthWeekday(nth, weekday):
            found = (_nth_weekday(start, end, nth, weekday) for start, end in _months())
            yield from (range(day, day + 1) for day in found if day is not None and day >= -1)
        case syntax.MonthDays(wanted):
            for start, end in _months():
                numbers = {end - start if each.day is None else each.day for each in wanted}
                occurring = (start + number - 1 for number in sorted(numbers) if number <= end - start)
                yield from (range(day, day + 1) for day in occurring if day >= -1)


@cache
def _months() -> tuple[tuple[int, int], ...]:
    """First days of each month and of the one after it, December 1999 to December 2099."""
    starts = [number_of(1999, 12, 1)]
    starts += [number_of(year, month, 1) for year in range(2000, 2100) for month in range(1, 13)]
    return tuple(pairwise([*starts, DAYS]))


def _nth_weekday(start: int, end: int, nth: int, weekday: int) -> int | None:
    """The nth such weekday, the last for -1, of the month from `start` to before `end`; None where it has none."""
    if nth < 0:
        return end - 1 - (weekday_of(end - 1) - weekday) % 7
    day = start + (weekday - weekday_of(start)) % 7 + 7 * (nth - 1)
    return day if day < end else None


def _dates(days: syntax.Dates) -> Iterator[range]:
    first, last = days.first, days.last
    if first.year is not None and last.year is not None:
        spans = [(number_of(first.year, first.month, first.day), number_of(last.year, last.month, last.day))]
    else:
        spans = list(_yearly((first.month, first.day), (last.month, last.day)))
    for start, end in spans:
        cut = range(max(start, -1), min(end, DAYS - 1) + 1)
        if cut:
            yield cut


def _yearly(first: tuple[int, int], last: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """One span a year. A 29 February that a year lacks does not occur, so a span starts after or ends before it."""
    passes_new_year = last < first
    for year in range(1998, 2100):
        start = number_of(year, *first) if _occurs(year, first) else number_of(year, 3, 1)
        final = year + passes_new_year
        end = number_of(final, *last) if _occurs(final, last) else number_of(final, 2, 28)
        yield start, end


def _occurs(year: int, day: tuple[int, int]) -> bool:
    return day != _LEAP_DAY or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
