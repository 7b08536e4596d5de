"""Kills processes at work on a state, and compares its books with what they were told.

    python scripts/kill.py [--kills 300 | --seconds 600] [--every 1] [--only random|steps]     (`make test-kill`)

First at random moments (tests/kill/load.py), then after each single step on shared words, or every so-manieth
(tests/kill/every_step.py), in a build with kill points in build/kill. Ends with 1 where something was wrong.
"""

import argparse
import os
import re
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

import special_builds
from special_builds import TOP

COPY = TOP / "build" / "kill"
STEPS = re.compile(r"^(?! *\*).*\bcp_(store|add|swap)\(", re.MULTILINE)


def main() -> None:
    parser = argparse.ArgumentParser(description="Kills processes at work on a state.")
    parser.add_argument("--kills", type=int, default=300, help="at random moments (default: 300)")
    parser.add_argument("--seconds", type=float, help="at most so long for them")
    parser.add_argument("--every", type=int, default=1, help="after each so-manieth step only (default: 1)")
    parser.add_argument("--only", choices=("random", "steps"), help="one of the two")
    parser.add_argument("--seed", type=int, default=secrets.randbits(31), help="of the moments")
    options = parser.parse_args()
    failed = False
    if options.only != "steps":
        failed |= not at_random(options.kills, options.seconds, options.seed)
    if options.only != "random":
        failed |= not after_steps(options.every)
    sys.exit(failed)


def at_random(kills: int, seconds: float | None, seed: int) -> bool:
    """Whether the books were right; prints what was done."""
    sys.path.insert(0, str(TOP))
    from tests.kill import load  # what it imports is only needed here

    with tempfile.TemporaryDirectory() as folder:
        report = load.run(Path(folder), 10**9 if seconds else kills, seed, seconds)
    print(f"seed {seed}: {report}", flush=True)
    return not report.faults


def after_steps(every: int) -> bool:
    """Whether the books were right; prints what was done."""
    special_builds.build(COPY, "-DCALLPLAN_KILL_POINTS", optimized="-O1", rebuilt=STEPS)
    points = COPY / "build" / "points"
    points.unlink(missing_ok=True)
    points.parent.mkdir(exist_ok=True)
    points.write_bytes(bytes(16 * (1 + 8192)))  # tests/kill/points.py
    environment = os.environ | {"CALLPLAN_KILL_POINTS": str(points), "PYTHONPATH": str(COPY)}
    command = [sys.executable, "-m", "tests.kill.every_step", "--every", str(every)]
    return subprocess.run(command, cwd=COPY, env=environment, check=False).returncode == 0


if __name__ == "__main__":
    main()
