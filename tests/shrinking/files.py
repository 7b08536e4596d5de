"""Files and lists cut down to what still shows something: in halves, then piece by piece, as long as there is time."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from ..plan_files import PlanFiles

T = TypeVar("T")
WORD = re.compile(r'\s*(?:"[^"\n]*"|#.*|[^\s{}(),"#]+|.)')
GROUP = re.compile(r"\b(?:split|route)\b[^{}\n]*\{([^{}]*)\}")
RUN = 8  # words of a line that are left out at once


class Time:
    """So many seconds from now on."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def is_up(self) -> bool:
        return time.monotonic() > self._end


def fewer(items: Sequence[T], shows: Callable[[list[T]], bool], left: Time) -> list[T]:
    """Items of which none can be left out, if there is time: halves are tried first, then smaller parts."""
    kept = list(items)
    size = max(1, len(kept) // 2)
    while True:
        at, found = 0, False
        while at < len(kept) and not left.is_up():
            if shows(kept[:at] + kept[at + size :]):
                del kept[at : at + size]
                found = True
            else:
                at += size
        if left.is_up() or (size == 1 and not found):
            return kept
        size = max(1, size // 2)


def smaller(files: PlanFiles, shows: Callable[[PlanFiles], bool], left: Time) -> PlanFiles:
    """Files of which no block, no line and no few words can be left out, if there is time."""
    before = None
    while files != before and not left.is_up():
        before = files
        files = _fewer_files(files, shows, left)
        for name in (None, *dict(files.beside)):
            files = _smaller(files, name, shows, left)
    return files


def _fewer_files(files: PlanFiles, shows: Callable[[PlanFiles], bool], left: Time) -> PlanFiles:
    kept = fewer(files.beside, lambda beside: shows(replace(files, beside=tuple(beside))), left)
    return replace(files, beside=tuple(kept))


def _smaller(files: PlanFiles, name: str | None, shows: Callable[[PlanFiles], bool], left: Time) -> PlanFiles:
    """Files with one of them cut; None: the first."""

    def having(text: str) -> PlanFiles:
        if name is None:
            return replace(files, text=text)
        return replace(files, beside=tuple((each, text if each == name else old) for each, old in files.beside))

    def text_shows(text: str) -> bool:
        return not left.is_up() and shows(having(text))

    text = files.text if name is None else dict(files.beside)[name]
    lines = _without_blocks(text.splitlines(keepends=True), text_shows)
    text = "".join(fewer(lines, lambda kept: text_shows("".join(kept)), left))
    while (inner := next((each for each in _unwrapped(text) if text_shows(each)), None)) is not None:
        text = inner
    lines = text.splitlines(keepends=True)
    for at in range(len(lines)):
        _shorten(lines, at, text_shows)
    return having("".join(lines))


def _without_blocks(lines: list[str], shows: Callable[[str], bool]) -> list[str]:
    at = 0
    while at < len(lines):
        end = _end_of_block(lines, at)
        if end > at + 1 and shows("".join(lines[:at] + lines[end:])):
            del lines[at:end]
        else:
            at += 1
    return lines


def _end_of_block(lines: Sequence[str], start: int) -> int:
    """Behind the line that closes what a line opens."""
    depth = 0
    for at in range(start, len(lines)):
        depth += lines[at].count("{") - lines[at].count("}")
        if depth <= 0:
            return at + 1
    return start + 1


def _shorten(lines: list[str], at: int, shows: Callable[[str], bool]) -> None:
    """Leave words of a line out, many at once first."""
    for size in range(RUN, 0, -1):
        start = 0
        while start < len(words := WORD.findall(lines[at].rstrip("\n"))):
            shorter = "".join(words[:start] + words[start + size :]) + "\n"
            if shorter.strip() and shows("".join((*lines[:at], shorter, *lines[at + 1 :]))):
                lines[at] = shorter
            else:
                start += 1


def _unwrapped(text: str) -> Iterator[str]:
    """With the innermost splits and routes each replaced by one of its words."""
    for group in GROUP.finditer(text):
        for word in WORD.findall(group.group(1)):
            yield f"{text[: group.start()]}{word.strip()}{text[group.end() :]}"
