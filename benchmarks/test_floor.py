"""The least that `route()` can cost: a C function that does exactly its work, with a record for each call.

benchmarks/floor.pyx has a class `Floor` with `route(called, caller)` and `end(call)` as the engine has them.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from .conftest import Measure
from .hot import IN_FLIGHT, time_each
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
    return _built(tmp_path_factory.mktemp("floor")).Floor()


def test_floor(measure: Measure, floor: Any) -> None:
    def end(decisions: list[Any]) -> None:
        for decision in decisions:
            assert floor.end(decision.call)

    for _ in range(IN_FLIGHT):
        assert floor.route(CALLED, CALLER).call
    measure("floor", lambda: time_each(floor.route, end), rounds=101)


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
