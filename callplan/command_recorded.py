"""Recorded calls, the CSV file of `callplan bench`; tested by tests/test_command_recorded.py.

Its first line names the columns: `called`, `caller` and, where it was recorded, `at`.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from .command_files import Unusable, text_of
from .command_output import escaped, plural, to_stderr
from .command_time import Clocks

if TYPE_CHECKING:
    from .runtime.tables import Tables

LONGEST = 100  # characters of a number; an array of a batch is as wide as its longest
_NUMBERS = ("called", "caller")
_TIME = "at"
_POSIX = re.compile(r"[0-9]{1,12}(\.[0-9]*)?", re.ASCII)
_SHOWN = 10  # mistakes of a file


@dataclass(frozen=True)
class Recorded:
    """Calls in the order of their file; `at`: POSIX seconds of each, None: now."""

    called: tuple[str, ...]
    caller: tuple[str, ...]
    at: tuple[int, ...] | None

    def __len__(self) -> int:
        return len(self.called)


def read_calls(path: str, tables: Tables) -> Recorded:
    """The calls of a file, or of standard input for `-`; a time without an offset is by the clock of the call's plan.

    What is wrong with the file is printed, with its lines, and ends the command.
    """
    source = text_of(path)
    reader = _Reader(source.shown, Clocks(tables))
    reader.read(source.text)
    if reader.mistakes:
        for mistake in reader.mistakes[:_SHOWN]:
            to_stderr(escaped(mistake))
        if len(reader.mistakes) > _SHOWN:
            to_stderr(f"and {len(reader.mistakes) - _SHOWN:,} more mistakes")
        raise click.exceptions.Exit(Unusable.exit_code)
    if not reader.called:
        raise Unusable(f"`{source.shown}` has no calls: one a line, below the line that names the columns")
    at = tuple(reader.at) if reader.columns[-1] == _TIME else None
    return Recorded(tuple(reader.called), tuple(reader.caller), at)


class _Reader:
    """Takes in row after row, and notes what is wrong."""

    def __init__(self, name: str, clocks: Clocks) -> None:
        self.columns: list[str] = []  # sorted: called, caller, at if it is there
        self.called: list[str] = []
        self.caller: list[str] = []
        self.at: list[int] = []
        self.mistakes: list[str] = []
        self._name = name
        self._clocks = clocks

    def read(self, text: str) -> None:
        rows = self._rows(text)
        header = [cell.strip() for cell in next(rows, (1, [""]))[1]]
        if problem := _wrong_columns(header):
            self._note(1, problem)
            return
        self.columns = sorted(header, key=(*_NUMBERS, _TIME).index)
        places = [header.index(name) for name in self.columns]
        for line, row in rows:
            if len(row) == len(header):
                self._take(line, [row[place].strip() for place in places])
            elif any(cell.strip() for cell in row):
                self._note(line, f"{plural(len(row), 'column')} in place of {len(header)}")

    def _rows(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """The rows with the lines that they start on, up to one that is no CSV."""
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        line = 1
        try:
            for row in reader:
                yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            self._note(line, f"not CSV: {error}")

    def _take(self, line: int, cells: list[str]) -> None:
        called, caller = cells[:2]
        for name, number in zip(_NUMBERS, cells, strict=False):
            if len(number) > LONGEST or "\0" in number:
                self._note(line, f"`{name}` is no number: over {LONGEST} characters, or with a NUL")
        self.called.append(called)
        self.caller.append(caller)
        if len(cells) > 2:
            try:
                self.at.append(self._instant(called, cells[2]))
            except ValueError as error:
                self._note(line, str(error))

    def _instant(self, called: str, at: str) -> int:
        if not at:
            raise ValueError(f"no time; leave the column `{_TIME}` out of the file to decide all calls as of now")
        if _POSIX.fullmatch(at):
            return int(at.partition(".")[0])
        return math.floor(self._clocks.instant(called, at))

    def _note(self, line: int, problem: str) -> None:
        self.mistakes.append(f"{self._name}:{line}: error: {problem}")


def _wrong_columns(header: list[str]) -> str | None:
    wanted = "the first line must name the columns `called,caller` or `called,caller,at`"
    if missing := [name for name in _NUMBERS if name not in header]:
        return f"no column `{missing[0]}`: {wanted}"
    for name in header:
        if name not in (*_NUMBERS, _TIME):
            return f"the column `{name}` is none that is known: {wanted}"
        if header.count(name) > 1:
            return f"the column `{name}` stands there twice"
    return None
