"""Which days a calendar lists, its own entries before those that it extends; tested by tests/test_calendars.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from . import checked, china, syntax
from .days import ranges_of
from .diagnostics import Diagnostic


@dataclass(frozen=True)
class Listed:
    """Day numbers from -1 to DAYS - 1; no day is both."""

    off: frozenset[int]
    make_up: frozenset[int]


class Listings:
    """Reads calendars; keeps what they list, for many lines may name one."""

    def __init__(self) -> None:
        self._known: dict[checked.Calendar, Listed] = {}

    def of(self, calendar: checked.Calendar) -> Listed:
        """The days off and the make-up workdays of a calendar."""
        if calendar not in self._known:
            kinds = _kinds(calendar)
            off = frozenset(day for day, kind in kinds.items() if kind == "holiday")
            self._known[calendar] = Listed(off, frozenset(kinds.keys() - off))
        return self._known[calendar]


def _kinds(calendar: checked.Calendar) -> dict[int, str]:
    """Each listed day and whether it is a `holiday` or a `workday`."""
    found: dict[int, str] = {}
    for each in reversed(list(_chain(calendar))):
        if each.span is None:
            found |= dict.fromkeys(china.days_off(), "holiday") | dict.fromkeys(china.make_up_days(), "workday")
        for entry in each.entries:
            for dates in entry.dates:
                found |= {day: entry.kind for days in ranges_of(dates) for day in days}
    return found


def data_end(schedules: Iterable[checked.Schedule]) -> Diagnostic | None:
    """The note on the first line that needs the days of `china`: after the last of them none is listed."""
    for schedule in schedules:
        for days in (days for line in schedule.lines for days in line.days):
            if isinstance(days, syntax.CalendarDays):
                used = schedule.calendars[days.calendar.text]
                if any(each.span is None for each in _chain(used)):
                    return Diagnostic("N401", days.span, {"last": china.last_day()})
    return None


def _chain(calendar: checked.Calendar) -> Iterator[checked.Calendar]:
    """The calendar, then the one that it extends, and so on."""
    at: checked.Calendar | None = calendar
    while at is not None:
        yield at
        at = at.base
