"""Attempts inputs of a kind one after the other, in a process that may die of one; scripts/fuzz.py looks after it.

    python -m tests.fuzz.worker KIND SEED FIRST END SECONDS FOLDER

The number of the input at hand stands in FOLDER/at, what became of all in FOLDER/done, and how it failed in
FOLDER/failed, with the input beside it in FOLDER/input. With `make` in place of SECONDS it only writes the input FIRST.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from .kinds import KINDS, Kind

MOST_MEMORY = 4 << 30  # bytes of address space: a plan or a file that asks for more is at fault


def main() -> int:
    kind, seed, first, end, seconds, folder = sys.argv[1:]
    if seconds == "make":
        Path(folder, "input").write_bytes(KINDS[kind].input(seed, int(first))[0])
        return 0
    if "libasan" not in os.environ.get("LD_PRELOAD", ""):  # which has an address space of its own
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    return run(KINDS[kind], seed, range(int(first), int(end)), time.monotonic() + float(seconds), Path(folder))


def run(kind: Kind, seed: str, numbers: range, deadline: float, folder: Path) -> int:
    became: Counter[str] = Counter()
    with Path(folder, "at").open("wb", buffering=0) as at:
        for number in numbers:
            if time.monotonic() > deadline:
                break
            os.pwrite(at.fileno(), b"%020d" % number, 0)
            data, chance = kind.input(seed, number)
            try:
                became[kind.attempt(data, chance)] += 1
            except BaseException:
                Path(folder, "input").write_bytes(data)
                Path(folder, "failed").write_text(traceback.format_exc(), encoding="utf-8", errors="backslashreplace")
                return 1
    Path(folder, "done").write_text(json.dumps(became), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
