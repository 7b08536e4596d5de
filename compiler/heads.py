"""The part of a statement that a diagnostic points at; tested by tests/test_findings.py."""

from __future__ import annotations

import re

from . import checked
from .source import Span

_HEAD = re.compile(r'\w+(?:\s*(?:"[^"\n]*"|\w+))?')
_WORD = re.compile(r"\w+")


def head_of(span: Span) -> Span:
    """The word that a statement starts with, and its name."""
    head = _HEAD.match(span.text)
    return span if head is None else Span(span.source, span.start, span.start + head.end())


def condition_of(entry: checked.Rule | checked.Block) -> Span:
    """The condition of a rule or block, `otherwise` where there is none."""
    return head_of(entry.span) if entry.condition is None else entry.condition.span


def word_of(span: Span) -> Span:
    """The word that a statement or a target starts with."""
    word = _WORD.match(span.text)
    return span if word is None else Span(span.source, span.start, span.start + word.end())
