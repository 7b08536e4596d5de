"""The least that decisions can cost: a C function that does exactly their work, with a record for each call.

benchmarks/floor.pyx has a class `Floor` with `route`, `end` and `route_many` as the engine has them.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from .conftest import Measure
from .hot import IN_FLIGHT, time_batches, time_each, time_pairs
from .plans import CALLED, CALLER
from .rounds import stopwatch

HERE = Path(__file__).parent
SOURCE = HERE / "floor.pyx"
DIRECTIVES = "binding=False,boundscheck=False,wraparound=False,cdivision=True"  # as in setup.py
GCC = ["gcc", "-shared", "-fPIC", "-O3", "-std=c11", f"-I{HERE.parent / 'callplan' / 'runtime'}"]

pytestmark = [
    pytest.mark.benchmark(timer=stopwatch),
    pytest.mark.skipif(not SOURCE.exists(), reason=f"no {SOURCE.name}"),
]


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """benchmarks/floor.pyx, built afresh outside the tree."""
    made = _built(tmp_path_factory.mktemp("floor")).Floor()
    for _ in range(IN_FLIGHT):
        assert made.route(CALLED, CALLER).call
    return made


def test_floor(measure: Measure, floor: Any) -> None:
    measure("floor", lambda: _time_route(floor), rounds=101)


@pytest.mark.full
def test_floor_and_end(measure: Measure, floor: Any) -> None:
    measure("floor-end", lambda: time_pairs(floor.route, floor.end, _all), rounds=101)


@pytest.mark.full
def test_floor_batch(measure: Measure, floor: Any) -> None:
    def end(rows: np.ndarray) -> None:
        _end(floor, rows["call"].tolist())

    measure("floor-batch", lambda: time_batches(floor.route_many, end), rounds=101, beside=lambda: _time_route(floor))


def _time_route(floor: Any) -> float:
    return time_each(floor.route, lambda decisions: _end(floor, [decision.call for decision in decisions]))


def _end(floor: Any, calls: list[int]) -> None:
    _all([floor.end(call) for call in calls])


def _all(ended: list[bool]) -> None:
    assert all(ended)


def _built(folder: Path) -> ModuleType:
    c, module = folder / "floor.c", folder / f"floor{sysconfig.get_config_var('EXT_SUFFIX')}"
    cython = [sys.executable, "-m", "cython", "-3", "-X", DIRECTIVES, "-I", str(HERE.parent), str(SOURCE), "-o", str(c)]
    subprocess.run(cython, check=True, cwd=HERE.parent)
    subprocess.run([*GCC, f"-I{sysconfig.get_path('include')}", str(c), "-o", str(module)], check=True)
    spec = importlib.util.spec_from_file_location("floor", module)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made
