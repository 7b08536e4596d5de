"""Numbering tables of any bytes: refused with where and why, or each prefix has the area of its longest row."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from random import Random

import callplan
from callplan.runtime import places
from callplan.runtime.numbering import PREFIX_BASE, PREFIXES
from callplan.runtime.operator_numbering import read_csv

from .mutator import Mutator
from .seed_files import seed_files

WORDS = (
    "prefix", "area", ",", ",,", '"', '""', "\n", "\r\n", "\r", "\0", "\ufeff", " ", ";", "\t", "\x0b", "\x0c",
    "\x1c", "\x85", "\u2028", "13", "130", "1300000", "1999999", "13000000", "199", "200", "129", "１３０", "²",
    "-13", "+13", "1e3", "unknown", "abroad", "0731", "731", "010", "10", "0000", "长沙", "湖南", "beijing", "suzhou",
    "", "x" * 5000,
)  # fmt: skip


@cache
def _mutable() -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    return tuple(seed_files("numberings")), tuple(word.encode() for word in WORDS)


def make(chance: Random) -> bytes:
    return Mutator(chance, *_mutable()).make()


def attempt(data: bytes, chance: Random) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "numbering.csv")
        path.write_bytes(data)
        try:
            table = read_csv(path)
        except callplan.NumberingError as error:
            return _refused(str(path), str(error))
    assert table.shape == (PREFIXES,)
    rows = _rows(data.decode("utf-8-sig"))
    for prefix in {*(int(row.ljust(7, digit)) for row in rows for digit in "09"), chance.randrange(1300000, 2000000)}:
        longest = max((row for row in rows if str(prefix).startswith(row)), key=len, default=None)
        area = "unknown" if longest is None else rows[longest]
        assert int(table[prefix - PREFIX_BASE]) == _code(area), prefix
    return "used"


def _refused(path: str, said: str) -> str:
    assert said.startswith((f"{path}:", f"cannot read {path}"))
    assert said.count(f"{path}:") <= 10
    return "refused"


def _rows(text: str) -> dict[str, str]:
    """Prefix to area of a table that is good, read sign by sign: a quote can only be around a whole cell."""
    rows: list[list[str]] = [[""]]
    quoted = False
    for sign in text:
        if sign == '"':
            quoted = not quoted
        elif sign == "," and not quoted:
            rows[-1].append("")
        elif sign in "\r\n" and not quoted:
            rows.append([""])
        else:
            rows[-1][-1] += sign
    cells = [[cell.strip() for cell in row] for row in rows]
    header, *found = [row for row in cells if any(row)]
    assert header == ["prefix", "area"]
    areas = dict(found)
    assert len(areas) == len(found)
    return areas


def _code(area: str) -> int:
    if area == "unknown":
        return 0
    if places.is_area_code(area):
        return int(area)
    (code,) = {code for place in places.find(area) for code in place.areas}
    return int(code)
