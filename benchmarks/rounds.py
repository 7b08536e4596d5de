"""Interleaved rounds: in each, BASE, what is compared and what is measured, one after the other.

So the machine's drift meets all of them; a figure is the median of the rounds' figures, with quartiles.
pytest-benchmark runs the rounds and saves them; its timer is `stopwatch`, which moves on by what one operation took,
net of the loop. Tested by tests/test_benchmarks_rounds.py.
"""

from __future__ import annotations

import gc
import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from .rows import Round, Row
from .saved import Entry

Variant = Callable[[], float]
"""Runs one round of something; returns nanoseconds an operation, net of the loop."""

_shown = 0.0


def stopwatch() -> float:
    """Seconds that measured operations took so far, one a round."""
    return _shown


@dataclass(frozen=True)
class Comparison:
    """What a row measures: `timed`, and `beside` it what its figure compares it to.

    After each round `peak` tells bytes, and `check` raises where something else was timed than should be. Garbage is
    collected meanwhile only of what `makes_garbage`.
    """

    row: Row
    base: Variant
    timed: Variant
    beside: Variant | None = None
    peak: Callable[[], float] | None = None
    check: Callable[[], None] | None = None
    scale: tuple[int, int] | None = None
    makes_garbage: bool = False


def interleave(benchmark: BenchmarkFixture, comparison: Comparison, rounds: int, warm_up: int = 1) -> Entry:
    """Measures a row and gives its figures to pytest-benchmark. `benchmark` has `stopwatch` for its timer.

    What `check` raises ends it: a wrong figure is none.
    """
    found: list[Round] = []
    before: list[tuple[float, float]] = []

    def prepare() -> None:
        before.append((comparison.base(), math.nan if comparison.beside is None else comparison.beside()))

    def timed() -> None:
        global _shown
        spent = comparison.timed()
        _shown += spent / 1e9
        peak = math.nan if comparison.peak is None else comparison.peak()
        base, beside = before[-1]
        found.append(Round(base, spent, beside, peak))

    def check() -> None:
        if comparison.check is not None:
            comparison.check()

    collecting = gc.isenabled()
    gc.collect()
    if not comparison.makes_garbage:
        gc.disable()
    try:
        benchmark.pedantic(  # type: ignore[no-untyped-call]
            timed, setup=prepare, teardown=check, rounds=rounds, warmup_rounds=warm_up
        )
    finally:
        if collecting:
            gc.enable()
    entry = summary(comparison.row, found[warm_up:], comparison.scale)
    benchmark.extra_info.update(extra_info(entry))
    return entry


def summary(row: Row, found: list[Round], scale: tuple[int, int] | None) -> Entry:
    """The figures of a row's rounds. `row` makes its figure of a round."""
    assert row.of is not None
    figures = [row.of(each) for each in found]
    return Entry(
        row.key,
        statistics.median(figures),
        quartiles(figures),
        ratio=statistics.median(each.timed / each.base for each in found),
        base_ns=statistics.median(each.base for each in found),
        ns=statistics.median(each.timed for each in found),
        rounds=len(found),
        scale=scale,
    )


def quartiles(figures: list[float]) -> tuple[float, float]:
    if len(figures) < 2:
        return figures[0], figures[0]
    low, _, high = statistics.quantiles(figures, n=4, method="inclusive")
    return low, high


def extra_info(entry: Entry) -> dict[str, Any]:
    """What a saved run says of an entry beside pytest-benchmark's own statistics."""
    info = {
        "row": entry.key,
        "figure": entry.figure,
        "quartiles": list(entry.quartiles),
        "ratio_to_base": entry.ratio,
        "ratios": list(entry.ratios),
        "base_ns": entry.base_ns,
        "ns": entry.ns,
        "rounds": entry.rounds,
        "scale": None if entry.scale is None else list(entry.scale),
    }
    return {key: value for key, value in info.items() if value not in (None, [])}
