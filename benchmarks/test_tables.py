"""From plans to an open engine: compiling a plan, a cold build of many, opening their tables, the memory of both.

The build and the memory are those of processes that do nothing else. The tables' file is in the system's cache.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import callplan

from . import fresh, population
from .conftest import Built, Measure
from .many import ManyPlans
from .rounds import stopwatch

pytestmark = pytest.mark.benchmark(timer=stopwatch)

COMPILED = 50  # plans at once


def test_compile(measure: Measure, clock: Callable[[], int], tmp_path: Path) -> None:
    files = population.write(tmp_path, COMPILED, 100 * COMPILED).files

    def compile_all() -> float:
        begun = clock()
        callplan.compile(*files, root=tmp_path)
        return (clock() - begun) / COMPILED

    measure("compile", compile_all, rounds=21, makes_garbage=True)


def test_open(measure: Measure, clock: Callable[[], int], built: Built) -> None:
    def open_engine() -> float:
        begun = clock()
        engine = callplan.Engine(built.tables)
        spent = clock() - begun
        engine.close()
        return spent

    measure("open", open_engine, rounds=31, scale=built.scale)


@pytest.mark.full
def test_build(measure: Measure, built: Built) -> None:
    measure("build", lambda: built.spent.seconds * 1e9, rounds=1, warm_up=0, scale=built.scale)


@pytest.mark.full
def test_build_memory(measure: Measure, built: Built) -> None:
    measure(
        "build-memory",
        lambda: built.spent.seconds * 1e9,
        rounds=1,
        warm_up=0,
        peak=lambda: built.spent.peak,
        scale=built.scale,
    )


@pytest.mark.full
def test_rebuild(measure: Measure, built: Built) -> None:
    measure("rebuild", lambda: built.again.seconds * 1e9, rounds=1, warm_up=0, scale=built.scale)


def test_memory(measure: Measure, built: Built, many: ManyPlans, tmp_path: Path) -> None:
    """Of a process that has the tables open."""
    opened = Opened(built, many, tmp_path)
    measure("memory", opened.run, rounds=3, warm_up=0, peak=lambda: opened.spent.opened, scale=built.scale)


@pytest.mark.full
def test_memory_routed(measure: Measure, built: Built, many: ManyPlans, tmp_path: Path) -> None:
    """Of the same when it has routed calls to plans at random, which touch those plans' counters."""
    opened = Opened(built, many, tmp_path)
    measure("memory-routed", opened.run, rounds=3, warm_up=0, peak=lambda: opened.spent.peak, scale=built.scale)


class Opened:
    """A process of its own that opens the tables and routes a round's calls. `spent`: what the last one needed."""

    spent: fresh.Spent

    def __init__(self, built: Built, many: ManyPlans, folder: Path) -> None:
        self._tables, self._calls = built.tables, folder / "calls.npy"
        called, caller = many.calls()
        np.save(self._calls, np.stack((called.astype("S11"), caller)))

    def run(self) -> float:
        self.spent = fresh.run("open", self._tables, self._calls)
        return self.spent.seconds * 1e9
