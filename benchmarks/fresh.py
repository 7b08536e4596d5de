"""What a fresh process needs for a build, or to open tables and route: its time and its memory at the most.

    python -m benchmarks.fresh build PLANS OUT KEPT  the plan files below a folder, as `callplan build --keep KEPT` does
    python -m benchmarks.fresh open TABLES CALLS     open them and route calls, an .npy file of two columns

Prints JSON: {"seconds": of the work, without the start of Python, "peak": bytes, "opened": bytes before the calls}.
Tested by tests/test_benchmarks_fresh.py.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

TOP = Path(__file__).resolve().parent.parent
BATCH = 1024  # calls in flight together


@dataclass(frozen=True)
class Spent:
    """`seconds`: of the work; `peak`: bytes of the whole process at the most, the interpreter among them, and of those
    that it started, each taken to have had the most at once.

    `opened`: the same until an engine was open, 0 where none was.
    """

    seconds: float
    peak: int
    opened: int = 0

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Self:
        return cls(**json.loads(text))


def run(command: str, *paths: Path) -> Spent:
    """Runs one of the commands above in a process of its own. Raises RuntimeError with what it said if it fails."""
    arguments = [sys.executable, "-m", "benchmarks.fresh", command, *map(str, paths)]
    done = subprocess.run(arguments, cwd=TOP, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"`{command}` failed:\n{done.stderr[-2000:]}")
    return Spent.of_json(done.stdout)


def build(plans: Path, out: Path, kept: Path) -> tuple[int, int]:
    """Bytes at the most, none of them for an engine."""
    from callplan.command_compile import compiled
    from callplan.runtime.tables import Tables

    result = compiled((str(plans),), None, None, str(kept))
    assert result.image is not None
    Tables(result.image).save(out)
    return peak(), 0


def open_and_route(tables: Path, calls: Path) -> tuple[int, int]:
    """Bytes at the most, and until the engine was open."""
    import numpy as np

    import callplan

    called, caller = np.load(calls)
    with callplan.Engine(tables) as engine:
        opened = _own_peak()
        routed = engine.names("reason").index("routed")
        for i in range(0, len(called), BATCH):
            rows = engine.route_many(called[i : i + BATCH], caller[i : i + BATCH])
            assert (rows["reason"] == routed).all()
            engine.end_many(rows["call"])
    return _own_peak(), opened


def peak() -> int:
    """Bytes of this process and those that it started, at the most."""
    from callplan.runtime.side_by_side import processors

    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return _own_peak() + processors() * (children if sys.platform == "darwin" else children << 10)


def _own_peak() -> int:
    """Bytes of this process at the most. Linux counts what a parent had in `ru_maxrss`, so it is asked elsewhere."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) << 10 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10


if __name__ == "__main__":
    begun = time.perf_counter()
    commands: dict[str, Callable[..., tuple[int, int]]] = {"build": build, "open": open_and_route}
    most, opened = commands[sys.argv[1]](*map(Path, sys.argv[2:]))
    print(Spent(time.perf_counter() - begun, most, opened).as_json())
