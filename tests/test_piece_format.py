"""Pieces as bytes: they come back as they were, and whatever is damaged or foreign is refused."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import pytest

from callplan.compiler.paths import Root
from callplan.compiler.piece import Task, build_piece
from callplan.compiler.piece_format import PieceError, decode_piece, encode_piece

from . import random_folders


def task(folder: Path, seed: int, mistakes: int) -> Task:
    files = random_folders.write(folder, random_folders.texts(seed, 4, mistakes))
    base = Root(str(folder))
    return Task(str(folder), tuple(base.named(file) for file in files))


@pytest.mark.parametrize("mistakes", [0, 3])
@pytest.mark.parametrize("seed", range(5))
def test_a_piece_comes_back(tmp_path: Path, seed: int, mistakes: int) -> None:
    piece = build_piece(task(tmp_path, seed, mistakes))
    data = encode_piece(piece)
    found = decode_piece(data)
    assert encode_piece(found) == data
    assert (found.files, found.claims, found.names, found.shared) == (
        piece.files,
        piece.claims,
        piece.names,
        piece.shared,
    )
    said = [problem.message for stage in piece.stages for problem in stage]
    assert [problem.message for stage in found.stages for problem in stage] == said
    assert (found.part is None) == (piece.part is None)


def test_damaged_bytes_are_refused(tmp_path: Path) -> None:
    data = encode_piece(build_piece(task(tmp_path, 0, 0)))
    for at in (*range(0, len(data), 211), len(data) - 1):
        with pytest.raises(PieceError):
            decode_piece(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    for cut in (b"", data[:7], data[:40], data[:-1], data + b"\0", b"CPPIECE1"):
        with pytest.raises(PieceError):
            decode_piece(cut)


def test_bytes_of_another_version_are_refused(tmp_path: Path) -> None:
    data = encode_piece(build_piece(task(tmp_path, 0, 0)))[:-4]
    for changed in (
        data.replace(b'"claims"', b'"cleims"', 1),
        data.replace(b'"part":[[', b'"part":[[9', 1),
        data + bytes(8),
    ):
        assert changed != data
        with pytest.raises(PieceError):
            decode_piece(changed + crc32(changed).to_bytes(4, "little"))
