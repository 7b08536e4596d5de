"""`make bench`: measures every row, prints the table and saves the run below .benchmarks/."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from .saved import new_path

TOP = Path(__file__).resolve().parent.parent
OPTIONS = ["-q", "--no-header", "-p", "no:cacheprovider", "--benchmark-quiet"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure every row, and save the run.")
    parser.add_argument("--runs", type=_count, default=1, metavar="N", help="one after the other; default: 1")
    parser.add_argument("--plans", type=_count, metavar="N", help="plans of the large rows; default: 10,000")
    parser.add_argument("--listed", type=_count, metavar="M", help="their listed callers; default: 100 a plan")
    options = parser.parse_args()
    sizes = [f"--{name}={value}" for name in ("plans", "listed") if (value := getattr(options, name)) is not None]
    for _ in range(options.runs):
        path = new_path("bench")
        command = [sys.executable, "-m", "pytest", *OPTIONS, *sizes, f"--benchmark-json={path}", "benchmarks"]
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
