"""The calendar `china`: days off and make-up workdays as the State Council publishes them, from the `chinesecalendar`
package; tested by tests/test_calendars.py.
"""

from __future__ import annotations

from functools import cache

from chinese_calendar.constants import holidays, workdays

from .days import number_of

LAST_YEAR = max(day.year for day in holidays)  # nothing is listed after it


@cache
def days_off() -> frozenset[int]:
    """The listed days off, weekend days among them included, as day numbers."""
    return frozenset(number_of(day.year, day.month, day.day) for day in holidays)


@cache
def make_up_days() -> frozenset[int]:
    """The weekend days that are worked in place of others (调休), as day numbers."""
    return frozenset(number_of(day.year, day.month, day.day) for day in workdays)


def last_day() -> str:
    """The last day that the data speak of."""
    return f"{LAST_YEAR}-12-31"


def content() -> str:
    """All of the data: what tables that use them depend on."""
    return repr((sorted(days_off()), sorted(make_up_days()), LAST_YEAR))
