"""What processes of their own need: a build and an open engine on a few plans, and a failure that is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import callplan
from benchmarks import fresh, population

PYTHON_AT_LEAST = 5_000_000  # bytes


def test_a_build_and_an_engine(tmp_path: Path) -> None:
    written = population.write(tmp_path / "plans", 3, 30)
    tables, calls = tmp_path / "out.tables", tmp_path / "calls.npy"
    built = fresh.run("build", written.root, tables, tmp_path / "kept")
    np.save(calls, np.stack((written.called.astype("S11"), np.full(3, b"10086", "S11"))))
    opened = fresh.run("open", tables, calls)
    assert len(callplan.Tables.open(tables).sections["plans"]) == 3
    assert built.opened == 0
    assert PYTHON_AT_LEAST < opened.opened <= opened.peak
    population.change(written.files[1])
    again = fresh.run("build", written.root, tmp_path / "again.tables", tmp_path / "kept")
    assert (tmp_path / "again.tables").read_bytes() != tables.read_bytes()
    for spent in (built, opened, again):
        assert spent.seconds > 0
        assert spent.peak > PYTHON_AT_LEAST
        assert fresh.Spent.of_json(spent.as_json()) == spent


def test_calls_that_are_not_routed_are_no_measurement(tmp_path: Path) -> None:
    written = population.write(tmp_path / "plans", 1, 1)
    tables, calls = tmp_path / "out.tables", tmp_path / "calls.npy"
    callplan.compile(*written.files, root=written.root).save(tables)
    np.save(calls, np.array([[b"4009999999"], [b"10086"]]))
    with pytest.raises(RuntimeError, match="`open` failed:"):
        fresh.run("open", tables, calls)
