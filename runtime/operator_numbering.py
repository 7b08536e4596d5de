"""An operator's own numbering table, a CSV in place of the built-in one (language.md 4.6); tested by
tests/test_operator_numbering.py.
"""

from __future__ import annotations

import csv
import io
import os
import stat
from collections.abc import Iterator

import numpy as np

from . import places
from .errors import NumberingError
from .numbering import PREFIX_BASE, PREFIXES, Table

HEADER = ["prefix", "area"]
MOST_MIB = 64
_SHOWN = 10  # mistakes of a file that are told


def read_csv(path: str | os.PathLike[str]) -> Table:
    """The table of a CSV file: UTF-8, header `prefix,area`; prefixes of 3 to 7 digits that start 13 to 19, the longest
    wins; an area is an area code, a place with one area code, or `unknown`.

    The table has all of the file or there is none: NumberingError tells the mistakes with their lines.
    """
    return table_of(os.fspath(path), read_bytes(path))


def table_of(name: str, data: bytes) -> Table:
    """The table of a CSV file's bytes, as read_csv; `name` is what the file is called in an error."""
    mistakes: list[str] = []
    areas: dict[str, int] = {}
    lines: dict[str, int] = {}
    for line, row in _rows(name, _text(name, data)):
        problem = _read_row(row, areas, lines, line)
        if problem is not None:
            mistakes.append(f"{name}:{line}: {problem}")
    if mistakes:
        more = [f"and {len(mistakes) - _SHOWN} more mistakes"] if len(mistakes) > _SHOWN else []
        raise NumberingError("\n".join(mistakes[:_SHOWN] + more))
    return _table(areas)


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """What a file holds; NumberingError where it cannot be read, is no regular file or larger than any table."""
    name = os.fspath(path)
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise NumberingError(f"cannot read {name}: not a regular file")
            data = file.read((MOST_MIB << 20) + 1)
    except OSError as error:
        raise NumberingError(f"cannot read {name}: {error.strerror or error}") from None
    except ValueError as error:  # a NUL in the path
        raise NumberingError(f"cannot read {name!r}: {error}") from None
    if len(data) > MOST_MIB << 20:
        raise NumberingError(f"{name} is larger than {MOST_MIB} MiB, which no numbering table is")
    return data


def _text(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise NumberingError(f"{name}:{line}: not UTF-8: save the file as UTF-8") from None


def _rows(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header with their lines, blank ones left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, None)
        if header is None or [cell.strip() for cell in header] != HEADER:
            raise NumberingError(f"{name}:1: the first line must be `{','.join(HEADER)}`")
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        raise NumberingError(f"{name}:{reader.line_num}: not CSV: {error}") from None


def _read_row(row: list[str], areas: dict[str, int], lines: dict[str, int], line: int) -> str | None:
    """Take a row into the table; what is wrong with it, if anything."""
    if len(row) != len(HEADER):
        return f"{len(row)} columns in place of {len(HEADER)}"
    prefix, area = row
    if not (prefix.isascii() and prefix.isdigit() and 3 <= len(prefix) <= 7 and "13" <= prefix[:2] <= "19"):
        return f"`{prefix}` is not a prefix: 3 to 7 digits that start with 13 to 19"
    if prefix in lines:
        return f"the prefix {prefix} stands in line {lines[prefix]} already"
    lines[prefix] = line
    code, problem = _area(area)
    areas[prefix] = code
    return problem


def _area(text: str) -> tuple[int, str | None]:
    if text == "unknown":
        return 0, None
    if places.is_area_code(text):
        return int(text), None
    found = places.find(text)
    if not found:
        return 0, f"`{text}` is not an area: an area code such as 0731, a place such as 长沙, or `unknown`"
    codes = sorted({code for place in found for code in place.areas})
    if len(codes) > 1:
        return 0, f"`{text}` has several area codes: say which, {' or '.join(codes[:5])}{' ...' if codes[5:] else ''}"
    return int(codes[0]), None


def _table(areas: dict[str, int]) -> Table:
    table = np.zeros(PREFIXES, np.uint16)
    for prefix in sorted(areas, key=len):  # a longer one stands on a shorter one
        width = 10 ** (7 - len(prefix))
        first = int(prefix) * width - PREFIX_BASE
        table[first : first + width] = areas[prefix]
    table.flags.writeable = False
    return table
