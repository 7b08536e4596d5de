"""Nodes of the syntax tree about days and times: schedules and calendars; syntax.py has them all.

Tested by tests/test_parse_times.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .source import Span
from .syntax_words import Name

Weekday = Literal[0, 1, 2, 3, 4, 5, 6]  # Monday is 0


@dataclass(frozen=True)
class Daily:
    span: Span


@dataclass(frozen=True)
class Weekdays:
    """`mon` (first == last), `mon-fri`, `fri-mon`."""

    first: Weekday
    last: Weekday
    span: Span


@dataclass(frozen=True)
class Date:
    """As written; whether the day exists is for the checker. `year` is None for a yearly date (`12-24`)."""

    year: int | None
    month: int
    day: int
    span: Span


@dataclass(frozen=True)
class Dates:
    """A date or a range of dates, both ends included; both have a year or neither has."""

    first: Date
    last: Date
    span: Span


@dataclass(frozen=True)
class NthWeekday:
    """`first mon` (1) to `fifth mon` (5), `last mon` (-1) of each month."""

    nth: Literal[1, 2, 3, 4, 5, -1]
    weekday: Weekday
    span: Span


@dataclass(frozen=True)
class MonthDay:
    """A day of the month, as written; None for `last`."""

    day: int | None
    span: Span


@dataclass(frozen=True)
class MonthDays:
    """`day 1, 15, last`; always the last of its line."""

    days: tuple[MonthDay, ...]
    span: Span


@dataclass(frozen=True)
class CalendarDays:
    """`holidays NAME` or `workdays NAME`."""

    kind: Literal["holidays", "workdays"]
    calendar: Name
    span: Span


Days = Daily | Weekdays | Dates | NthWeekday | MonthDays | CalendarDays


@dataclass(frozen=True)
class Window:
    """`start`-`end` in minutes of the day, as written (0 to 1440); end <= start crosses midnight."""

    start: int
    end: int
    span: Span


@dataclass(frozen=True)
class ScheduleLine:
    """Days, then times; no times: the whole day. `excluded`: the line starts with `except`."""

    excluded: bool
    days: tuple[Days, ...]
    times: tuple[Window, ...]
    span: Span


@dataclass(frozen=True)
class Schedule:
    name: Name
    lines: tuple[ScheduleLine, ...]
    span: Span


@dataclass(frozen=True)
class CalendarEntry:
    """`holiday 2026-12-25, 2026-12-28..2026-12-31` or `workday ...`."""

    kind: Literal["holiday", "workday"]
    dates: tuple[Dates, ...]
    span: Span


@dataclass(frozen=True)
class Calendar:
    """`calendar NAME [extends NAME] { ... }`."""

    name: Name
    extends: Name | None
    entries: tuple[CalendarEntry, ...]
    span: Span


@dataclass(frozen=True)
class LocalTime:
    """`2026-11-23 09:30`: a date and a minute of the day, by the plan's clock."""

    date: Date
    minute: int
    span: Span
