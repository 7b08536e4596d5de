"""The syntax tree: what a plan file says, as written, every node with its span. Made by parse.py, read by check.py.

Nothing here is resolved or expanded. Numbers, names and dates keep the user's text in `span.text`; where a node has a
value beside its span, it is the plain reading of that text (digits without separators, minutes of the day).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .source import Source, Span
from .syntax_route import (
    And,
    Announce,
    Branch,
    CallerIn,
    Condition,
    During,
    From,
    Hunt,
    Not,
    Or,
    Origin,
    Route,
    Rule,
    Split,
    Target,
    Term,
    To,
)
from .syntax_time import (
    Calendar,
    CalendarDays,
    CalendarEntry,
    Daily,
    Date,
    Dates,
    Days,
    LocalTime,
    MonthDay,
    MonthDays,
    NthWeekday,
    Schedule,
    ScheduleLine,
    Weekday,
    Weekdays,
    Window,
)
from .syntax_words import (
    Count,
    Name,
    Number,
    String,
)

__all__ = (
    "And", "Announce", "Announcement", "Area", "Blacklist", "Block", "Branch", "Broken", "Calendar", "CalendarDays",
    "CalendarEntry", "CallerIn", "CallerList", "Cause", "Comment", "Condition", "Count", "Daily", "Date", "Dates",
    "Days", "Declaration", "Destination", "During", "Entry", "Expect", "ExpectLine", "ExpectedShare",
    "ExpectedShares", "File", "Forward", "From", "Hunt", "Import", "ListFile", "LocalTime", "MonthDay", "MonthDays",
    "Name", "Not", "NthWeekday", "Number", "Numbers", "Operator", "Or", "Origin", "Pattern", "Period", "Plan",
    "Quota", "Route", "Rule", "Schedule", "ScheduleLine", "Split", "Statement", "String", "Target", "Term",
    "Timezone", "To", "Tried", "Weekday", "Weekdays", "Window",
)  # fmt: skip

Period = Literal["day", "week", "month"]
Cause = Literal["busy", "no-answer", "unreachable"]

# Statements of a plan


@dataclass(frozen=True)
class Numbers:
    numbers: tuple[Number, ...]
    span: Span


@dataclass(frozen=True)
class Timezone:
    zone: String
    span: Span


@dataclass(frozen=True)
class Destination:
    name: Name
    address: Number | String
    limit: Count | None
    announce: Name | None
    span: Span


@dataclass(frozen=True)
class Announcement:
    name: Name
    media: String
    span: Span


@dataclass(frozen=True)
class Pattern:
    """`1380013xxxx`: `prefix` is 1380013, `free` 4; separators dropped, a leading + kept."""

    prefix: str
    free: int
    span: Span


@dataclass(frozen=True)
class ListFile:
    """`file "pranks.txt"`, relative to the file that says so."""

    path: String
    span: Span


Entry = Number | Pattern | Name | ListFile


@dataclass(frozen=True)
class CallerList:
    """`list NAME { ... }`: numbers, patterns, files, and other lists' names."""

    name: Name
    entries: tuple[Entry, ...]
    span: Span


@dataclass(frozen=True)
class Blacklist:
    entries: tuple[Entry, ...]
    announce: Name | None
    span: Span


@dataclass(frozen=True)
class Block:
    condition: Condition
    announce: Name | None
    span: Span


@dataclass(frozen=True)
class Quota:
    count: Count
    period: Period
    announce: Name | None
    span: Span
    answered: bool = False


@dataclass(frozen=True)
class Area:
    name: Name
    origin: Origin
    span: Span


@dataclass(frozen=True)
class Forward:
    cause: Cause
    after: Count | None  # seconds
    destinations: tuple[Name, ...]
    span: Span


@dataclass(frozen=True)
class Operator:
    """`operator { forward destinations 4, per cause 3, per call 3 }`, in any order; None: not stated."""

    destinations: Count | None
    per_cause: Count | None
    per_call: Count | None
    span: Span


# expect


@dataclass(frozen=True)
class Tried:
    """A destination of an expected path and what happened there: one event, none for the last, which connected."""

    destination: Name
    events: tuple[Literal["busy", "no-answer", "unreachable", "full"], ...]
    span: Span


@dataclass(frozen=True)
class ExpectedShare:
    """A share in hundredths of a percent, and a destination or an announcement."""

    share: int
    target: To | Announce
    span: Span


@dataclass(frozen=True)
class ExpectedShares:
    """`split { 60% beijing, 40% shanghai }` as what a call comes to."""

    shares: tuple[ExpectedShare, ...]
    span: Span


@dataclass(frozen=True)
class ExpectLine:
    """`CALLER at TIME -> PATH`. `tried` has each destination in order; `last` is the announcement or the shares that
    end the path, None where the last of `tried` connected.
    """

    caller: Number | From
    at: LocalTime
    tried: tuple[Tried, ...]
    last: Announce | ExpectedShares | None
    span: Span


@dataclass(frozen=True)
class Expect:
    lines: tuple[ExpectLine, ...]
    span: Span


@dataclass(frozen=True)
class Import:
    path: String
    span: Span


Declaration = Area | Schedule | Calendar | CallerList | Announcement | Destination | Operator  # outside plans

Statement = (
    Numbers
    | Timezone
    | Destination
    | Announcement
    | CallerList
    | Blacklist
    | Block
    | Quota
    | Area
    | Schedule
    | Calendar
    | Expect
    | Route
    | Forward
)


@dataclass(frozen=True)
class Broken:
    """A piece of a plan, or of what stands outside plans, that a syntax error, already reported, kept from being read.

    `kind` is the keyword of the statement that it belongs to (`destination`, `route`); `name` is what it declares, as
    far as that is known. Both None: it cannot be said what is missing. It is there so that one mistake is reported
    once: what may stand in the lost text is neither missing nor unused.
    """

    kind: str | None
    name: Name | None
    span: Span


@dataclass(frozen=True)
class Plan:
    name: String
    statements: tuple[Statement, ...]
    span: Span
    broken: tuple[Broken, ...] = ()


@dataclass(frozen=True)
class Comment:
    text: str
    span: Span


@dataclass(frozen=True)
class File:
    """One file: what stands in it, each kind in order."""

    source: Source
    plans: tuple[Plan, ...]
    comments: tuple[Comment, ...]
    imports: tuple[Import, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    broken: tuple[Broken, ...] = ()  # outside plans
