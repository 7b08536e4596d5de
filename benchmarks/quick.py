"""The quick run that the watch compares: the quick rows in several processes, one after the other, merged into one.

A process has its own layout of code and memory, which alone moves a ratio to BASE by some percent, and the machine has
its moods, which last for seconds; the median of several processes has neither. `make bench-quick` saves one.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .report import table
from .saved import SavedError, load, new_path

TOP = Path(__file__).resolve().parent.parent
PROCESSES = 7
OPTIONS = ["-q", "-x", "--tb=short", "--no-header", "-p", "no:cacheprovider", "--benchmark-quiet", "--quick"]


def run(kind: str, tests: Sequence[str] = (), processes: int = PROCESSES, top: Path = TOP) -> Path:
    """Measures the quick rows of a checkout, or only some tests', and saves them as a run of that kind; its path.

    Raises SavedError where a process fails.
    """
    contents = []
    with tempfile.TemporaryDirectory() as folder:
        shared = Path(folder, "shared")
        shared.mkdir()
        for number in range(processes):
            if sys.stderr.isatty():
                print(f"\rprocess {number + 1} of {processes} ", end="", file=sys.stderr, flush=True)
            contents.append(_process(Path(folder, f"{number}.json"), shared, tests, top))
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    path = new_path(kind)
    path.write_text(json.dumps(merged(contents), indent=1), encoding="utf-8")
    return path


def _process(path: Path, shared: Path, tests: Sequence[str], top: Path) -> dict[str, Any]:
    where = list(tests) or ["benchmarks"]
    command = [sys.executable, "-m", "pytest", *OPTIONS, "--shared", str(shared), f"--benchmark-json={path}", *where]
    environment = os.environ | {"PYTHONPATH": str(top)}
    done = subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SavedError(f"`{' '.join(command)}` failed:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def merged(contents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One run of several processes': of each row the process whose ratio to BASE is the middle one, with all ratios."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for content in contents:
        for each in content["benchmarks"]:
            by_name.setdefault(each["fullname"], []).append(each)
    return {**contents[0], "benchmarks": [_middle(found) for found in by_name.values()]}


def _middle(found: list[dict[str, Any]]) -> dict[str, Any]:
    ratios = [each["extra_info"]["ratio_to_base"] for each in found]
    middle = found[ratios.index(statistics.median_low(ratios))]
    return {**middle, "extra_info": {**middle["extra_info"], "ratios": ratios}}


def main() -> int:
    try:
        path = run("quick")
        print(table(load(path).entries))
    except SavedError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\nsaved in {path.relative_to(TOP)}; `make bench-compare` compares with it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
