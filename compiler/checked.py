"""The checked plan: every name resolved, nothing expanded. Made by check.py; read by lower.py and, another way, by the
reference evaluator in tests/. Whatever stands here is valid by language.md, sections 2 to 6, except that calls may lack
a rule, which only the cells can tell (lower.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from . import syntax
from .key_sets import KeySet
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
    shared_in: str | None = None  # the file, from the root, that declares it for all plans: one limit, one counter


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
class Calendar:
    """Listed days off and make-up workdays; its own entries replace those of `base`. The built-in one has no span, no
    base and no entries: china.py has its days.
    """

    name: str
    base: Calendar | None
    entries: tuple[syntax.CalendarEntry, ...]
    span: Span | None


@dataclass(frozen=True, eq=False)
class Schedule:
    """`calendars`: what the names in its lines mean, as seen from where it is declared."""

    name: str
    lines: tuple[syntax.ScheduleLine, ...]
    span: Span
    calendars: Mapping[str, Calendar] = field(default_factory=dict)


# Callers


@dataclass(frozen=True, eq=False)
class ListFile:
    """A list file as it was read; each of its lines is blank, a comment, a number or a pattern, valid by 3.3 and 3.4.

    `name`: its path from the root. `data`: its bytes, without a byte-order mark. `keys`: of the callers that its lines
    mean.
    """

    name: str
    data: bytes = field(repr=False)
    keys: KeySet = field(repr=False)


@dataclass(frozen=True, eq=False)
class CallerList:
    """Numbers and patterns as written (see language.md 3.3), files, and other lists; there are no circles."""

    name: str
    entries: tuple[Entry, ...]
    span: Span


Entry = syntax.Number | syntax.Pattern | ListFile | CallerList


@dataclass(frozen=True)
class Blacklist:
    entries: tuple[Entry, ...]
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
    name: str | None = None  # where it has one, its identity in place of `path`
    by_caller: bool = False


@dataclass(frozen=True)
class Rule:
    """`condition` is None for `otherwise`."""

    condition: Condition | None
    target: Target
    span: Span


@dataclass(frozen=True)
class Route:
    """Rules for the calls that the rule with this target lets in."""

    rules: tuple[Rule, ...]
    span: Span


Target = To | Announce | Hunt | Split | Route


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
    answered: bool = False


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


@dataclass(frozen=True)
class Tried:
    """A destination of an expected path and what happened there, in order; nothing where the call connected."""

    destination: Destination
    events: tuple[Literal["busy", "no_answer", "unreachable", "full"], ...]
    span: Span


@dataclass(frozen=True)
class ExpectedShares:
    """Shares in hundredths of a percent by each branch's first destination, or its announcement."""

    shares: tuple[tuple[int, Destination | Announcement], ...]
    span: Span


@dataclass(frozen=True)
class Expect:
    """One line of an `expect`. `caller`: a number as written, or an origin. `last`: None where the last connected."""

    caller: syntax.Number | Origin
    at: syntax.LocalTime
    tried: tuple[Tried, ...]
    last: Announcement | ExpectedShares | None
    span: Span


@dataclass(frozen=True)
class Operator:
    """How far forwarding goes: numbers in all lists of a plan, in a list, forwards of a call."""

    destinations: int = 3
    per_cause: int = 2
    per_call: int = 2


@dataclass(frozen=True, eq=False)
class Plan:
    """One plan. `forwards` has only the causes that the plan states; `unreachable` falls back to `busy` at call time.

    `announcements` has all that this plan may announce: the built-in ones, its own and the shared ones that it names.
    The other mappings have its own and the shared ones that it names; what those contain is in them only. A shared
    destination may announce what the plan hides with a name of its own.
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
    expects: tuple[Expect, ...] = ()


@dataclass(frozen=True, eq=False)
class Program:
    """All plans of a build, in file order, and the sources they came from."""

    plans: tuple[Plan, ...]
    sources: tuple[Source, ...]
    operator: Operator = Operator()


BUILT_IN_ANNOUNCEMENTS = (
    "unallocated", "blacklisted", "blocked", "quota", "full", "busy", "no_answer", "unreachable", "overload", "closed",
)  # fmt: skip
BUILT_IN_CALENDARS = ("china",)
NO_ANSWER_SECONDS = 20  # language.md 6.9, where no `after` is given
