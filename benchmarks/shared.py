"""Counters that processes share: a state in memory where there is a /dev/shm, and processes that route on it together.

    python -m benchmarks.shared STATE NUMBERS      (a process of them: a line in for each round, a line out)

Each process takes its calls from NUMBERS numbers; with one they all are on one plan, its limit, quotas and split.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import callplan

CALLS = 20_000  # of a process in a round
MANY = 1_000  # plans
CALLER = "13800138000"
_MEMORY = Path("/dev/shm")
_PLAN = """plan "p{i}" {{
    number {number}
    destination a = 010-6234-5678 limit 1000
    destination b = 021-6234-5678 limit 1000
    quota 900000000 calls per day
    quota 900000000 calls per month
    route {{ otherwise -> split {{ 50% a, 50% b }} }}
}}
"""


def number(i: int) -> str:
    return f"4006{i:06}"


@contextmanager
def folder_for_states() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        yield Path(name)


class Processes:
    """Four processes of one state, of which a round makes so many route and end calls at once."""

    def __init__(self, state: Path, plans: int) -> None:
        text = "".join(_PLAN.format(i=i, number=number(i)) for i in range(plans))
        self.engine = callplan.Engine(callplan.compile_text(text), state=state)
        command = [sys.executable, "-m", "benchmarks.shared", str(state), str(plans)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
        self._processes = [subprocess.Popen(command, cwd=Path(__file__).parent.parent, **pipes) for _ in range(4)]
        self._made = 0
        self.run(4)

    def run(self, processes: int) -> float:
        """Nanoseconds a call, all processes together: from the first one's start to the last one's end."""
        at_work = self._processes[:processes]
        for process in at_work:
            assert process.stdin is not None
            process.stdin.write("\n")
        found = []
        for process in at_work:
            assert process.stdout is not None
            found.append([int(word) for word in process.stdout.readline().split()])
        self._made += CALLS * processes
        return (max(end for _, end in found) - min(start for start, _ in found)) / (CALLS * processes)

    def check_books(self) -> None:
        """Every call was counted, and none is left."""
        usage = self.engine.usage()
        assert sum(entry.used for entry in usage if entry.kind == "quota") == 2 * self._made
        assert not any(entry.used for entry in usage if entry.kind == "limit")

    def close(self) -> None:
        for process in self._processes:
            process.communicate()
        self.engine.close()


def main(state: str, plans: str) -> None:
    engine = callplan.Engine(None, state=state)
    source = random.Random(os.getpid())
    called = [number(source.randrange(int(plans))) for _ in range(CALLS)]
    route, end = engine.route, engine.end
    for _ in sys.stdin:
        start = time.monotonic_ns()
        for each in called:
            end(route(each, CALLER).call)
        print(start, time.monotonic_ns(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
