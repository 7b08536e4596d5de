"""Where a population's tables are kept, so that runs which follow each other build them once.

Each size, and each version of what makes tables, has a folder of its own: tables of other sources are never measured.
Tested by tests/test_benchmarks_kept.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
MADE_BY = ("compiler", "grammar", "runtime", "benchmarks/population.py")
KINDS = (".py", ".pyx", ".pxd", ".h", ".lark", ".bin", ".csv", ".tsv", ".txt")


def folder(kept: Path, scale: tuple[int, int], top: Path = TOP) -> Path:
    """The folder of that many plans and listed callers, made if there is none."""
    plans, listed = scale
    found = kept / f"{plans}-{listed}-{_digest(_sources(top), top)}"
    found.mkdir(parents=True, exist_ok=True)
    return found


def _sources(top: Path) -> list[Path]:
    found: list[Path] = []
    for name in MADE_BY:
        path = top / name
        found += [path] if path.is_file() else (each for each in path.rglob("*") if each.suffix in KINDS)
    return sorted(found)


def _digest(paths: Iterable[Path], top: Path) -> str:
    made = hashlib.sha256()
    for path in paths:
        made.update(f"{path.relative_to(top)}\0{path.stat().st_size}\0".encode())
        made.update(path.read_bytes())
    return made.hexdigest()[:12]
