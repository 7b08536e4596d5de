"""The rows that `make bench` prints and RESULTS.md lists: what each is, its gate and its goal. One place for them all.

A row's figure is made from what one round measured; its key is what a saved run calls it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Round:
    """Nanoseconds an operation, net of the loop: BASE, what the row is about, and what it is measured against.

    `peak`: bytes at the most of a process that did it. What a row does not measure is NAN.
    """

    base: float
    timed: float
    beside: float = math.nan
    peak: float = math.nan


@dataclass(frozen=True)
class Row:
    """`gate`, `goal`: what the figure must and should reach, None where there is neither.

    `of`: what makes the figure of a round; None where the figure is given. `plans`: that gate and goal are for.
    `floor`: the key of the row whose figure is the best that this one can have. `command`: that measures it.
    `absent`: why there may be no figure.
    """

    key: str
    text: str
    of: Callable[[Round], float] | None
    unit: str = "×"
    better: Literal["less", "more"] = "less"
    gate: float | None = None
    goal: float | None = None
    plans: int | None = None
    floor: str | None = None
    command: str = "make bench"
    absent: str = "not measured in this run"

    def reached(self, figure: float, target: float) -> bool:
        return figure <= target if self.better == "less" else figure >= target

    def instead(self, floor: float | None) -> float | None:
        """What a figure must reach where the floor itself misses the gate: the floor, with a third of it to spare."""
        if self.gate is None or floor is None or self.reached(floor, self.gate):
            return None
        return FLOOR_SHARE * floor if self.better == "less" else floor / FLOOR_SHARE

    def must(self, floor: float | None) -> float | None:
        """The gate, or what takes its place."""
        instead = self.instead(floor)
        return self.gate if instead is None else instead


def over_base(found: Round) -> float:
    return found.timed / found.base


def over_beside(found: Round) -> float:
    return found.timed / found.beside


def beside_over(found: Round) -> float:
    return found.beside / found.timed


def milliseconds(found: Round) -> float:
    return found.timed / 1e6


def seconds(found: Round) -> float:
    return found.timed / 1e9


def megabytes(found: Round) -> float:
    return found.peak / 1e6


def floor_of(row: Row, figures: Mapping[str, float]) -> float | None:
    """The figure of a row's floor, of the same run; None where it has none or none was measured."""
    return None if row.floor is None else figures.get(row.floor)


FLOOR_SHARE = 1.3  # of the floor that a gate below it gives way to
NO_FLOOR = "no benchmarks/floor.pyx"
MANY = 100_000  # plans that the targets of the large rows are for

ROWS = (
    Row("floor", "floor: the work of `route()` with call records, in C ÷ BASE", over_base, absent=NO_FLOOR),
    Row("floor-end", "floor: that of `route()` + `end()` ÷ BASE", over_base, absent=NO_FLOOR),
    Row(
        "floor-batch",
        "floor: that of a batch, decisions a second ÷ that of `route()`",
        beside_over,
        better="more",
        absent=NO_FLOOR,
    ),
    Row("route", "`route()` hot ÷ BASE", over_base, gate=6, goal=4, floor="floor"),
    Row("route-end", "`route()` + `end()` ÷ BASE", over_base, gate=7.5, goal=5, floor="floor-end"),
    Row("route-random", "`route()` random over the plans ÷ hot", over_beside, gate=7, goal=4, plans=MANY),
    Row(
        "batch",
        "batch hot, decisions a second ÷ `route()` hot",
        beside_over,
        better="more",
        gate=2,
        goal=3,
        floor="floor-batch",
    ),
    Row(
        "batch-prefetch",
        "batch random: plain loop ÷ prefetching",
        beside_over,
        better="more",
        gate=1.5,
        goal=2,
        plans=MANY,
        absent="this runtime has no switch for prefetching",
    ),
    Row(
        "batch-threads",
        "batch random: two threads ÷ one",
        beside_over,
        better="more",
        gate=1.5,
        goal=1.8,
        plans=MANY,
        absent="needs two cores; not in a quick run",
    ),
    Row(
        "idiomatic",
        "idiomatic Python ÷ `route()`",
        None,
        better="more",
        gate=15,
        goal=30,
        command="make peers",
        absent="no saved run of `make peers`",
    ),
    Row(
        "zen-expression",
        "zen-engine expression ÷ `route()`",
        None,
        better="more",
        gate=30,
        goal=55,
        command="make peers",
        absent="no saved run of `make peers`",
    ),
    Row(
        "state",
        "a state file's shared counters ÷ in-process counters",
        over_beside,
        gate=1.5,
        goal=1.1,
        absent="needs Linux",
    ),
    *(
        Row(
            f"processes-{kind}-{processes}",
            f"{processes} processes on {text}, calls a second together ÷ one process",
            beside_over,
            better="more",
            absent="not in a quick run",
        )
        for kind, text in (("hot", "one hot plan"), ("many", "1,000 plans"))
        for processes in (2, 4)
    ),
    Row(
        "list-lines",
        "10 million list lines: Python loop ÷ ours, into tables",
        beside_over,
        better="more",
        gate=5,
        goal=20,
    ),
    Row("open", "opening the plans", milliseconds, unit="ms", gate=100, goal=10, plans=MANY),
    Row("build", "build of the plans, cold", seconds, unit="s", gate=180, goal=60, plans=MANY),
    Row("build-memory", "its memory at the most", megabytes, unit="MB", gate=4096, plans=MANY),
    Row("rebuild", "the same after one plan changed", seconds, unit="s", gate=5, goal=1, plans=MANY),
    Row(
        "memory", "memory of the plans with their listed callers", megabytes, unit="MB", gate=400, goal=150, plans=MANY
    ),
    Row("memory-routed", "the same when 32,768 calls to them were routed", megabytes, unit="MB"),
    Row("peek", "`peek()` hot ÷ BASE", over_base),
    Row("life", "a whole life: `route()`, `busy()`, `answered()`, `end()` ÷ BASE", over_base),
    Row("batch-random", "batch random, a decision ÷ BASE", over_base),
    Row("route-warm", "`route()` over the plans, caches warmed ÷ BASE", over_base),
    Row("batch-warm", "batch over the plans, caches warmed, a decision ÷ BASE", over_base),
    Row("compile", "compiling a plan", milliseconds, unit="ms"),
)

BY_KEY = {row.key: row for row in ROWS}
