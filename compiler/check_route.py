"""The route: its rules, their targets and splits; and blocks (language.md 6.3 to 6.5).

Tested by tests/test_check_route.py. Whether every call has a rule, and which rule no call reaches, is for the cells,
after checking; here is only what an `or` and `otherwise` show by themselves.
"""

from __future__ import annotations

import re
from decimal import Decimal
from math import gcd
from typing import assert_never

from . import checked, syntax
from .check_conditions import condition, condition_text
from .check_names import Scope
from .check_origins import Origins
from .diagnostics import Related
from .source import Span

_WHOLE = 10_000  # 100% in hundredths of a percent
_WORD = re.compile(r"[\w.]+%?")


def blocks(scope: Scope, origins: Origins) -> tuple[checked.Block, ...]:
    """The plan's sound blocks, in order."""
    found = []
    for statement in scope.plan.statements:
        if not isinstance(statement, syntax.Block):
            continue
        asked = condition(scope, origins, statement.condition)
        announcement = scope.announcement(statement.announce, "blocked")
        if asked is not None and announcement is not None:
            found.append(checked.Block(asked, announcement, statement.span))
    return tuple(found)


def rules(scope: Scope, origins: Origins) -> tuple[checked.Rule, ...]:
    """The sound rules of the plan's first `route`, in order; those of another `route` are looked at and left out."""
    found: list[tuple[checked.Rule, ...]] = []
    for statement in scope.plan.statements:
        if isinstance(statement, syntax.Route):
            found.append(_Route(scope, origins).rules(statement))
    return found[0] if found else ()


class _Route:
    """One route while it is checked; knows which splits it has met, since each has a counter of its own."""

    def __init__(self, scope: Scope, origins: Origins) -> None:
        self._scope = scope
        self._origins = origins
        self._splits: dict[tuple[str, tuple[int, ...]], int] = {}

    def rules(self, route: syntax.Route) -> tuple[checked.Rule, ...]:
        found = []
        otherwise: Span | None = None
        for rule in route.rules:
            if otherwise is not None:
                related = (Related("otherwise_here", otherwise),)
                self._scope.report("W503", _condition_span(rule), None, related)
            elif rule.condition is None:
                otherwise = _condition_span(rule)
            asked = None if rule.condition is None else condition(self._scope, self._origins, rule.condition)
            target = self._target(rule.target, rule)
            if target is not None and (asked is not None or rule.condition is None):
                found.append(checked.Rule(asked, target, rule.span))
        return tuple(found)

    def _target(self, target: syntax.Target, rule: syntax.Rule) -> checked.Target | None:
        match target:
            case syntax.To():
                return self._to(target)
            case syntax.Announce():
                announcement = self._scope.use(self._scope.announcements, target.announcement)
                return None if announcement is None else checked.Announce(announcement, target.span)
            case syntax.Hunt():
                return self._hunt(target, rule)
            case syntax.Split():
                return self._split(target, rule)
            case _:
                assert_never(target)

    def _to(self, target: syntax.To) -> checked.To | None:
        destination = self._scope.use(self._scope.destinations, target.destination)
        return None if destination is None else checked.To(destination, target.span)

    def _hunt(self, hunt: syntax.Hunt, rule: syntax.Rule) -> checked.Hunt | None:
        first = []
        for target in hunt.targets[:-1]:
            if isinstance(target, syntax.To):
                first.append(self._to(target))
            else:
                self._scope.report("E503", target.span)
                self._target(target, rule)
                first.append(None)
        last = self._target(hunt.targets[-1], rule)
        self._warn_of_unreached(hunt, [*first, last if isinstance(last, checked.To) else None])
        sound = tuple(target for target in first if target is not None)
        if last is None or len(sound) < len(first):
            return None
        return checked.Hunt(sound, last, hunt.span)

    def _warn_of_unreached(self, hunt: syntax.Hunt, targets: list[checked.To | None]) -> None:
        """Warn of what stands behind a destination that is never full, and of one tried before in the same `or`."""
        tried: dict[checked.Destination, Span] = {}
        for at, target in enumerate(targets):
            if target is None:
                continue
            destination = target.destination
            if destination in tried:
                related = (Related("first_here", tried[destination]),)
                self._scope.report("W502", target.span, None, related, name=destination.name)
            tried.setdefault(destination, target.span)
            if destination.limit is None and at + 1 < len(targets):
                start, end = hunt.targets[at + 1].span.start, hunt.targets[-1].span.end
                related = (Related("no_limit_here", destination.span, {"name": destination.name}),)
                unreached = Span(hunt.span.source, start, end)
                self._scope.report("W501", unreached, None, related, name=destination.name)
                return

    def _split(self, split: syntax.Split, rule: syntax.Rule) -> checked.Split | None:
        weights = self._weights(split)
        targets = [self._target(branch.target, rule) for branch in split.branches]
        branches = tuple(
            checked.Branch(weight, target, branch.span)
            for weight, target, branch in zip(weights, targets, split.branches, strict=False)
            if target is not None
        )
        if not branches or len(branches) < len(targets):
            return None
        return checked.Split(branches, split.evenly, self._path(condition_text(rule.condition), weights), split.span)

    def _weights(self, split: syntax.Split) -> list[int]:
        """The weight of each branch; empty, reported, where the shares are unsound."""
        if split.evenly:
            return [1] * len(split.branches)
        shares = [branch.share or 0 for branch in split.branches]
        for share, branch in zip(shares, split.branches, strict=True):
            if share == 0:
                word = _first_word(branch.span)
                self._scope.report("E502", word, share=word.text)
        if 0 in shares:
            return []
        if sum(shares) != _WHOLE and not self._scope.is_lost_in(split.span):
            span = Span(split.span.source, split.branches[0].span.start, split.branches[-1].span.end)
            self._scope.report("E501", span, sum=f"{Decimal(sum(shares)) / 100:f}")
            return []
        return shares

    def _path(self, text: str, weights: list[int]) -> tuple[str, ...]:
        """The split's identity with its weights: the condition, and which of several such splits of the plan it is."""
        divisor = gcd(*weights)
        key = (text, tuple(weight // divisor for weight in weights))
        count = self._splits[key] = self._splits.get(key, 0) + 1
        return (text,) if count == 1 else (text, f"#{count}")


def _condition_span(rule: syntax.Rule) -> Span:
    """The condition of a rule, or its `otherwise`."""
    return _first_word(rule.span) if rule.condition is None else rule.condition.span


def _first_word(span: Span) -> Span:
    """The first word, or share, of a longer span."""
    word = _WORD.match(span.text)
    return span if word is None else Span(span.source, span.start, span.start + word.end())
