"""Conditions of rules and blocks: every name resolved (language.md 6.3, 6.4); tested by tests/test_check_route.py."""

from __future__ import annotations

import re
import unicodedata
from typing import assert_never

from . import checked, syntax
from .check_names import Scope
from .check_origins import Origins

_COMMENT = re.compile(r"#[^\n]*")
_INSIDE_BRACKET = re.compile(r"(?<=\() | (?=[),])")
_COMMA = re.compile(r",(?! )")


def condition(scope: Scope, origins: Origins, asked: syntax.Condition) -> checked.Condition | None:
    """A condition with its names resolved; None, reported, where a part is unsound."""
    match asked:
        case syntax.From():
            origin = origins.origin(asked.origin)
            return None if origin is None else checked.From(origin, asked.span)
        case syntax.During():
            schedule = scope.use(scope.schedules, asked.schedule)
            return None if schedule is None else checked.During(schedule, asked.span)
        case syntax.CallerIn():
            callers = scope.use(scope.lists, asked.list)
            return None if callers is None else checked.CallerIn(callers, asked.span)
        case syntax.Not():
            inner = condition(scope, origins, asked.condition)
            return None if inner is None else checked.Not(inner, asked.span)
        case syntax.And() | syntax.Or():
            parts = [condition(scope, origins, part) for part in asked.conditions]
            sound = tuple(part for part in parts if part is not None)
            if len(sound) < len(parts):
                return None
            joined = checked.And if isinstance(asked, syntax.And) else checked.Or
            return joined(sound, asked.span)
        case _:
            assert_never(asked)


def condition_text(asked: syntax.Condition | None) -> str:
    """How a plan says a condition, free of comments and of how it is spaced: it names counters over rebuilds."""
    if asked is None:
        return "otherwise"
    plain = " ".join(_COMMENT.sub(" ", asked.span.text).split())
    return unicodedata.normalize("NFC", _COMMA.sub(", ", _INSIDE_BRACKET.sub("", plain)))
