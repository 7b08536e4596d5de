"""Nodes of the syntax tree that stand for one word; syntax.py has them all.

Tested by tests/test_parse.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from .source import Span


@dataclass(frozen=True)
class Name:
    """A name as declared or used, in NFC."""

    text: str
    span: Span


@dataclass(frozen=True)
class String:
    """A quoted string; `value` is what stands between the quotes."""

    value: str
    span: Span


@dataclass(frozen=True)
class Number:
    """A telephone number; `digits` is its text without hyphens, with a leading + where one is written."""

    digits: str
    span: Span


@dataclass(frozen=True)
class Count:
    """A whole number, 0 to 2**31 - 1."""

    value: int
    span: Span
