"""Interleaved rounds: their order, their figures, what ends them; and the quick rows as they are, on a few plans."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import plans
from benchmarks.chunks import time_chunks
from benchmarks.hot import HotPlan
from benchmarks.rounds import Comparison, interleave, stopwatch, summary
from benchmarks.rows import BY_KEY, Round
from benchmarks.saved import load

TOP = Path(__file__).resolve().parent.parent
QUICK_ROWS = {
    "route",
    "route-end",
    "state",
    "route-warm",
    "batch",
    "batch-warm",
    "peek",
    "life",
    "open",
    "memory",
    "compile",
}


class Rounds:
    """As pytest-benchmark's `pedantic`, with the durations that its timer told."""

    def __init__(self) -> None:
        self.extra_info: dict[str, Any] = {}
        self.durations: list[float] = []

    def pedantic(
        self,
        target: Callable[[], None],
        setup: Callable[[], None],
        teardown: Callable[[], None],
        rounds: int,
        warmup_rounds: int,
    ) -> None:
        for _ in range(warmup_rounds + rounds):
            setup()
            before = stopwatch()
            target()
            self.durations.append(stopwatch() - before)
            teardown()


def _interleave(comparison: Comparison, rounds: int) -> tuple[Any, Rounds]:
    benchmark = Rounds()
    return interleave(benchmark, comparison, rounds), benchmark  # type: ignore[arg-type]


def test_a_round_has_all_sides_and_then_the_books() -> None:
    order: list[str] = []

    def side(name: str, nanoseconds: float) -> Callable[[], float]:
        return lambda: order.append(name) or nanoseconds  # type: ignore[func-returns-value]

    comparison = Comparison(
        BY_KEY["batch"], side("base", 10), side("timed", 20), side("beside", 60), check=lambda: order.append("books")
    )
    entry, benchmark = _interleave(comparison, 2)
    assert order == ["base", "beside", "timed", "books"] * 3
    assert (entry.figure, entry.ratio, entry.base_ns, entry.ns, entry.rounds) == (3, 2, 10, 20, 2)
    assert benchmark.extra_info["ratio_to_base"] == 2
    assert benchmark.durations == pytest.approx([20e-9] * 3)


def test_books_that_do_not_agree_end_it() -> None:
    def wrong() -> None:
        raise AssertionError("not routed")

    with pytest.raises(AssertionError, match="not routed"):
        _interleave(Comparison(BY_KEY["route"], lambda: 1.0, lambda: 1.0, check=wrong), 3)
    assert gc.isenabled()


def test_figures_are_medians_of_ratios_and_not_ratios_of_medians() -> None:
    found = [Round(10, 40), Round(20, 60), Round(10, 60)]
    entry = summary(BY_KEY["route"], found, None)
    assert (entry.figure, entry.quartiles) == (4, (3.5, 5))


def test_a_chunk_is_the_median_one_without_its_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0, 10, 40, 0, 10, 50, 0, 10, 9000])
    monkeypatch.setattr("benchmarks.chunks.time.perf_counter_ns", lambda: next(clock))
    seen: list[str] = []
    assert time_chunks([lambda: "a", lambda: "b", lambda: "c"], seen.append, lambda: None, 5) == (40 - 10) / 5
    assert seen == ["a", "b", "c"]


@pytest.fixture
def hot() -> Iterator[HotPlan]:
    made = HotPlan()
    yield made
    made.engine.close()


def test_the_books_of_the_hot_plan_know_of_every_call(hot: HotPlan) -> None:
    hot.check_books()
    hot.life()
    hot.batch()
    hot.check_books()
    hot.engine.end(hot.engine.route(plans.CALLED, plans.CALLER).call)
    with pytest.raises(AssertionError):
        hot.check_books()


def test_the_quick_rows_are_measured_and_saved(tmp_path: Path) -> None:
    saved = tmp_path / "run.json"
    options = ["-q", "-x", "-p", "no:cacheprovider", "--quick", "--plans", "30", "--rounds", "1", "--benchmark-quiet"]
    command = [sys.executable, "-m", "pytest", *options, f"--benchmark-json={saved}", "benchmarks"]
    # A worker of the tests is no place to time in, as pytest-benchmark would see by its name.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    done = subprocess.run(command, cwd=TOP, env=alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    entries = {entry.key: entry for entry in load(saved).entries}
    assert set(entries) - {"floor"} == QUICK_ROWS
    assert all(entry.ratio is not None and entry.ratio > 0 and entry.base_ns for entry in entries.values())
    assert entries["open"].scale == (30, 3000)
    assert all(row in done.stdout for row in ("`route()` hot ÷ BASE", "goal"))
