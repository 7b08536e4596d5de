"""Builds in pieces: the same bytes and the same words as a build at once, whatever files do to each other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from callplan.compiler import many, render
from callplan.compiler.build import BuildResult, build
from callplan.compiler.clashes import Entangled
from callplan.compiler.many import build_many, split
from callplan.compiler.paths import Place

from . import random_folders

SEEDS = range(60)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pieces of three files at most, also of few files."""
    monkeypatch.setattr(many, "FEWEST_FILES", 1)
    monkeypatch.setattr(many, "_MOST_FILES", 3)
    yield


@pytest.fixture
def not_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails where pieces are given up."""

    def refuse(*_: object) -> BuildResult:
        raise AssertionError("made at once")

    monkeypatch.setattr(many, "build", refuse)


def same(one: BuildResult, other: BuildResult) -> bool:
    """Whether two builds cannot be told apart, their diagnostics compared as people read them."""
    assert render.text(one.diagnostics, colour=False) == render.text(other.diagnostics, colour=False)
    assert [each.code for each in one.diagnostics] == [each.code for each in other.diagnostics]
    assert sorted(one.paths) == sorted(other.paths)
    assert one.plans == other.plans
    return one.image == other.image


@pytest.mark.parametrize("seed", range(10))
def test_pieces_give_the_bytes_of_a_build_at_once(
    tmp_path: Path, seed: int, small_pieces: None, not_at_once: None
) -> None:
    files = random_folders.write(tmp_path, random_folders.texts(seed))
    whole = build(files, tmp_path)
    assert whole.image is not None
    assert same(build_many(files, tmp_path), whole)


@pytest.mark.parametrize("name", sorted(random_folders.MISTAKES))
@pytest.mark.parametrize("at", [0, 4])
def test_pieces_say_what_a_build_at_once_says(tmp_path: Path, name: str, at: int, small_pieces: None) -> None:
    import random

    texts = random_folders.texts(1)
    random_folders.MISTAKES[name](texts, f"p{at:02}.plan", random.Random(at))
    files = random_folders.write(tmp_path, texts)
    assert same(build_many(files, tmp_path), build(files, tmp_path))


@pytest.mark.parametrize("seed", SEEDS)
def test_pieces_with_mistakes_say_what_a_build_at_once_says(tmp_path: Path, seed: int, small_pieces: None) -> None:
    files = random_folders.write(tmp_path, random_folders.texts(seed, mistakes=1 + seed % 4))
    draft = seed % 5 == 0
    assert same(build_many(files, tmp_path, draft=draft), build(files, tmp_path, draft))
