"""Limits, quotas and splits of a state whose processes are killed; `make test-kill` does more of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import states  # noqa: F401  skips where there are no states
from .kill import load


@pytest.mark.parametrize("kills", [24, pytest.param(300, marks=pytest.mark.slow)])
def test_no_kill_loses_a_count_or_leaks_a_place(tmp_path: Path, kills: int) -> None:
    report = load.run(tmp_path, kills=kills, seed=1)
    assert not report.faults, report
    assert report.kills >= kills
    assert {"routed", "refused", "again", "forwarded", "answered", "ended"} <= set(report.counted)
