"""`make bench`: measures every row, prints the table and saves the run below .benchmarks/.

The plans of the large rows are built once for all runs, or, with --keep, once for all runs with that folder: their
build is then the one that was measured when they were made. Tested by tests/test_benchmarks_kept.py.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .saved import new_path

TOP = Path(__file__).resolve().parent.parent
OPTIONS = ["-q", "--no-header", "-p", "no:cacheprovider", "--benchmark-quiet"]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure every row, and save the run.")
    parser.add_argument("--runs", type=_count, default=1, metavar="N", help="one after the other; default: 1")
    parser.add_argument("--plans", type=_count, metavar="N", help="plans of the large rows; default: 10,000")
    parser.add_argument("--listed", type=_count, metavar="M", help="their listed callers; default: 100 a plan")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="of built plans, for later runs; default: none")
    options = parser.parse_args(arguments)
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
        return _run(options, options.keep.resolve())
    with tempfile.TemporaryDirectory() as folder:
        return _run(options, Path(folder))


def _run(options: argparse.Namespace, shared: Path) -> int:
    sizes = [f"--{name}={value}" for name in ("plans", "listed") if (value := getattr(options, name)) is not None]
    for _ in range(options.runs):
        path = new_path("bench")
        command = [
            sys.executable,
            "-m",
            "pytest",
            *OPTIONS,
            *sizes,
            f"--shared={shared}",
            f"--benchmark-json={path}",
            "benchmarks",
        ]
        failed = subprocess.run(command, cwd=TOP, check=False).returncode
        if failed:
            path.unlink(missing_ok=True)  # of a run with failures figures are missing
            return failed
        print(f"saved in {path.relative_to(TOP)}")
    return 0


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 on is needed")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
