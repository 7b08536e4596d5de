"""No system call is on the way of a call that processes count together, but when the tables in force have changed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import callplan

from . import states  # noqa: F401  skips where there are no states
from .commands import TOP
from .kill import system_calls
from .kill.plans import moving
from .processes import PATIENCE, environment


def _parts(trace: str) -> dict[str, list[str]]:
    """The system calls after each mark."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in trace.splitlines():
        mark = re.search(r'write\(2, "MARK (\w+)', line)
        if mark:
            current = found.setdefault(mark[1], [])
        elif "---" not in line and "+++" not in line:
            current.append(line)
    return found


def test_calls_make_no_system_calls(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("needs strace")
    if subprocess.run([strace, "-o", "/dev/null", "true"], capture_output=True).returncode:
        pytest.skip("strace may not trace here")
    state, trace, new = tmp_path / "quiet.state", tmp_path / "trace", tmp_path / "new.tables"
    callplan.Engine(callplan.compile_text(moving("old")), state=state).close()
    callplan.compile_text(moving("new").replace("5550-0142", "5550-0199")).save(new)
    program = [sys.executable, "-m", "tests.kill.system_calls", str(state), str(new)]
    command = [strace, "-f", "-e", "trace=all", "-o", str(trace), *program]
    ran = subprocess.run(command, cwd=TOP, env=environment(), capture_output=True, text=True, timeout=PATIENCE)
    assert ran.returncode == 0, ran.stderr
    parts = _parts(trace.read_text())
    assert parts["plain"] == []
    assert parts["ids"] == []
    assert parts["moving"]  # the new tables are mapped
    assert parts["moved"] == []
    assert ran.stdout.split() == [str(5 * system_calls.CALLS + 101), "01055500199"]
