"""What the cells show beside calls without a rule: exact, whatever the conditions; tested by tests/test_findings.py.

This is the place for more of the kind: targets of an `or` and branches of a split that no call reaches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from . import checked
from .cells import Axes, Outcomes, Truths, leaves_of
from .diagnostics import Diagnostic, Related
from .origins import slots_of_areas
from .source import Span

_HEAD = re.compile(r'\w+(?:\s*(?:"[^"\n]*"|\w+))?')
_SHOWN = 3  # of the rules and blocks that leave another without calls


def findings(plan: checked.Plan, axes: Axes, cells: Outcomes, possible: Truths) -> list[Diagnostic]:
    """The warnings of a plan."""
    return [
        *_never_open(plan, axes),
        *_shut_out(plan, axes, possible),
        *_never_reached(axes, cells, possible),
    ]


def _never_open(plan: checked.Plan, axes: Axes) -> Iterator[Diagnostic]:
    for at, schedule in enumerate(axes.schedules):
        if not axes.times.holds(at).any():
            yield Diagnostic("W410", head_of(schedule.span), {"name": schedule.name, "zone": plan.zone})


def _shut_out(plan: checked.Plan, axes: Axes, possible: Truths) -> Iterator[Diagnostic]:
    for block in axes.entries:
        if isinstance(block, checked.Block) and (axes.holds(block.condition) | ~possible).all():
            yield Diagnostic("W510", _condition_span(block), {"plan": plan.name})


def _never_reached(axes: Axes, cells: Outcomes, possible: Truths) -> Iterator[Diagnostic]:
    """Rules and blocks whose calls all end earlier, or that no call meets.

    What follows `otherwise` and what stands on an origin or a schedule that is empty has been reported as that.
    """
    reached = set(np.unique(cells[np.broadcast_to(possible, cells.shape)]).tolist())
    for at, entry in enumerate(axes.entries):
        if at not in reached and not _is_empty(axes, entry.condition):
            code = "W512" if isinstance(entry, checked.Rule) else "W511"
            places = list(_takers(axes, cells, axes.holds(entry.condition) & possible, entry))
            related = tuple(Related("taken_here", place) for place in places[:_SHOWN])
            yield Diagnostic(code, _condition_span(entry), {}, None, related)
        if isinstance(entry, checked.Rule) and entry.condition is None:
            return


def _is_empty(axes: Axes, condition: checked.Condition | None) -> bool:
    """Whether an origin or a schedule of a condition holds for nobody, by itself."""
    for leaf in leaves_of(condition):
        if isinstance(leaf, checked.From) and not axes.slots_of(leaf.origin).any():
            return True
        if isinstance(leaf, checked.During) and not axes.holds(leaf).any():
            return True
    return False


def _takers(axes: Axes, cells: Outcomes, holds: Truths, entry: checked.Rule | checked.Block) -> Iterator[Span]:
    """Where the calls end for which a rule or block holds."""
    wanted = [axes.slots_of(leaf.origin) for leaf in leaves_of(entry.condition) if isinstance(leaf, checked.From)]
    for block in axes.area_blocks:
        if any((slots & slots_of_areas(block.codes)).any() for slots in wanted):
            yield _condition_span(block.block)
    for at in np.unique(cells[np.broadcast_to(holds, cells.shape)]).tolist():
        yield _condition_span(axes.entries[at])


def _condition_span(entry: checked.Rule | checked.Block) -> Span:
    return head_of(entry.span) if entry.condition is None else entry.condition.span


def head_of(span: Span) -> Span:
    """The word that a statement starts with, and its name."""
    head = _HEAD.match(span.text)
    return span if head is None else Span(span.source, span.start, span.start + head.end())
