"""What a stage reports: one type for all stages, its words in messages.py; tested by tests/test_diagnostics.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .messages import CATALOGUE
from .source import Source, Span

Severity = Literal["error", "warning", "note"]
SEVERITIES: Mapping[str, Severity] = {"E": "error", "W": "warning", "N": "note"}
LONGEST_FIELD = 120  # characters of a user's word that a message repeats


def _fill(sentence: str, fields: Mapping[str, object]) -> str:
    return sentence.format_map({key: _short(value) for key, value in fields.items()})


def _short(value: object) -> object:
    text = value if isinstance(value, str) else ""
    return f"{text[: LONGEST_FIELD - 1]}…" if len(text) > LONGEST_FIELD else value


@dataclass(frozen=True)
class Related:
    """A second place of a problem. `key` names its sentence in the catalogue (`first_declared`)."""

    key: str
    span: Span
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return _fill(CATALOGUE.related[self.key], self.fields)


@dataclass(frozen=True)
class Diagnostic:
    """One problem. `span` is None only where there is no text (a file that cannot be read).

    `help` names a sentence in the catalogue (`did_you_mean`), filled from the same fields; None: no help.
    """

    code: str
    span: Span | None
    fields: Mapping[str, object] = field(default_factory=dict)
    help_key: str | None = None
    related: tuple[Related, ...] = ()
    file: str | None = None  # where span is None: the file's name

    @property
    def severity(self) -> Severity:
        return SEVERITIES[self.code[0]]

    @property
    def message(self) -> str:
        return _fill(CATALOGUE.messages[self.code], self.fields)

    @property
    def help(self) -> str | None:
        return None if self.help_key is None else _fill(CATALOGUE.helps[self.help_key], self.fields)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """True if one of them keeps the plan from compiling."""
    return any(d.severity == "error" for d in diagnostics)


def in_file_order(diagnostics: Iterable[Diagnostic], sources: Sequence[Source] = ()) -> list[Diagnostic]:
    """By file, in the order of `sources` (the rest by first mention), then by place; those without a place first."""
    kept = list(diagnostics)
    order: dict[Source, int] = {source: index for index, source in enumerate(dict.fromkeys(sources))}
    for diagnostic in kept:
        if diagnostic.span is not None:
            order.setdefault(diagnostic.span.source, len(order))

    def place(diagnostic: Diagnostic) -> tuple[int, int, int, str]:
        if diagnostic.span is None:
            return -1, 0, 0, ""
        return order[diagnostic.span.source], diagnostic.span.start, diagnostic.span.end, diagnostic.code

    return sorted(kept, key=place)
