"""What the cells show beside calls without a rule: exact, whatever the conditions; tested by tests/test_findings.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from . import checked
from .by_caller import branches_of, callers_in
from .cells import Axes, Entry, Outcomes, Truths, leaves_of
from .diagnostics import Diagnostic, Related
from .heads import condition_of, head_of
from .nested import Level, Visit, first_rules, occurring
from .origins import slots_of_areas
from .source import Span

_SHOWN = 3  # of the rules and blocks that leave another without calls


def findings(plan: checked.Plan, axes: Axes, cells: Outcomes, possible: Truths) -> list[Diagnostic]:
    """The warnings of a plan, those of its nested targets left out."""
    return [
        *_never_open(plan, axes),
        *_shut_out(plan, axes, possible),
        *_never_reached(axes, cells, possible),
    ]


def findings_inside(
    plan: checked.Plan, axes: Axes, cells: Outcomes, possible: Truths, visit: Visit
) -> Iterator[Diagnostic]:
    """Those of one nested target."""
    if visit.behind:  # which has been reported
        return
    if isinstance(visit.target, checked.Route):
        rules = visit.target.rules
        for place in _idle(axes, rules, set(occurring(visit.taken))):
            yield _unreached(axes, cells, possible, (*visit.above, Level(rules, place)))
    else:
        yield from _without_callers(plan, axes, visit, visit.target)


def _never_open(plan: checked.Plan, axes: Axes) -> Iterator[Diagnostic]:
    for at, schedule in enumerate(axes.schedules):
        if not axes.times.holds(at).any():
            yield Diagnostic("W410", head_of(schedule.span), {"name": schedule.name, "zone": plan.zone})


def _shut_out(plan: checked.Plan, axes: Axes, possible: Truths) -> Iterator[Diagnostic]:
    for block in axes.entries:
        if isinstance(block, checked.Block) and (axes.holds(block.condition) | ~possible).all():
            yield Diagnostic("W510", condition_of(block), {"plan": plan.name})


def _never_reached(axes: Axes, cells: Outcomes, possible: Truths) -> Iterator[Diagnostic]:
    """Rules and blocks whose calls all end earlier, or that no call meets."""
    reached = set(occurring(cells[np.broadcast_to(possible, cells.shape)]))
    for place in _idle(axes, axes.entries, reached):
        yield _unreached(axes, cells, possible, (Level(axes.entries, place),))


def _without_callers(plan: checked.Plan, axes: Axes, visit: Visit, split: checked.Split) -> Iterator[Diagnostic]:
    """Branches of a `split by caller` that none of the listed callers, the only ones who come to it, comes to."""
    callers = callers_in(axes, visit.at)
    if callers is None:
        return
    reached = set(branches_of(plan, split, callers).tolist())
    let_in = Related("let_in_here", condition_of(visit.above[-1].entry))
    for place, branch in enumerate(split.branches):
        if place not in reached:
            yield Diagnostic("W513", branch.span, {"count": f"{len(callers):,}"}, None, (let_in,))


def _idle(axes: Axes, entries: Sequence[Entry], reached: set[int]) -> Iterator[int]:
    """The places that are not reached and of which nothing has been said.

    What follows `otherwise` and what stands on an origin or a schedule that is empty has been reported as that.
    """
    for place, entry in enumerate(entries):
        if place not in reached and not _is_empty(axes, entry.condition):
            yield place
        if isinstance(entry, checked.Rule) and entry.condition is None:
            return


def _unreached(axes: Axes, cells: Outcomes, possible: Truths, way: tuple[Level, ...]) -> Diagnostic:
    """`way`: how calls would come to the rule or block, which is the last of it."""
    entry = way[-1].entry
    code = "W512" if isinstance(entry, checked.Rule) else "W511"
    places = list(_takers(axes, cells, axes.holds(entry.condition) & possible, way))
    related = tuple(Related("taken_here", place) for place in places[:_SHOWN])
    return Diagnostic(code, condition_of(entry), {}, None, related)


def _is_empty(axes: Axes, condition: checked.Condition | None) -> bool:
    """Whether an origin or a schedule of a condition holds for nobody, by itself."""
    for leaf in leaves_of(condition):
        if isinstance(leaf, checked.From) and not axes.slots_of(leaf.origin).any():
            return True
        if isinstance(leaf, checked.During) and not axes.holds(leaf).any():
            return True
    return False


def _takers(axes: Axes, cells: Outcomes, holds: Truths, way: tuple[Level, ...]) -> Iterator[Span]:
    """Where the calls end for which the last of a way holds."""
    wanted = [
        axes.slots_of(leaf.origin) for leaf in leaves_of(way[-1].entry.condition) if isinstance(leaf, checked.From)
    ]
    for block in axes.area_blocks:
        if any((slots & slots_of_areas(block.codes)).any() for slots in wanted):
            yield condition_of(block.block)
    at = np.flatnonzero(np.broadcast_to(holds, cells.shape))
    for level in way:
        taken = cells.ravel()[at] if level is way[0] else first_rules(axes, level.entries, at)
        yield from (condition_of(level.entries[place]) for place in occurring(taken) if place != level.place)
        at = at[taken == level.place]
