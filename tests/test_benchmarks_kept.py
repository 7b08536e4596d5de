"""Kept tables: one folder for a size and a version of the sources; a command with several runs builds once."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.kept import folder


def tree(top: Path) -> Path:
    for name in ("compiler", "grammar", "runtime", "benchmarks"):
        (top / name).mkdir(parents=True)
    (top / "compiler" / "check.py").write_text("one", encoding="utf-8")
    (top / "grammar" / "plan.lark").write_text("two", encoding="utf-8")
    (top / "benchmarks" / "population.py").write_text("three", encoding="utf-8")
    return top


def test_each_size_has_a_folder(tmp_path: Path) -> None:
    top = tree(tmp_path / "top")
    found = folder(tmp_path, (10, 100), top)
    assert found.is_dir()
    assert folder(tmp_path, (10, 100), top) == found
    assert folder(tmp_path, (10, 101), top) != found
    assert folder(tmp_path, (11, 100), top) != found


@pytest.mark.parametrize(
    "name", ["compiler/check.py", "grammar/plan.lark", "benchmarks/population.py", "runtime/a.pxd"]
)
def test_other_sources_have_another(name: str, tmp_path: Path) -> None:
    top = tree(tmp_path / "top")
    before = folder(tmp_path, (10, 100), top)
    (top / name).write_text("changed", encoding="utf-8")
    assert folder(tmp_path, (10, 100), top) != before


def test_what_makes_no_tables_does_not_matter(tmp_path: Path) -> None:
    top = tree(tmp_path / "top")
    before = folder(tmp_path, (10, 100), top)
    for name in ("benchmarks/rows.py", "compiler/check.so"):
        (top / name).write_text("changed", encoding="utf-8")
    assert folder(tmp_path, (10, 100), top) == before


def shared_of(arguments: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Where the runs of a command keep their tables."""
    commands: list[list[str]] = []

    def run(given: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append(given)
        return subprocess.CompletedProcess(given, 0)

    monkeypatch.setattr(command.subprocess, "run", run)
    monkeypatch.setattr(command, "new_path", lambda kind: command.TOP / ".benchmarks" / f"{kind}.json")
    assert command.main(arguments) == 0
    return [next(each for each in given if each.startswith("--shared=")) for given in commands]


def test_runs_of_a_command_share_their_tables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shared = shared_of(["--runs", "3"], monkeypatch, tmp_path)
    assert len(shared) == 3
    assert len(set(shared)) == 1
    assert not Path(shared[0].removeprefix("--shared=")).exists()


def test_tables_are_kept_where_one_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert shared_of(["--keep", str(kept)], monkeypatch, tmp_path) == [f"--shared={kept}"]
    assert kept.is_dir()
