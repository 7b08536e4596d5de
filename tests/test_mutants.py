"""The table of mutants fits the sources, and each has a test that caught it; they are tried by scripts/mutants.py."""

from __future__ import annotations

import ast
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from .mutants import report
from .mutants.table import Mutant, MutantError, load, turn
from .mutants.trial import TOP, Verdict, affected, attempt
from .scripts import load_script

MUTANTS = load()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_fits_its_source(mutant: Mutant) -> None:
    assert mutant.file.startswith(("compiler/", "runtime/"))
    assert "|" not in mutant.name + mutant.does
    source = (TOP / mutant.file).read_text(encoding="utf-8")
    changed = mutant.applied_to(source)
    assert changed != source
    if mutant.file.endswith(".py"):
        ast.parse(changed)
    else:
        assert affected(mutant.file), "nothing is built anew"


def test_no_two_mutants_are_the_same() -> None:
    assert len(MUTANTS) >= 24
    assert len({(mutant.file, mutant.changes) for mutant in MUTANTS}) == len(MUTANTS)


def test_each_mutant_was_caught() -> None:
    """`make mutants` writes the page; a new mutant wants it run."""
    assert list(report.known()) == [mutant.name for mutant in MUTANTS]


def test_an_old_text_that_is_gone_or_doubled_is_an_error() -> None:
    mutant = MUTANTS[0]
    with pytest.raises(MutantError, match="has this 0 times"):
        mutant.applied_to("")
    with pytest.raises(MutantError, match="has this 2 times"):
        mutant.applied_to(mutant.changes[0].old * 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[mutant]]\nname = "a"\ndoes = "b"\nfile = "c"\nold = "d"', "name, does, file, old and new"),
        ('[[mutant]]\nname = "a"\ndoes = "b"\nfile = "c"\nold = "d"\nnew = "e"\nwhy = "f"', "name, does, file, old"),
        ('why = "f"\n[[mutant]]\nname = "a"', "not mutants alone"),
        ('[[mutant]]\nname = "a"\ndoes = "b"\nfile = "c"\nold = "d"\nnew = "e"\n' * 2, "one name: a"),
    ],
)
def test_a_slip_in_the_table_is_an_error(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "slip.toml").write_text(text, encoding="utf-8")
    with pytest.raises(MutantError, match=words):
        load(tmp_path)


def test_each_has_its_turn_as_days_go_by() -> None:
    few, first = 6, date(2026, 11, 23)
    days = -(-len(MUTANTS) // few)
    turns = [turn(MUTANTS, few, first + timedelta(day)) for day in range(days)]
    assert all(0 < len(each) <= few for each in turns)
    assert sorted(mutant.name for each in turns for mutant in each) == sorted(mutant.name for mutant in MUTANTS)


def test_no_other_is_tried_beside_one_that_is_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = load_script("mutants")
    mutants = [Mutant(f"{at}", "does", "file", (), alone=at in (0, 2)) for at in range(5)]
    running: list[Mutant] = []
    beside: dict[str, int] = {}

    def trial(mutant: Mutant | None, folder: Path, *_: object) -> Verdict:
        if mutant is None:
            return Verdict(None)
        folder.mkdir(parents=True)
        running.append(mutant)
        time.sleep(0.05)
        beside[mutant.name] = len(running) - 1
        running.remove(mutant)
        return Verdict(f"test {mutant.name}")

    monkeypatch.setattr(script, "trial", trial)
    monkeypatch.setattr(script, "COPIES", tmp_path)
    verdicts = script.tried(mutants, 5, ())
    assert verdicts == [Verdict(f"test {at}") for at in range(5)]
    assert beside["0"] == beside["2"] == 0
    assert beside.keys() == {mutant.name for mutant in mutants}


def test_what_a_source_reaches() -> None:
    assert affected("compiler/days.py") == []
    assert affected("runtime/calls.pyx") == ["runtime/calls.pyx"]
    assert affected("runtime/clock.pxd") == [
        "runtime/batch.pyx",
        "runtime/engine.pyx",
        "runtime/foresee.pyx",
        "runtime/once.pyx",
    ]
    assert "runtime/calls.pyx" in affected("runtime/book.pxd")
    assert "compiler/list_lines.pyx" in affected("runtime/numbers.pxd")


def test_only_a_failed_assertion_catches(tmp_path: Path) -> None:
    tests = "def test_a(): int('x')\ndef test_b(): assert 1 == 2\ndef test_c(): assert False"
    assert attempt(_folder(tmp_path, tests), ("test_it.py",)) == Verdict("test_it.py::test_b")


def test_another_failure_is_trouble(tmp_path: Path) -> None:
    found = attempt(_folder(tmp_path, "def test_a(): int('x')"), ("test_it.py",))
    assert found.caught_by is None
    assert "no assertion failed: 1 failed" in (found.trouble or "")


def _folder(path: Path, tests: str) -> Path:
    """What `attempt` needs of a copy of the tree."""
    package = path / "tests" / "mutants"
    package.mkdir(parents=True)
    for name in ("__init__.py", "plugin.py"):
        (package / name).write_text((TOP / "tests" / "mutants" / name).read_text(encoding="utf-8"), encoding="utf-8")
    (path / "tests" / "__init__.py").touch()
    (path / "test_it.py").write_text(tests, encoding="utf-8")
    return path
