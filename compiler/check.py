"""The checking stage: syntax trees to checked plans, every mistake in one run; tested by tests/test_check.py.

Before the first plan comes what the whole build shares:

1. what stands outside plans, and which file sees it (check_shared.py)
2. the service numbers of all plans, since a destination may be one of any (check_numbers.py), and plans' names (here)
3. `operator` (check_operator.py) and the shared declarations, those of imported files first, as 2 and 3 below

The passes of a plan, in order; each needs what those before it found:

1. names: what the plan declares, what stands twice or is missing (check_names.py, here)
2. announcements, then destinations, which name announcements (check_destinations.py, check_numbers.py)
3. lists and the blacklist (check_callers.py, check_patterns.py), areas (check_origins.py), calendars, then
   schedules, which name calendars, and the zone (check_calendars.py, check_schedules.py)
4. blocks and the route, which name all of those (check_conditions.py, check_route.py)
5. forwards, quotas and what is expected (check_forwards.py, check_counters.py, check_expect.py)
6. names that nothing has used (check_names.py); shared ones after the last plan
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from . import checked, syntax
from .check_calendars import calendars
from .check_callers import ListFiles, blacklist, lists
from .check_counters import quotas
from .check_destinations import announcements, destinations
from .check_expect import expects
from .check_forwards import forwards
from .check_names import PlanScope, Scope
from .check_numbers import Claim, Claims, service_numbers
from .check_operator import is_operator, operator
from .check_origins import Members, Origins
from .check_route import blocks, rules
from .check_schedules import schedules, timezone
from .check_shared import Imports, Shared
from .diagnostics import Diagnostic, Related, has_errors, in_file_order
from .source import Source, Span

_ONCE: dict[type[syntax.Statement], str] = {
    syntax.Timezone: "timezone",
    syntax.Route: "route",
    syntax.Blacklist: "blacklist",
}
_REQUIRED: dict[type[syntax.Statement], str] = {syntax.Numbers: "number", syntax.Route: "route"}


@dataclass(frozen=True)
class Outside:
    """What else the build has, where the files that are checked are a part of it.

    `before`, `after`: which service numbers plans claim that stand before and behind these. `names`: those of plans
    before these, in NFC.
    """

    before: Mapping[str, Claim] = field(default_factory=dict)
    after: Mapping[str, Claim] = field(default_factory=dict)
    names: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckedPart:
    """The plans of a part of a build, its problems in file order, and what the rest of the build may ask of it.

    `claims`, `asked`: the service numbers that its plans answer, and those that its destinations dial. `names`: its
    plans'. `unused`: warnings of names that stand outside plans, unless another part uses them, or has lost text that
    may. `lost`: the words of such text. `operators`: where `operator` is stated.
    """

    program: checked.Program
    diagnostics: list[Diagnostic]
    claims: Mapping[str, Claim]
    asked: frozenset[str]
    names: Mapping[str, Span]
    unused: list[Diagnostic]
    lost: frozenset[str]
    operators: tuple[Source, ...]


def check(
    files: Sequence[syntax.File],
    imports: Imports | None = None,
    list_files: ListFiles | None = None,
    incomplete: Collection[Source] = (),
) -> tuple[checked.Program, list[Diagnostic]]:
    """The plans of a build that have no error, and all problems found in any of them, in file order.

    `imports`: the files that each imports itself. `list_files`: those that could be read. `incomplete`: files that may
    lack names because another could not be read. See loading.Loaded.
    """
    found = check_part(files, imports or {}, list_files or {}, incomplete)
    has_plans = any(file.plans for file in files)
    unused = found.unused if has_plans and not incomplete else []
    return found.program, in_file_order([*found.diagnostics, *unused], found.program.sources)


def check_part(
    files: Sequence[syntax.File],
    imports: Imports,
    list_files: ListFiles,
    incomplete: Collection[Source],
    foreign: Collection[Source] = (),
    outside: Outside | None = None,
) -> CheckedPart:
    """The same of a part of a build. `foreign`: files that are there for what they declare, their plans left out."""
    build = _Build(files, imports, list_files, incomplete, foreign, outside or Outside())
    plans = [build.plan(scope, own) for scope, own in build.numbered()]
    build.report_unused()
    sources = tuple(file.source for file in files)
    program = checked.Program(tuple(plan for plan in plans if plan is not None), sources, build.operator)
    return build.part(program, in_file_order(build.diagnostics(), sources))


class _Build:
    """What the plans of a build share while they are checked."""

    def __init__(
        self,
        files: Sequence[syntax.File],
        imports: Imports,
        list_files: ListFiles,
        incomplete: Collection[Source],
        foreign: Collection[Source],
        outside: Outside,
    ) -> None:
        shared = Shared(files, imports, incomplete)
        self._shared = shared.scopes
        own = [file for file in files if file.source not in foreign]
        self._plans = [PlanScope(plan, shared.layer(file.source)) for file in own for plan in file.plans]
        self._claims = Claims(outside.before, outside.after)
        self._list_files = list_files
        self._members: dict[checked.Area, Members] = {}
        self._numbers = [service_numbers(scope, self._claims) for scope in self._plans]
        self._names = _plan_names(self._plans, outside.names)
        self.operator = operator(self._shared)
        for scope in self._shared:
            announcements(scope)
            self._declarations(scope)

    def numbered(self) -> Iterable[tuple[PlanScope, tuple[checked.ServiceNumber, ...]]]:
        """Each plan with its service numbers."""
        return zip(self._plans, self._numbers, strict=True)

    def plan(self, scope: PlanScope, numbers: tuple[checked.ServiceNumber, ...]) -> checked.Plan | None:
        """A plan whose every part is sound; None for any other."""
        scope.declare()
        _once_and_required(scope)
        announcements(scope)
        origins = self._declarations(scope)
        blocked = blacklist(scope, self._list_files)
        route = rules(scope, origins)
        found = checked.Plan(
            name=unicodedata.normalize("NFC", scope.plan.name.value),
            numbers=numbers,
            zone=timezone(scope),
            blacklist=blocked,
            blocks=blocks(scope, origins),
            rules=route,
            forwards=forwards(scope, self.operator),
            quotas=quotas(scope),
            expects=expects(scope, origins),
            announcements=_announcements(scope),
            destinations=scope.destinations.sound(),
            lists=scope.lists.sound(),
            areas=scope.areas.sound(),
            schedules=scope.schedules.sound(),
            span=scope.plan.span,
        )
        return None if scope.unsound or has_errors(scope.diagnostics) else found

    def _declarations(self, scope: Scope) -> Origins:
        destinations(scope, self._claims)
        lists(scope, self._list_files)
        origins = Origins(scope, self._members)
        origins.areas()
        calendars(scope)
        schedules(scope)
        return origins

    def report_unused(self) -> None:
        """Warn of names of plans that nothing uses."""
        for scope in self._plans:
            scope.report_unused(scope.lost)

    def part(self, program: checked.Program, diagnostics: list[Diagnostic]) -> CheckedPart:
        """What was found. Where there is no plan, names are there for other builds; and a file that could not be read
        may use those that are shared: `unused` is for who knows of the whole build.
        """
        lost = frozenset().union(*(scope.lost for scope in (*self._shared, *self._plans)))
        return CheckedPart(
            program,
            diagnostics,
            self._claims.own,
            frozenset(self._claims.asked),
            self._names,
            [found for scope in self._shared for found in scope.unused(lost)],
            lost,
            tuple(scope.source for scope in self._shared if any(map(is_operator, scope.statements))),
        )

    def diagnostics(self) -> Iterable[Diagnostic]:
        """All that was found."""
        return (found for scope in (*self._shared, *self._plans) for found in scope.diagnostics)


def _announcements(scope: PlanScope) -> dict[str, checked.Announcement]:
    """All that a plan may announce, the built-in ones first."""
    built_in: dict[str, checked.Announcement] = {}
    for name in checked.BUILT_IN_ANNOUNCEMENTS:
        found = scope.announcement(None, name)
        if found is None:
            scope.unsound = True
        else:
            built_in[name] = found
    return built_in | scope.announcements.sound()


def _plan_names(scopes: Iterable[PlanScope], before: Mapping[str, Span]) -> dict[str, Span]:
    """The names of plans, which are unique in a build and say something. `before`: those of plans before these."""
    own: dict[str, Span] = {}
    for scope in scopes:
        name = scope.plan.name
        if not name.value.strip():
            scope.report("E109", name.span, "write_plan_name")
            continue
        text = unicodedata.normalize("NFC", name.value)
        first = before.get(text) or own.setdefault(text, name.span)
        if first is not name.span:
            scope.report("E104", name.span, None, (Related("first_declared", first),), name=name.value)
    return own


def _once_and_required(scope: PlanScope) -> None:
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
