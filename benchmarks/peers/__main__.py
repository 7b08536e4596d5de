"""`make peers`: times the peers, saves each run below .benchmarks/ and draws benchmarks/decision-cost.svg from them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from ..saved import new_path
from . import picture

FOLDER = Path(__file__).resolve().parent
PICTURE = FOLDER.parent / "decision-cost.svg"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--runs", type=_count, default=1, metavar="N", help="figures are the medians of N runs (1)")
    runs = []
    for _ in range(parser.parse_args().runs):
        runs.append(new_path("peers"))
        failed = pytest.main(["-q", "--benchmark-quiet", f"--benchmark-json={runs[-1]}", str(FOLDER / "timing.py")])
        if failed:
            return int(failed)
    try:
        measured = picture.read(runs)
    except picture.PictureError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    PICTURE.write_text(picture.draw(measured), encoding="utf-8")
    print(f"{picture.table(measured)}\n\nsaved {', '.join(run.name for run in runs)}; drawn {PICTURE.name}")
    return 0


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 on is needed")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
