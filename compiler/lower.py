"""The lowering stage: checked plans to the sections of a tables file; tested by tests/test_lower.py.

The steps of a plan, in order; each needs what those before it found:

1. axes: what its conditions tell apart, of origins, times and callers (cells.py, origins.py, timetable.py, callers.py)
2. cells: the first block or rule that holds in each (cells.py)
3. findings: calls without a rule (coverage.py), and what can never be (findings.py)
4. merge: classes with equal outcomes made one (cells.py)
5. parts: announcements, quotas, destinations, splits, forwards (plan_parts.py)
6. the nodes of its targets (nodes.py) and its own record (here)

Steps 1 to 4 are `analyse` and look at one plan only; 5 and 6 write into the sections of the file (assembly.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap64

from ..runtime.layout import NONE
from . import checked, origins
from .assembly import Arrays, Assembly
from .cells import UNCOVERED, Axes, Merged, Outcomes, merge, outcomes
from .coverage import uncovered
from .diagnostics import Diagnostic
from .findings import findings, head_of
from .limits import LimitExceeded
from .nodes import Nodes, Places
from .offsets import Clock, clock
from .plan_parts import check_splits, put_parts


@dataclass(frozen=True)
class Lowered:
    """`arrays`: all sections, by name. `clocks`: those that the plans use. `draft`: some calls have no rule."""

    arrays: Arrays
    clocks: tuple[Clock, ...]
    draft: bool


@dataclass(frozen=True)
class Analysed:
    """One plan and its cells. `covered`: every call has a rule."""

    plan: checked.Plan
    clock: Clock
    axes: Axes
    merged: Merged
    covered: bool


def lower(program: checked.Program, draft: bool = False) -> tuple[Lowered | None, list[Diagnostic]]:
    """The tables of a build, and what the cells show to be wrong; no tables where that is an error.

    `draft`: calls without a rule are an error all the same, but the tables are made.
    """
    analysed: list[Analysed] = []
    diagnostics: list[Diagnostic] = []
    for plan in program.plans:
        found, problems = analyse(plan)
        diagnostics += problems
        if found is not None:
            analysed.append(found)
    covered = all(each.covered for each in analysed)
    if len(analysed) < len(program.plans) or not (covered or draft):
        return None, diagnostics
    clocks = dict.fromkeys(each.clock for each in analysed)
    return Lowered(_put(analysed), tuple(clocks), not covered), diagnostics


def analyse(plan: checked.Plan) -> tuple[Analysed | None, list[Diagnostic]]:
    """The cells of a plan and what they show; none for a plan that is too large."""
    own = clock(plan.zone)
    try:
        check_splits(plan)
        axes = Axes(plan, own)
    except LimitExceeded as error:
        return None, [Diagnostic(error.code, head_of(plan.span), {"plan": plan.name, **error.fields})]
    cells = outcomes(axes)
    possible = axes.possible()
    missing = uncovered(plan, axes, cells, possible)
    problems = findings(plan, axes, cells, possible) + ([] if missing is None else [missing])
    return Analysed(plan, own, axes, merge(axes, cells, possible), missing is None), problems


def _put(analysed: list[Analysed]) -> Arrays:
    tables = Assembly(origins.area_codes())
    numbers = sorted((number.digits, at) for at, each in enumerate(analysed) for number in each.plan.numbers)
    places = {digits: tables.add("numbers", number=int(digits), plan=at) for digits, at in numbers}
    for each in analysed:
        _put_plan(tables, each, places[each.plan.numbers[0].digits])
    return tables.finish()


def _put_plan(tables: Assembly, analysed: Analysed, number: int) -> None:
    plan, axes, merged = analysed.plan, analysed.axes, analysed.merged
    line = tables.line(plan.span)
    parts = put_parts(tables, plan)
    announcements = parts.places.announcements
    nodes, cells = _nodes(tables, analysed, parts.places, line)
    first_node = tables.count("nodes")
    node_at = np.array(nodes.put(tables), np.uint32)
    blacklist = plan.blacklist
    unlisted = NONE if not axes.blacklisted else tables.bitmap(axes.blacklisted)
    first_list = tables.count("list_classes")
    for at, group in enumerate(merged.caller_groups, 1):
        keys = BitMap64.union(*(axes.callers.keys[each] for each in group))
        tables.add("list_classes", bitmap=tables.bitmap(keys), list_class=at)
    first_block = tables.count("blocks")
    for each in axes.area_blocks:
        tables.add(
            "blocks",
            bitmap=tables.bitmap(BitMap64(each.codes)),
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


def _nodes(tables: Assembly, analysed: Analysed, places: Places, plan_line: int) -> tuple[Nodes, Outcomes]:
    """The nodes of all outcomes that occur, and the cells as places of their nodes in the order of making."""
    nodes = Nodes(places)
    outcomes_used, cells = np.unique(analysed.merged.cells, return_inverse=True)
    made: dict[int, int] = {}
    for outcome in reversed(outcomes_used.tolist()):  # the last rule first, so that nodes are in the order of the rules
        if outcome == UNCOVERED:
            made[outcome] = nodes.uncovered(plan_line)
            continue
        entry = analysed.axes.entries[outcome]
        line = tables.line(entry.span)
        made[outcome] = (
            nodes.block(entry, line) if isinstance(entry, checked.Block) else nodes.target(entry.target, line)
        )
    node_of = np.array([made[outcome] for outcome in outcomes_used.tolist()], np.int32)
    return nodes, node_of[cells.reshape(analysed.merged.cells.shape)]
