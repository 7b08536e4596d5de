"""The checked plan: every name resolved, nothing expanded. Made by check.py; read by lower.py and, another way, by the
reference evaluator in tests/. Whatever stands here is valid by language.md, sections 2 to 6, except that calls may lack
a rule, which only the cells can tell (lower.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from . import syntax
from .places import Place
from .source import Source, Span

Cause = Literal["busy", "no_answer", "unreachable"]
AddressKind = Literal["fixed", "mobile", "abroad", "uri"]
ClassName = Literal["mobile", "fixed", "abroad", "unknown", "anywhere"]


@dataclass(frozen=True, eq=False)
class Announcement:
    """A built-in one has no span; `media` is None where the plan gives it no recording."""

    name: str
    media: str | None
    span: Span | None


@dataclass(frozen=True, eq=False)
class Destination:
    """`dial` is what the switch dials: `01062345678`, `13912345678`, `+85221234567` or the URI as written.

    Two destinations with equal `dial` are one number to forwarding (language.md 6.9) but have a limit each.
    """

    name: str
    kind: AddressKind
    dial: str
    limit: int | None
    announce: Announcement | None  # its own `announce`, else None
    span: Span


# Origins


@dataclass(frozen=True)
class CodeTerm:
    """An area code, with its leading zero: `0731`."""

    code: str
    span: Span


@dataclass(frozen=True)
class PlaceTerm:
    """A province or a city; its area codes are in `place.areas`."""

    place: Place
    span: Span


@dataclass(frozen=True)
class AreaTerm:
    """An area of the plan."""

    area: Area
    span: Span


@dataclass(frozen=True)
class ClassTerm:
    """`mobile`, `fixed`: any area, that line type; `abroad`, `unknown`; `anywhere`: every origin."""

    kind: ClassName
    span: Span


Term = CodeTerm | PlaceTerm | AreaTerm | ClassTerm


@dataclass(frozen=True)
class Origin:
    """The union of `terms` less the union of `excluded`."""

    terms: tuple[Term, ...]
    excluded: tuple[Term, ...]
    span: Span


@dataclass(frozen=True, eq=False)
class Area:
    name: str
    origin: Origin
    span: Span


# Time: days and windows stay as the syntax tree has them, now known to be valid


@dataclass(frozen=True, eq=False)
class Schedule:
    name: str
    lines: tuple[syntax.ScheduleLine, ...]
    span: Span


# Callers


@dataclass(frozen=True, eq=False)
class CallerList:
    """Numbers as written (see language.md 3.3) and other lists; there are no circles."""

    name: str
    entries: tuple[syntax.Number | CallerList, ...]
    span: Span


@dataclass(frozen=True)
class Blacklist:
    entries: tuple[syntax.Number | CallerList, ...]
    announce: Announcement
    span: Span


# Conditions


@dataclass(frozen=True)
class From:
    origin: Origin
    span: Span


@dataclass(frozen=True)
class During:
    schedule: Schedule
    span: Span


@dataclass(frozen=True)
class CallerIn:
    list: CallerList
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
    destination: Destination
    span: Span


@dataclass(frozen=True)
class Announce:
    announcement: Announcement
    span: Span


@dataclass(frozen=True)
class Hunt:
    """The next target where the one before is full; all but the last are destinations."""

    first: tuple[To, ...]
    last: Target
    span: Span


@dataclass(frozen=True)
class Branch:
    """`weight`: hundredths of a percent, or 1 each in a `split evenly`."""

    weight: int
    target: Target
    span: Span


@dataclass(frozen=True, eq=False)
class Split:
    """A split has one ticket counter, wherever a call enters it from (identity, not equality)."""

    branches: tuple[Branch, ...]
    evenly: bool
    path: tuple[str, ...]  # the texts of the conditions that lead to it: its identity over rebuilds, with its weights
    span: Span


Target = To | Announce | Hunt | Split


@dataclass(frozen=True)
class Rule:
    """`condition` is None for `otherwise`."""

    condition: Condition | None
    target: Target
    span: Span


@dataclass(frozen=True)
class Block:
    condition: Condition
    announce: Announcement  # `blocked` unless the plan names another
    span: Span


@dataclass(frozen=True)
class Quota:
    count: int
    period: syntax.Period
    announce: Announcement  # `quota` unless the plan names another
    span: Span


@dataclass(frozen=True)
class Forward:
    """`after`: seconds until no answer, given or not (20), meaningful for `no_answer` only."""

    destinations: tuple[Destination, ...]
    after: int
    span: Span


@dataclass(frozen=True)
class ServiceNumber:
    """10 digits starting 400 or 800."""

    digits: str
    span: Span


@dataclass(frozen=True, eq=False)
class Plan:
    """One plan. `forwards` has only the causes that the plan states; `unreachable` falls back to `busy` at call time.

    `announcements` has all that this plan may announce: the built-in ones and its own.
    """

    name: str
    numbers: tuple[ServiceNumber, ...]
    zone: str
    destinations: Mapping[str, Destination]
    announcements: Mapping[str, Announcement]
    lists: Mapping[str, CallerList]
    areas: Mapping[str, Area]
    schedules: Mapping[str, Schedule]
    blacklist: Blacklist | None
    blocks: tuple[Block, ...]
    quotas: tuple[Quota, ...]
    rules: tuple[Rule, ...]
    forwards: Mapping[Cause, Forward]
    span: Span


@dataclass(frozen=True, eq=False)
class Program:
    """All plans of a build, in file order, and the sources they came from."""

    plans: tuple[Plan, ...]
    sources: tuple[Source, ...]


BUILT_IN_ANNOUNCEMENTS = (
    "unallocated", "blacklisted", "blocked", "quota", "full", "busy", "no_answer", "unreachable", "overload", "closed",
)  # fmt: skip
NO_ANSWER_SECONDS = 20  # language.md 6.9, where no `after` is given
