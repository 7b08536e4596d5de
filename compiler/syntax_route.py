"""Nodes of the syntax tree about which calls go where: origins, conditions, targets; syntax.py has them all.

Tested by tests/test_parse_route.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from .source import Span
from .syntax_words import Name


@dataclass(frozen=True)
class Term:
    """One word of an origin: an area code (`0731`), a place, an area's name, or `mobile`, `fixed`, `abroad`, ..."""

    text: str
    span: Span


@dataclass(frozen=True)
class Origin:
    """`terms except excluded`: the union of the first less the union of the second."""

    terms: tuple[Term, ...]
    excluded: tuple[Term, ...]
    span: Span


@dataclass(frozen=True)
class From:
    origin: Origin
    span: Span


@dataclass(frozen=True)
class During:
    schedule: Name
    span: Span


@dataclass(frozen=True)
class CallerIn:
    list: Name
    span: Span


@dataclass(frozen=True)
class Not:
    condition: Condition
    span: Span


@dataclass(frozen=True)
class And:
    conditions: tuple[Condition, ...]
    span: Span


@dataclass(frozen=True)
class Or:
    conditions: tuple[Condition, ...]
    span: Span


Condition = From | During | CallerIn | Not | And | Or


@dataclass(frozen=True)
class To:
    """A destination by name."""

    destination: Name
    span: Span


@dataclass(frozen=True)
class Announce:
    announcement: Name
    span: Span


@dataclass(frozen=True)
class Hunt:
    """`A or B or ...`: the next where the one before is full; two targets or more."""

    targets: tuple[Target, ...]
    span: Span


@dataclass(frozen=True)
class Branch:
    """A share in hundredths of a percent (60% is 6000), None in a `split evenly`, and where that share goes."""

    share: int | None
    target: Target
    span: Span


@dataclass(frozen=True)
class Split:
    """`split [NAME] [evenly | by caller] { ... }`; a split by caller has shares."""

    branches: tuple[Branch, ...]
    evenly: bool
    span: Span
    name: Name | None = None
    by_caller: bool = False


@dataclass(frozen=True)
class Rule:
    """`condition` is None for `otherwise`."""

    condition: Condition | None
    target: Target
    span: Span


@dataclass(frozen=True)
class Route:
    """The rules of a plan; as a target, those for the calls that its rule lets in."""

    rules: tuple[Rule, ...]
    span: Span


Target = To | Announce | Hunt | Split | Route
