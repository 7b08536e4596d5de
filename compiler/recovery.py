"""Where reading goes on after a syntax error; tested by tests/test_syntax_recovery.py.

An outline of the words and braces from the error to the end of its plan is made once and serves the errors after it
too, so that a file full of mistakes is still read in time that grows with its length only.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from .expected import DECLARATIONS, STATEMENTS

MOST_WORDS = 200_000  # of an outline: past so many that mean nothing, the rest of the plan is given up
LISTS = frozenset(("LIST", "BLACKLIST"))
COMMAS = LISTS | {"CALENDAR"}  # blocks whose items a comma may end
CLOSABLE = COMMAS | {"PLAN", "ROUTE", "SCHEDULE", "EXPECT"}  # blocks of which a part is worth having

_PLAN_LINE = re.compile(r'^[ \t]*(?=plan\s*")', re.MULTILINE)
_PLAN_AFTER = re.compile(r'[^\n#"]{0,200}?(?=(?<!\w)plan\s*"[^"\n]*"\s*\{)')
_ITEM_LINE = re.compile(
    r'^[ \t]*(?=(?:plan|import)\s*"|operator\s*\{|calendar\s+\w|'
    rf"(?:{'|'.join(sorted(set(DECLARATIONS.values()) - {'operator', 'calendar'}))})(?!\w))",
    re.MULTILINE,
)
_ONLY_OUTSIDE = re.compile(r'import\s*"[^"\n]*"|operator\s*\{[^{}]*\}')
_BRACES = re.compile(r"[}\s]*\}")
_TOKEN = re.compile(r'(?P<skip>#[^\n]*)|"[^"\n]*"|[{},]|\w+|[^\s\w"#{},]+')
_SOFT = {  # words that may be names, too
    "quota": r"quota(?!\s+[^\d\s])", "calendar": r"calendar(?=\s+\w)", "expect": r"expect(?=\s*\{)",
}  # fmt: skip
_STATEMENT = re.compile(rf"(?:{'|'.join(_SOFT.get(word, word) for word in STATEMENTS.values())})(?!\w)")
_STATEMENT_IN_LINE = re.compile(
    r'(?:number\s+[+\d]|timezone\s*"|(?:destination|announcement)\s+\w+\s*=|(?:list|area|schedule)\s+\w+\s*\{|'
    r"(?:blacklist|route)\s*\{|block\s+(?:from|during|caller|not)(?!\w)|quota\s+\d|"
    r"forward\s+(?:busy|no-answer|unreachable)(?!\w)|calendar\s+\w+\s*(?:\{|extends(?!\w))|expect\s*\{)"
)
_RULE = re.compile(r"(?:(?:from|during|caller|not|otherwise)(?!\w)|\()")
_LINE = re.compile(
    r"(?:daily|except|mon|tue|wed|thu|fri|sat|sun|first|second|third|fourth|fifth|last|day|holidays|workdays|"
    r"(?:[0-9]{4}-)?[0-9]{2}-[0-9]{2})(?!\w)"
)
_CALL = re.compile(r"from(?!\w)|[+(]{0,3}[0-9][0-9 .()-]*\s+at(?!\w)")
_LISTED_DAY = re.compile(r"(?:holiday|workday)(?!\w)")
_JOINS = re.compile(r"(?:and|or|not|,)$")


@dataclass(frozen=True)
class Resume:
    """Where to go on, and in which of the open blocks: 0 is the plan or what stands in its place, -1 outside of it."""

    at: int
    level: int


def is_first(text: str, at: int) -> bool:
    """True if nothing but spaces stands before an offset in its line."""
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()


def past_misplaced(text: str, at: int) -> int:
    """Past an `import` or `operator` at an offset; the offset itself where neither is written as it should be."""
    match = _ONLY_OUTSIDE.match(text, at)
    return match.end() if match else at


def past_braces(text: str, at: int) -> int:
    """Past all `}` that follow each other from an offset on."""
    match = _BRACES.match(text, at)
    return match.end() if match else at


def next_plan(text: str, at: int) -> int:
    """Where the next line starts a plan; the end of the text if none does."""
    return _next_line(_PLAN_LINE, text, at)


def next_item(text: str, at: int) -> int:
    """Where the next line, or what follows in this one, starts a plan, an import or a declaration; the end of the text
    if none does.
    """
    match = _PLAN_AFTER.match(text, at)
    if match:
        return match.end()
    return _next_line(_ITEM_LINE, text, at)


def _next_line(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.search(text, text.rfind("\n", 0, at) + 1)
    if match and match.end() < at:
        match = pattern.search(text, at)
    return match.end() if match else len(text)


def starts_statement(text: str, at: int) -> bool:
    """True for what can hardly be anything but the start of a statement of a plan."""
    return _STATEMENT_IN_LINE.match(text, at) is not None


class Outline:
    """The words, braces and commas of `text` from `start` to `reach`: so far it serves errors.

    `end` is where the next plan starts, or the end of the text.
    """

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.start = start
        self.end = next_plan(text, start)
        self.reach = self.end
        self._starts = array("q")
        self._first = bytearray()
        self._closing: dict[int, int] = {}
        opened: list[int] = []
        end = start
        for match in _TOKEN.finditer(text, start, self.end):
            at = match.start()
            if match.lastgroup == "skip":
                continue
            if len(self._starts) == MOST_WORDS:
                self.reach = at
                break
            self._first.append(text.find("\n", end, at) >= 0 if self._starts else is_first(text, at))
            end = match.end()
            sign = text[at]
            if sign == "{":
                opened.append(len(self._starts))
            elif sign == "}" and opened:
                self._closing[opened.pop()] = len(self._starts)
            self._starts.append(at)

    def resume(self, at: int, kinds: Sequence[str], moved: bool) -> Resume:
        """The place after an error at `at`, with blocks of these kinds open, outermost first.

        `moved`: False if reading has already been resumed at `at`, without success.
        """
        text, starts = self.text, self._starts
        level = len(kinds) - 1
        index = bisect_left(starts, at)
        while index < len(starts):
            start = starts[index]
            sign = text[start]
            if sign == "{":
                index = self._closing.get(index, index) + 1
                continue
            if sign == "}":
                if kinds[level] in CLOSABLE:
                    return Resume(start, level)
                level -= 1
                if level < 0:
                    return Resume(next_item(text, start + 1), level)
            elif start > at or moved:
                if kinds[0] != "PLAN":
                    if self._first[index] and _ITEM_LINE.match(text, text.rfind("\n", 0, start) + 1):
                        return Resume(start, -1)
                elif self._starts_statement(index, kinds[level], start > at):
                    return Resume(start, 0)
                if self._starts_item(index, kinds[level], start == at):
                    return Resume(start, level)
            index += 1
        return Resume(self.end, -1)

    def _before(self, index: int) -> str:
        """The word or the signs before a token of the outline."""
        match = _TOKEN.match(self.text, self._starts[index - 1]) if index else None
        return match.group() if match else ""

    def _starts_statement(self, index: int, kind: str, in_line: bool) -> bool:
        pattern = _STATEMENT if self._first[index] else _STATEMENT_IN_LINE if in_line else None
        match = pattern.match(self.text, self._starts[index]) if pattern is not None else None
        nested = kind in ("ROUTE", "SPLIT")  # a `route` there is a target
        return match is not None and not (nested and match.group().startswith("route"))

    def _starts_item(self, index: int, kind: str, unexpected: bool) -> bool:
        start = self._starts[index]
        if kind in LISTS:
            return self.text[start] == ","
        if kind == "CALENDAR":
            return _LISTED_DAY.match(self.text, start) is not None
        if not self._first[index]:
            return False
        if kind == "SCHEDULE":
            return _LINE.match(self.text, start) is not None if unexpected else self._before(index) != ","
        if kind == "EXPECT":
            return _CALL.match(self.text, start) is not None
        is_rule = kind == "ROUTE" and _RULE.match(self.text, start) is not None
        return is_rule and (unexpected or not _JOINS.match(self._before(index)))
