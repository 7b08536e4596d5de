"""Builds with mistakes made on purpose, of the kinds that people make; tested by tests/test_strategies.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from callplan.compiler.build import build as compile_files
from callplan.compiler.diagnostics import has_errors

from .. import evaluators
from ..comparison import compare
from ..plan_files import PlanFiles
from ..random_plans import build
from .drawn import Drawn

STEPS = 20
# What may stand in place of a word of the same kind; the first kind that a word matches is its own.
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r'"[^"\n]*"', (
        '"Asia/Shanghai"', '"Asia/Shangai"', '"localtime"', '"Factory"', '""', '"random 0"', '"nowhere.txt"',
        '"nowhere.plan"',
        '"../up.plan"', '"case.plan"', '"shared/common.plan"', '"lists/a.txt"', '"sip:a@b"', '"sip:a b"',
        '"tel:+86"', '"http://a"',
        '"/etc/passwd"', '"other.plan"', '"."',
    )),
    (r"\d\d:\d\d-\d\d:\d\d", (
        "09:00-09:00", "24:00-06:00", "09:60-10:00", "25:00-26:00", "00:00-24:00", "24:00-24:00", "08:00-24:01",
        "00:00-00:00",
    )),
    (r"(?:\d{4}-)?\d\d-\d\d(?:\.\.(?:\d{4}-)?\d\d-\d\d)?", (
        "2026-02-30", "04-31", "02-29", "2026-13-01", "2026-10-07..2026-10-01", "12-24..01-02", "2026-12-24..01-02",
        "1999-01-01",
        "2100-01-01", "2027-02-29", "12-24..2026-12-26", "00-00", "2026-01-01", "2026-02-30..2026-02-31",
    )),
    (r"\d+(?:\.\d+)?%", ("0%", "100%", "0.00%", "33.33%", "101%", "50%", "99.99%", "1000%")),
    (r"\d+s\b", ("4s", "5s", "120s", "121s", "0s", "99999999999s")),
    (r"[+\d][-\d]{2,}x+\b", (
        "1380013xxxxxxxxx", "13800138000x", "0731xxxx", "1x", "+1xxxxxxxx", "+86138xxxxxxxx", "9xxxxxxxx",
        "0999xxxxxxx", "+1x",
    )),
    (r"\+?\d[-\d]{6,}\b", (
        "4006-123-450", "4006123451", "8008-123-456", "1234567", "12345678901234567", "0999-1234567",
        "010-8888-6666", "010-123", "13800138000",
        "+86-138-0013-8000", "+1-212-555-0123", "+123", "+0123456789", "+8610-1234", "12800138000",
        "0138-0013-8000", "86-13800138000",
        "0086-13800138000", "00-1-212-555-0123", "+86-4006123450", "4006-123", "400-6123-4567",
        "+86-0138-0013-8000", "20000000000000000000",
    )),
    (r"0\d{2,3}\b", ("0731", "010", "0999", "020", "0000", "001", "099")),
    (r"\d+\b", ("0", "1", "2", "31", "32", "2147483647", "2147483648", "8", "7", "99999999999999999999")),
    (r"(?:mon|tue|wed|thu|fri|sat|sun)(?:-\w+)?\b", ("mon", "fri-mon", "mon-mon", "sun-sun", "funday", "daily")),
    (r"(?:busy|no-answer|unreachable|full)\b", (
        "busy", "no-answer after 5s", "unreachable", "no-answer", "full", "busy after 9s",
    )),
    (r"(?:day|week|month)\b", ("day", "week", "month", "year")),
    (r"(?:mobile|fixed|abroad|unknown|anywhere|湖南|广东|北京|长沙|hebei)", (
        "phs", "suzhou", "taizhou", "湖北", "changsha", "香港", "吉林市", "吉林", "jilin", "shaanxi", "shanxi",
        "hunn", "长杀", "大区1", "a1", "苏州", "抚州",
        "海南", "重庆", "小灵通", "anywhere except mobile", "mobile except mobile", "北京 except 010",
        "长沙 except 0731", "abroad except abroad",
        "湖南 except 北京", "anywhere except anywhere",
    )),
    (r"(?:closed|busy|full)\b", ("closed", "quota", "nobody", "x1", "x2", "overload")),
    (r"(?:[dlascxt]|总机|名单|大区|班次|日历|分配)\d\b", (
        "d1", "d2", "d3", "d9", "l0", "l1", "a0", "a1", "s0", "s1", "c0", "x1", "x9", "总机1", "总机0", "名单0",
        "名单1", "大区0", "大区1", "班次0", "班次1",
        "日历0", "日历1", "nobody", "t1", "t2", "分配1", "china", "route", "limit", "北京",
    )),
    (r"china\b", ("china", "chin", "日历0", "c0", "japan")),
    (r"(?:by caller|evenly|answered|announce \w+|limit \d+)", (
        "", "limit 0", "limit 1", "announce nobody", "announce closed",
    )),
    (r"(?:or|and|,)(?!\w)", ("or", "and", ",")),
)  # fmt: skip
WORD = re.compile("|".join(f"({pattern})" for pattern, _ in KINDS))
STATEMENTS = (
    "route { otherwise -> d1 }", "route { }", "number 4006-123-450", 'timezone "Asia/Shanghai"', "blacklist { }",
    "block from anywhere", "block from anywhere announce nobody", "quota 1 calls per day",
    "quota 0 answered calls per week",
    "forward busy -> d1, d1", "forward no-answer -> nobody", "forward unreachable after 5s -> d1",
    "list l0 { l1 } list l1 { l0 }",
    "area a0 { a1 } area a1 { a0 }", "calendar c0 extends c1 { } calendar c1 extends c0 { }", "area 湖南 { 湖南 }",
    "calendar c5 { holiday 2026-01-01, 2026-01-01 }", "schedule s0 { daily except daily }",
    "schedule s9 { holidays c9 }",
    'announcement closed = "a" announcement closed = "b"', 'announcement none = ""', "destination d1 = 4006-123-450",
    "destination d1 = 010-6234-5671 limit 0", "destination d9 = 010-6234-5679", "destination 总机1 = 12345",
    "operator { forward destinations 3 }", "operator { forward per cause 1, per cause 2 }",
    "operator { forward per call 8 }",
    'import "case.plan"', 'import "nowhere.plan"', 'file "x"', "expect { 13800138000 at 2026-11-23 09:30 -> d1 }",
    "expect { from 湖南 at 2026-02-30 09:30 -> announce nobody }",
    "expect { 123 at 2026-11-23 24:00 -> nobody busy -> d1 }",
    "expect { 13800138000 at 2026-11-23 09:30 -> d1 full -> split { 50% d1, 50% announce x1 } }",
    "expect { from anywhere except 北京 at 1999-11-23 09:30 -> split { 60% d1, 30% d2 } }",
    "expect { from phs at 2026-03-29 02:30 -> announce closed }", "split { 50% d1 }", 'plan "random 0" { }',
    "forward busy -> d1, d2, d3 forward no-answer -> d4", "schedule s0 { day 0, 32, last, last }", "}", "{",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Attempt:
    """A build that may have mistakes."""

    files: PlanFiles

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))

    def __repr__(self) -> str:
        return f"\n{self.files}\n"

    def check(self) -> bool:
        """Whether it compiles after all, and then both evaluators agree on it; else it has errors. Raises otherwise."""
        with self.files.written() as path:
            result = compile_files([path])
        assert (result.image is None) == has_errors(result.diagnostics)
        if result.image is None or not result.program.plans:
            return False
        try:
            compare(self.files, "broken", STEPS)
        finally:
            evaluators.program.cache_clear()
            evaluators.tables.cache_clear()
        return True


@st.composite
def broken(draw: DrawFn) -> Attempt:
    """A build with one to four changes."""
    chance = Drawn(draw)
    files = build(chance)
    texts = [files.text, *(text for _, text in files.beside)]
    for _ in range(chance.randint(1, 4)):
        at = chance.choice([0, 0, *range(len(texts))])
        texts[at] = _changed(texts[at], chance)
    return Attempt(PlanFiles(texts[0], tuple(zip((name for name, _ in files.beside), texts[1:], strict=True))))


def _changed(text: str, chance: Drawn) -> str:
    kind = chance.randint(0, 9)
    lines = text.splitlines(keepends=True) or [""]
    at = chance.randint(0, len(lines) - 1)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, chance.choice(lines))
    elif kind < 4:
        lines.insert(at, chance.choice(STATEMENTS) + "\n")
    else:
        found = list(WORD.finditer(text))
        if found:
            word = chance.choice(found)
            _, others = KINDS[(word.lastindex or 1) - 1]
            return text[: word.start()] + chance.choice(others) + text[word.end() :]
    return "".join(lines)
