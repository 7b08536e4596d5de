"""The cells of a plan: for each class of origin, time and caller the first block or rule that holds; tested by
tests/test_cells.py.

The scan happens once, here, so that a call needs none. A cell has the place of its block or rule in Axes.entries, or
UNCOVERED where none holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import assert_never

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap64

from . import checked, limits
from .caller_sets import CallerSets
from .callers import CallerAxis
from .keys import origins_of
from .offsets import Clock
from .origins import OriginAxis, OriginSets, Slots, nobody, whole_areas
from .targets import rules_in
from .timetable import TimeAxis, Timetable

UNCOVERED = -1

Truths = npt.NDArray[np.bool_]  # of origin x time x caller class; an axis that does not matter has length 1
Outcomes = npt.NDArray[np.int32]
Entry = checked.Block | checked.Rule


@dataclass(frozen=True)
class AreaBlock:
    """A block of whole area codes, less those of blocks before it: the tables keep it as a set of areas."""

    block: checked.Block
    codes: tuple[int, ...]


class Axes:
    """What a plan's conditions tell apart, and what stands in its cells. Raises limits.LimitExceeded.

    `area_blocks` come first and are no part of the cells; `entries` are all other blocks, then the rules, in order.
    `callers` may have read lists that other plans name too.
    """

    def __init__(self, plan: checked.Plan, clock: Clock, callers: CallerSets) -> None:
        self._origin_sets = OriginSets()
        self._slots: dict[int, Slots] = {}  # by the identity of a checked.Origin, which the plan keeps alive
        self.area_blocks, self.blocked, others = self._split_blocks(plan.blocks)
        self.entries: tuple[Entry, ...] = (*others, *plan.rules)
        conditions = [each.condition for each in others] + [rule.condition for rule in rules_in(plan.rules)]
        leaves = [leaf for condition in conditions for leaf in leaves_of(condition)]
        self.schedules = list(dict.fromkeys(leaf.schedule for leaf in leaves if isinstance(leaf, checked.During)))
        self.lists = list(dict.fromkeys(leaf.list for leaf in leaves if isinstance(leaf, checked.CallerIn)))
        self._schedule_at = {schedule: at for at, schedule in enumerate(self.schedules)}
        self._list_at = {each: at for at, each in enumerate(self.lists)}
        self._blacklist = plan.blacklist.entries if plan.blacklist else ()
        self._caller_sets = callers
        self.blacklist = callers.form(self._blacklist)
        left_out = self.blacklisted if self.lists else BitMap64()
        self.callers = CallerAxis([callers.of((each,)) for each in self.lists], left_out)
        self.origins = OriginAxis(
            [self.slots_of(leaf.origin) for leaf in leaves if isinstance(leaf, checked.From)], self.blocked
        )
        self.times = TimeAxis(self.schedules, clock)
        self.shape = len(self.origins.members), len(self.times.vectors), len(self.callers.vectors)
        cells = self.shape[0] * self.shape[1] * self.shape[2]
        if cells > limits.MOST_CELLS:
            fields = {"cells": f"{cells:,}", "most": f"{limits.MOST_CELLS:,}"}
            counts = dict(zip(("origins", "times", "callers"), self.shape, strict=True))
            raise limits.LimitExceeded("E530", {**fields, **counts})

    def holds(self, condition: checked.Condition | None) -> Truths:
        """Where a condition holds; None, which is `otherwise`, holds everywhere."""
        match condition:
            case None:
                return np.ones((1, 1, 1), np.bool_)
            case checked.From(origin):
                return self.origins.holds(self.slots_of(origin))[:, None, None]
            case checked.During(schedule):
                return self.times.holds(self._schedule_at[schedule])[None, :, None]
            case checked.CallerIn(list=members):
                return self.callers.holds(self._list_at[members])[None, None, :]
            case checked.Not(inner):
                return ~self.holds(inner)
            case checked.And(conditions):
                found = self.holds(conditions[0])
                for each in conditions[1:]:
                    found = found & self.holds(each)
                return found
            case checked.Or(conditions):
                found = self.holds(conditions[0])
                for each in conditions[1:]:
                    found = found | self.holds(each)
                return found
            case _:
                assert_never(condition)

    @cached_property
    def blacklisted(self) -> BitMap64:
        """The callers of the blacklist as a set. A long one takes its time, so only what looks for callers asks."""
        return self._caller_sets.of(self._blacklist)

    def possible(self) -> Truths:
        """Which callers there can be, as origin x 1 x caller class: all on no list, on a list those it has."""
        found = np.ones((self.shape[0], 1, self.shape[2]), np.bool_)
        for at, keys in enumerate(self.callers.keys[1:], 1):
            found[:, 0, at] = self.origins.any_in(origins_of(keys))
        return found

    def slots_of(self, origin: checked.Origin) -> Slots:
        """The origins of a condition, those that blocks keep from the cells included."""
        if id(origin) not in self._slots:
            self._slots[id(origin)] = self._origin_sets.of(origin)
        return self._slots[id(origin)]

    def _split_blocks(
        self, blocks: Sequence[checked.Block]
    ) -> tuple[tuple[AreaBlock, ...], Slots, tuple[checked.Block, ...]]:
        """The leading blocks of whole area codes, all origins that they block, and the other blocks."""
        found: list[AreaBlock] = []
        blocked = nobody()
        for at, block in enumerate(blocks):
            if not isinstance(block.condition, checked.From):
                return tuple(found), blocked, tuple(blocks[at:])
            origins = self.slots_of(block.condition.origin)
            if whole_areas(origins) is None:
                return tuple(found), blocked, tuple(blocks[at:])
            codes = whole_areas(origins & ~blocked)
            if codes:
                found.append(AreaBlock(block, codes))
            blocked |= origins
        return tuple(found), blocked, ()


def leaves_of(
    condition: checked.Condition | None,
) -> Iterator[checked.From | checked.During | checked.CallerIn]:
    match condition:
        case None:
            return
        case checked.From() | checked.During() | checked.CallerIn():
            yield condition
        case checked.Not(inner):
            yield from leaves_of(inner)
        case checked.And(conditions) | checked.Or(conditions):
            for each in conditions:
                yield from leaves_of(each)
        case _:
            assert_never(condition)


def outcomes(axes: Axes) -> Outcomes:
    """The cells, origin x time x caller class."""
    found = np.full(axes.shape, UNCOVERED, np.int32)
    for at in range(len(axes.entries) - 1, -1, -1):
        np.copyto(found, at, where=axes.holds(axes.entries[at].condition))
    return found


@dataclass(frozen=True)
class Merged:
    """The cells with equal slices made one.

    `origin_map`: class of each slot. `timetable`: when which time class is. `caller_groups`: for each caller class but
    the first, which is on no list, the classes of Axes.callers that it consists of.
    """

    cells: Outcomes
    origin_map: npt.NDArray[np.int32]
    timetable: Timetable
    caller_groups: tuple[tuple[int, ...], ...]


def merge(axes: Axes, cells: Outcomes, possible: Truths) -> Merged:
    """Make classes one that have the same outcome everywhere; what no caller can be is as if on no list."""
    cells = np.where(possible, cells, cells[:, :, :1])
    origin_groups = _groups(cells)
    cells = cells[_firsts(origin_groups)]
    time_groups = _groups(cells.transpose(1, 0, 2))
    cells = cells[:, _firsts(time_groups)]
    caller_groups = _groups(cells.transpose(2, 0, 1))
    cells = cells[:, :, _firsts(caller_groups)]
    timetable, order = axes.times.merged(time_groups)
    members: list[list[int]] = [[] for _ in range(cells.shape[2])]
    for at, group in enumerate(caller_groups):
        members[group].append(at)
    return Merged(
        cells[:, list(order)],
        np.array(origin_groups, np.int32)[axes.origins.classes],
        timetable,
        tuple(tuple(group) for group in members[1:]),
    )


def _groups(slices: Outcomes) -> list[int]:
    """For each slice along the first axis the number of its content, in order of appearance."""
    known: dict[bytes, int] = {}
    return [known.setdefault(each.tobytes(), len(known)) for each in slices]


def _firsts(groups: Sequence[int]) -> list[int]:
    """Where each group appears first."""
    found: list[int] = []
    for at, group in enumerate(groups):
        if group == len(found):
            found.append(at)
    return found
