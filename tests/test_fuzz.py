"""Hostile files: a fixed number of changed ones of each kind, all that were once at fault, and the search itself.

A failure names seed and number: `scripts/fuzz.py --kind KIND --seed SEED` comes to it again.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from .fuzz.kinds import KINDS
from .fuzz.mutator import LONGEST, Mutator
from .fuzz.seed_files import seed_paths
from .scripts import load_script

INPUTS = {"plans": 250, "lists": 150, "numberings": 400, "tables": 250}
KEPT = [(kind, path) for kind in KINDS if kind != "tables" for path in seed_paths(kind)]
UNDER_ASAN = "libasan" in os.environ.get("LD_PRELOAD", "")
fuzz: Any = load_script("fuzz")


@pytest.mark.parametrize(("kind", "path"), KEPT, ids=lambda value: value if isinstance(value, str) else value.name)
def test_seeds_as_they_are(kind: str, path: Path) -> None:
    KINDS[kind].attempt(path.read_bytes(), Random(0))


@pytest.mark.parametrize("kind", KINDS)
def test_changed_files(kind: str, seed: str) -> None:
    found = fuzz.fuzz([kind], seed, INPUTS[kind], 1e9)[kind]
    assert found.fault is None, found.fault
    assert found.inputs == INPUTS[kind]
    assert len(found.became) > 1, "all came to the same, so that little was tried"


def test_an_input_can_be_made_again() -> None:
    for kind in KINDS.values():
        first = [kind.input("seed", number)[0] for number in range(20)]
        assert [kind.input("seed", number)[0] for number in range(20)] == first
        assert [kind.input("other", number)[0] for number in range(20)] != first
        assert len(set(first)) > 10


def test_changes_stay_small() -> None:
    mutator = Mutator(Random(1), [b"a" * LONGEST, b""], [b"word" * 1000])
    made = [mutator.make() for _ in range(300)]
    assert max(map(len, made)) == LONGEST
    assert len(set(made)) > 60


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("raises", "this is at fault"),
        ("crashes", "was ended by signal 11"),
        ("hangs", "took longer than 3 s"),
        ("grows", "MemoryError"),
    ],
)
@pytest.mark.skipif(UNDER_ASAN, reason="the sanitizer takes crashes and memory for itself")
def test_what_is_at_fault_is_found(kind: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "WORKER", "tests.fuzz.broken")
    monkeypatch.setattr(fuzz, "HANG", 3.0)
    found = fuzz.fuzz([kind], "seed", 10_000, 1e9)[kind]
    assert said in found.fault
    assert found.input is not None
    assert found.input[0] < 16


def test_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "WORKER", "tests.fuzz.broken")
    found = fuzz.fuzz(["is_good"], "seed", None, 0.2)["is_good"]
    assert found.fault is None
    assert found.inputs > 0


def test_a_worker_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "WORKER", "tests.fuzz.none")
    found = fuzz.fuzz(["is_good"], "seed", 10, 1e9)["is_good"]
    assert "before the first input" in found.fault
    assert found.input is None
