"""Builds in pieces: the same bytes and the same words as a build at once, whatever files do to each other."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from callplan.compiler import many, render
from callplan.compiler.build import BuildResult, build
from callplan.compiler.many import build_many, split
from callplan.compiler.paths import Place

from . import random_folders

SEEDS = range(30)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of three files at most, also of few files."""
    monkeypatch.setattr(many, "FEWEST_FILES", 1)
    monkeypatch.setattr(many, "_MOST_FILES", 3)


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
    texts = random_folders.texts(1)
    random_folders.MISTAKES[name](texts, f"p{at:02}.plan", random.Random(at))
    files = random_folders.write(tmp_path, texts)
    assert same(build_many(files, tmp_path), build(files, tmp_path))


@pytest.mark.parametrize("seed", SEEDS)
def test_pieces_with_mistakes_say_what_a_build_at_once_says(tmp_path: Path, seed: int, small_pieces: None) -> None:
    files = random_folders.write(tmp_path, random_folders.texts(seed, mistakes=1 + seed % 4))
    draft = seed % 5 == 0
    assert same(build_many(files, tmp_path, draft=draft), build(files, tmp_path, draft))


def test_a_piece_ends_where_names_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [Place(f"{at}.plan", f"{at}.plan", at) for at in range(2000)]
    pieces = split(places, [1000] * len(places))
    assert [place for piece in pieces for place in piece] == places
    assert 10 < len(pieces) < 100
    assert max(map(len, pieces)) <= 192
    without = split(places[:700] + places[701:], [1000] * (len(places) - 1))
    assert len([piece for piece in pieces if piece not in without]) in range(1, 4)


def test_large_files_are_pieces_of_their_own() -> None:
    places = [Place(name, name, name) for name in "abc"]
    assert split(places, [10**6, 10, 10**6]) == [places[:1], places[1:]]


def test_progress_tells_of_each_file_once(tmp_path: Path, small_pieces: None) -> None:
    files = random_folders.write(tmp_path, random_folders.texts(0))
    told: list[int] = []
    build_many(files, tmp_path, progress=told.append)
    assert sum(told) == len(files)
    assert len(told) > 3


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path, small_pieces: None) -> None:
    files = random_folders.write(tmp_path, random_folders.texts(0))
    (tmp_path / "link.plan").symlink_to(files[0])
    named = [*files, files[0], tmp_path / "link.plan"]
    assert same(build_many(named, tmp_path), build(named, tmp_path))


def test_a_list_under_two_names_has_that_of_a_build_at_once(tmp_path: Path, small_pieces: None) -> None:
    texts = random_folders.texts(0)
    texts["p11.plan"] = texts["p11.plan"].replace("lists/3.txt", "other.txt")
    files = random_folders.write(tmp_path, texts)
    (tmp_path / "other.txt").symlink_to(tmp_path / "lists" / "3.txt")
    assert same(build_many(files, tmp_path), build(files, tmp_path))


def test_a_root_that_is_none(tmp_path: Path) -> None:
    files = random_folders.write(tmp_path, random_folders.texts(0))
    assert [each.code for each in build_many(files, tmp_path / "none").diagnostics] == ["E034"]
