"""Pieces as bytes, to be sent between processes and to be kept; tested by tests/test_piece_format.py.

    magic | length of the JSON | JSON | arrays, each at a multiple of 8 | strings | crc32 of all before

The JSON has what is not an array. Nothing of it is run, and what does not fit is refused: see `decode`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np

from ..runtime.layout import SECTIONS
from .assembly import MADE_LAST, STORED_ONCE, Part
from .diagnostics import Diagnostic, Related
from .paths import Place
from .piece import FileRead, Piece, SharedDestination, Spot
from .source import Source, Span

MAGIC = b"CPPIECE1"
_CRC = 4
_PLAIN = (str, int, float, type(None))
_ARRAYS = {name: dtype for name, dtype in SECTIONS.items() if name not in MADE_LAST}
_STARTS = np.dtype("<i8")


class PieceError(ValueError):
    """Bytes that are no piece, or not one of this version."""


@dataclass(frozen=True)
class Said:
    """The words of a field of a problem that was more than a text."""

    text: str

    def __str__(self) -> str:
        return self.text


def encode_piece(piece: Piece) -> bytes:
    """A piece as bytes; equal pieces give equal bytes."""
    writer = _Writer()
    facts = writer.facts(piece)
    arrays, strings = [], b""
    if piece.part is not None:
        part = piece.part
        arrays = [part.sections[name] for name in _ARRAYS] + [part.starts[name] for name in STORED_ONCE]
        strings = b"".join(part.strings)
        lengths = np.fromiter(map(len, part.strings), _STARTS, len(part.strings))
        arrays.append(lengths)
        facts["part"] = [list(map(len, arrays)), part.weights, part.built_in]
    head = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    pieces: list[bytes | memoryview] = [MAGIC, len(head).to_bytes(8, "little"), head, bytes(-len(head) % 8)]
    for array in arrays:
        body = np.ascontiguousarray(array).view(np.uint8).data
        pieces += [body, bytes(-len(body) % 8)]
    data = b"".join([*pieces, strings])
    return data + crc32(data).to_bytes(_CRC, "little")


def decode_piece(data: bytes | memoryview) -> Piece:
    """The piece that bytes hold. Raises PieceError where they are damaged, or no piece."""
    view = memoryview(data)
    if view[:8] != MAGIC or crc32(view[:-_CRC]) != int.from_bytes(view[-_CRC:], "little"):
        raise PieceError("damaged, or no piece")
    try:
        return _decode(view)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise PieceError("a piece of another version") from error


def _decode(data: memoryview) -> Piece:
    end = 16 + int.from_bytes(data[8:16], "little")
    facts = json.loads(bytes(data[16:end]).decode("utf-8", "surrogatepass"))
    part = None
    if facts["part"] is not None:
        counts, weights, built_in = facts["part"]
        dtypes = [*_ARRAYS.values(), *(_STARTS for _ in STORED_ONCE), _STARTS]
        arrays, at = [], end + -end % 8
        for dtype, count in zip(dtypes, counts, strict=True):
            arrays.append(np.frombuffer(data, dtype, count, at))
            at += count * dtype.itemsize
            at += -at % 8
        ends = [at, *(at + np.cumsum(arrays[-1])).tolist()]
        if ends[-1] != len(data) - _CRC:
            raise PieceError("a piece of another length")
        held = bytes(data[at:])
        strings = tuple([held[a - at : b - at] for a, b in pairwise(ends)])
        sections = dict(zip(_ARRAYS, arrays[: len(_ARRAYS)], strict=True))
        starts = dict(zip(STORED_ONCE, arrays[len(_ARRAYS) : -1], strict=True))
        part = Part(sections, starts, tuple(map(tuple, weights)), tuple(built_in), strings)
    return _Reader(facts["texts"]).piece(facts, part)


class _Writer:
    """Facts to JSON. Spans are [place in `texts`, start, end]; tuples become lists."""

    def __init__(self) -> None:
        self._sources: dict[Source, int] = {}
        self._texts: list[list[Any]] = []

    def facts(self, piece: Piece) -> dict[str, Any]:
        return {
            "files": piece.files,
            "also": piece.also,
            "lists": piece.lists,
            "paths": piece.paths,
            "stages": [self._problems(stage) for stage in piece.stages],
            "unused": self._problems(piece.unused),
            "lost": sorted(piece.lost),
            "claims": piece.claims,
            "asked": sorted(piece.asked),
            "names": piece.names,
            "operators": piece.operators,
            "missing": piece.missing,
            "is_complete": piece.is_complete,
            "plans": piece.plans,
            "foreign_plans": piece.foreign_plans,
            "clocks": piece.clocks,
            "of_china": piece.of_china,
            "is_draft": piece.is_draft,
            "shared": [asdict(each) for each in piece.shared],
            "part": None,
            "texts": self._texts,
        }

    def _problems(self, problems: Iterable[Diagnostic]) -> list[list[Any]]:
        return [
            [
                each.code,
                self._span(each.span),
                _fields(each.fields),
                each.help_key,
                [[other.key, self._span(other.span), _fields(other.fields)] for other in each.related],
                each.file,
            ]
            for each in problems
        ]

    def _span(self, span: Span | None) -> list[int] | None:
        if span is None:
            return None
        source = span.source
        if source not in self._sources:
            self._sources[source] = len(self._sources)
            self._texts.append([source.name, source.text, source.path, source.first])
        return [self._sources[source], span.start, span.end]


def _fields(fields: Mapping[str, object]) -> dict[str, Any]:
    return {name: value if isinstance(value, _PLAIN) else [str(value)] for name, value in fields.items()}


class _Reader:
    """JSON to facts."""

    def __init__(self, texts: list[list[Any]]) -> None:
        self._sources = [Source(name, text, path, first) for name, text, path, first in texts]

    def piece(self, facts: Mapping[str, Any], part: Part | None) -> Piece:
        load, checks, lowered, unmet = (self._problems(stage) for stage in facts["stages"])
        return Piece(
            files=tuple(map(_file, facts["files"])),
            also=tuple(map(_file, facts["also"])),
            lists=tuple(map(_file, facts["lists"])),
            paths=tuple(facts["paths"]),
            stages=(load, checks, lowered, unmet),
            unused=self._problems(facts["unused"]),
            lost=frozenset(facts["lost"]),
            claims={digits: Spot(*spot) for digits, spot in facts["claims"].items()},
            asked=frozenset(facts["asked"]),
            names={name: Spot(*spot) for name, spot in facts["names"].items()},
            operators=tuple(facts["operators"]),
            missing=tuple(facts["missing"]),
            is_complete=facts["is_complete"],
            plans=facts["plans"],
            foreign_plans=facts["foreign_plans"],
            clocks=tuple(facts["clocks"]),
            of_china=facts["of_china"],
            is_draft=facts["is_draft"],
            shared=tuple(map(_shared, facts["shared"])),
            part=part,
        )

    def _problems(self, problems: Iterable[list[Any]]) -> tuple[Diagnostic, ...]:
        return tuple(
            Diagnostic(
                code,
                None if span is None else self._span(span),
                _said(fields),
                help_key,
                tuple(Related(key, self._span(place), _said(words)) for key, place, words in related),
                file,
            )
            for code, span, fields, help_key, related, file in problems
        )

    def _span(self, place: list[int]) -> Span:
        source, start, end = place
        return Span(self._sources[source], start, end)


def _said(fields: Mapping[str, Any]) -> dict[str, object]:
    return {name: Said(*value) if isinstance(value, list) else value for name, value in fields.items()}


def _file(fields: list[Any]) -> FileRead:
    (path, name, key), digest, is_own = fields
    return FileRead(Place(path, name, tuple(key) if isinstance(key, list) else key), digest, is_own)


def _shared(fields: Mapping[str, Any]) -> SharedDestination:
    announce = fields["announce"]
    return SharedDestination(**{**fields, "announce": None if announce is None else tuple(announce)})
