"""The file through which a build with kill points is told when to die, and says which steps it made (kill_points.h)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

VARIABLE = "CALLPLAN_KILL_POINTS"
ROOM = 8192
_STEP = re.compile(r"\bcp_(?:store|hint|add|swap)\(")
_SOURCE = re.compile(r'\s*/\* "(?:[^"]*/)?(\w+\.p(?:xd|yx))":(\d+)')


class Points:
    """`path`: what the environment variable names. It is there before a process starts: modules map it as they load."""

    def __init__(self, path: Path) -> None:
        self._words = np.memmap(path, np.uint64, "r+")

    def die_after(self, steps: int) -> None:
        """The process that makes that many steps from now on dies after the last; 0: none does."""
        self._words[0] = steps

    @property
    def steps(self) -> int:
        return int(self._words[1])

    def passed(self) -> dict[int, int]:
        """By site how often."""
        sites = self._words[2:].reshape(ROOM, 2)
        return {int(site): int(times) for site, times in sites if site}


def make(path: Path) -> None:
    """A new file."""
    path.write_bytes(bytes(16 * (1 + ROOM)))


class Site(NamedTuple):
    """A step in C, and the line of the source that it was made of."""

    key: int
    source: str
    line: int


def sites(folder: Path) -> Iterator[Site]:
    """All steps of the modules in a folder of C files."""
    for path in sorted(folder.glob("*.c")):
        source, line, in_comment = "", 0, False
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = _SOURCE.match(text)
            if found:
                source, line = found[1], int(found[2])
            in_comment = (in_comment or text.lstrip().startswith("/*")) and "*/" not in text
            is_code = not in_comment and not text.lstrip().startswith(("*", "/*", "#", "//"))
            if source and is_code and _STEP.search(text):
                yield Site(_key(path.name, number), source, line)


def _key(name: str, line: int) -> int:
    key = 14695981039346656037
    for byte in name.encode():
        key = (key ^ byte) * 1099511628211 % 2**64
    return (key ^ line) * 1099511628211 % 2**64 | 1
