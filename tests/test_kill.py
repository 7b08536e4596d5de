"""Limits, quotas and splits of a state whose processes are killed; `make test-kill` does more of it, in a build of its own."""

from __future__ import annotations

from pathlib import Path

from . import states  # noqa: F401  skips where there are no states
from .kill import load


def test_no_kill_loses_a_count_or_leaks_a_place(tmp_path: Path) -> None:
    report = load.run(tmp_path, kills=24, seed=1)
    assert not report.faults, report
    assert report.kills >= 24
    assert {"routed", "refused", "again", "forwarded", "answered", "ended"} <= set(report.counted)
