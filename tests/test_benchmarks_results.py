"""RESULTS.md: every row with gate, goal and figure, the medians of the runs, the command, machine and date."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.results import medians, page
from benchmarks.rows import ROWS
from benchmarks.saved import SavedError, latest, load

from .benchmark_runs import content, saved, timed


def test_a_figure_is_the_median_of_the_runs(tmp_path: Path) -> None:
    runs = [saved(tmp_path / f"{ratio}.json", [timed("route", ratio)]) for ratio in (3.5, 4.5, 3.75)]
    text = page(runs, [])
    assert (
        "| `route()` hot ÷ BASE | ≤ 6 | ≤ 4 |  |  | 3.75× | 3.50 to 4.50 | goal | `make bench` |" in text.splitlines()
    )
    assert (
        "`make bench` ran 3 times on 2026-11-24: A machine, 2 cores, CPython 3.11.2, commit 0123456789ab; BASE was"
        in text
    )


def test_floors_are_those_of_the_same_runs(tmp_path: Path) -> None:
    runs = [
        saved(tmp_path / f"{n}.json", [timed("floor-end", 8.0 + n), timed("route-end", 10.0 + n)]) for n in range(3)
    ]
    line = next(line for line in page(runs, []).splitlines() if line.startswith("| `route()` + `end()` "))
    assert "| ≤ 7.5 | ≤ 5 | 9.00× | ≤ 11.7× | 11.0× | 10.0 to 12.0 | gate by the floor | `make bench` |" in line


def test_every_row_is_on_the_page(tmp_path: Path) -> None:
    text = page([saved(tmp_path / "a.json", [])], [])
    assert all(f"| {row.text} |" in text for row in ROWS)
    assert "needs Linux" in text


def test_large_rows_say_of_how_many_plans(tmp_path: Path) -> None:
    text = page([saved(tmp_path / "a.json", [timed("open", 9, (10_000, 1_000_000))])], [])
    assert "goal, 10,000 of 100,000 plans | `make bench PLANS=10000 LISTED=1000000` |" in text


def test_peers_stand_in_their_rows_or_below(tmp_path: Path) -> None:
    kept = content([])
    for key, ratio in (("idiomatic", 31.0), ("sqlite", 160.0)):
        info = {"row": key, "ratio_to_route": ratio, "quartiles": [30, 170], "ns": 5.0}
        kept["benchmarks"].append({"fullname": "t", "extra_info": info})
    path = tmp_path / "peers.json"
    path.write_text(json.dumps(kept), encoding="utf-8")
    text = page([saved(tmp_path / "a.json", [timed("route", 4)])], [load(path)])
    assert "| idiomatic Python ÷ `route()` | ≥ 15 | ≥ 30 |  |  | 31.0× | 31.0 to 31.0 | goal | `make peers` |" in text
    assert "| sqlite | 160× | 160 to 160 |" in text
    assert "`make peers` ran once on 2026-11-24" in text


def test_runs_of_different_sizes_do_not_mix(tmp_path: Path) -> None:
    small, large = timed("open", 9, (10, 10)), timed("open", 9, (20, 20))
    with pytest.raises(SavedError, match="different numbers of plans"):
        medians([saved(tmp_path / "a.json", [small]), saved(tmp_path / "b.json", [large])])


def test_the_last_runs_are_taken_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.saved.FOLDER", tmp_path)
    names = [f"bench-20261124T12000{n}.json" for n in range(4)]
    for name in (*names, "bench-old.json", "quick-20261124T120009.json"):
        (tmp_path / name).touch()
    assert [path.name for path in latest("bench", 3)] == names[1:]
    with pytest.raises(SavedError, match=r"1 runs of `make bench-quick` .* 2 are needed"):
        latest("quick", 2)


def test_only_runs_that_belong_together_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.saved.FOLDER", tmp_path)
    small, large = timed("open", 9, (10, 10)), timed("open", 9, (20, 20))
    for second, entry in enumerate((large, small, large)):
        saved(tmp_path / f"bench-20261124T12000{second}.json", [entry])
    assert [run.path.stem[-1] for run in results.last("bench")] == ["2"]
    saved(tmp_path / "bench-20261124T120003.json", [large])
    assert [run.path.stem[-1] for run in results.last("bench")] == ["2", "3"]
    for second in (4, 5):
        saved(tmp_path / f"bench-20261124T12000{second}.json", [large])
    assert [run.path.stem[-1] for run in results.last("bench")] == ["3", "4", "5"]


def test_the_command_writes_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.saved.FOLDER", tmp_path)
    monkeypatch.setattr(results, "PAGE", tmp_path / "RESULTS.md")
    assert results.main() == 1
    assert "run `make bench`" in capsys.readouterr().err
    for second in range(3):
        saved(tmp_path / f"bench-20261124T12000{second}.json", [replace(timed("route", 4.0), figure=4.0 + second)])
    assert results.main() == 0
    assert "| 5.00× | 4.00 to 6.00 | gate |" in (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
