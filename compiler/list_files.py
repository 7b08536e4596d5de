"""Reads list files, and says what is wrong with their lines (language.md 3.3); tested by tests/test_list_files.py.

A list file can be long, so it is never kept as text: a diagnostic has an excerpt of its own.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from . import checked, list_lines
from .diagnostics import Diagnostic
from .key_sets import KeySet
from .numbers import normalise
from .reading import MOST_LIST_MIB, as_text, not_utf8, read_bytes
from .source import Source, Span

LONGEST_EXCERPT = 1000  # bytes of a line, from the place that a diagnostic is about
_CHUNK = 1 << 20
_CODES: dict[list_lines.Kind, tuple[str, str | None]] = {
    "not a number": ("E220", "write_entry"),
    "no area code": ("E205", "write_area_code"),
    "too long": ("E209", None),
    "not a pattern": ("E221", "write_pattern"),
    "mixed": ("E222", "more_digits"),
    "odd": ("W202", None),
}


def read_list_file(path: str, name: str) -> tuple[checked.ListFile | None, list[Diagnostic]]:
    """A list file and its bad lines, the first of them one by one; None where it cannot be had or is not UTF-8.

    `name`: its path from the root. Never raises.
    """
    data, problems = read_bytes(path, MOST_LIST_MIB)
    if data is None:
        return None, problems
    data = data.removeprefix(codecs.BOM_UTF8)
    shown = as_text(path)
    wrong = _not_utf8(data)
    if wrong is not None:
        return None, [_not_text(data, wrong, name, shown)]
    lines = list_lines.read(data)
    return _list_file(name, data, lines), list(_bad_lines(lines, data, name, shown))


def list_file(name: str, data: bytes) -> checked.ListFile:
    """A list file whose bytes are at hand, without its bad lines."""
    return _list_file(name, data, list_lines.read(data))


def _list_file(name: str, data: bytes, lines: list_lines.ListLines) -> checked.ListFile:
    return checked.ListFile(name, data, KeySet.of(lines.keys, lines.first, lines.last))


def _bad_lines(found: list_lines.ListLines, data: bytes, name: str, shown: str) -> Iterator[Diagnostic]:
    """One diagnostic a line; where there are more than were kept, the last of those stands for the rest."""
    for kept, count, rest in ((found.mistakes, found.bad, "E223"), (found.oddities, found.odd, "W220")):
        for at, mistake in enumerate(kept):
            span = _place(data, mistake, name, shown)
            if at + 1 == len(kept) < count:
                yield Diagnostic(rest, span, {"count": f"{count - at:,}"})
            else:
                yield _bad_line(span, mistake.kind)


def _bad_line(span: Span, kind: list_lines.Kind) -> Diagnostic:
    code, help_key = _CODES[kind]
    suggestion = None
    if kind == "odd" and normalise("0" + span.text.replace("x", "0")).kind == "fixed":
        help_key, suggestion = "did_you_mean", "0" + span.text
    return Diagnostic(code, span, {"entry": span.text, "number": span.text, "suggestion": suggestion}, help_key)


def _place(data: bytes, mistake: list_lines.Mistake, name: str, shown: str) -> Span:
    """A line's entry, in an excerpt that has its line."""
    most = mistake.start + LONGEST_EXCERPT
    line_end = data.find(b"\n", mistake.end, most)
    line = data[mistake.offset : line_end if line_end >= 0 else most]
    source = Source(name, line.decode(errors="ignore").removesuffix("\r"), shown, mistake.line)
    start = mistake.start - mistake.offset  # blanks only, so bytes are characters
    return Span(source, start, start + len(data[mistake.start : min(mistake.end, most)].decode(errors="ignore")))


def _not_utf8(data: bytes) -> int | None:
    """Where the bytes stop being UTF-8; None if they do not. Makes no text of the whole."""
    if data.isascii():
        return None
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), _CHUNK):
        before = len(decoder.getstate()[0])
        try:
            decoder.decode(data[start : start + _CHUNK], final=start + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return start - before + error.start
    return None


def _not_text(data: bytes, at: int, name: str, shown: str) -> Diagnostic:
    before = data[data.rfind(b"\n", 0, at) + 1 : at]
    after = data[at : at + LONGEST_EXCERPT].partition(b"\n")[0]
    line = data.count(b"\n", 0, at) + 1
    source = Source(name, (before + after).decode(errors="replace"), shown, line)
    start = len(before.decode())
    # The first two bytes tell UTF-16; the line in which UTF-8 ends tells the rest.
    return not_utf8(Span(source, start, start + 1), data[at], data[:2] if at < 2 else before + after)
