"""The grammar as a machine: what may follow a state, which is what error messages and recovery ask; tested by
tests/test_parse.py and tests/test_syntax_errors.py.

Lark is loaded with the first plan that is read, not with callplan, and once a process. Nothing here changes after that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from lark import Lark
    from lark.lexer import BasicLexer, ContextualLexer
    from lark.parsers.lalr_interactive_parser import InteractiveParser

END = "$END"
ORIGIN_CLASSES = frozenset(("mobile", "fixed", "abroad", "unknown", "anywhere"))
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NTH: Mapping[str, Literal[1, 2, 3, 4, 5, -1]] = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1,
}  # fmt: skip
EVENTS = ("busy", "no-answer", "unreachable", "full")
PERIODS = ("day", "week", "month")
CAUSES = ("busy", "no-answer", "unreachable")
BUILT_IN_KEYWORDS = frozenset(("quota", "busy", "unreachable"))  # keywords that are built-in announcements too
SPECIAL = frozenset(
    (
        "IMPORT",
        "OPERATOR",
        "DESTINATIONS",
        "ONE_CAUSE",
        "ONE_CALL",
        "CALENDAR",
        "EXTENDS",
        "HOLIDAY",
        "WORKDAY",
        "HOLIDAYS",
        "WORKDAYS",
        "DAY",
        "LAST_DAY",
        "ANSWERED",
        "BY",
        "FILE",
        "EXPECT",
        "AT",
    )
)  # keywords that mean something only where they stand: names may be these (but `day` is a period, too)

_SKIPPED = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_WORD = re.compile(r"([a-z]+)(?:\(\?.*)?$")


class Automaton:
    """`keywords`: terminal to word, for the terminals that are one word. `reserved`: no name may be one of these.

    `forbidden`: the terminals of names, each with the reserved words that cannot stand there.
    """

    def __init__(self, lark: Lark) -> None:
        from lark.parsers.lalr_analysis import Shift

        self.lark = lark
        self._shift = Shift
        self.patterns: Mapping[str, re.Pattern[str]] = {
            terminal.name: re.compile(terminal.pattern.to_regexp()) for terminal in lark.terminals
        }
        words = {name: _WORD.match(pattern.pattern) for name, pattern in self.patterns.items()}
        self.keywords: Mapping[str, str] = {name: word[1] for name, word in words.items() if word}
        reserved = (word for name, word in self.keywords.items() if name not in SPECIAL)
        self.reserved = frozenset((*reserved, *WEEKDAYS, *PERIODS, *CAUSES, *ORIGIN_CLASSES)) - {"no-answer"}
        anything_else = {
            "PLACE": self.reserved - ORIGIN_CLASSES,
            "ANNOUNCEMENT_NAME": self.reserved - BUILT_IN_KEYWORDS,
            "NEW_ANNOUNCEMENT": self.reserved - BUILT_IN_KEYWORDS,
        }
        plain = ("NEW_NAME", "DESTINATION_NAME", "LIST_NAME", "SCHEDULE_NAME", "CALENDAR_NAME", "SPLIT_NAME")
        self.forbidden: Mapping[str, frozenset[str]] = anything_else | dict.fromkeys(plain, self.reserved)
        self._states: Mapping[int, Mapping[str, tuple[Any, Any]]] = self.start("").parser_state.parse_conf.states

    def start(self, text: str) -> InteractiveParser:
        """A parser at the start of a text."""
        return self.lark.parse_interactive(text)

    def tables(self) -> tuple[Mapping[int, Mapping[str, tuple[Any, Any]]], int, Mapping[int, Collection[Any]]]:
        """What each state does with what comes next, the first state, and the terminals that each state looks for."""
        start = self.start("")
        lexers = cast("ContextualLexer", start.lexer_thread.lexer).lexers
        terminals = {state: cast("BasicLexer", lexer).terminals for state, lexer in lexers.items()}
        first: int = start.parser_state.parse_conf.start_state
        return self._states, first, terminals

    def callbacks(self, builder: object) -> dict[Any, Any]:
        """The method of `builder` for each rule of the grammar, named like it or its alias; it takes the children."""
        return {rule: getattr(builder, rule.alias or rule.origin.name) for rule in self.lark.rules}

    def after(self, stack: Sequence[int], terminal: str) -> list[int] | None:
        """The stack of states once `terminal` is read; None if it cannot be read there."""
        states = list(stack)
        while True:
            action = self._states[states[-1]].get(terminal)
            if action is None:
                return None
            if action[0] is self._shift:
                return [*states, action[1]]
            rule = action[1]
            if rule.expansion:
                del states[-len(rule.expansion) :]
            goto = self._states[states[-1]][rule.origin.name][1]
            if terminal == END and goto not in self._states:
                return states
            states.append(goto)
            if terminal == END and rule.origin.name == "start":
                return states

    def accepts(self, stack: Sequence[int]) -> frozenset[str]:
        """The terminals that can be read next."""
        candidates = [name for name in self._states[stack[-1]] if name.isupper()]
        return frozenset(name for name in candidates if self.after(stack, name) is not None)

    def lexes(self, terminal: str, text: str, at: int) -> int:
        """Where `terminal` ends if it stands at an offset of the text, else -1. A reserved word is no name."""
        if terminal == END:
            return at if at >= len(text) else -1
        match = self.patterns[terminal].match(text, at)
        if match is None or not self.is_allowed(terminal, match.group()):
            return -1
        return match.end()

    def is_allowed(self, terminal: str, word: str) -> bool:
        """False for a name that is a keyword or has a sign in it that is neither letter, digit nor `_`."""
        forbidden = self.forbidden.get(terminal)
        return forbidden is None or (word not in forbidden and is_name(word))

    def reads_on(self, stack: Sequence[int], text: str, at: int, words: int) -> bool:
        """True if so many words and signs can be read from an offset of the text, or all up to its end."""
        states: Sequence[int] | None = stack
        for _ in range(words):
            assert states is not None
            at = skip(text, at)
            ends = {name: self.lexes(name, text, at) for name in self.accepts(states)}
            terminal = max(ends, key=lambda name: (ends[name], name not in self.forbidden))
            if ends[terminal] < 0:
                return False
            if terminal == END:
                return True
            at = ends[terminal]
            states = self.after(states, terminal)
        return True


def skip(text: str, at: int) -> int:
    """Where the next word or sign stands, past spaces and comments."""
    match = _SKIPPED.match(text, at)
    return match.end() if match else at


def is_name(word: str) -> bool:
    """True for a word of letters, digits and `_` that does not start with a digit, in NFC."""
    return word.isidentifier() if word.isascii() else unicodedata.normalize("NFC", word).isidentifier()


@cache
def load() -> Automaton:
    """The grammar of plan files."""
    from lark import Lark
    from lark.lexer import ContextualLexer

    class Lexer(ContextualLexer):
        """Leaves out the checks of the grammar itself, which take longer than all else; the tests make them."""

        def __init__(self, conf: Any, *more: Any, **options: Any) -> None:
            conf.skip_validation = True
            super().__init__(conf, *more, **options)

    grammar = resources.files("callplan.grammar").joinpath("plan.lark").read_text(encoding="utf-8")
    plugins = {"ContextualLexer": Lexer}
    return Automaton(Lark(grammar, parser="lalr", lexer="contextual", maybe_placeholders=False, _plugins=plugins))
