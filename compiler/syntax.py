"""The syntax tree: what a plan file says, as written, every node with its span. Made by parse.py, read by check.py.

Nothing here is resolved or expanded. Numbers, names and dates keep the user's text in `span.text`; where a node has a
value beside its span, it is the plain reading of that text (digits without separators, minutes of the day).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .source import Source, Span

Weekday = Literal[0, 1, 2, 3, 4, 5, 6]  # Monday is 0
Period = Literal["day", "week", "month"]
Cause = Literal["busy", "no-answer", "unreachable"]


@dataclass(frozen=True)
class Name:
    """A name as declared or used, in NFC."""

    text: str
    span: Span


@dataclass(frozen=True)
class String:
    """A quoted string; `value` is what stands between the quotes."""

    value: str
    span: Span


@dataclass(frozen=True)
class Number:
    """A telephone number; `digits` is its text without hyphens, with a leading + where one is written."""

    digits: str
    span: Span


@dataclass(frozen=True)
class Count:
    """A whole number, 0 to 2**31 - 1."""

    value: int
    span: Span


# Origins


@dataclass(frozen=True)
class Term:
    """One word of an origin: an area code (`0731`), a place, an area's name, or `mobile`, `fixed`, `abroad`, ..."""

    text: str
    span: Span


@dataclass(frozen=True)
class Origin:
    """`terms except excluded`: the union of the first less the union of the second."""

    terms: tuple[Term, ...]
    excluded: tuple[Term, ...]
    span: Span


# Schedules


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


Days = Daily | Weekdays | Dates


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


# Conditions


@dataclass(frozen=True)
class From:
    origin: Origin
    span: Span


@dataclass(frozen=True)
class During:
    schedule: Name
    span: Span


@dataclass(frozen=True)
class CallerIn:
    list: Name
    span: Span


@dataclass(frozen=True)
class Not:
    condition: Condition
    span: Span


@dataclass(frozen=True)
class And:
    conditions: tuple[Condition, ...]
    span: Span


@dataclass(frozen=True)
class Or:
    conditions: tuple[Condition, ...]
    span: Span


Condition = From | During | CallerIn | Not | And | Or

# Targets


@dataclass(frozen=True)
class To:
    """A destination by name."""

    destination: Name
    span: Span


@dataclass(frozen=True)
class Announce:
    announcement: Name
    span: Span


@dataclass(frozen=True)
class Hunt:
    """`A or B or ...`: the next where the one before is full; two targets or more."""

    targets: tuple[Target, ...]
    span: Span


@dataclass(frozen=True)
class Branch:
    """A share in hundredths of a percent (60% is 6000), None in a `split evenly`, and where that share goes."""

    share: int | None
    target: Target
    span: Span


@dataclass(frozen=True)
class Split:
    branches: tuple[Branch, ...]
    evenly: bool
    span: Span


Target = To | Announce | Hunt | Split


@dataclass(frozen=True)
class Rule:
    """`condition` is None for `otherwise`."""

    condition: Condition | None
    target: Target
    span: Span


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
class CallerList:
    """`list NAME { ... }`: numbers and other lists' names."""

    name: Name
    entries: tuple[Number | Name, ...]
    span: Span


@dataclass(frozen=True)
class Blacklist:
    entries: tuple[Number | Name, ...]
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


@dataclass(frozen=True)
class Area:
    name: Name
    origin: Origin
    span: Span


@dataclass(frozen=True)
class Schedule:
    name: Name
    lines: tuple[ScheduleLine, ...]
    span: Span


@dataclass(frozen=True)
class Route:
    rules: tuple[Rule, ...]
    span: Span


@dataclass(frozen=True)
class Forward:
    cause: Cause
    after: Count | None  # seconds
    destinations: tuple[Name, ...]
    span: Span


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
    | Route
    | Forward
)


@dataclass(frozen=True)
class Broken:
    """A piece of a plan that a syntax error, already reported, kept from being read.

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
    """One file: its plans, and its comments in order."""

    source: Source
    plans: tuple[Plan, ...]
    comments: tuple[Comment, ...]
