"""Reads a text that has no mistake, which is nearly every one, by the tables of the grammar in one loop; tested by
tests/test_straight.py.

Whatever does not fit makes it give up: reader.py then reads the text anew, and tells and mends what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from .automaton import END, Automaton, load, skip
from .characters import MOST_MISTAKES
from .diagnostics import Diagnostic
from .source import Source
from .tree import Builder, Read
from .tree_words import Words

_MOST_OPEN = 64  # values on the stack from which nesting may be too deep


@dataclass(frozen=True)
class _Reduction:
    """`size`: how many values it takes, `method`: which of the builder makes one of them, `origin`: what that is.

    `passes`: it takes one value and leaves it as it is.
    """

    size: int
    method: int
    origin: str
    passes: bool


@dataclass(frozen=True)
class _State:
    """`match`: finds the next word or sign. `shifts`, `reductions`: what it leads to. `gotos`: by what was made."""

    match: Callable[[str, int], re.Match[str] | None]
    shifts: Mapping[str, int]
    reductions: Mapping[str, _Reduction]
    gotos: Mapping[str, int]


class _States(dict[int, _State]):
    """The states that texts have come to: most plans need few, and a scanner takes long to make."""

    def __init__(self, automaton: Automaton) -> None:
        super().__init__()
        self.names = sorted({rule.alias or rule.origin.name for rule in automaton.lark.rules})
        self.methods: Callable[[Builder], tuple[Callable[[list[Any]], Any], ...]] = attrgetter(*self.names)
        self._actions, self.start, self._terminals = automaton.tables()
        self._scanners: dict[str, Callable[[str, int], re.Match[str] | None]] = {}

    def __missing__(self, number: int) -> _State:
        shifts: dict[str, int] = {}
        reductions: dict[str, _Reduction] = {}
        gotos: dict[str, int] = {}
        for token, (_, argument) in self._actions[number].items():
            name = str(token)  # Lark's own strings are slow to compare
            if not isinstance(argument, int):
                reductions[name] = self._reduction(argument)
            elif name.isupper():
                shifts[name] = argument
            else:
                gotos[name] = argument
        self[number] = _State(self._scanner(number), shifts, reductions, gotos)
        return self[number]

    def _reduction(self, rule: Any) -> _Reduction:
        method = rule.alias or rule.origin.name
        passes = getattr(Builder, method) is Words._same and len(rule.expansion) == 1
        return _Reduction(len(rule.expansion), self.names.index(method), str(rule.origin.name), passes)

    def _scanner(self, number: int) -> Callable[[str, int], re.Match[str] | None]:
        """Of a state's terminals, in the order in which the lexer tries them, less what `skip` passes over."""
        kept = [each for each in self._terminals.get(number, ()) if each.name not in ("SPACE", "COMMENT")]
        pattern = "|".join(f"(?P<{each.name}>{each.pattern.to_regexp()})" for each in kept) or "(?!)"
        if pattern not in self._scanners:
            self._scanners[pattern] = re.compile(pattern).match
        return self._scanners[pattern]


def read(source: Source, text: str) -> tuple[Read, list[Diagnostic]] | None:
    """What a cleaned text says, and what is wrong with its values; None where it does not keep to the grammar."""
    from lark import Token

    automaton, states = load(), _states()
    forbidden = automaton.forbidden
    diagnostics: list[Diagnostic] = []
    methods = states.methods(Builder(source, diagnostics))
    new = str.__new__
    path = [states.start]
    values: list[Any] = []
    state = states[states.start]
    at, end = skip(text, 0), len(text)
    while True:
        if at < end:
            match = state.match(text, at)
            if match is None:
                return None
            kind, word = match.lastgroup or "", match.group()
            if kind in forbidden and not automaton.is_allowed(kind, word):
                return None
            if kind == "ARROW" and word != "->":
                return None
        else:
            kind, word = END, ""
        while (reduction := state.reductions.get(kind)) is not None:
            size = reduction.size
            if reduction.passes:
                path.pop()
            elif size:
                taken = values[-size:]
                del path[-size:]
                del values[-size:]
                values.append(methods[reduction.method](taken))
            else:
                values.append(methods[reduction.method]([]))
            if reduction.origin == "start":
                return None if len(diagnostics) > MOST_MISTAKES else (values[-1], diagnostics)
            following = states[path[-1]].gotos[reduction.origin]
            path.append(following)
            state = states[following]
        shift = state.shifts.get(kind)
        if shift is None or len(values) >= _MOST_OPEN:
            return None
        token: Any = new(Token, word)
        token.type, token.start_pos, token.end_pos = kind, at, at + len(word)
        values.append(token)
        path.append(shift)
        state = states[shift]
        at = skip(text, at + len(word))


@cache
def _states() -> _States:
    return _States(load())
