"""Where the pieces of a build clash: what one cannot know of the others; tested by tests/test_many.py."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from .check import Outside
from .check_numbers import Claim
from .diagnostics import Diagnostic
from .paths import Place
from .piece import FileRead, Piece, Spot
from .reading import read_file
from .source import Source, Span

_CIRCLE = "E033"


class Entangled(Exception):
    """The pieces of a build cannot be told apart: what one says depends on where another one begins."""


def clashes(pieces: Sequence[Piece], named: Mapping[Hashable, Place]) -> dict[int, Outside]:
    """The pieces that must be made again, and what they have to know of the others. Raises Entangled.

    `named`: the files of the build.
    """
    _refuse_entangled(pieces, named)
    claims = _owners(pieces, [piece.claims for piece in pieces])
    names = _owners(pieces, [piece.names for piece in pieces])
    texts = _Texts(pieces)
    found = {}
    for at, piece in enumerate(pieces):
        before = {digits for digits in (*piece.claims, *piece.asked) if claims.get(digits, at) < at}
        after = {digits for digits in piece.asked if claims.get(digits, at) > at}
        taken = {name for name in piece.names if names[name] < at}
        if before or after or taken:
            found[at] = Outside(
                {digits: texts.claim(pieces[claims[digits]], digits) for digits in sorted(before)},
                {digits: texts.claim(pieces[claims[digits]], digits) for digits in sorted(after)},
                {name: texts.span(pieces[names[name]].names[name]) for name in sorted(taken)},
            )
    return found


def _owners(pieces: Sequence[Piece], keys: Sequence[Iterable[str]]) -> dict[str, int]:
    """The first piece that has each key."""
    found: dict[str, int] = {}
    for at, own in enumerate(keys):
        for key in own:
            found.setdefault(key, at)
    return found


class _Texts:
    """Reads files again that problems of other pieces are to show."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._places = {file.place.name: file.place for piece in pieces for file in piece.files}
        self._sources: dict[str, Source] = {}

    def claim(self, piece: Piece, digits: str) -> Claim:
        spot = piece.claims[digits]
        return Claim(spot.plan, self.span(spot))

    def span(self, spot: Spot) -> Span:
        if spot.file not in self._sources:
            place = self._places[spot.file]
            source, _ = read_file(place.path, place.name)
            self._sources[spot.file] = source or Source(place.name, "", place.path)
        return Span(self._sources[spot.file], spot.start, spot.end)


def _refuse_entangled(pieces: Sequence[Piece], named: Mapping[Hashable, Place]) -> None:
    if any(piece.foreign_plans for piece in pieces):
        raise Entangled
    if len({piece.operators for piece in pieces}) > 1:
        raise Entangled
    missing = [key for piece in pieces for key in piece.missing]
    if len(missing) > len(set(missing)) or any(problem.code == _CIRCLE for problem in _all(pieces, 0)):
        raise Entangled
    _refuse_aliases((file for piece in pieces for file in (*piece.files, *piece.also)), named)
    _refuse_aliases((file for piece in pieces for file in piece.lists), {})
    files, lists = loaded_by([piece.files for piece in pieces]), loaded_by([piece.lists for piece in pieces])
    if files.keys() & lists.keys():
        raise Entangled
    for at in range(2):
        for problem in _all(pieces, at):
            if problem.span is None or problem.severity != "error":
                continue
            if len(files.get(problem.span.source.name, ())) > 1:
                raise Entangled


def _refuse_aliases(files: Iterable[FileRead], named: Mapping[Hashable, Place]) -> None:
    """A file has the name by which it was reached first; so nothing is known of one that was reached by several."""
    known = dict(named)
    for file in files:
        if known.setdefault(file.place.key, file.place) != file.place:
            raise Entangled


def loaded_by(files: Sequence[Sequence[FileRead]]) -> dict[str, list[int]]:
    """The pieces that read each file, by its name."""
    found: dict[str, list[int]] = {}
    for at, read in enumerate(files):
        for file in read:
            found.setdefault(file.place.name, []).append(at)
    return found


def _all(pieces: Sequence[Piece], stage: int) -> Iterable[Diagnostic]:
    return (problem for piece in pieces for problem in piece.stages[stage])
