"""Calls tried on the engine, with the state that an `expect` supposes; tested by tests/test_rehearsal.py.

The engine decides every step. It runs on a copy of the tables in which, so that no call finds what another one left

- a destination with a limit holds one call, so that one more call makes it full,
- a quota takes every call, as a new one takes the first,
- the branches of a split can be made all the same, so that each may be tried, whatever its ticket or its caller,
- a plan can be entered at a node, so that a call of any origin may be tried whose numbers nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from ..runtime import layout, trace
from ..runtime.engine import Engine
from ..runtime.layout import NONE
from ..runtime.memory import MAX_CALLS
from ..runtime.tables import Tables
from . import checked

Cause = Literal["busy", "no_answer", "unreachable"]
Event = Literal["busy", "no_answer", "unreachable", "full"]
_CAUSES: tuple[Cause, ...] = ("busy", "no_answer", "unreachable")
_CHANGED = ("plans", "cells", "nodes", "branches", "destinations", "counters", "quotas")
_WITHHELD = ""  # it is on no list and in no area, so it comes to the cells of every plan


class Entry(NamedTuple):
    """What stands before the targets: the node of the first rule or block that holds, or an announcement before it."""

    plan: int
    node: int | None
    announced: str | None


class Stop(NamedTuple):
    """Where a decision leaves a call: the destinations found full on the way, then one with room or an announcement."""

    full: tuple[int, ...]
    connected: int | None
    announced: str | None


class Way(NamedTuple):
    """One way of a call through the splits. `before`: how many destinations were full before each split."""

    stop: Stop
    choices: Mapping[int, int]  # the branch of each split on the way, in order
    share: Fraction
    before: tuple[int, ...]


class _Begun(NamedTuple):
    """A way as far as a branch of a split, whose node is `node`; the rest as in Way."""

    node: int
    full: tuple[int, ...]
    choices: Mapping[int, int]
    share: Fraction
    before: tuple[int, ...]


@dataclass
class Attempt:
    """A call in progress. `offered`: what was dialled, as `dial_id`."""

    plan: int
    handle: int
    offered: list[int]


class Rehearsal:
    """One engine for all that is tried; between two calls nothing is left of the first."""

    def __init__(self, tables: Tables, most_full: int) -> None:
        """`most_full`: how many destinations may be full at once."""
        self._strings = tables.string
        copied = {name: tables.sections[name].copy() for name in _CHANGED}
        self._s = {**tables.sections, **copied}
        self._s["destinations"]["limit"] = np.minimum(self._s["destinations"]["limit"], 1)
        self._s["counters"]["places"] = np.minimum(self._s["counters"]["places"], 1)
        self._s["quotas"]["allowed"] = 2**32 - 1
        self._cell = len(self._s["cells"])
        self._node = len(self._s["nodes"])
        for name in ("cells", "nodes"):  # one more, to enter a plan by
            self._s[name] = np.append(self._s[name], np.zeros(1, self._s[name].dtype))
        self._full: dict[int, int] = {}
        changed = copy(tables)
        changed.sections = self._s
        self._engine = Engine(changed, max_calls=min(most_full + 1, MAX_CALLS), clock=_no_time)

    def __enter__(self) -> Rehearsal:
        return self

    def __exit__(self, *reason: object) -> None:
        self._engine.close()

    def enter(self, called: str, caller: str, at: int, origin: tuple[str, str | None] | None = None) -> Entry:
        """Where a caller comes in at an instant (POSIX seconds), or any caller of an origin who is on no list."""
        decision, marks, _ = self._engine._trace(called, caller, at, origin)
        plan = next(a for kind, _, a, _ in marks if kind == trace.NUMBER)
        node = next((a for kind, _, a, _ in marks if kind == trace.CELL), None)
        return Entry(plan, node, decision.announcement if node is None else None)

    def plan(self, number: str) -> int:
        """The record of the plan that answers a service number of ten digits."""
        at = int(np.searchsorted(self._s["numbers"]["number"], np.uint64(number)))
        return int(self._s["numbers"]["plan"][at])

    def name(self, destination: int) -> str:
        """A destination's name."""
        return self._strings(int(self._s["destinations"]["name"][destination]))

    def destination(self, plan: int, wanted: checked.Destination) -> int:
        """The record of a destination that a plan uses."""
        return self._destinations[
            (NONE, wanted.shared_in, wanted.name) if wanted.shared_in else (plan, "", wanted.name)
        ]

    @cached_property
    def _destinations(self) -> dict[tuple[int, str, str], int]:
        """By plan and name; those of all plans by file and name."""
        records = self._s["destinations"]
        plans, names = records["plan"].tolist(), records["name"].tolist()
        files = self._s["lines"]["file"][records["line"]].tolist()
        return {
            (plan, self._strings(file) if plan == NONE else "", self._strings(name)): at
            for at, (plan, name, file) in enumerate(zip(plans, names, files, strict=True))
        }

    @cached_property
    def _nodes_of(self) -> dict[int, list[int]]:
        """The nodes of each split."""
        found: dict[int, list[int]] = {}
        for node in np.flatnonzero(self._s["nodes"]["kind"] == layout.NODE_SPLIT).tolist():
            found.setdefault(int(self._s["nodes"]["target"][node]), []).append(node)
        return found

    # The state

    def fill(self, plan: int, wanted: Iterable[int]) -> None:
        """Make destinations of a plan full, and only those."""
        full = set(wanted)
        for destination in [each for each in self._full if each not in full]:
            self._engine.end(self._full.pop(destination))
        for destination in sorted(full - self._full.keys()):
            self._s["nodes"][self._node] = (layout.NODE_CONNECT, 0, 0, destination, 0, 0)
            with _Entered(self._s, plan, self._cell, self._node):
                self._full[destination] = self._engine.route(self._number(plan), _WITHHELD, 0).call

    def _number(self, plan: int) -> str:
        return str(self._s["numbers"]["number"][self._s["plans"]["number"][plan]])

    # The ways through splits

    def ways(self, entry: Entry) -> list[Way]:
        """Every way from an entry's node, in the order of the branches, in the state that `fill` made.

        Branches that lead to the same are one way.
        """
        if entry.node is None:
            return [Way(Stop((), None, entry.announced), {}, Fraction(1), ())]
        found = []
        pending = [_Begun(entry.node, (), {}, Fraction(1), ())]
        while pending:
            begun = pending.pop()
            stop, split = self._walk(entry.plan, begun.node)
            full = begun.full + stop.full
            if split is None:
                found.append(Way(stop._replace(full=full), begun.choices, begun.share, begun.before))
                continue
            record = self._s["nodes"][split]
            target, first = int(record["target"]), self._first_node(entry.plan)
            behind = self._s["branches"][int(record["next"]) :]
            pending += [
                _Begun(
                    first + int(behind[at]),
                    full,
                    {**begun.choices, target: at},
                    begun.share * part,
                    (*begun.before, len(full)),
                )
                for at, part in reversed(self._branches(target).items())
            ]
        return found

    def _walk(self, plan: int, node: int) -> tuple[Stop, int | None]:
        """From a node on to where the call is left, or to a split, whose node is returned.

        A trace that is full ends where it may, so the next one begins there.
        """
        first, following = self._first_node(plan), self._s["nodes"]["next"]
        full: list[int] = []
        while True:
            with _Entered(self._s, plan, self._cell, node):
                decision, marks, _ = self._engine._trace(self._number(plan), _WITHHELD, 0)
            whole = marks[-1][0] in (trace.CONNECT, trace.ANNOUNCE)
            for kind, has_room, what, _ in marks if whole else marks[:-1]:
                if kind == trace.SPLIT:
                    return Stop(tuple(full), None, None), node
                if kind == trace.LIMIT and not has_room:
                    full.append(what)
                    node = first + int(following[node])
                elif kind == trace.CONNECT:
                    return Stop(tuple(full), what, None), None
            if whole:
                return Stop(tuple(full), None, decision.announcement), None

    def _first_node(self, plan: int) -> int:
        return int(self._s["plans"]["nodes"][plan])

    def _places(self, split: int) -> list[slice]:
        """Where the branches of a split stand, for each of its nodes."""
        count = int(self._s["splits"]["branches"][split])
        starts = [int(self._s["nodes"]["next"][node]) for node in self._nodes_of[split]]
        return [slice(start, start + count) for start in starts]

    def _chosen(self, choices: Mapping[int, int]) -> _Chosen:
        chosen = [(place, branch) for split, branch in choices.items() for place in self._places(split)]
        return _Chosen(self._s["branches"], chosen)

    def _branches(self, split: int) -> dict[int, Fraction]:
        """The share of each branch; of branches that lead to the same, only the first, with the share of all."""
        record = self._s["splits"][split]
        first, count, period = int(record["weights"]), int(record["branches"]), int(record["period"])
        weights = np.diff(self._s["weights"][first : first + count].astype(np.int64), prepend=0).tolist()
        targets = zip(*(self._s["branches"][place].tolist() for place in self._places(split)), strict=True)
        firsts: dict[tuple[int, ...], int] = {}
        found: dict[int, Fraction] = {}
        for at, (target, weight) in enumerate(zip(targets, weights, strict=True)):
            branch = firsts.setdefault(target, at)
            found[branch] = found.get(branch, Fraction(0)) + Fraction(weight, period)
        return found

    # The life of a call

    def start(self, entry: Entry, way: Way) -> Attempt:
        """Begin the call that goes this way and is connected."""
        if entry.node is None or way.stop.connected is None:
            raise ValueError("this call is not connected")
        with _Entered(self._s, entry.plan, self._cell, entry.node), self._chosen(way.choices):
            decision = self._engine.route(self._number(entry.plan), _WITHHELD, 0)
        return Attempt(entry.plan, decision.call, [self._dialled(way.stop.connected)])

    def report(self, attempt: Attempt, cause: Cause) -> Stop:
        """What becomes of a call that met with busy, no answer or another failure."""
        listed = self._forwards(attempt.plan, cause)
        if len(attempt.offered) > int(self._s["plans"]["max_forwards"][attempt.plan]):
            listed = []
        decision = getattr(self._engine, cause)(attempt.handle)
        new = [each for each in listed if self._dialled(each) not in attempt.offered]
        if decision.action != "connect":
            return Stop(tuple(new), None, decision.announcement)
        taken = next(at for at, each in enumerate(new) if self.name(each) == decision.destination)
        attempt.offered.append(self._dialled(new[taken]))
        return Stop(tuple(new[:taken]), new[taken], None)

    def end(self, attempt: Attempt) -> None:
        self._engine.end(attempt.handle)

    def _dialled(self, destination: int) -> int:
        return int(self._s["destinations"]["dial_id"][destination])

    def _forwards(self, plan: int, cause: Cause) -> list[int]:
        record = self._s["plans"][plan]
        counts = record["forward_counts"].tolist()
        first = int(record["forwards"]) + sum(counts[: _CAUSES.index(cause)])
        listed: list[int] = self._s["forwards"][first : first + counts[_CAUSES.index(cause)]].tolist()
        return listed


class _Entered:
    """While it lasts, every call of a plan that is on no list comes to one node."""

    def __init__(self, sections: Mapping[str, np.ndarray], plan: int, cell: int, node: int) -> None:
        self._record = sections["plans"][plan : plan + 1]
        sections["cells"][cell] = (node - int(self._record["nodes"][0])) % 2**32
        self._cell = cell

    def __enter__(self) -> None:
        self._kept = self._record.copy()
        self._record["cells"] = self._cell
        self._record["list_classes"] = 0  # by which rows and columns are multiplied

    def __exit__(self, *reason: object) -> None:
        self._record[:] = self._kept


class _Chosen:
    """While it lasts, all branches of some splits are one of them."""

    def __init__(self, branches: np.ndarray, chosen: Sequence[tuple[slice, int]]) -> None:
        self._branches = branches
        self._chosen = chosen

    def __enter__(self) -> None:
        self._kept = [self._branches[place].copy() for place, _ in self._chosen]
        for place, branch in self._chosen:
            self._branches[place] = self._branches[place][branch]

    def __exit__(self, *reason: object) -> None:
        for (place, _), kept in zip(self._chosen, self._kept, strict=True):
            self._branches[place] = kept


def _no_time() -> float:
    """The engine's clock: no call that is tried is ever taken for lost."""
    return 0.0
