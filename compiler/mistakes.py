"""Common mistakes: what a plan writer most likely meant where something unexpected stands; tested by
tests/test_syntax_errors.py.

A Fix is what the reader takes instead, so that one slip is one diagnostic and the rest of the statement is still read.
None is taken that does not let reading go on after it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from .automaton import Automaton, is_name
from .recovery import LISTS, is_first, starts_statement
from .suggest import Suggestions

_LEXEME = re.compile(
    r'"[^"\n]*"|[^\x00-$&-*,-/:-@\[-^`{-\x7f→⇒]+(?:(?:\.\.|[-.:/~@])[\w%]+){0,20}%?|-+>|=+>|&&|\|\||\.\.|:=|==|!=|[^\w\s]'
)
_SIGNS: Mapping[str, tuple[str, ...]] = {
    "&&": ("and",), "&": ("and",), "||": ("or",), "|": ("or",), "!": ("not",), ":": ("=",), ":=": ("=",), "==": ("=",),
    "-->": ("->",), ">": ("->",), "=": ("->",), "[": ("{", "("), "(": ("{",), "]": ("}", ")"), ")": ("}",), ";": (",",),
    "/": (",",), "\\": (",",),
}  # fmt: skip
_INSERTED: Mapping[str, str] = {
    "EQUAL": "=", "LBRACE": "{", "ARROW": "->", "COMMA": ",", "RPAR": ")", "IN": "in", "CALLS": "calls", "PER": "per",
    "AT": "at", "FORWARD": "forward",
}  # fmt: skip
_DAY_WORDS = {
    word: day
    for day, words in {
        "mon": "monday 周一 星期一", "tue": "tues tuesday 周二 星期二", "wed": "wednesday 周三 星期三",
        "thu": "thur thurs thursday 周四 星期四", "fri": "friday 周五 星期五", "sat": "saturday 周六 星期六",
        "sun": "sunday 周日 周天 星期日 星期天", "daily": "everyday 每天",
    }.items()
    for word in words.split()
}  # fmt: skip
_NTH_WORDS = {"1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth"}
_DASH = r"[ \t]{0,9}(?:-|~|\.\.|to|至|到)[ \t]{0,9}"
_CLOCK = r"([0-9]{1,2})[:.h]?([0-9]{2})(?::[0-9]{2})?"
_TIMES = re.compile(rf"{_CLOCK}{_DASH}{_CLOCK}(?!\w)")
_DATE = r"(?:([0-9]{4})[-/.年])?([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
_DATES = re.compile(rf"{_DATE}(?:{_DASH}{_DATE})?(?![-:\w])")
_COULD_BE_HOURS = re.compile(r"[0-9]{1,2}-[0-9]{1,2}$")
_DAYS = re.compile(rf"([^\W\d]{{1,20}}?)(?:{_DASH}([^\W\d]{{1,20}}))?(?!\w)")
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]{1,2})?)(?:[ \t]*%|(?![ \t]*[%.\d]))")
_SECONDS = re.compile(r"([0-9]+)(?:[ \t]*(?:s|sec|secs|second|seconds|秒))?(?!\w)")
_NO_ANSWER = re.compile(r"no[\s_]*answer(?!\w)", re.IGNORECASE)
_GAP = re.compile(r"[0-9]([ \t.-]+)$")
_SPACED = re.compile(r"(?:[ \t.-]+[0-9()]+){1,8}(?!\w)")
_BARE_STRING = re.compile(r'[^\s{}"#,]+')
_BARE_LINE = re.compile(r'[^\s{}"#,][^{}"#\n]*(?=\{)')
_PATTERN = re.compile(r"\+?[0-9][0-9-]*[xX*?#]+(?!\w)")
_FILE = re.compile(r"(?<!\w)file\s*$")
_NTH = re.compile(r"(1st|2nd|3rd|4th|5th)(?!\w)", re.IGNORECASE)
_MONTH_DAY = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|日|号)(?!\w)", re.IGNORECASE)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?(?![-:\w])")
_X = re.compile(r"[0-9][xX]+[0-9-]*")
_AREA_CODE = re.compile(r"(?:10|2[0-9]|[3-9][0-9]{2})$")

_LATE = frozenset(("ARROW", "DESTINATION_NAME", "ANNOUNCEMENT_NAME", "PERCENT", "COMMA"))  # past a call's time

LONGEST_GLUED = 64  # characters in which two words written together are looked for


@dataclass(frozen=True)
class Fix:
    """Read `terminal` with the text `value` in place of what stands from the error to `end`; no terminal: pass over it.

    `code`, `help_key` and `fields` say what is wrong.
    """

    terminal: str | None
    value: str
    end: int
    help_key: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    code: str = "E010"


@dataclass(frozen=True)
class Situation:
    """Something unexpected at an offset of a text. `before`: the terminals read last, oldest first; `block`: the kind
    of the block that it stands in; `fits`: whether so many more words can be read from an offset after a terminal.
    """

    automaton: Automaton
    text: str
    at: int
    accepts: Set[str]
    before: Sequence[str]
    block: str | None
    fits: Callable[[str | None, int, int], bool]

    @property
    def lexeme(self) -> str:
        """The word, number or sign that stands there; empty at the end of the text."""
        match = _LEXEME.match(self.text, self.at)
        return match.group() if match else ""

    @property
    def end(self) -> int:
        return self.at + len(self.lexeme)

    @property
    def follows_file(self) -> bool:
        """True where the word before is a list's entry `file`, which only a text in quotes makes a file."""
        return self.before[-1:] == ["LIST_NAME"] and _FILE.search(self.text[max(self.at - 20, 0) : self.at]) is not None

    def reads(self, word: str) -> Iterator[str]:
        """The terminals, of those that can come next, that a word would be."""
        for terminal in sorted(self.accepts):
            if self.automaton.lexes(terminal, word, 0) == len(word) > 0:
                yield terminal


def find_fix(situation: Situation) -> Fix | None:
    """The first likely meaning with which reading goes on, if one is found with some words after it too."""
    for words in (3, 1):
        for guess in _GUESSES:
            for fix in guess(situation):
                if situation.fits(fix.terminal, fix.end, words):
                    return fix
    return None


def _other_sign(here: Situation) -> Iterator[Fix]:
    for right in _SIGNS.get(here.lexeme, ()):
        for terminal in here.reads(right):
            yield Fix(terminal, right, here.end, "write", {"right": right})
    if here.lexeme == ";":
        yield Fix(None, "", here.end, "no_sign_between")


def _glued(here: Situation) -> Iterator[Fix]:
    """Two words written together, the first of which would fit."""
    word = here.lexeme
    for at in range(1, min(len(word), LONGEST_GLUED)):
        second = word[at:]
        if (word[at - 1].isdigit() or second[0].isdigit() or second in here.automaton.reserved) and second.isalnum():
            for terminal in here.reads(word[:at]):
                if terminal not in here.automaton.forbidden:
                    yield Fix(terminal, word[:at], here.at + at, "space_between", {"right": f"{word[:at]} {second}"})


def _other_case_or_width(here: Situation) -> Iterator[Fix]:
    """Keywords in capitals; letters and digits in full width."""
    lower = here.lexeme.lower()
    narrow = unicodedata.normalize("NFKC", here.lexeme)
    if lower != here.lexeme:
        key = "lower_case" if lower[0].isalpha() else "write"
        yield from (Fix(terminal, lower, here.end, key, {"right": lower}) for terminal in here.reads(lower))
    if narrow != here.lexeme and not here.lexeme.isascii():
        fields = {"wrong": here.lexeme, "right": narrow}
        yield from (Fix(terminal, narrow, here.end, None, fields, "E008") for terminal in here.reads(narrow))


def _quotes(here: Situation) -> Iterator[Fix]:
    """Quotes around what has none, or none around a string."""
    if here.lexeme.startswith('"'):
        inner = here.lexeme[1:-1]
        yield from (
            Fix(terminal, inner, here.end, "without_quotes", {"right": inner}) for terminal in here.reads(inner)
        )
    elif "STRING" in here.accepts and ("TELEPHONE" not in here.accepts or ":" in here.lexeme):
        for pattern in (_BARE_STRING, _BARE_LINE):
            match = pattern.match(here.text, here.at)
            if match:
                right = f'"{match.group().rstrip()}"'
                yield Fix("STRING", right, here.at + len(right) - 2, "in_quotes", {"right": right})


def _literal(here: Situation) -> Iterator[Fix]:
    """Times, dates, shares and the like in another spelling."""
    for terminal, pattern, spell in _LITERALS:
        match = pattern.match(here.text, here.at) if terminal in here.accepts else None
        right = spell(match) if match else None
        if match and right and here.automaton.lexes(terminal, right, 0) == len(right):
            yield Fix(terminal, right, match.end(), "write", {"right": right})


def _spaced_number(here: Situation) -> Iterator[Fix]:
    gap = _GAP.search(here.text[max(here.at - 9, 0) : here.at])
    match = _SPACED.match(here.text, here.at - len(gap[1])) if gap and here.before[-1:] == ["TELEPHONE"] else None
    if match:
        yield Fix(None, "", match.end(), "number_without_spaces")


def _name(here: Situation) -> Iterator[Fix]:
    """A keyword, or a word with a sign in it, where a name is expected."""
    for terminal in sorted(here.accepts & here.automaton.forbidden.keys()):
        word = here.lexeme
        if word in here.automaton.forbidden[terminal]:
            yield Fix(terminal, word, here.end, None, {"word": word, "terminal": terminal}, "E011")
        elif terminal != "PLACE" and word[:1].isalpha() and not is_name(word):
            right = re.sub(r"\W", "_", word)
            yield Fix(terminal, right, here.end, None, {"word": word, "terminal": terminal}, "E012")


def _misspelt(here: Situation) -> Iterator[Fix]:
    if here.lexeme[:1].isalpha():
        words = [here.automaton.keywords[name] for name in sorted(here.accepts) if name in here.automaton.keywords]
        nearest = Suggestions(words).nearest(here.lexeme)
        if nearest is not None:
            for terminal in here.reads(nearest):
                yield Fix(terminal, nearest, here.end, "did_you_mean", {"suggestion": nearest})


def _left_out(here: Situation) -> Iterator[Fix]:
    in_list = here.block in LISTS or here.block in ("AREA", "SPLIT", "OPERATOR") or not is_first(here.text, here.at)
    takes_comma = in_list and not here.follows_file and not starts_statement(here.text, here.at)
    for terminal, sign in _INSERTED.items():
        if terminal in here.accepts and (terminal != "COMMA" or takes_comma):
            yield Fix(terminal, sign, here.at)


def _pad(match: re.Match[str]) -> str:
    start_hour, start_minute, end_hour, end_minute = match.groups()
    return f"{start_hour:0>2}:{start_minute}-{end_hour:0>2}:{end_minute}"


def _spell_dates(match: re.Match[str]) -> str | None:
    year, month, day, last_year, last_month, last_day = match.groups()
    if year is None and _COULD_BE_HOURS.match(match.group()):
        return None
    first = f"{year + '-' if year else ''}{month:0>2}-{day:0>2}"
    if last_month is None:
        return first
    last_year = last_year or year
    return f"{first}..{last_year + '-' if last_year else ''}{last_month:0>2}-{last_day:0>2}"


def _spell_days(match: re.Match[str]) -> str | None:
    words = [word.lower() for word in match.groups() if word]
    return "-".join(_DAY_WORDS.get(word, word) for word in words)


_LITERALS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    ("WINDOW", _TIMES, _pad),
    ("DATES", _DATES, _spell_dates),
    ("WEEKDAYS", _DAYS, _spell_days),
    ("DAILY", _DAYS, _spell_days),
    ("PERCENT", _PERCENT, lambda match: f"{match[1]}%"),
    ("SECONDS", _SECONDS, lambda match: f"{match[1]}s"),
    ("CAUSE", _NO_ANSWER, lambda _: "no-answer"),
    ("EVENT", _NO_ANSWER, lambda _: "no-answer"),
    ("PATTERN", _PATTERN, lambda match: re.sub(r"[X*?#]", "x", match.group())),
    ("NTH", _NTH, lambda match: _NTH_WORDS[match[1].lower()]),
    ("WEEKDAY", _DAYS, _spell_days),
    ("DAY_NUMBER", _MONTH_DAY, lambda match: match[1]),
    ("LOCAL_DATE", _DATES, _spell_dates),
    ("LOCAL_TIME", _TIME, lambda match: f"{match[1]:0>2}:{match[2]}"),
)
_GUESSES = (_other_sign, _other_case_or_width, _quotes, _literal, _spaced_number, _name, _misspelt, _glued, _left_out)


def help_without_fix(here: Situation) -> tuple[str | None, Mapping[str, object]]:
    """A help for what cannot be read in another way: its key in the catalogue and its fields."""
    word, last = here.lexeme, (here.before[-1] if here.before else "")
    if "AREA_CODE" in here.accepts and _AREA_CODE.match(word):
        return "area_code_with_zero", {"right": f"0{word}"}
    if "PERCENT" in here.accepts and re.match(r"[0-9]+\.[0-9]{3,}%", word):
        return "two_decimals", {}
    if re.match(r"[0-9]+%", word) and here.block == "SPLIT":
        return "evenly_has_no_shares", {}
    if "SPLIT" in here.accepts and re.match(r"\+?[0-9]", word):
        return "name_the_number", {}
    if word == "," and last == "COUNT":
        return "count_without_comma", {}
    if last in ("DATES", "WEEKDAYS") and word in ("..", "-", "~", "to"):
        return "range_without_spaces", {}
    if word == "except":
        return "one_except", {}
    if here.block in LISTS and (_X.search(word) or (last == "CALLER_NUMBER" and word in "*?")):
        return "pattern_ends_in_x", {}
    if here.follows_file:
        return "file_in_quotes", {"right": word}
    if "DAY_NUMBER" in here.accepts and last == "COMMA":
        return "month_days_last", {}
    if last == "DAY_NUMBER" and word in ("..", "-", "~", "to"):
        return "month_days_each", {}
    if here.block == "EXPECT":
        return _help_in_expect(here), {}
    return None, {}


def _help_in_expect(here: Situation) -> str | None:
    if here.before[-1:] == ["EVENT"]:
        return "path_goes_on"
    if here.lexeme == "->":
        return "say_what_happened"
    return "write_call" if here.before[-1:] != ["DESTINATION_NAME"] and not here.accepts & _LATE else None
