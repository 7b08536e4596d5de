"""Nested routes, resolved in the cells so that a call needs no second scan; tested by tests/test_nested.py.

A rule whose target has routes within becomes as many outcomes as its calls need: each says for every such route which
of its rules takes the call. `visits` goes through the same routes one by one, for what is wrong with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np
import numpy.typing as npt

from . import checked, limits
from .cells import UNCOVERED, Axes, Entry, Outcomes, Truths
from .targets import parts_of

_MOST_COUNTED = 1 << 20  # entries of a table that is no trouble, however few values there are

Places = npt.NDArray[np.intp]  # of cells, in a flat origin x time x caller product, ascending


@dataclass(frozen=True)
class Taken:
    """For a route: the place of the rule that takes the call, UNCOVERED for none, and the choice for its target."""

    rule: int
    inner: Choice


@dataclass(frozen=True)
class Branches:
    """For a split: the choice for each branch."""

    choices: tuple[Choice, ...]


Choice = Taken | Branches | None  # None: nothing to choose. The choice for an `or` is that for its last target.


@dataclass(frozen=True)
class Outcome:
    """What a call comes to."""

    entry: Entry
    choice: Choice


def resolve(axes: Axes, cells: Outcomes, possible: Truths) -> tuple[Outcomes, list[Outcome]]:
    """The cells as places of outcomes, which are in the order of the entries; UNCOVERED stays.

    Cells that are not possible may have any value. Raises limits.LimitExceeded.
    """
    found: list[Outcome] = []
    at_entry = np.full(len(axes.entries) + 1, UNCOVERED, np.int32)  # the last is that of UNCOVERED
    chosen: list[tuple[Places, Outcomes]] = []
    resolver = _Resolver(axes)
    for place, entry in enumerate(axes.entries):
        if isinstance(entry, checked.Block) or not _has_routes(entry.target):
            at_entry[place] = len(found)
            found.append(Outcome(entry, None))
            continue
        at = np.flatnonzero((cells == place) & possible)
        if len(at):
            which, choices = resolver.choose(entry.target, at)
            chosen.append((at, which + len(found)))
            found += [Outcome(entry, choice) for choice in choices]
    resolved = at_entry[cells]
    for at, outcomes in chosen:
        resolved.ravel()[at] = outcomes
    return resolved, found


class _Resolver:
    def __init__(self, axes: Axes) -> None:
        self._axes = axes
        self._size = 0

    def choose(self, target: checked.Target, at: Places) -> tuple[Outcomes, list[Choice]]:
        """The choices that some cells need, and which of them each cell has."""
        match target:
            case checked.To() | checked.Announce():
                return np.zeros(len(at), np.int32), [None]
            case checked.Hunt(first, last):
                which, choices = self.choose(last, at)
                self._count(len(choices) * len(first))
                return which, choices
            case checked.Split():
                return self._branches(target, at)
            case checked.Route(rules):
                return self._rules(rules, at)
            case _:
                assert_never(target)

    def _branches(self, split: checked.Split, at: Places) -> tuple[Outcomes, list[Choice]]:
        if not _has_routes(split):
            return np.zeros(len(at), np.int32), [None]
        count = 1
        which: Places = np.zeros(len(at), np.intp)
        chains: list[tuple[list[int], list[int], list[Choice]]] = []  # of each branch: chain before, choice; choices
        for branch in split.branches:
            own, choices = self.choose(branch.target, at)
            pairs, which = _different(which.astype(np.int64) * len(choices) + own, count * len(choices))
            count = len(pairs)
            chains.append(((pairs // len(choices)).tolist(), (pairs % len(choices)).tolist(), choices))
            self._count(len(pairs))
        found: list[Choice] = []
        for at_chain in range(len(chains[-1][0])):
            parts: list[Choice] = []
            for before, picked, choices in reversed(chains):
                parts.append(choices[picked[at_chain]])
                at_chain = before[at_chain]
            found.append(Branches(tuple(reversed(parts))))
        return which.astype(np.int32), found

    def _rules(self, rules: Sequence[checked.Rule], at: Places) -> tuple[Outcomes, list[Choice]]:
        taken = first_rules(self._axes, rules, at)
        which = np.zeros(len(at), np.int32)
        found: list[Choice] = []
        for place in occurring(taken):
            own = taken == place
            if place == UNCOVERED:
                which[own] = len(found)
                found.append(Taken(UNCOVERED, None))
                continue
            inner, choices = self.choose(rules[place].target, at[own])
            which[own] = inner + len(found)
            found += [Taken(place, choice) for choice in choices]
        self._count(len(found))
        return which, found

    def _count(self, more: int) -> None:
        self._size += more
        if self._size > limits.MOST_CHOICES:
            raise limits.LimitExceeded("E532", {"most": f"{limits.MOST_CHOICES:,}"})


@dataclass(frozen=True)
class Level:
    """One step on the way to a nested route: the place of the rule that led on, among those that stood there."""

    entries: Sequence[Entry]
    place: int

    @property
    def entry(self) -> Entry:
        return self.entries[self.place]


@dataclass(frozen=True)
class Visit:
    """A nested route or a split by caller that calls come to.

    `at`: their cells; `above`: how they got here, from the plan's own route on; `taken`: for a route, the place of the
    rule that takes each of them, or UNCOVERED. `straight`: through rules alone, without an `or` or a split. `behind`:
    only after a destination that is never full, so that in truth no call comes.
    """

    target: checked.Route | checked.Split
    at: Places
    taken: Outcomes
    above: tuple[Level, ...]
    straight: bool
    behind: bool


def visits(axes: Axes, cells: Outcomes, possible: Truths) -> Iterator[Visit]:
    """What is visited of all rules that take calls, outer targets first, in the order of the source."""
    for place, entry in enumerate(axes.entries):
        if isinstance(entry, checked.Rule) and _is_visited(entry.target):
            at = np.flatnonzero((cells == place) & possible)
            yield from _visits(axes, entry.target, at, (Level(axes.entries, place),), True, False)


def _visits(
    axes: Axes, target: checked.Target, at: Places, above: tuple[Level, ...], straight: bool, behind: bool
) -> Iterator[Visit]:
    if not len(at) or isinstance(target, checked.To | checked.Announce) or not _is_visited(target):
        return
    match target:
        case checked.Hunt(first, last):
            endless = any(to.destination.limit is None for to in first)
            yield from _visits(axes, last, at, above, False, behind or endless)
        case checked.Split(branches):
            if target.by_caller:
                yield Visit(target, at, np.empty(0, np.int32), above, straight, behind)
            for branch in branches:
                yield from _visits(axes, branch.target, at, above, False, behind)
        case checked.Route(rules):
            taken = first_rules(axes, rules, at)
            yield Visit(target, at, taken, above, straight, behind)
            for place, rule in enumerate(rules):
                yield from _visits(
                    axes, rule.target, at[taken == place], (*above, Level(rules, place)), straight, behind
                )
        case _:
            assert_never(target)


def _is_visited(target: checked.Target) -> bool:
    return any(
        isinstance(part, checked.Route) or (isinstance(part, checked.Split) and part.by_caller)
        for part in parts_of(target)
    )


def first_rules(axes: Axes, entries: Sequence[Entry], at: Places) -> Outcomes:
    """For each of some cells the place of the first rule that holds there, or UNCOVERED."""
    # The smallest product of classes that has the cells is looked at: whole rows are faster than cells one by one.
    index = np.unravel_index(at, axes.shape)
    sides = [_different(each, size) for each, size in zip(index, axes.shape, strict=True)]
    box = np.full([len(classes) for classes, _ in sides], UNCOVERED, np.int32)
    for place in range(len(entries) - 1, -1, -1):
        holds = axes.holds(entries[place].condition)
        for axis, (classes, _) in enumerate(sides):
            if holds.shape[axis] > 1:
                holds = holds.take(classes, axis)
        np.copyto(box, place, where=holds)
    found: Outcomes = box[tuple(places for _, places in sides)]
    return found


def occurring(taken: Outcomes) -> list[int]:
    """The places of rules that some cells have, ascending, UNCOVERED first."""
    found: list[int] = (np.flatnonzero(np.bincount(taken - UNCOVERED)) + UNCOVERED).tolist()
    return found


def _different(values: npt.NDArray[np.integer[Any]], size: int) -> tuple[Places, Places]:
    """The different values, all below `size`, ascending; and for each value which of them it is."""
    if size > _MOST_COUNTED + 8 * len(values):
        different, which = np.unique(values, return_inverse=True)
        return different.astype(np.intp), which
    seen = np.zeros(size, np.bool_)
    seen[values] = True
    return np.flatnonzero(seen), (np.cumsum(seen) - 1)[values]


def _has_routes(target: checked.Target) -> bool:
    return any(isinstance(part, checked.Route) for part in parts_of(target))
