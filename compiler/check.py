"""The checking stage: syntax trees to checked plans, every mistake in one run; tested by tests/test_check.py.

The passes of a plan, in order; each needs what those before it found:

1. names: what the plan declares, what stands twice or is missing (check_names.py, here)
2. announcements, then destinations, which name announcements (check_destinations.py, check_numbers.py)
3. lists and the blacklist (check_callers.py), areas (check_origins.py), schedules and the zone (check_schedules.py)
4. blocks and the route, which name all of those (check_conditions.py, check_route.py)
5. forwards and quotas (check_forwards.py, check_counters.py)
6. names that nothing has used (check_names.py)

Before the first plan the service numbers of the whole build are collected, since a destination may be one of any plan.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from . import checked, syntax
from .check_callers import blacklist, lists
from .check_counters import quotas
from .check_destinations import announcements, destinations
from .check_forwards import forwards
from .check_names import Scope
from .check_numbers import Claims, service_numbers
from .check_origins import Origins
from .check_route import blocks, rules
from .check_schedules import schedules, timezone
from .diagnostics import Diagnostic, Related, has_errors, in_file_order
from .source import Span

_ONCE: dict[type[syntax.Statement], str] = {
    syntax.Timezone: "timezone",
    syntax.Route: "route",
    syntax.Blacklist: "blacklist",
}
_REQUIRED: dict[type[syntax.Statement], str] = {syntax.Numbers: "number", syntax.Route: "route"}


def check(files: Sequence[syntax.File]) -> tuple[checked.Program, list[Diagnostic]]:
    """The plans of a build that have no error, and all problems found in any of them, in file order."""
    scopes = [Scope(plan) for file in files for plan in file.plans]
    claims: Claims = {}
    numbers = [service_numbers(scope, claims) for scope in scopes]
    _plan_names(scopes)
    plans = [_plan(scope, own, claims) for scope, own in zip(scopes, numbers, strict=True)]
    sources = tuple(file.source for file in files)
    program = checked.Program(tuple(plan for plan in plans if plan is not None), sources)
    return program, in_file_order((found for scope in scopes for found in scope.diagnostics), sources)


def _plan(scope: Scope, numbers: tuple[checked.ServiceNumber, ...], claims: Claims) -> checked.Plan | None:
    scope.declare()
    _once_and_required(scope)
    announcements(scope)
    destinations(scope, claims)
    lists(scope)
    blocked = blacklist(scope)
    origins = Origins(scope)
    origins.areas()
    schedules(scope)
    plan = checked.Plan(
        name=unicodedata.normalize("NFC", scope.plan.name.value),
        numbers=numbers,
        zone=timezone(scope),
        destinations=scope.destinations.own(),
        announcements=dict(scope.announcements.values),
        lists=scope.lists.own(),
        areas=scope.areas.own(),
        schedules=scope.schedules.own(),
        blacklist=blocked,
        blocks=blocks(scope, origins),
        rules=rules(scope, origins),
        forwards=forwards(scope),
        quotas=quotas(scope),
        span=scope.plan.span,
    )
    scope.report_unused()
    return None if has_errors(scope.diagnostics) else plan


def _plan_names(scopes: Iterable[Scope]) -> None:
    """Plan names are unique in a build and say something."""
    firsts: dict[str, Span] = {}
    for scope in scopes:
        name = scope.plan.name
        if not name.value.strip():
            scope.report("E109", name.span, "write_plan_name")
            continue
        first = firsts.setdefault(unicodedata.normalize("NFC", name.value), name.span)
        if first is not name.span:
            scope.report("E104", name.span, None, (Related("first_declared", first),), name=name.value)


def _once_and_required(scope: Scope) -> None:
    plan = scope.plan
    firsts: dict[str, Span] = {}
    for statement in plan.statements:
        word = _ONCE.get(type(statement))
        if word is None:
            continue
        here = Span(statement.span.source, statement.span.start, statement.span.start + len(word))
        first = firsts.setdefault(word, here)
        if first is not here:
            scope.report("E105", here, None, (Related("first_here", first),), statement=word, plan=plan.name.value)
    stated = {type(statement) for statement in plan.statements}
    for kind, word in _REQUIRED.items():
        if kind not in stated and not scope.may_state(word):
            scope.report("E106", plan.name.span, statement=word, plan=plan.name.value)
