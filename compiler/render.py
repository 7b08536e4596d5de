"""Diagnostics for people (the source line with a marker) and for programs (JSON); tested by tests/test_diagnostics.py.

Whatever a file or a user brings in is escaped where it could steer a terminal or reorder the line that it stands in.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from .diagnostics import Diagnostic, Related
from .source import Span

WIDTH = 120  # columns of source text that are shown of a long line
TAB = 4

_COLOURS = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "note": "\x1b[1;36m",
    "second": "\x1b[34m",
    "bold": "\x1b[1m",
}
_RESET = "\x1b[0m"
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def escape(text: str) -> str:
    r"""Control, bidirectional and other invisible characters as `\n`, `\x00`, `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    if unicodedata.category(character) in _HIDDEN:
        return character.encode("unicode_escape", "surrogatepass").decode("ascii")
    return character


def text(diagnostics: Iterable[Diagnostic], colour: bool = False) -> str:
    """One paragraph a diagnostic, in the given order; empty for none. `colour`: with ANSI colours."""
    return "".join(_paragraph(diagnostic, _Paint(colour)) for diagnostic in diagnostics)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`; empty for none."""
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    words = ((severity, counts[severity]) for severity in ("error", "warning", "note"))
    return ", ".join(f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in words if count)


def as_json(diagnostic: Diagnostic) -> dict[str, object]:
    """`code`, `severity`, `message`, `file`, `start`, `end`, `help`, `related`; lines and columns count from 1.

    `start` and `end` are None where there is no text; `end` is just past the last character.
    """
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": escape(diagnostic.message),
        **_place(diagnostic.span, diagnostic.file),
        "help": None if diagnostic.help is None else escape(diagnostic.help),
        "related": [
            {"message": escape(related.message), **_place(related.span, None)} for related in diagnostic.related
        ],
    }


def _place(span: Span | None, file: str | None) -> dict[str, object]:
    if span is None:
        return {"file": None if file is None else escape(file), "start": None, "end": None}
    (line, column), (end_line, end_column) = span.source.position(span.start), span.source.position(span.end)
    return {
        "file": escape(span.source.shown),
        "start": {"line": line, "column": column},
        "end": {"line": end_line, "column": end_column},
    }


class _Paint:
    """Colours, or none."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, style: str, words: str) -> str:
        return f"{_COLOURS[style]}{words}{_RESET}" if self._colour else words


def _paragraph(diagnostic: Diagnostic, paint: _Paint) -> str:
    severity = diagnostic.severity
    title = f"{paint(severity, f'{severity}[{diagnostic.code}]')}: {paint('bold', escape(diagnostic.message))}"
    gutter = max(
        (_gutter(span) for span in (diagnostic.span, *(r.span for r in diagnostic.related)) if span), default=0
    )
    lines = [f"{_where(diagnostic.span, diagnostic.file)}{title}"]
    if diagnostic.span is not None:
        lines += _excerpt(diagnostic.span, "^", severity, gutter, paint)
    for related in diagnostic.related:
        lines += _second(related, gutter, paint)
    if diagnostic.help is not None:
        lines.append(f"{' ' * gutter} = help: {escape(diagnostic.help)}")
    return "\n".join(lines) + "\n"


def _second(related: Related, gutter: int, paint: _Paint) -> list[str]:
    return [
        f"{' ' * gutter} = {_where(related.span, None)}{escape(related.message)}",
        *_excerpt(related.span, "-", "second", gutter, paint),
    ]


def _where(span: Span | None, file: str | None) -> str:
    if span is None:
        return "" if file is None else f"{escape(file)}: "
    line, column = span.source.position(span.start)
    return f"{escape(span.source.shown)}:{line}:{column}: "


def _gutter(span: Span) -> int:
    return len(str(span.source.position(span.end)[0])) + 2


def _excerpt(span: Span, mark: str, style: str, gutter: int, paint: _Paint) -> list[str]:
    """The first line of a span and, of one that goes on, the last, each with its marker."""
    source = span.source
    first, start = source.position(span.start)
    last, end = source.position(span.end)
    if last > first and end == 1:  # it ends with a line break
        last -= 1
        end = len(source.line(last)) + 1
    if first == last:
        return _marked(source.line(first), start - 1, end - 1, first, mark, style, gutter, paint)
    opening = source.line(first)
    closing = source.line(last)
    lines = _marked(opening, start - 1, len(opening), first, mark, style, gutter, paint)
    if last > first + 1:
        lines.append(f"{'...':>{gutter}}")
    indent = len(closing) - len(closing.lstrip())
    return lines + _marked(closing, min(indent, end - 1), end - 1, last, mark, style, gutter, paint)


def _marked(
    line: str, start: int, end: int, number: int, mark: str, style: str, gutter: int, paint: _Paint
) -> list[str]:
    """A line and, below it, marks under its characters `start` to `end`: at least one."""
    left, right = _window(line, start, end)
    before = _display(line[left:start], 0)
    marked = _display(line[start : min(end, right)], _columns(before))
    after = _display(line[max(min(end, right), start) : right], _columns(before + marked))
    head, tail = "…" if left else "", "…" if right < len(line) else ""
    space = " " * (_columns(before) + len(head))
    return [
        f"{number:>{gutter}} | {head}{before}{marked}{after}{tail}".rstrip(),
        f"{' ' * gutter} | {space}{paint(style, mark * max(_columns(marked), 1))}",
    ]


def _window(line: str, start: int, end: int) -> tuple[int, int]:
    """The part of a long line that is shown: the marked characters and some around them."""
    if len(line) <= WIDTH:
        return 0, len(line)
    left = max(0, min(start - WIDTH // 3, len(line) - WIDTH))
    return left, min(len(line), max(left + WIDTH, min(end, start + WIDTH)))


def _display(part: str, column: int) -> str:
    """As it is shown from a column on: tabs as spaces, what is hidden escaped."""
    shown = ""
    for character in part:
        shown += " " * (TAB - (column + _columns(shown)) % TAB) if character == "\t" else _escaped(character)
    return shown


def _columns(shown: str) -> int:
    """Columns on a terminal: two for East Asian wide characters, none for combining marks."""
    if shown.isascii():
        return len(shown)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in shown
    )
