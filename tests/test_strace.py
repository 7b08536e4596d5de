"""No call asks the kernel for anything: neither for a clock, nor for memory, nor for a lock."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import callplan
from callplan.runtime import state_creation

from .commands import TOP
from .processes import PATIENCE

STRACE = shutil.which("strace")
if sys.platform != "linux" or STRACE is None:
    pytest.skip("needs Linux and strace", allow_module_level=True)

PLAN = """plan "acme" {
    number 4006123456
    destination a = 010-6234-5678 limit 50
    destination b = 021-5234-5678 limit 50
    quota 2000000000 calls per month
    route { otherwise -> split { 60% a, 40% b } }
    forward busy -> b
}
"""
# The marks are system calls of a kind that nothing else here makes.
PROGRAM = """
import itertools, os, sys
import callplan
engine = callplan.Engine(None, state=sys.argv[1])
ids = [f"{number}@here" for number in range(200)]
def calls(name):
    route, busy, answered, end = engine.route, engine.busy, engine.answered, engine.end
    for i in range(2000):
        call = route("4006123456", "13800138000", call_id=ids[i % 200] if name else None).call
        if i % 3 == 0:
            busy(call)
        elif i % 3 == 1:
            answered(call)
        end(call)
calls(False), calls(True)  # memory is had, pages are there
for name in (False, True):
    os.getpgid(0)
    calls(name)
    os.getpgid(0)
if len(sys.argv) > 2:
    engine.reload(sys.argv[2])
    os.getpgid(0)
    calls(False)
    os.getpgid(0)
"""


def traced(tmp_path: Path, *arguments: object) -> list[list[str]]:
    """What the kernel was asked between each pair of marks."""
    log = tmp_path / "trace"
    words = [str(STRACE), "-f", "-o", str(log), sys.executable, "-c", PROGRAM, *map(str, arguments)]
    done = subprocess.run(
        words, env=os.environ | {"PYTHONPATH": str(TOP)}, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    if "ptrace" in done.stderr and not log.stat().st_size:
        pytest.skip(f"strace may not trace here: {done.stderr.splitlines()[0]}")
    assert done.returncode == 0, done.stderr
    between: list[list[str]] = [[]]
    for line in log.read_text().splitlines():
        asked = line.split(maxsplit=1)[1]
        if asked.startswith("getpgid("):
            between.append([])
        else:
            between[-1].append(asked)
    return between[1::2]


def test_calls_make_no_system_call(tmp_path: Path) -> None:
    state = tmp_path / "acme.state"
    state_creation.create(state, calls=64, cells=100)
    tables = callplan.compile_text(PLAN)
    with callplan.Engine(tables, state=state):
        pass
    other = tmp_path / "other.tables"
    callplan.compile_text(PLAN.replace("60% a, 40% b", "50% a, 50% b")).save(other)
    plain, with_ids, after_activation = traced(tmp_path, state, other)
    assert plain == []
    assert with_ids == []
    assert after_activation == []
