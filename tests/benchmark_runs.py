"""Runs as pytest-benchmark saves them, for the tests of what reads them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.rounds import extra_info
from benchmarks.saved import Entry, Run, load


def content(entries: Sequence[Entry], machine: str = "A machine") -> dict[str, Any]:
    """The JSON of a run."""
    cpu = {"brand_raw": machine, "count": 2}
    return {
        "machine_info": {"cpu": cpu, "machine": "x", "python_implementation": "CPython", "python_version": "3.11.2"},
        "commit_info": {"id": "0123456789abcdef", "dirty": False},
        "datetime": "2026-11-24T12:00:00+00:00",
        "benchmarks": [{"fullname": entry.test, "extra_info": extra_info(entry)} for entry in entries],
    }


def saved(path: Path, entries: Sequence[Entry], machine: str = "A machine") -> Run:
    """A run in a file, read back."""
    path.write_text(json.dumps(content(entries, machine)), encoding="utf-8")
    return load(path)


def timed(key: str, ratio: float, scale: tuple[int, int] | None = None) -> Entry:
    """A row that cost so many times BASE."""
    test = f"benchmarks/test_it.py::test_{key}"
    return Entry(key, ratio, (ratio * 0.9, ratio * 1.1), ratio, (), 10.0, 10.0 * ratio, 5, scale, test)
