"""The nodes of schedules and calendars: one method for each rule of grammar/plan.lark; tested by
tests/test_parse_times.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from . import syntax
from .automaton import NTH, WEEKDAYS
from .source import Span
from .tree_words import Words

if TYPE_CHECKING:
    from lark import Token

    from .tree_words import Values


class Times(Words):
    """Makes what is about days and times."""

    # Schedules

    def schedule(self, values: Values) -> syntax.Schedule:
        keyword, name, _, lines, closing = values
        return syntax.Schedule(self.name(name), tuple(lines), self._span(keyword, closing))

    lines = some_days = Words._grow

    def line(self, values: Values) -> syntax.ScheduleLine:
        *excluded, days, times = values
        first = excluded[0].start_pos if excluded else days[0].span.start
        span = Span(self.source, first, (times or days)[-1].span.end)
        return syntax.ScheduleLine(bool(excluded), tuple(days), tuple(times), span)

    def days(self, values: Values) -> list[syntax.Days]:
        """Any days, days of the month last."""
        return [*values[0], *values[2:]] if isinstance(values[0], list) else values

    def day(self, values: Values) -> syntax.Days:
        (token,) = values
        if token.type == "DAILY":
            return syntax.Daily(self._of(token))
        if token.type == "WEEKDAYS":
            return syntax.Weekdays(self._weekday(token[:3]), self._weekday(token[-3:]), self._of(token))
        return self._dates(token)

    def nth_weekday(self, values: Values) -> syntax.NthWeekday:
        nth, weekday = values
        return syntax.NthWeekday(NTH[nth], self._weekday(weekday), self._span(nth, weekday))

    def calendar_days(self, values: Values) -> syntax.CalendarDays:
        kind, calendar = values
        which: Literal["holidays", "workdays"] = "holidays" if kind.type == "HOLIDAYS" else "workdays"
        return syntax.CalendarDays(which, self.name(calendar), self._span(kind, calendar))

    def month_days(self, values: Values) -> syntax.MonthDays:
        keyword, days = values
        return syntax.MonthDays(tuple(days), self._until(keyword, days[-1]))

    month_day_list = Words._grow

    def month_day(self, values: Values) -> syntax.MonthDay:
        (token,) = values
        return syntax.MonthDay(None if token.type == "LAST_DAY" else self._count(token).value, self._of(token))

    def times(self, values: Values) -> list[syntax.Window]:
        return values[0] if values else []

    def windows(self, values: Values) -> list[syntax.Window]:
        values[-1] = self._window(values[-1])
        return self._grow(values)

    def _weekday(self, word: str) -> syntax.Weekday:
        return cast(syntax.Weekday, WEEKDAYS.index(word))

    def _dates(self, token: Token) -> syntax.Dates:
        start, _, end = token.partition("..")
        first = self._date(start, cast(int, token.start_pos))
        last = self._date(end, cast(int, token.end_pos) - len(end)) if end else first
        return syntax.Dates(first, last, self._of(token))

    def _date(self, text: str, at: int) -> syntax.Date:
        *year, month, day = (int(part) for part in text.split("-"))
        return syntax.Date(year[0] if year else None, month, day, Span(self.source, at, at + len(text)))

    def _minute(self, clock: str) -> int:
        return int(clock[:2]) * 60 + int(clock[3:])

    def _window(self, token: Token) -> syntax.Window:
        start, end = token.split("-")
        return syntax.Window(self._minute(start), self._minute(end), self._of(token))

    # Calendars

    def calendar(self, values: Values) -> syntax.Calendar:
        keyword, name, extends, _, entries, closing = values
        return syntax.Calendar(self.name(name), extends, tuple(entries), self._span(keyword, closing))

    def extends(self, values: Values) -> syntax.Name | None:
        return self.name(values[1]) if values else None

    def calendar_entries(self, values: Values) -> list[syntax.CalendarEntry]:
        return [self._calendar_entry(kind, dates) for kind, dates in values[0]] if values else []

    def calendar_dates(self, values: Values) -> Values:
        """Pairs of a kind of day and its dates."""
        *before, token = values
        dates = self._dates(token)
        if len(values) == 3:  # of the kind of those before
            before[0][-1][1].append(dates)
            return cast("Values", before[0])
        pairs = before[0] if len(values) == 4 else []
        pairs.append([before[-1], [dates]])
        return cast("Values", pairs)

    calendar_kind = Words._same

    def _calendar_entry(self, kind: Token, dates: list[syntax.Dates]) -> syntax.CalendarEntry:
        which: Literal["holiday", "workday"] = "holiday" if kind.type == "HOLIDAY" else "workday"
        return syntax.CalendarEntry(which, tuple(dates), self._until(kind, dates[-1]))
