"""What decisions cost: the stop-watch of `callplan bench`; tested by tests/test_command_bench.py.

A round measures BASE (runtime/base.pyx), then every call one by one, then all in batches, so that the machine's drift
meets all three. What a decision costs is a multiple of its own round's BASE. Calls end outside the timed part.
"""

from __future__ import annotations

import gc
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice, pairwise, repeat
from statistics import median
from time import perf_counter_ns as clock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .command_recorded import Recorded
from .runtime.base import Base
from .runtime.engine import Engine

if TYPE_CHECKING:
    from .runtime.tables import Tables

PERCENTILES = {"p50": 50.0, "p99": 99.0, "p99.9": 99.9}
MOST_BATCH = 65_536  # calls
# A round goes over the calls again until it has so many samples of a way, or for so long.
SINGLE_SAMPLES = 10_000
BATCH_SAMPLES = 100
LONGEST = 0.1  # seconds
RECORDS = 1024  # at least, in each engine's book
WARM_UP = 4  # times that a book is filled before
EARLIER = 63 * 86400  # seconds: another day, week and month, on the same weekday
AT_ONCE = 200  # empty calls of a chunk
CHUNKS = 50
SINGLY = 2000  # empty calls timed one by one
REHEARSED = 500  # calls decided one by one before any is timed
TRUE_SHARE = 90.0  # percent of them that no interrupt met
MIDDLE = 0.1  # share of the samples to either side of the median

Samples = npt.NDArray[np.float64]
Timed = list[tuple[Samples, Counter[str]]]


class Figure(NamedTuple):
    """What a decision costs, in nanoseconds and as a multiple of BASE."""

    ns: float
    ratio: float


@dataclass(frozen=True)
class Way:
    """One way to decide calls. `figures`: by PERCENTILES, None for one that too few samples tell of."""

    samples: int
    reasons: Counter[str]  # of all that was timed
    figures: dict[str, Figure | None]


@dataclass(frozen=True)
class Timing:
    """`base`, `stopwatch`, `step`: nanoseconds: BASE, what was taken off each sample, and the clock's steps."""

    base: float
    stopwatch: float
    step: float
    rounds: int
    batch: int  # calls of the largest
    ways: dict[str, Way]  # ONE_BY_ONE and IN_BATCHES


ONE_BY_ONE = "one_by_one"
IN_BATCHES = "in_batches"


def measure(
    tables: Tables, calls: Recorded, *, rounds: int, batch: int, area: str | None, step: Callable[[], None]
) -> Timing:
    """Time the decisions of `calls`. Every pass over them begins with empty counters.

    batch: calls of a batch, 1 or more; area: as for an engine; step: called after each round.
    """
    plant = _Plant(tables, calls, batch, area)
    bases: list[_Base] = []
    singly: Timed = []
    batched: Timed = []
    with _no_collecting():
        for _ in range(rounds):
            base = _measure_base(calls)
            bases.append(base)
            singly.append(plant.time_singly(base.stopwatch))
            batched.append(plant.time_batches(base.stopwatch))
            gc.collect()
            step()
    costs = [base.cost for base in bases]
    ways = {ONE_BY_ONE: _way(singly, costs), IN_BATCHES: _way(batched, costs)}
    stopwatch, steps = median(base.stopwatch for base in bases), median(base.step for base in bases)
    return Timing(median(costs), stopwatch, steps, rounds, plant.batch, ways)


class _Base(NamedTuple):
    """Nanoseconds: an empty method's cost, what timing one call adds, and the clock's steps."""

    cost: float
    stopwatch: float
    step: float


def _measure_base(calls: Recorded) -> _Base:
    route = Base().route
    called, caller = calls.called[0], calls.caller[0]
    chunks = []
    for _ in range(CHUNKS):
        begun = clock()
        [None for _ in repeat(None, AT_ONCE)]
        between = clock()
        [route(called, caller) for _ in repeat(None, AT_ONCE)]
        chunks.append((clock() - between - (between - begun)) / AT_ONCE)
    cost = max(median(chunks), 0.1)
    first = Recorded((called,) * SINGLY, (caller,) * SINGLY, None)
    samples = _time_each(route, lambda _: None, first)
    undisturbed = samples[samples <= np.percentile(samples, TRUE_SHARE)]
    steps = np.diff(np.unique(undisturbed))
    # The same stop-watch on a method of known cost says what the stop-watch itself costs.
    return _Base(cost, max(float(undisturbed.mean()) - cost, 0.0), float(np.median(steps)) if len(steps) else 0.0)


def _time_each(decide: Callable[..., Any], after: Callable[[Any], object], calls: Recorded) -> Samples:
    """Nanoseconds of each call with the stop-watch's own, shape (n,). `after` is given what was decided, untimed."""
    spent: list[int] = []
    if calls.at is None:
        for called, caller in zip(calls.called, calls.caller, strict=True):
            begun = clock()
            decision = decide(called, caller)
            spent.append(clock() - begun)
            after(decision)
    else:
        for called, caller, at in zip(calls.called, calls.caller, calls.at, strict=True):
            begun = clock()
            decision = decide(called, caller, at)
            spent.append(clock() - begun)
            after(decision)
    return np.array(spent, np.float64)


class _Plant:
    """Engines for the passes over the calls, each with counters of its own and with memory that was used before."""

    def __init__(self, tables: Tables, calls: Recorded, batch: int, area: str | None) -> None:
        count = len(calls)
        self._tables = tables
        self._calls = calls
        self._area = area
        called, caller = (np.array([number.encode() for number in column]) for column in (calls.called, calls.caller))
        at = None if calls.at is None else np.array(calls.at, np.int64)
        records = max(RECORDS, min(batch, count))
        self._book = np.resize(called, records), np.resize(caller, records)
        # Parts of nearly one size: a short last one would show what a batch costs, not what its decisions do.
        ends = np.linspace(0, count, math.ceil(count / batch) + 1).round().astype(int).tolist()
        self._parts = [
            (called[first:end], caller[first:end], None if at is None else at[first:end])
            for first, end in pairwise(ends)
        ]
        self.batch = max(len(part[0]) for part in self._parts)

    def time_singly(self, stopwatch: float) -> tuple[Samples, Counter[str]]:
        """Nanoseconds of each decision of all passes, shape (n,), and how many had each reason."""
        samples = []
        reasons: Counter[str] = Counter()
        for engine in self._engines(SINGLE_SAMPLES // len(self._calls), self._rehearse_singly):
            end = engine.end
            made: list[str] = []

            def after(
                decision: Any, note: Callable[[str], None] = made.append, end: Callable[[int], bool] = end
            ) -> None:
                end(decision.call)
                note(decision.reason)

            samples.append(_time_each(engine.route, after, self._calls))
            reasons.update(made)
        return np.maximum(np.concatenate(samples) - stopwatch, 0.0), reasons

    def time_batches(self, stopwatch: float) -> tuple[Samples, Counter[str]]:
        """The same by batches: nanoseconds a decision of each batch, shape (batches,)."""
        samples = []
        reasons: Counter[str] = Counter()
        for engine in self._engines(BATCH_SAMPLES // len(self._parts), self._rehearse_batches):
            names = engine.names("reason")
            for called, caller, at in self._parts:
                begun = clock()
                rows = engine.route_many(called, caller, at)
                samples.append((clock() - begun - stopwatch) / len(rows))
                engine.end_many(rows["call"])
                for reason, count in enumerate(np.bincount(rows["reason"]).tolist()):
                    reasons[names[reason]] += count
        return np.maximum(np.array(samples), 0.0), +reasons

    def _engines(self, passes: int, rehearse: Callable[[Engine, int], None]) -> Iterator[Engine]:
        """An engine a pass, at least one. It is warmed up in an earlier period, so that quotas are empty then."""
        earlier = int(time.time() if self._calls.at is None else min(self._calls.at)) - EARLIER
        until = time.monotonic() + LONGEST
        for made in range(max(passes, 1)):
            if made and time.monotonic() > until:
                return
            with Engine(self._tables, area=self._area, max_calls=len(self._book[0])) as engine:
                for _ in range(WARM_UP):
                    engine.end_many(engine.route_many(*self._book, earlier)["call"])
                rehearse(engine, earlier)
                yield engine

    def _rehearse_singly(self, engine: Engine, earlier: int) -> None:
        called, caller = (
            tuple(islice(cycle(column), REHEARSED)) for column in (self._calls.called, self._calls.caller)
        )
        calls = Recorded(called, caller, (earlier,) * REHEARSED)
        _time_each(engine.route, lambda decision: engine.end(decision.call), calls)

    def _rehearse_batches(self, engine: Engine, earlier: int) -> None:
        called, caller, _ = self._parts[0]
        for _ in range(WARM_UP):
            engine.end_many(engine.route_many(called, caller, earlier)["call"])


def _way(timed: Timed, costs: list[float]) -> Way:
    rounds = [samples for samples, _ in timed]
    ratios = [samples / cost for samples, cost in zip(rounds, costs, strict=True)]
    figures: dict[str, Figure | None] = {}
    for name, percent in PERCENTILES.items():
        nanoseconds, ratio = _over_rounds(rounds, percent), _over_rounds(ratios, percent)
        figures[name] = None if nanoseconds is None or ratio is None else Figure(nanoseconds, ratio)
    return Way(sum(map(len, rounds)), sum((reasons for _, reasons in timed), Counter[str]()), figures)


def _over_rounds(rounds: list[Samples], percent: float) -> float | None:
    """The median of the rounds' percentiles, or where a round has too few samples that of all; None: still too few."""
    fewest = round(100 / (100 - percent))
    if min(map(len, rounds)) >= fewest:
        return median(_percentile(samples, percent) for samples in rounds)
    together = np.concatenate(rounds)
    return _percentile(together, percent) if len(together) >= fewest else None


def _percentile(samples: Samples, percent: float) -> float:
    """A percentile; the median is the mean of those around it, since clocks have steps as long as a decision."""
    if percent != 50:
        return float(np.percentile(samples, percent))
    first = math.floor(len(samples) * (0.5 - MIDDLE))
    return float(np.sort(samples)[first : len(samples) - first].mean())


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Without garbage collection, which would meet now one sample and now another."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
