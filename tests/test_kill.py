"""Limits, quotas and splits of a state whose processes are killed; `make test-kill` kills more of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import states  # noqa: F401  skips where there are no states
from .kill import load, storm


def test_no_kill_loses_a_count_or_leaks_a_place(tmp_path: Path) -> None:
    report = load.run(tmp_path, kills=24, seed=1)
    assert not report.faults, report
    assert report.kills >= 24
    assert {"routed", "refused", "again", "forwarded", "answered", "ended"} <= set(report.counted)


def test_calls_keep_the_tables_they_began_with_in_a_storm_of_activations(tmp_path: Path) -> None:
    seen = storm.in_turn(tmp_path, processes=4, seconds=6)
    assert not seen.faults, seen
    assert seen.activations > 50
    assert seen.versions > 5


def test_a_killed_activation_leaves_the_old_tables_or_the_new(tmp_path: Path) -> None:
    seen = storm.killed(tmp_path, processes=2, every=5)
    assert not seen.faults, seen
    assert seen.kills > 20


@pytest.mark.slow
def test_an_activation_may_be_killed_before_any_of_its_lines(tmp_path: Path) -> None:
    seen = storm.killed(tmp_path, processes=2, every=1)
    assert not seen.faults, seen


@pytest.mark.slow
def test_minutes_of_activations_under_load(tmp_path: Path) -> None:
    seen = storm.in_turn(tmp_path, processes=4, seconds=120)
    assert not seen.faults, seen
