"""What could have stood in a place, and what stands there, in words of a plan writer; tested by
tests/test_syntax_errors.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from .automaton import CAUSES, END, EVENTS, PERIODS
from .messages import CATALOGUE

_SHARED: Mapping[str, str] = {
    "DESTINATION": "destination", "ANNOUNCEMENT": "announcement", "LIST": "list", "AREA": "area",
    "SCHEDULE": "schedule", "CALENDAR": "calendar",
}  # fmt: skip
ONLY_INSIDE: Mapping[str, str] = {
    "NUMBER": "number", "TIMEZONE": "timezone", "BLACKLIST": "blacklist", "BLOCK": "block", "QUOTA": "quota",
    "ROUTE": "route", "FORWARD": "forward", "EXPECT": "expect",
}  # fmt: skip
ONLY_OUTSIDE: Mapping[str, str] = {"IMPORT": "import", "OPERATOR": "operator"}
STATEMENTS: Mapping[str, str] = {**_SHARED, **ONLY_INSIDE}  # of a plan
DECLARATIONS: Mapping[str, str] = {**_SHARED, "OPERATOR": "operator"}  # outside plans
LONGEST = 60  # characters of what was found that a message repeats

_CONDITION = frozenset(("FROM", "DURING", "CALLER", "NOT", "LPAR"))
_DAY = frozenset(("DAILY", "WEEKDAYS", "DATES", "NTH", "HOLIDAYS", "WORKDAYS", "DAY"))

# Terminals that are said together, and the words for them; the first group that fits wins.
_GROUPS: tuple[tuple[str, Set[str]], ...] = (
    ("statement", frozenset(STATEMENTS)),
    ("declaration", frozenset(DECLARATIONS)),
    ("rule", _CONDITION | {"OTHERWISE"}),
    ("condition", _CONDITION),
    ("days", _DAY),
    ("call", frozenset(("CALLER_NUMBER", "FROM"))),
)
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "PERIOD": tuple(f"`{period}`" for period in PERIODS),
    "EVENT": tuple(f"`{event}`" for event in EVENTS),
    "CAUSE": tuple(f"`{cause}`" for cause in CAUSES),
    "LBRACE": ("`{`",),
    "RBRACE": ("`}`",),
    "LPAR": ("`(`",),
    "RPAR": ("`)`",),
    "COMMA": ("`,`",),
    "EQUAL": ("`=`",),
    "ARROW": ("`->`",),
}
# Names and literals come first, then what goes on with an item, then what starts another, then what ends a block.
_ORDER = (
    "uri", "PATTERN", "LIST_NAME", "`file`", "`announce`", "`split`", "`route`", "`limit`", "`evenly`", "`by`",
    "`{`", "`answered`", "`after`", "`,`", "`except`", "`and`", "`or`", "`at`", "`->`", "`holiday`", "`workday`",
    "condition", "days", "rule", "call", "statement", "`plan`", "`import`", "declaration", "`)`", "`}`", "end",
)  # fmt: skip


@dataclass(frozen=True)
class Expected:
    """Keys of the catalogue's words, or keywords and signs in backticks; as text: `a`, `b` or `c`."""

    keys: tuple[str, ...]

    def __str__(self) -> str:
        words = [key if key.startswith("`") else CATALOGUE.words[key] for key in self.keys]
        if len(words) == 1:
            return words[0]
        return f"{', '.join(words[:-1])} {CATALOGUE.words['or']} {words[-1]}"


@dataclass(frozen=True)
class Found:
    """What stands in a place; an empty text is the end of the file."""

    text: str

    def __str__(self) -> str:
        text = f"{self.text[: LONGEST - 1]}…" if len(self.text) > LONGEST else self.text
        return f"`{text}`" if text else CATALOGUE.words["end"]


def expected(terminals: Set[str], keywords: Mapping[str, str]) -> Expected:
    """The words for a set of terminals, what goes on with an item before what ends it."""
    left = set(terminals)
    keys: list[str] = []
    for key, group in _GROUPS:
        if group <= left:
            left -= group
            keys.append(key)
    for terminal in sorted(left):
        if terminal == END:
            keys.append("end")
        elif terminal == "STRING" and "TELEPHONE" in terminals:
            keys.append("uri")
        elif terminal in keywords:
            keys.append(f"`{keywords[terminal]}`")
        else:
            keys += _CHOICES.get(terminal, (terminal,))
    after_days = {"`except`": _ORDER.index("days") + 1} if "days" in keys else {}  # there it starts a line
    keys.sort(key=lambda key: after_days.get(key, _ORDER.index(key) + 1 if key in _ORDER else 0))
    return Expected(tuple(keys))
