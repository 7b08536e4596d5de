"""List files of any bytes: each line is what the compiler's own reading of numbers makes of it, alone or not."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from random import Random

from callplan.compiler import list_lines, render
from callplan.compiler.list_files import read_list_file

from ..expected_lines import expected
from .mutator import Mutator
from .seed_files import seed_files

MOST_FREE = 2  # x in a line that is read number by number
WORDS = (
    "+", "00", "0", "86", "+86", "0086", "400", "800", "010", "0731", "x", "xx", "xxxxxxxx", "xxxxxxxxx", "#", "-",
    ".", "(", ")", " ", "\t", "\r", "\n", "\r\n", "\0", "\ufeff", "１", "é", "a", ",", "13800138000", "8888666",
    "88886666", "1" * 15, "1" * 16, "1" * 17, "1" * 18, "9" * 300, "+852",
)  # fmt: skip


@cache
def _mutable() -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    return tuple(seed_files("lists")), tuple(word.encode() for word in WORDS)


def make(chance: Random) -> bytes:
    return Mutator(chance, *_mutable()).make()


def attempt(data: bytes, chance: Random) -> str:
    whole = list_lines.read(data)
    lines = [_alone(line) for line in data.split(b"\n")]
    assert whole.keys.tolist() == [key for line in lines for key in line.keys.tolist()]
    assert whole.first.tolist() == [key for line in lines for key in line.first.tolist()]
    assert whole.last.tolist() == [key for line in lines for key in line.last.tolist()]
    for said, count, alone in (
        (whole.mistakes, whole.bad, [line.mistakes for line in lines]),
        (whole.oddities, whole.odd, [line.oddities for line in lines]),
    ):
        at = [(number, mistakes[0].kind) for number, mistakes in enumerate(alone, 1) if mistakes]
        assert count == len(at)
        assert [(mistake.line, mistake.kind) for mistake in said] == at[: len(said)]
        assert len(said) == min(count, 20)
        for mistake in said:
            assert b"\n" not in data[mistake.offset : mistake.end]
    return _as_file(data, whole)


def _alone(line: bytes) -> list_lines.ListLines:
    """A line read by itself, which must be as expected; only the line break of DOS is cut by what stands behind it."""
    found = list_lines.read(line)
    assert found.bad + found.odd <= 1
    if line.count(b"x") <= MOST_FREE:
        kinds = [mistake.kind for mistake in (*found.mistakes, *found.oddities)]
        keys = [*found.keys.tolist(), *found.first.tolist(), *found.last.tolist()]
        assert ((*kinds, None)[0], keys) == expected(line.decode("latin-1")), line
    return found


def _as_file(data: bytes, whole: list_lines.ListLines) -> str:
    """As a build reads it: refused where it is not UTF-8, else with what is wrong, which can be shown."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "list.txt")
        path.write_bytes(data)
        file, diagnostics = read_list_file(str(path), "list.txt")
    shown = render.text(diagnostics)
    assert all(character.isprintable() or character == "\n" for character in shown), shown
    try:
        data.decode()
    except UnicodeDecodeError:
        assert file is None
        assert [diagnostic.code for diagnostic in diagnostics] == ["E006"]
        return "not UTF-8"
    assert file is not None
    if data.startswith("\ufeff".encode()):
        return "with a byte-order mark"
    assert len(diagnostics) == len(whole.mistakes) + len(whole.oddities)
    return "bad lines" if whole.bad else "good"
