"""Builds the syntax tree: one method for each rule of grammar/plan.lark, called with what stands in it, left to right;
tested by tests/test_parse.py and tests/test_parse_route.py.

No tree of Lark's is ever made: the parser calls these methods while it reads. Lists grow in place until the node that
holds them is made. A token carries its text, cleaned, and its offsets in the source.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from . import syntax
from .diagnostics import Diagnostic, Related
from .source import Source, Span
from .tree_expect import Expectations
from .tree_words import Words

if TYPE_CHECKING:
    from .tree_words import Values

_CAPS = ("destinations", "per cause", "per call")  # of `operator`


@dataclass(frozen=True)
class Read:
    """What one file says, in order."""

    imports: tuple[syntax.Import, ...]
    declarations: tuple[syntax.Declaration, ...]
    plans: tuple[syntax.Plan, ...]


class Builder(Expectations):
    """Makes the nodes of one source.

    `broken`: the lost pieces of the plan that is being read; `lost`: those that stand outside plans.
    """

    def __init__(self, source: Source, diagnostics: list[Diagnostic]) -> None:
        super().__init__(source, diagnostics)
        self.broken: list[syntax.Broken] = []
        self.lost: list[syntax.Broken] = []

    # Lists and rules that only pass on what stands in them

    items = statements = rules = caps = Words._grow
    entry_list = terms = factors = targets = shares = parts = alternatives = Words._grow
    item = statement = factor = one = per = Words._same

    def telephones(self, values: Values) -> list[syntax.Number]:
        values[-1] = self._telephone(values[-1])
        return self._grow(values)

    def destinations(self, values: Values) -> list[syntax.Name]:
        values[-1] = self.name(values[-1])
        return self._grow(values)

    # File and plan

    def start(self, values: Values) -> Read:
        items: list[Any] = values[0]
        plans = tuple(item for item in items if isinstance(item, syntax.Plan))
        imports = tuple(item for item in items if isinstance(item, syntax.Import))
        declarations = tuple(item for item in items if not isinstance(item, syntax.Plan | syntax.Import))
        return Read(imports, declarations, plans)

    def imported(self, values: Values) -> syntax.Import:
        keyword, path = values
        return syntax.Import(self._string(path), self._span(keyword, path))

    def operator(self, values: Values) -> syntax.Operator:
        keyword, _, _, caps, _, closing = values
        found: dict[str, tuple[syntax.Count, Span]] = {}
        for kind, count, span in caps:
            if kind in found:
                related = (Related("first_here", found[kind][1]),)
                self.diagnostics.append(Diagnostic("E020", span, {"cap": kind}, None, related))
            found.setdefault(kind, (count, span))
        destinations, per_cause, per_call = (found.get(kind, (None,))[0] for kind in _CAPS)
        return syntax.Operator(destinations, per_cause, per_call, self._span(keyword, closing))

    def cap(self, values: Values) -> tuple[str, syntax.Count, Span]:
        *words, count = values
        return " ".join(words), self._count(count), self._span(words[0], count)

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

    def entries(self, values: Values) -> list[syntax.Entry]:
        return values[0] if values else []

    def entry(self, values: Values) -> syntax.Entry:
        first, last = values[0], values[-1]
        if first.type == "FILE":
            return syntax.ListFile(self._string(last), self._span(first, last))
        if first.type == "PATTERN":
            return self._pattern(first)
        return self._telephone(first) if first.type == "CALLER_NUMBER" else self.name(first)

    def block(self, values: Values) -> syntax.Block:
        keyword, condition, announce = values
        return syntax.Block(condition, announce, self._until(keyword, condition, announce))

    def quota(self, values: Values) -> syntax.Quota:
        keyword, count, answered, _, _, period, announce = values
        span = self._span(keyword, period) if announce is None else self._until(keyword, announce)
        return syntax.Quota(self._count(count), cast(syntax.Period, str(period)), announce, span, answered)

    def answered(self, values: Values) -> bool:
        return bool(values)

    def area(self, values: Values) -> syntax.Area:
        keyword, name, _, origin, closing = values
        return syntax.Area(self.name(name), origin, self._span(keyword, closing))

    def route(self, values: Values) -> syntax.Route:
        keyword, _, rules, closing = values
        return syntax.Route(tuple(rules), self._span(keyword, closing))

    def forward(self, values: Values) -> syntax.Forward:
        keyword, cause, after, _, destinations = values
        span = self._until(keyword, destinations[-1])
        return syntax.Forward(cast(syntax.Cause, str(cause)), after, tuple(destinations), span)

    def after(self, values: Values) -> syntax.Count | None:
        return self._seconds(values[1]) if values else None

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

    def target(self, values: Values) -> syntax.Target:
        (targets,) = values
        if len(targets) == 1:
            return cast(syntax.Target, targets[0])
        return syntax.Hunt(tuple(targets), Span(self.source, targets[0].span.start, targets[-1].span.end))

    def to(self, values: Values) -> syntax.To:
        name = self.name(values[0])
        return syntax.To(name, name.span)

    def announced(self, values: Values) -> syntax.Announce:
        keyword, name = values
        return syntax.Announce(self.name(name), self._span(keyword, name))

    def split(self, values: Values) -> syntax.Split:
        keyword, name, mode, *_, branches, _, closing = values
        return syntax.Split(
            tuple(branches), mode.type == "EVENLY", self._span(keyword, closing), name, mode.type == "BY"
        )

    def split_name(self, values: Values) -> syntax.Name | None:
        return self.name(values[0]) if values else None

    def share(self, values: Values) -> syntax.Branch:
        percent, target = values
        return syntax.Branch(self._share(percent), target, self._until(percent, target))

    def part(self, values: Values) -> syntax.Branch:
        (target,) = values
        return syntax.Branch(None, target, target.span)
