"""Why a call goes where it goes: the trace of a decision in words, each step with the plan's own line; tested by
tests/test_explain.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from . import layout, places, trace
from .layout import NONE

if TYPE_CHECKING:
    from .decision import Decision
    from .tables import Tables

Mark = tuple[int, int, int, int]  # kind, outcome, a, b, as trace.py says
Local = tuple[int, int, int]  # days since 2000-01-01, minute of the day, seconds east of UTC

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_THIS_PERIOD = ("today", "this week", "this month")
_CAUSES = ("busy", "no answer", "unreachable")


class Step(NamedTuple):
    """One step of an explanation.

    `kind`: number, blacklist, block, origin, time, rule, split, quota, limit, room, forward or result; `outcome`: what
    came of it, in words; `text`: the plan's line that says so, with its `file` and `line`, or empty, None and None.
    """

    kind: str
    outcome: str
    text: str
    file: str | None
    line: int | None


def steps(
    tables: Tables, decision: Decision, marks: Sequence[Mark], local: Local, called: str, caller: str
) -> list[Step]:
    """The explanation of `decision`, which `marks` led to. `caller` is empty where an origin was given in its place."""
    words = _Words(tables, called, caller, local)
    told = [step for mark in marks for step in words.step(mark)]
    return [*told, *words.forwards(), words.result(decision)]


class _Words:
    """The words of one explanation. It reads records of the tables by index; they were verified on opening."""

    def __init__(self, tables: Tables, called: str, caller: str, local: Local) -> None:
        self.tables = tables
        self.called = called
        self.caller = caller
        self.local = local
        self.plan = NONE
        self.connected = NONE
        self.uncovered = False

    def step(self, mark: Mark) -> Iterator[Step]:
        kind, outcome, a, b = mark
        match kind:
            case trace.NUMBER:
                yield self._number(a)
            case trace.BLACKLIST:
                yield self._at("blacklist", "listed" if outcome else "not listed", self._plan("blacklist_line"))
            case trace.BLOCK:
                yield self._at("block", "blocked" if outcome else "not blocked", self._line("blocks", a))
            case trace.ORIGIN:
                yield Step("origin", self._origin(outcome, a, b), "", None, None)
            case trace.TIME:
                yield Step("time", self._time(a, b), "", None, None)
            case trace.CELL:
                yield from self._cell(a)
            case trace.SPLIT:
                yield self._at("split", self._branch(a, b), self._line("splits", a))
            case trace.QUOTA:
                yield self._at("quota", self._quota(outcome, a, b), self._line("quotas", a))
            case trace.LIMIT:
                yield self._at("limit", self._limit(outcome, a, b), self._line("destinations", a))
            case trace.CONNECT:
                self.connected = a
            case trace.OVERLOAD:
                yield Step("room", "no room to follow one more call", "", None, None)

    def _number(self, plan: int) -> Step:
        self.plan = plan
        if plan == NONE:
            return Step("number", f"no plan answers {self.called}", "", None, None)
        name = self._string(self._plan("name"))
        return self._at("number", f'{self.called} belongs to plan "{name}"', self._plan("line"))

    def _origin(self, found: int, area: int, line: int) -> str:
        origin = self._area(area)
        if area >= layout.AREA_FIRST:
            line_type = "mobile" if line == layout.LINE_MOBILE else "fixed"
            origin = f"{origin} {line_type} ({places.label(origin)})"
        elif line == layout.LINE_MOBILE:
            origin = f"{origin} mobile"
        match found:
            case trace.FOUND_PREFIX:
                return f"{origin}: by {self._prefix()} in the numbering table"
            case trace.FOUND_NO_PREFIX:
                return f"{origin}: {self._prefix()} is not in the numbering table"
            case trace.FOUND_AREA_CODE:
                return f"{origin}: by its area code"
            case trace.FOUND_LOCAL:
                return f"{origin}: a local number of the switch's own area"
            case trace.FOUND_COUNTRY_CODE:
                return f"{origin}: by its country code"
            case trace.FOUND_WITHHELD:
                return f"{origin}: the caller's number is withheld"
            case trace.FOUND_GIVEN:
                return f"{origin}: as given"
        return f"{origin}: a number that belongs to no area"

    def _prefix(self) -> str:
        """The first seven digits of a mobile caller: however it is written, its last eleven digits are the number."""
        return "".join(sign for sign in self.caller if sign.isdecimal())[-11:-4]

    def _area(self, ordinal: int) -> str:
        if ordinal == layout.AREA_ABROAD:
            return "abroad"
        if ordinal == layout.AREA_UNKNOWN:
            return "unknown"
        return f"0{self.tables.sections['area_codes'][ordinal - layout.AREA_FIRST]}"

    def _time(self, day: int, minute: int) -> str:
        today = date(*layout.FIRST_DAY) + timedelta(days=day)
        sign, offset = "-" if self.local[2] < 0 else "+", abs(self.local[2]) // 60
        zone = self._string(self._field("zones", self._plan("zone"), "name"))
        return (
            f"{_WEEKDAYS[today.weekday()]}, {today.isoformat()} {minute // 60:02}:{minute % 60:02} in {zone}"
            f" (UTC{sign}{offset // 60:02}:{offset % 60:02})"
        )

    def _cell(self, node: int) -> Iterator[Step]:
        line = self._line("nodes", node)
        if self._is_block(node):
            yield self._at("block", "blocked", line)
            return
        if self._has_blocks():
            yield Step("block", "not blocked", "", None, None)
        if self._field("nodes", node, "kind") == layout.NODE_UNCOVERED:
            self.uncovered = True
            yield self._at("rule", "no rule of the plan takes this call", self._plan("line"))
        else:
            yield self._at("rule", "the first rule that holds", line)

    def _is_block(self, node: int) -> bool:
        kind, reason = self._field("nodes", node, "kind"), self._field("nodes", node, "reason")
        return kind == layout.NODE_ANNOUNCE and reason == layout.REASON_BLOCKED

    def _has_blocks(self) -> bool:
        first = self._plan("nodes")
        nodes = range(first, first + self._plan("nodes_count"))
        return self._plan("blocks_count") > 0 or any(self._is_block(node) for node in nodes)

    def _branch(self, split: int, branch: int) -> str:
        weights = self.tables.sections["weights"]
        first = self._field("splits", split, "weights")
        share = int(weights[first + branch]) - (int(weights[first + branch - 1]) if branch else 0)
        percent = f"{100 * share / self._field('splits', split, 'period'):.2f}".rstrip("0").rstrip(".")
        return f"branch {branch + 1} of {self._field('splits', split, 'branches')}, which gets {percent}%"

    def _quota(self, has_room: int, quota: int, count: int) -> str:
        allowed = self._field("quotas", quota, "allowed")
        period = _THIS_PERIOD[self._field("quotas", quota, "period")]
        return f"{count} of {allowed} calls {period}, {'has room' if has_room else 'exhausted'}"

    def _limit(self, has_room: int, destination: int, places: int) -> str:
        name, allowed = self._destination(destination), self._field("destinations", destination, "limit")
        return f"{name} has {places} of {allowed} calls, {'has room' if has_room else 'full'}"

    def forwards(self) -> Iterator[Step]:
        """Where a connected call would be forwarded, a step a cause."""
        if self.connected == NONE:
            return
        seconds = self._plan("ring_seconds")
        conditions = ("if busy", f"if not answered in {seconds} s", "if unreachable")
        position = self._plan("forwards")
        for cause, condition in enumerate(conditions):
            count = int(self.tables.sections["plans"]["forward_counts"][self.plan, cause])
            listed = [int(target) for target in self.tables.sections["forwards"][position : position + count]]
            position += count
            line = int(self.tables.sections["plans"]["forward_lines"][self.plan, cause])
            yield self._at("forward", f"{condition}: {self._then(cause, listed)}", line)

    def _then(self, cause: int, listed: list[int]) -> str:
        offered = self._field("destinations", self.connected, "dial_id")
        left = [target for target in listed if self._field("destinations", target, "dial_id") != offered]
        if left:
            return ", else ".join(self._destination(target) for target in left)
        built_in = self._plan("built_in") + layout.BUILT_IN.index(_CAUSES[cause].replace(" ", "_"))
        return f"announce {self._string(self._field('announcements', built_in, 'name'))}"

    def result(self, decision: Decision) -> Step:
        if self.uncovered:
            return Step("result", "none: a plan that leaves a call without a rule does not compile", "", None, None)
        if decision.action == "connect":
            line = self._line("destinations", self.connected) if self.connected != NONE else NONE
            ring = f"ring for {decision.ring_seconds} s"
            return self._at("result", f"connect {decision.destination}: dial {decision.number}, {ring}", line)
        media = f", recording {decision.media}" if decision.media else ""
        return Step("result", f"announce {decision.announcement} ({decision.reason}){media}", "", None, None)

    # Records

    def _field(self, section: str, index: int, name: str) -> int:
        return int(self.tables.sections[section][name][index])

    def _plan(self, name: str) -> int:
        return self._field("plans", self.plan, name)

    def _line(self, section: str, index: int) -> int:
        return self._field(section, index, "line")

    def _destination(self, index: int) -> str:
        return self._string(self._field("destinations", index, "name"))

    def _string(self, index: int) -> str:
        return self.tables.string(index)

    def _at(self, kind: str, outcome: str, line: int) -> Step:
        if line == NONE:
            return Step(kind, outcome, "", None, None)
        text, file = (self._string(self._field("lines", line, name)) for name in ("text", "file"))
        return Step(kind, outcome, text, file, self._field("lines", line, "number"))
