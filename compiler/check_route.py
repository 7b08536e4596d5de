"""The route: its rules, their targets and splits; and blocks (language.md 6.3 to 6.5).

Tested by tests/test_check_route.py. Whether every call has a rule, and which rule no call reaches, is for the cells,
after checking; here is only what an `or` and `otherwise` show by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from math import gcd
from typing import assert_never

from . import checked, syntax
from .check_conditions import condition, condition_text
from .check_names import PlanScope
from .check_origins import Origins
from .diagnostics import Related
from .source import Span

WHOLE = 10_000  # 100% in hundredths of a percent
_WORD = re.compile(r"[\w.]+%?")
_Path = tuple[str, ...]


def blocks(scope: PlanScope, origins: Origins) -> tuple[checked.Block, ...]:
    """The plan's sound blocks, in order."""
    found = []
    for statement in scope.statements:
        if not isinstance(statement, syntax.Block):
            continue
        asked = condition(scope, origins, statement.condition)
        announcement = scope.announcement(statement.announce, "blocked")
        if asked is not None and announcement is not None:
            found.append(checked.Block(asked, announcement, statement.span))
    return tuple(found)


def rules(scope: PlanScope, origins: Origins) -> tuple[checked.Rule, ...]:
    """The sound rules of the plan's first `route`, in order; those of another `route` are looked at and left out."""
    found: list[tuple[checked.Rule, ...]] = []
    for statement in scope.statements:
        if isinstance(statement, syntax.Route):
            found.append(_Route(scope, origins).rules(statement, ()))
    return found[0] if found else ()


class _Route:
    """A plan's route while it is checked; knows which splits it has met, since each has a counter of its own.

    A path is what leads to a target: the texts of conditions and, where splits nest, the branches' positions.
    """

    def __init__(self, scope: PlanScope, origins: Origins) -> None:
        self._scope = scope
        self._origins = origins
        self._splits: dict[tuple[_Path, tuple[int, ...]], int] = {}
        self._names: dict[str, Span] = {}

    def rules(self, route: syntax.Route, path: _Path) -> tuple[checked.Rule, ...]:
        """The sound rules of the route, or of one inside it."""
        found = []
        otherwise: Span | None = None
        for rule in route.rules:
            if otherwise is not None:
                related = (Related("otherwise_here", otherwise),)
                self._scope.report("W503", _condition_span(rule), None, related)
            elif rule.condition is None:
                otherwise = _condition_span(rule)
            asked = None if rule.condition is None else condition(self._scope, self._origins, rule.condition)
            target = self._target(rule.target, (*path, condition_text(rule.condition)))
            if target is not None and (asked is not None or rule.condition is None):
                found.append(checked.Rule(asked, target, rule.span))
        return tuple(found)

    def _target(self, target: syntax.Target, path: _Path) -> checked.Target | None:
        match target:
            case syntax.To():
                return self._to(target)
            case syntax.Announce():
                announcement = self._scope.use(self._scope.announcements, target.announcement)
                return None if announcement is None else checked.Announce(announcement, target.span)
            case syntax.Hunt():
                return self._hunt(target, path)
            case syntax.Split():
                return self._split(target, path)
            case syntax.Route():
                found = self.rules(target, path)
                return checked.Route(found, target.span) if len(found) == len(target.rules) else None
            case _:
                assert_never(target)

    def _to(self, target: syntax.To) -> checked.To | None:
        destination = self._scope.use(self._scope.destinations, target.destination)
        return None if destination is None else checked.To(destination, target.span)

    def _hunt(self, hunt: syntax.Hunt, path: _Path) -> checked.Hunt | None:
        first = []
        for target in hunt.targets[:-1]:
            if isinstance(target, syntax.To):
                first.append(self._to(target))
            else:
                self._scope.report("E503", target.span)
                self._target(target, path)
                first.append(None)
        last = self._target(hunt.targets[-1], path)
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

    def _split(self, split: syntax.Split, path: _Path) -> checked.Split | None:
        weights = self._weights(split)
        name = None if split.name is None else split.name.text
        own = path if name is not None else self._own_path(path, weights)
        if split.name is not None:
            self._name(split.name)
        targets = [self._target(each.target, (*own, str(at))) for at, each in enumerate(split.branches, 1)]
        branches = tuple(
            checked.Branch(weight, target, branch.span)
            for weight, target, branch in zip(weights, targets, split.branches, strict=False)
            if target is not None
        )
        if not branches or len(branches) < len(targets):
            return None
        return checked.Split(branches, split.evenly, own, split.span, name, split.by_caller)

    def _name(self, name: syntax.Name) -> None:
        first = self._names.setdefault(name.text, name.span)
        if first is not name.span:
            related = (Related("first_declared", first),)
            self._scope.report("E103", name.span, None, related, kind="split", name=name.text)

    def _weights(self, split: syntax.Split) -> list[int]:
        """The weight of each branch; empty, reported, where the shares are unsound."""
        if split.evenly:
            return [1] * len(split.branches)
        shares = [branch.share or 0 for branch in split.branches]
        for share, branch in zip(shares, split.branches, strict=True):
            if share == 0:
                report_no_share(self._scope, branch.span)
        if 0 in shares:
            return []
        if sum(shares) != WHOLE and not self._scope.is_lost_in(split.span):
            report_sum(self._scope, [branch.span for branch in split.branches], sum(shares))
            return []
        return shares

    def _own_path(self, path: _Path, weights: list[int]) -> _Path:
        """A split's identity with its weights: what leads to it, and which of several such splits of the plan it is."""
        divisor = gcd(*weights)
        key = (path, tuple(weight // divisor for weight in weights))
        count = self._splits[key] = self._splits.get(key, 0) + 1
        return path if count == 1 else (*path, f"#{count}")


def report_no_share(scope: PlanScope, branch: Span) -> None:
    """Report a branch with a share of 0%."""
    word = _first_word(branch)
    scope.report("E502", word, share=word.text)


def report_sum(scope: PlanScope, branches: Sequence[Span], total: int) -> None:
    """Report shares that do not add up; `total` in hundredths of a percent."""
    span = Span(branches[0].source, branches[0].start, branches[-1].end)
    scope.report("E501", span, sum=f"{Decimal(total) / 100:f}")


def _condition_span(rule: syntax.Rule) -> Span:
    """The condition of a rule, or its `otherwise`."""
    return _first_word(rule.span) if rule.condition is None else rule.condition.span


def _first_word(span: Span) -> Span:
    """The first word, or share, of a longer span."""
    word = _WORD.match(span.text)
    return span if word is None else Span(span.source, span.start, span.start + word.end())
