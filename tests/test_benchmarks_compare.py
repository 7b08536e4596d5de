"""The watch: what two runs say of each other, what is measured again, how it ends; and where a runtime is slowed down.

scripts/check_watch.py shows it on a runtime that really is slower.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import compare, quick
from benchmarks.compare import Change, changes, confirmed, not_compared, table
from benchmarks.saved import Entry, Run, load

from .benchmark_runs import content, saved, timed
from .scripts import FOLDER, load_script


def _run(path: Path, *ratios: float, machine: str = "A machine") -> Run:
    entries = [timed(key, ratio) for key, ratio in zip(("route", "peek", "batch"), ratios, strict=False)]
    return saved(path, entries, machine)


def test_ratios_are_compared_and_not_times(tmp_path: Path) -> None:
    before = saved(tmp_path / "a.json", [Entry("route", 4, (4, 4), 4, (), 16.0, 64.0, 5)])
    now = saved(tmp_path / "b.json", [Entry("route", 4.1, (4, 4), 4.1, (), 32.0, 131.0, 5)])
    (change,) = changes(before, now)
    assert change.percent == pytest.approx(2.5)
    assert not change.slower(15)


def test_the_table_names_what_got_slower(tmp_path: Path) -> None:
    found = changes(_run(tmp_path / "a.json", 4, 3, 1.2), _run(tmp_path / "b.json", 5, 3, 1))
    assert table(found, 15).splitlines()[1:] == [
        "route  4.00 × BASE  5.00 × BASE  +25.0 %  SLOWER by more than 15 %",
        "peek   3.00 × BASE  3.00 × BASE   +0.0 %",
        "batch  1.20 × BASE  1.00 × BASE  -16.7 %",
    ]
    assert "SLOWER" not in table(found, 30)


def test_memory_is_compared_as_it_is(tmp_path: Path) -> None:
    before = saved(tmp_path / "a.json", [Entry("memory", 100, (100, 100), 7.0)])
    now = saved(tmp_path / "b.json", [Entry("memory", 130, (130, 130), 7.0)])
    assert "LARGER by more than 15 %" in table(changes(before, now), 15)


def test_what_seems_slower_is_measured_again() -> None:
    asked: list[list[str]] = []
    results = iter([3.9, 4.9])

    def measure(tests: list[str]) -> Run:
        asked.append(tests)
        return Run(Path(), "", "", "", "", (timed("route", 4.9), timed("peek", next(results))))

    found = [Change("route", "r", 4, 5), Change("peek", "p", 3.9, 5), Change("batch", "b", 1, 1)]
    route, peek, batch = confirmed(found, 15, measure)
    assert asked == [["p", "r"], ["r"]]
    assert (route.now, route.tries, route.slower(15)) == (4.9, 3, True)
    assert (peek.now, peek.tries, peek.slower(15)) == (3.9, 2, False)
    assert (batch.now, batch.tries) == (1, 1)


def test_rows_of_other_plans_and_other_machines_are_said(tmp_path: Path) -> None:
    before = saved(tmp_path / "a.json", [timed("route", 4), timed("peek", 3), timed("open", 9, (1000, 10))], "one")
    now = saved(tmp_path / "b.json", [timed("route", 4), timed("open", 9, (2000, 10))], "other")
    assert [change.key for change in changes(before, now)] == ["route"]
    machines, missing, new = not_compared(before, now)
    assert machines.startswith("machines differ: one, 2 cores before, other, 2 cores now")
    assert missing == "measured only before, or of other plans: peek, open"
    assert new == "measured only now, or of other plans: open"


@pytest.mark.parametrize(("ratio", "status"), [(4.5, 0), (4.7, 1)])
def test_the_status_is_1_where_a_row_is_slower(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ratio: float, status: int
) -> None:
    before, now = tmp_path / "a.json", tmp_path / "b.json"
    _run(before, 4)
    _run(now, ratio)
    monkeypatch.setattr(quick, "run", lambda kind, tests=(): now)
    assert compare.main(["--against", str(before)]) == status
    assert f"{status} of 1 rows are slower by more than 15 %" in capsys.readouterr().out
    assert compare.main(["--against", str(before), "--margin", "30"]) == 0


def test_two_saved_runs_are_compared_without_measuring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(quick, "run", None)
    before, now = tmp_path / "a.json", tmp_path / "b.json"
    _run(before, 4, 3)
    _run(now, 5, 3)
    assert compare.main(["--against", str(before), "--run", str(now)]) == 1
    assert "SLOWER by more than 15 %\n" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"machine_info": 1, "commit_info": {}}'])
def test_what_is_no_run_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    assert compare.main(["--against", str(path)]) == 2
    assert "is not a run that `make bench`" in capsys.readouterr().err


def test_a_missing_run_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare.main(["--against", str(tmp_path / "none.json")]) == 2
    assert "cannot read" in capsys.readouterr().err


def test_without_a_saved_run_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.saved.FOLDER", tmp_path)
    assert compare.main([]) == 2
    assert "`make bench-quick`" in capsys.readouterr().err


@pytest.mark.parametrize("margin", ["-1", "nan", "much"])
def test_a_margin_is_a_percentage(margin: str) -> None:
    with pytest.raises(SystemExit) as ended:
        compare.main([f"--margin={margin}"])
    assert ended.value.code == 2


def test_processes_are_merged_by_their_middle(tmp_path: Path) -> None:
    def process(ratios: Sequence[float]) -> dict[str, object]:
        return content([timed(key, ratio) for key, ratio in zip(("route", "peek"), ratios, strict=True)])

    path = tmp_path / "merged.json"
    path.write_text(json.dumps(quick.merged([process([4, 3]), process([9, 2]), process([5, 1])])), encoding="utf-8")
    route, peek = load(path).entries
    assert (route.ratio, route.figure, route.ratios) == (5, 5, (4, 9, 5))
    assert (peek.ratio, peek.ratios) == (2, (3, 2, 1))


def test_there_is_one_place_to_slow_the_runtime_down() -> None:
    path, head = load_script("check_watch").place(FOLDER.parent)
    assert path.parent.name == "runtime"
    assert head[0].startswith("cdef ")
