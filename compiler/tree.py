"""Builds the syntax tree: one method for each rule of grammar/plan.lark, called with what stands in it, left to right;
tested by tests/test_parse.py.

No tree of Lark's is ever made: the parser calls these methods while it reads. Lists grow in place until the node that
holds them is made. A token carries its text, cleaned, and its offsets in the source.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from . import syntax
from .automaton import WEEKDAYS
from .diagnostics import Diagnostic
from .source import Source, Span

if TYPE_CHECKING:
    from lark import Token

    Values: TypeAlias = list[Any]

T = TypeVar("T")

LARGEST = 2**31 - 1  # of any count
_DIGITS = 9  # a share with more digits before its point is as wrong as one with so many


class Builder:
    """Makes the nodes of one source. Values that cannot be held are added to `diagnostics`.

    `broken`: the lost pieces of the plan that is being read.
    """

    def __init__(self, source: Source, diagnostics: list[Diagnostic]) -> None:
        self.source = source
        self.diagnostics = diagnostics
        self.broken: list[syntax.Broken] = []

    # What tokens say

    def _span(self, first: Token, last: Token) -> Span:
        return Span(self.source, cast(int, first.start_pos), cast(int, last.end_pos))

    def _of(self, token: Token) -> Span:
        return Span(self.source, cast(int, token.start_pos), cast(int, token.end_pos))

    def _until(self, first: Token, *last: Any) -> Span:
        """From a token to the last node that there is."""
        end = next(node.span.end for node in reversed(last) if node is not None)
        return Span(self.source, cast(int, first.start_pos), end)

    def name(self, token: Token) -> syntax.Name:
        """A name in NFC."""
        text = str(token)
        return syntax.Name(text if text.isascii() else unicodedata.normalize("NFC", text), self._of(token))

    def _string(self, token: Token) -> syntax.String:
        return syntax.String(token[1:-1], self._of(token))

    def _telephone(self, token: Token) -> syntax.Number:
        return syntax.Number(token.replace("-", ""), self._of(token))

    def _count(self, token: Token) -> syntax.Count:
        digits = token.lstrip("0") or "0"
        value = int(digits) if len(digits) <= len(str(LARGEST)) else LARGEST + 1
        if value > LARGEST:
            self.diagnostics.append(Diagnostic("E015", self._of(token), {"count": str(token), "most": LARGEST}))
        return syntax.Count(min(value, LARGEST), self._of(token))

    # Lists and rules that only pass on what stands in them

    def _same(self, values: Values) -> Any:
        return values[0]

    def _grow(self, values: Values) -> list[Any]:
        """`list: item | list item | list "," item`, or empty."""
        if not values:
            return []
        if len(values) == 1:
            return [values[0]]
        values[0].append(values[-1])
        return cast("list[Any]", values[0])

    plans = statements = lines = rules = _grow
    entry_list = terms = days = factors = targets = shares = parts = branch_targets = _grow
    alternatives = _grow
    statement = factor = one = branch_one = _same

    def telephones(self, values: Values) -> list[syntax.Number]:
        values[-1] = self._telephone(values[-1])
        return self._grow(values)

    def destinations(self, values: Values) -> list[syntax.Name]:
        values[-1] = self.name(values[-1])
        return self._grow(values)

    def windows(self, values: Values) -> list[syntax.Window]:
        values[-1] = self._window(values[-1])
        return self._grow(values)

    def comma(self, _: Values) -> None:
        """A comma that may end a list between braces."""

    # File and plan

    def start(self, values: Values) -> tuple[syntax.Plan, ...]:
        return tuple(values[0])

    def plan(self, values: Values) -> syntax.Plan:
        keyword, name, _, statements, closing = values
        broken, self.broken = tuple(self.broken), []
        return syntax.Plan(self._string(name), tuple(statements), self._span(keyword, closing), broken)

    # Statements

    def numbers(self, values: Values) -> syntax.Numbers:
        keyword, numbers = values
        return syntax.Numbers(tuple(numbers), self._until(keyword, numbers[-1]))

    def timezone(self, values: Values) -> syntax.Timezone:
        keyword, zone = values
        return syntax.Timezone(self._string(zone), self._span(keyword, zone))

    def destination(self, values: Values) -> syntax.Destination:
        keyword, name, _, address, limit, announce = values
        span = self._until(keyword, address, limit, announce)
        return syntax.Destination(self.name(name), address, limit, announce, span)

    def address(self, values: Values) -> syntax.Number | syntax.String:
        (token,) = values
        return self._string(token) if token.type == "STRING" else self._telephone(token)

    def limit(self, values: Values) -> syntax.Count | None:
        return self._count(values[1]) if values else None

    def announce(self, values: Values) -> syntax.Name | None:
        return self.name(values[1]) if values else None

    def announcement(self, values: Values) -> syntax.Announcement:
        keyword, name, _, media = values
        return syntax.Announcement(self.name(name), self._string(media), self._span(keyword, media))

    def caller_list(self, values: Values) -> syntax.CallerList:
        keyword, name, _, entries, closing = values
        return syntax.CallerList(self.name(name), tuple(entries), self._span(keyword, closing))

    def blacklist(self, values: Values) -> syntax.Blacklist:
        keyword, _, entries, closing, announce = values
        span = self._span(keyword, closing) if announce is None else self._until(keyword, announce)
        return syntax.Blacklist(tuple(entries), announce, span)

    def entries(self, values: Values) -> list[syntax.Number | syntax.Name]:
        return values[0] if values else []

    def entry(self, values: Values) -> syntax.Number | syntax.Name:
        (token,) = values
        return self._telephone(token) if token.type == "TELEPHONE" else self.name(token)

    def block(self, values: Values) -> syntax.Block:
        keyword, condition, announce = values
        return syntax.Block(condition, announce, self._until(keyword, condition, announce))

    def quota(self, values: Values) -> syntax.Quota:
        keyword, count, _, _, period, announce = values
        span = self._span(keyword, period) if announce is None else self._until(keyword, announce)
        return syntax.Quota(self._count(count), cast(syntax.Period, str(period)), announce, span)

    def area(self, values: Values) -> syntax.Area:
        keyword, name, _, origin, closing = values
        return syntax.Area(self.name(name), origin, self._span(keyword, closing))

    def schedule(self, values: Values) -> syntax.Schedule:
        keyword, name, _, lines, closing = values
        return syntax.Schedule(self.name(name), tuple(lines), self._span(keyword, closing))

    def route(self, values: Values) -> syntax.Route:
        keyword, _, rules, closing = values
        return syntax.Route(tuple(rules), self._span(keyword, closing))

    def forward(self, values: Values) -> syntax.Forward:
        keyword, cause, after, _, destinations = values
        span = self._until(keyword, destinations[-1])
        return syntax.Forward(cast(syntax.Cause, str(cause)), after, tuple(destinations), span)

    def after(self, values: Values) -> syntax.Count | None:
        if not values:
            return None
        seconds = values[1]
        digits = seconds[:-1].lstrip("0") or "0"
        return syntax.Count(int(digits) if len(digits) <= _DIGITS else LARGEST, self._of(seconds))

    # Origins

    def origin(self, values: Values) -> syntax.Origin:
        return self._origin(values[0], values[2] if len(values) == 3 else [])

    def area_origin(self, values: Values) -> syntax.Origin:
        return self._origin(values[0], values[3] if len(values) == 5 else [])

    def _origin(self, terms: list[syntax.Term], excluded: list[syntax.Term]) -> syntax.Origin:
        span = Span(self.source, terms[0].span.start, (excluded or terms)[-1].span.end)
        return syntax.Origin(tuple(terms), tuple(excluded), span)

    def term(self, values: Values) -> syntax.Term:
        name = self.name(values[0])
        return syntax.Term(name.text, name.span)

    # Schedules

    def line(self, values: Values) -> syntax.ScheduleLine:
        *excluded, days, times = values
        first = excluded[0].start_pos if excluded else days[0].span.start
        span = Span(self.source, first, (times or days)[-1].span.end)
        return syntax.ScheduleLine(bool(excluded), tuple(days), tuple(times), span)

    def times(self, values: Values) -> list[syntax.Window]:
        return values[0] if values else []

    def day(self, values: Values) -> syntax.Days:
        (token,) = values
        if token.type == "DAILY":
            return syntax.Daily(self._of(token))
        if token.type == "WEEKDAYS":
            first, last = (cast(syntax.Weekday, WEEKDAYS.index(word)) for word in (token[:3], token[-3:]))
            return syntax.Weekdays(first, last, self._of(token))
        start, _, end = token.partition("..")
        first_date = self._date(start, token.start_pos)
        last_date = self._date(end, token.end_pos - len(end)) if end else first_date
        return syntax.Dates(first_date, last_date, self._of(token))

    def _date(self, text: str, at: int) -> syntax.Date:
        *year, month, day = (int(part) for part in text.split("-"))
        return syntax.Date(year[0] if year else None, month, day, Span(self.source, at, at + len(text)))

    def _window(self, token: Token) -> syntax.Window:
        start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in token.split("-"))
        return syntax.Window(start, end, self._of(token))

    # Conditions

    def condition(self, values: Values) -> syntax.Condition:
        return self._joined(syntax.Or, values[0])

    def conjunction(self, values: Values) -> syntax.Condition:
        return self._joined(syntax.And, values[0])

    def _joined(self, kind: type[syntax.Or] | type[syntax.And], parts: list[syntax.Condition]) -> syntax.Condition:
        if len(parts) == 1:
            return parts[0]
        return kind(tuple(parts), Span(self.source, parts[0].span.start, parts[-1].span.end))

    def caller_from(self, values: Values) -> syntax.From:
        keyword, origin = values
        return syntax.From(origin, self._until(keyword, origin))

    def during(self, values: Values) -> syntax.During:
        keyword, schedule = values
        return syntax.During(self.name(schedule), self._span(keyword, schedule))

    def caller_in(self, values: Values) -> syntax.CallerIn:
        keyword, _, callers = values
        return syntax.CallerIn(self.name(callers), self._span(keyword, callers))

    def negation(self, values: Values) -> syntax.Not:
        keyword, condition = values
        return syntax.Not(condition, self._until(keyword, condition))

    def brackets(self, values: Values) -> syntax.Condition:
        """The condition in brackets; they belong to its span."""
        opening, condition, closing = values
        return replace(cast(syntax.Condition, condition), span=self._span(opening, closing))

    # Targets

    def rule(self, values: Values) -> syntax.Rule:
        condition, _, target = values
        return syntax.Rule(condition, target, Span(self.source, condition.span.start, target.span.end))

    def otherwise(self, values: Values) -> syntax.Rule:
        keyword, _, target = values
        return syntax.Rule(None, target, self._until(keyword, target))

    def _target(self, values: Values) -> syntax.Target:
        (targets,) = values
        if len(targets) == 1:
            return cast(syntax.Target, targets[0])
        return syntax.Hunt(tuple(targets), Span(self.source, targets[0].span.start, targets[-1].span.end))

    target = branch_target = _target

    def to(self, values: Values) -> syntax.To:
        name = self.name(values[0])
        return syntax.To(name, name.span)

    def announced(self, values: Values) -> syntax.Announce:
        keyword, name = values
        return syntax.Announce(self.name(name), self._span(keyword, name))

    def split(self, values: Values) -> syntax.Split:
        keyword, *_, branches, _, closing = values
        return syntax.Split(tuple(branches), values[1].type == "EVENLY", self._span(keyword, closing))

    def share(self, values: Values) -> syntax.Branch:
        percent, target = values
        whole, _, part = percent[:-1].partition(".")
        whole = whole.lstrip("0") or "0"
        share = int(whole if len(whole) <= _DIGITS else "9" * _DIGITS) * 100 + int(part.ljust(2, "0"))
        return syntax.Branch(share, target, self._until(percent, target))

    def part(self, values: Values) -> syntax.Branch:
        (target,) = values
        return syntax.Branch(None, target, target.span)
