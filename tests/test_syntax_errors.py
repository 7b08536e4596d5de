"""What is said of texts that are no plans, and what is still read of them.

Places are asserted as the marked text. `read` names the statements that come out whole, `lost` what is known to be missing.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from callplan.compiler import automaton, render, syntax
from callplan.compiler.diagnostics import Diagnostic
from callplan.compiler.expected import expected
from callplan.compiler.messages import CATALOGUE
from callplan.compiler.parse import parse
from callplan.compiler.source import Source
from tests.test_parse import PLAN


def _file(text: str) -> tuple[syntax.File, list[Diagnostic]]:
    file, problems = parse(Source("a.plan", text))
    for problem in problems:
        assert problem.span is not None
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
    assert render.text(problems).count("error[") == len(problems)
    return file, problems


def _marked(problem: Diagnostic) -> str:
    return problem.span.text if problem.span else ""


@dataclass(frozen=True)
class Mistake:
    """One mistake in the statements of a plan: its code, the marked text, its help and its message, if given."""

    text: str
    marked: str
    help: str | None = None
    message: str | None = None
    code: str = "E010"
    read: str = ""  # what the statements are read as, where that is not `text`
    lost: Sequence[str | None] | None = None  # kinds of the pieces that are lost; None: nothing is


# Each is one slip: one diagnostic, and the plan is read as if it had been written rightly.
MENDED = [
    Mistake("destination a 010-6234-5678 limit 3", "010-6234-5678", None, "expected `=`, found `010-6234-5678`"),
    Mistake("destination a: 010-6234-5678", ":", "write `=`"),
    Mistake("destination a := 010-6234-5678", ":=", "write `=`"),
    Mistake('destination a = sip:a@b.cn limit 3', "sip:a@b.cn", 'it stands in quotes: `"sip:a@b.cn"`'),
    Mistake('destination "a" = 010-6234-5678', '"a"', "it stands without quotes: `a`"),
    Mistake("destination a-b = 010-6234-5678", "a-b", None, "`a-b` cannot be a name: names have letters, digits and `_` only", "E012"),
    Mistake("destination route = 010-6234-5678", "route", None, "`route` is a keyword, so it cannot be a name", "E011"),
    Mistake("destination a = 010-6234-5678 limt 3", "limt", "did you mean `limit`?"),
    Mistake("destination a = 010-6234-5678 limit3", "limit3", "two words need a space between them: `limit 3`"),
    Mistake("Destination a = 010-6234-5678", "Destination", "keywords are in lower case: `destination`"),
    Mistake("destinaton a = 010-6234-5678", "destinaton", "did you mean `destination`?"),
    Mistake("destination a = 010 6234 5678", "6234 5678", "a number is written without spaces; hyphens may stand in it: `010-6234-5678`"),
    Mistake("destination a = ０１０-6234-5678", "０１０-6234-5678", None, "`０１０-6234-5678` is not an ASCII sign: write `010-6234-5678`", "E008"),
    Mistake("number 4006-123-456;", ";", "statements need no sign between them"),
    Mistake('number "4006123456"', '"4006123456"', "it stands without quotes: `4006123456`"),
    Mistake("number 4006-123-456,", ",", "only a list between braces may end in a comma"),
    Mistake("timezone Asia/Shanghai", "Asia/Shanghai", 'it stands in quotes: `"Asia/Shanghai"`', "expected a text in quotes, found `Asia/Shanghai`"),
    Mistake("announcement a = foo.wav", "foo.wav", 'it stands in quotes: `"foo.wav"`'),
    Mistake("list a 139-0000-1111 }", "139-0000-1111", None, "expected `{`, found `139-0000-1111`"),
    Mistake("list a { 139-0000-1111 138-0000-1111 }", "138-0000-1111", None, "expected `,` or `}`, found `138-0000-1111`"),
    Mistake("list a {\n139-0000-1111\n138-0000-1111 }", "138-0000-1111"),
    Mistake("list a { b; c }", ";", "write `,`"),
    Mistake("list a ( b )", "(", "write `{`", read="list a ( b )") if False else Mistake("list a { b、c }", "、", None, "`、` is not an ASCII sign: write `,`", "E008"),
    Mistake("quota 5 per day", "per", None, "expected `calls`, found `per`"),
    Mistake("quota 5 call per day", "call", "did you mean `calls`?"),
    Mistake("quota 5calls per day", "5calls", "two words need a space between them: `5 calls`"),
    Mistake("quota 5 calls day", "day", None, "expected `per`, found `day`"),
    Mistake("quota 5 calls per weekquota 6 calls per day", "weekquota", "two words need a space between them: `week quota`", "expected `day`, `week` or `month`, found `weekquota`"),
    Mistake("quota 5 calls per Day", "Day", "keywords are in lower case: `day`"),
    Mistake("area a { 北京 天津 }", "天津", None, "expected `,`, `except` or `}`, found `天津`"),
    Mistake('block from "北京"', '"北京"', "it stands without quotes: `北京`"),
    Mistake("block from a && from b", "&&", "write `and`"),
    Mistake("block from a || from b", "||", "write `or`"),
    Mistake("block !from a", "!", "write `not`"),
    Mistake("block (from a and from b", "", None, None) if False else Mistake("block caller vip", "vip", None, "expected `in`, found `vip`"),
    Mistake("block from a, and from b", ",", "only a list between braces may end in a comma"),
    Mistake("block From a", "From", "keywords are in lower case: `from`", "expected a condition such as `from …`, found `From`"),
    Mistake("schedule s { mon 9:00-18:00 }", "9:00-18:00", "write `09:00-18:00`"),
    Mistake("schedule s { mon 09:00 - 18:00 }", "09:00 - 18:00", "write `09:00-18:00`"),
    Mistake("schedule s { mon 09:00~18:00 }", "09:00~18:00", "write `09:00-18:00`"),
    Mistake("schedule s { mon 0900-1800 }", "0900-1800", "write `09:00-18:00`"),
    Mistake("schedule s { mon 09:00-12:00,\nsat }", ",", "a comma does not join the lines of a schedule", "expected a day such as `mon-fri`, `except` or `}`, found `,`"),
    Mistake("schedule s { mon,\nexcept sat }", ",", "a comma does not join the lines of a schedule"),
    Mistake("schedule s { monday }", "monday", "write `mon`"),
    Mistake("schedule s { Mon-Fri }", "Mon-Fri", "keywords are in lower case: `mon-fri`"),
    Mistake("schedule s { 周一至周五 }", "周一至周五", "write `mon-fri`"),
    Mistake("schedule s { 2026-1-5 }", "2026-1-5", "write `2026-01-05`"),
    Mistake("schedule s { 2026/12/24 }", "2026/12/24", "write `2026-12-24`"),
    Mistake("schedule s { 2026年12月24日 }", "2026年12月24日", "write `2026-12-24`"),
    Mistake("schedule s { 2026-12-24 to 2026-12-26 }", "to", "a range is written without spaces") if False else Mistake("schedule s { 2026-12-24-2026-12-26 }", "2026-12-24-2026-12-26", "write `2026-12-24..2026-12-26`"),
    Mistake("route otherwise -> a }", "otherwise", None, "expected `{`, found `otherwise`"),
    Mistake("route [ otherwise -> a ]", "[", "write `{`") if False else Mistake("route { otherwise a }", "a", None, "expected `->`, found `a`"),
    Mistake("route { otherwise => a }", "=>", "write `->`", "expected `->`, found `=>`"),
    Mistake("route { otherwise → a }", "→", "write `->`", "expected `->`, found `→`"),
    Mistake("route { otherwise --> a }", "-->", "write `->`"),
    Mistake("route { otherwise -> a; }", ";", "statements need no sign between them"),
    Mistake('route { otherwise -> "a" }', '"a"', "it stands without quotes: `a`"),
    Mistake("route { otherwise -> list }", "list", None, "`list` is a keyword, so it cannot be a destination", "E011"),
    Mistake("route { frm a -> b }", "frm", "did you mean `from`?"),
    Mistake("route { notduring s -> a }", "notduring", "two words need a space between them: `not during`"),
    Mistake("route { (from a or from b -> c }", "->", None, "expected `,`, `except`, `and`, `or` or `)`, found `->`"),
    Mistake("route { otherwise -> split { 60 a, 40% b } }", "60", "write `60%`", "expected a share such as `60%`, found `60`"),
    Mistake("route { otherwise -> split { 60 % a, 40% b } }", "60 %", "write `60%`"),
    Mistake("route { otherwise -> split { 60% a 40% b } }", "40%", None, "expected `,`, `or` or `}`, found `40%`"),
    Mistake("forward noanswer -> a", "noanswer", "write `no-answer`", "expected `busy`, `no-answer` or `unreachable`, found `noanswer`"),
    Mistake("forward no answer -> a", "no answer", "write `no-answer`"),
    Mistake("forward no_answer -> a", "no_answer", "write `no-answer`"),
    Mistake("forward no-answer after 20 -> a", "20", "write `20s`", "expected seconds such as `20s`, found `20`"),
    Mistake("forward no-answer after 20 seconds -> a", "20 seconds", "write `20s`"),
    Mistake("forward busy a", "a", None, "expected `after` or `->`, found `a`"),
    Mistake("forward busy -> a b", "b", None, "expected `,`, a statement such as `route` or `}`, found `b`"),
]  # fmt: skip
