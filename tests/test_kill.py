"""Limits, quotas and splits of a state whose processes are killed; `make test-kill` kills more of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import callplan
from callplan.runtime import activation, state_versions
from callplan.runtime.state_creation import create
from callplan.runtime.state_folder import StateFolder

from . import states
from .kill import activator, load, storm
from .kill.plans import moving


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


def _last_but(lines: int, state: Path, new: Path) -> int:
    """That many lines before an activation's end, by trying it on copies."""
    found, died = 0, True
    while died:
        found += lines
        copy = state.with_name("copy.state")
        shutil.copytree(state, copy)
        died = activator.child(str(copy), str(new), found)
        shutil.rmtree(copy)
    return found - 2 * lines


def test_versions_of_killed_activations_are_let_go(tmp_path: Path) -> None:
    state, new = tmp_path / "left.state", tmp_path / "new.tables"
    callplan.compile_text(moving("new")).save(new)
    create(state, **states.SMALL)
    with callplan.Engine(callplan.compile_text(moving("old")), state=state), StateFolder(state) as folder:
        lines = _last_but(32, state, new)  # from there on one by one, until the version has its record
        while len(state_versions.known(folder)) == 1:
            lines += 1
            assert activator.child(str(state), str(new), lines)
        assert state_versions.in_force(folder) == 1
        with folder.activation():
            activation.let_go(folder)
        assert [version.number for version in state_versions.known(folder)] == [1]


@pytest.mark.slow
def test_an_activation_may_be_killed_before_any_of_its_lines(tmp_path: Path) -> None:
    seen = storm.killed(tmp_path, processes=2, every=1)
    assert not seen.faults, seen


@pytest.mark.slow
def test_minutes_of_activations_under_load(tmp_path: Path) -> None:
    seen = storm.in_turn(tmp_path, processes=4, seconds=120)
    assert not seen.faults, seen
