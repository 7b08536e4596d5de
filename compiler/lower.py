"""The lowering stage: checked plans to the sections of a tables file; tested by tests/test_lower.py.

The steps of a plan, in order; each needs what those before it found:

1. axes: what its conditions tell apart, of origins, times and callers (cells.py, origins.py, timetable.py, callers.py)
2. cells: the first block or rule that holds in each (cells.py)
3. findings: calls without a rule (coverage.py), and what can never be (findings.py)
4. outcomes: what calls come to, nested routes resolved (nested.py)
5. merge: classes with equal outcomes made one (cells.py)
6. parts: announcements, quotas, destinations, splits, forwards (plan_parts.py)
7. the nodes of its targets (nodes.py) and its own record (here)

Steps 1 to 5 are `analyse` and look at one plan only; 6 and 7 write into the sections of the file (assembly.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..runtime.layout import NONE
from . import checked, origins
from .assembly import Arrays, Assembly
from .bitmaps import serialise
from .calendars import data_end
from .caller_sets import CallerSets
from .cells import UNCOVERED, Axes, Merged, Outcomes, merge, outcomes
from .coverage import uncovered, uncovered_inside
from .diagnostics import Diagnostic
from .findings import findings, findings_inside
from .heads import head_of
from .limits import LimitExceeded
from .nested import Outcome, resolve, visits
from .nodes import Nodes, Places
from .offsets import Clock, clock
from .plan_parts import check_splits, put_parts, put_shared, shared_in


@dataclass(frozen=True)
class Lowered:
    """`tables`: what the sections are made of. `clocks`: those that the plans use. `of_china`: some use the built-in
    calendar. `draft`: some calls have no rule. `shared`: the destinations of no plan, as they lie in the tables, first.
    """

    tables: Assembly
    clocks: tuple[Clock, ...]
    of_china: bool
    draft: bool
    shared: tuple[checked.Destination, ...]

    @cached_property
    def arrays(self) -> Arrays:
        """All sections, by name."""
        return self.tables.finish()


@dataclass(frozen=True)
class Analysed:
    """One plan and its cells, as places of `outcomes`. `covered`: every call has a rule."""

    plan: checked.Plan
    clock: Clock
    axes: Axes
    outcomes: list[Outcome]
    merged: Merged
    covered: bool


def lower(program: checked.Program, draft: bool = False) -> tuple[Lowered | None, list[Diagnostic]]:
    """The tables of a build, and what the cells show to be wrong; no tables where that is an error.

    `draft`: calls without a rule are an error all the same, but the tables are made.
    """
    analysed: list[Analysed] = []
    diagnostics: list[Diagnostic] = []
    callers = CallerSets()
    for plan in program.plans:
        found, problems = analyse(plan, callers)
        diagnostics += problems
        if found is not None:
            analysed.append(found)
    end = data_end(schedule for each in analysed for schedule in each.axes.schedules)
    diagnostics += [] if end is None else [end]
    covered = all(each.covered for each in analysed)
    if len(analysed) < len(program.plans) or not (covered or draft):
        return None, diagnostics
    clocks = dict.fromkeys(each.clock for each in analysed)
    tables = Assembly(origins.area_codes())
    shared = _put(tables, program, analysed)
    return Lowered(tables, tuple(clocks), end is not None, not covered, shared), diagnostics


def analyse(plan: checked.Plan, callers: CallerSets) -> tuple[Analysed | None, list[Diagnostic]]:
    """The cells of a plan and what they show; none for a plan that is too large."""
    own = clock(plan.zone)
    try:
        check_splits(plan)
        axes = Axes(plan, own, callers)
        cells = outcomes(axes)
        possible = axes.possible()
        resolved, found = resolve(axes, cells, possible)
    except LimitExceeded as error:
        return None, [Diagnostic(error.code, head_of(plan.span), {"plan": plan.name, **error.fields})]
    missing = uncovered(plan, axes, cells, possible)
    problems = findings(plan, axes, cells, possible)
    for visit in visits(axes, cells, possible):
        missing += uncovered_inside(plan, axes, visit)
        problems += findings_inside(plan, axes, cells, possible, visit)
    return Analysed(plan, own, axes, found, merge(axes, resolved, possible), not missing), problems + missing


def _put(tables: Assembly, program: checked.Program, analysed: list[Analysed]) -> tuple[checked.Destination, ...]:
    """Write all plans, and before them the shared destinations, which are returned."""
    numbers = sorted((number.digits, at) for at, each in enumerate(analysed) for number in each.plan.numbers)
    places = {digits: tables.add("numbers", number=int(digits), plan=at) for digits, at in numbers}
    shared = put_shared(tables, shared_in(program))
    for each in analysed:
        _put_plan(tables, each, program.operator, places[each.plan.numbers[0].digits])
    return shared


def _put_plan(tables: Assembly, analysed: Analysed, operator: checked.Operator, number: int) -> None:
    plan, axes, merged = analysed.plan, analysed.axes, analysed.merged
    line = tables.line(plan.span)
    parts = put_parts(tables, plan, operator)
    announcements = parts.places.announcements
    nodes, cells = _nodes(tables, analysed, parts.places)
    first_node = tables.count("nodes")
    node_at = np.array(nodes.put(tables), np.uint32)
    blacklist = plan.blacklist
    unlisted = tables.bitmap(axes.blacklist) if axes.blacklist.members else NONE
    first_list = tables.count("list_classes")
    for at, group in enumerate(merged.caller_groups, 1):
        first, *others = (axes.callers.keys[each] for each in group)
        keys = first.union(*others) if others else first
        tables.add("list_classes", bitmap=tables.bitmap(serialise(keys)), list_class=at)
    first_block = tables.count("blocks")
    for each in axes.area_blocks:
        tables.add(
            "blocks",
            areas=tables.area_set(map(origins.ordinal, each.codes)),
            announcement=announcements[each.block.announce],
            line=tables.line(each.block.span),
        )
    tables.add(
        "plans",
        cells=tables.put_once("cells", node_at[cells].ravel()),
        nodes=first_node,
        nodes_count=len(node_at),
        origin_map=tables.origin_map(merged.origin_map),
        timetable=tables.timetable(merged.timetable),
        zone=tables.zone(analysed.clock),
        blacklist=unlisted,
        blacklist_announcement=announcements[
            plan.announcements["blacklisted"] if blacklist is None else blacklist.announce
        ],
        blacklist_line=NONE if blacklist is None else tables.line(blacklist.span),
        blocked=tables.area_set(origins.ordinal(code) for each in axes.area_blocks for code in each.codes),
        origin_classes=cells.shape[0],
        time_classes=cells.shape[1],
        list_classes=cells.shape[2],
        list_class_first=first_list,
        blocks=first_block,
        blocks_count=len(axes.area_blocks),
        name=tables.string(plan.name),
        line=line,
        number=number,
        **parts.record,
    )


def _nodes(tables: Assembly, analysed: Analysed, places: Places) -> tuple[Nodes, Outcomes]:
    """The nodes of all outcomes that occur, and the cells as places of their nodes in the order of making."""
    nodes = Nodes(places, tables.line)
    used, cells = np.unique(analysed.merged.cells, return_inverse=True)
    made: list[int] = []
    for place in reversed(used.tolist()):  # the last rule first, so that nodes are in the order of the rules
        if place == UNCOVERED:
            made.append(nodes.uncovered(analysed.plan.span))
            continue
        outcome = analysed.outcomes[place]
        entry = outcome.entry
        made.append(nodes.block(entry) if isinstance(entry, checked.Block) else nodes.rule(entry, outcome.choice))
    return nodes, np.array(made[::-1], np.int32)[cells.reshape(analysed.merged.cells.shape)]
