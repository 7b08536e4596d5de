"""What is said of texts that are no plans. Places are asserted as the marked text."""

from __future__ import annotations

import re

import pytest

from callplan.compiler import automaton
from callplan.compiler.expected import expected
from callplan.compiler.messages import CATALOGUE

from . import parsing

TERMINAL = re.compile(r"[A-Z_]{2,}")


# One slip each: one diagnostic, and the statement is read as if it had been written rightly.
SLIPS = [
    ("destination a 010-6234-5678 limit 3", "010-6234-5678", "E010 expected `=`, found `010-6234-5678`"),
    ("destination a: 010-6234-5678", ":", "E010 expected `=`, found `:`; write `=`"),
    ("destination a := 010-6234-5678", ":=", "write `=`"),
    ("destination a = sip:a@b.cn limit 3", "sip:a@b.cn", 'it stands in quotes: `"sip:a@b.cn"`'),
    ('destination "a" = 010-6234-5678', '"a"', "E010 expected a name, found `\"a\"`; it stands without quotes: `a`"),
    ("destination a-b = 010-6234-5678", "a-b", "E012 `a-b` cannot be a name: names have letters, digits and `_` only"),
    ("destination a° = 010-6234-5678", "a°", "E012 `a°` cannot be a name"),
    ("destination route = 010-6234-5678", "route", "E011 `route` is a keyword, so it cannot be a name"),
    ("destination a = 010-6234-5678 limt 3", "limt", "did you mean `limit`?"),
    ("destination a = 010-6234-5678 limit3", "limit3", "two words need a space between them: `limit 3`"),
    ("Destination a = 010-6234-5678", "Destination", "keywords are in lower case: `destination`"),
    ("destinaton a = 010-6234-5678", "destinaton", "did you mean `destination`?"),
    ("destination a = 010 6234 5678", "6234 5678", "a number is written without spaces"),
    ("destination a = ０１０-6234-5678", "０１０-6234-5678", "E008 `０１０-6234-5678` is not an ASCII sign"),
    ("number 4006-123-456;", ";", "statements need no sign between them"),
    ('number "4006123456"', '"4006123456"', "E010 expected a number, found `\"4006123456\"`"),
    ("number 4006-123-456,", ",", "only a list between braces may end in a comma"),
    ("timezone Asia/Shanghai", "Asia/Shanghai", 'it stands in quotes: `"Asia/Shanghai"`'),
    ('timezone "Asia/Shanghai', '"Asia/Shanghai', "E009 this string has no closing quote on its line"),
    ("announcement a = foo.wav", "foo.wav", "E010 expected a text in quotes, found `foo.wav`"),
    ("list a 139-0000-1111 }", "139-0000-1111", "E010 expected `{`, found `139-0000-1111`"),
    ("list a { 139-0000-1111 b }", "b", "E010 expected `,` or `}`, found `b`"),
    ("list a {\n139-0000-1111\n138-0000-1111 }", "138-0000-1111", "E010 expected `,` or `}`"),
    ("list a { b; c }", ";", "write `,`"),
    ("list a ( b }", "(", "E010 expected `{`, found `(`; write `{`"),
    ("list a { b ]", "]", "write `}`"),
    ("list a { b、c }", "、", "E008 `、` is not an ASCII sign: write `,`"),
    ("list a { b\u3000}", "\u3000", "E018 `U+3000` stands here in place of a space"),
    ("quota 5 per day", "per", "E010 expected `calls` or `answered`, found `per`"),
    ("quota 5 call per day", "call", "did you mean `calls`?"),
    ("quota 5calls per day", "5calls", "two words need a space between them: `5 calls`"),
    ("quota 5 calls day", "day", "E010 expected `per`, found `day`"),
    ("quota 5 calls per Day", "Day", "keywords are in lower case: `day`"),
    ("quota 2147483648 calls per day", "2147483648", "E015 `2147483648` is larger than 2147483647"),
    ("area a { 北京 天津 }", "天津", "E010 expected `,`, `except` or `}`, found `天津`"),
    ('block from "北京"', '"北京"', "E010 expected an area code such as `0731` or a place"),
    ("block from a && from b", "&&", "write `and`"),
    ("block from a || from b", "||", "write `or`"),
    ("block !from a", "!", "write `not`"),
    ("block caller vip", "vip", "E010 expected `in`, found `vip`"),
    ("block from a, and from b", ",", "only a list between braces may end in a comma"),
    ("block From a", "From", "E010 expected a condition such as `from …`, found `From`"),
    ("schedule s { mon 9:00-18:00 }", "9:00-18:00", "write `09:00-18:00`"),
    ("schedule s { mon 09:00 - 18:00 }", "09:00 - 18:00", "write `09:00-18:00`"),
    ("schedule s { mon 0900-1800 }", "0900-1800", "write `09:00-18:00`"),
    ("schedule s { mon 09:00-12:00,\nsat }", ",", "a comma does not join the lines of a schedule"),
    ("schedule s { mon,\nexcept sat }", ",", "a comma does not join the lines"),
    ("schedule s { monday }", "monday", "write `mon`"),
    ("schedule s { Mon-Fri }", "Mon-Fri", "keywords are in lower case: `mon-fri`"),
    ("schedule s { 周一至周五 }", "周一至周五", "write `mon-fri`"),
    ("schedule s { 2026-1-5 }", "2026-1-5", "write `2026-01-05`"),
    ("schedule s { 2026/12/24 }", "2026/12/24", "write `2026-12-24`"),
    ("schedule s { 2026年12月24日 }", "2026年12月24日", "write `2026-12-24`"),
    ("route otherwise -> a }", "otherwise", "E010 expected `{`, found `otherwise`"),
    ("route [ otherwise -> a }", "[", "write `{`"),
    ("route { otherwise a }", "a", "E010 expected `->`, found `a`"),
    ("route { otherwise => a }", "=>", "E010 expected `->`, found `=>`; write `->`"),
    ("route { otherwise → a }", "→", "E010 expected `->`, found `→`; write `->`"),
    ("route { otherwise －＞ a }", "－＞", "E008 `－＞` is not an ASCII sign: write `->`"),
    ("route { otherwise --> a }", "-->", "write `->`"),
    ('route { otherwise -> "a" }', '"a"', "E010 expected a destination, `announce`, `split` or `route`, found `\"a\"`"),
    ("route { otherwise -> list }", "list", "E011 `list` is a keyword, so it cannot be a destination"),
    ("route { frm a -> b }", "frm", "did you mean `from`?"),
    ("route { notduring s -> a }", "notduring", "two words need a space between them: `not during`"),
    ("route { (from a or from b -> c }", "->", "E010 expected `,`, `except`, `and`, `or` or `)`, found `->`"),
    ("route { otherwise -> split { 60 a, 40% b } }", "60", "E010 expected a share such as `60%`, found `60`"),
    ("route { otherwise -> split { 60 % a, 40% b } }", "60 %", "write `60%`"),
    ("route { otherwise -> split { 60% a 40% b } }", "40%", "E010 expected `,`, `or` or `}`, found `40%`"),
    ("forward noanswer -> a", "noanswer", "E010 expected `busy`, `no-answer` or `unreachable`"),
    ("forward no answer -> a", "no answer", "write `no-answer`"),
    ("forward no-answer after 20 -> a", "20", "E010 expected seconds such as `20s`, found `20`"),
    ("forward no-answer after 20 seconds -> a", "20 seconds", "write `20s`"),
    ("forward busy a", "a", "E010 expected `after` or `->`, found `a`"),
    ("list a { 1380013XXXX, b }", "1380013XXXX", "write `1380013xxxx`"),
    ("list a { 1380013xxxx 139-0000-1111 }", "139-0000-1111", "E010 expected `,` or `}`"),
    ("quota 5 answered per day", "per", "E010 expected `calls`, found `per`"),
    ("quota 5 answerd calls per day", "answerd", "did you mean `answered`?"),
    ("schedule s { holydays china }", "holydays", "did you mean `holidays`?"),
    ("schedule s { 1st mon }", "1st", "write `first`"),
    ("schedule s { first Mon }", "Mon", "keywords are in lower case: `mon`"),
    ("schedule s { last Friday }", "Friday", "write `fri`"),
    ("schedule s { day 15th }", "15th", "write `15`"),
    ("schedule s { day 1 15 }", "15", "E010 expected a time such as `09:00-18:00`, `,`,"),
    ("schedule s { day 1, mon }", ",", "days of the month stand last in their line"),
    ("schedule s { day 1, last fri }", ",", "days of the month stand last in their line"),
    ("schedule s { day 1,\nmon }", ",", "a comma does not join the lines of a schedule"),
    ("calendar c { holiday 2026/12/25 }", "2026/12/25", "write `2026-12-25`"),
    ("calendar c { holliday 2026-12-25 }", "holliday", "did you mean `holiday`?"),
    ("calendar c { holiday 2026-12-25 2026-12-28 }", "2026-12-28", "E010 expected `,`, `holiday`, `workday` or `}`"),
    ("calendar c extend china { }", "extend", "did you mean `extends`?"),
    ("route { otherwise -> split half by calller { 50% a } }", "calller", "did you mean `caller`?"),
    ("expect { from x 2026-11-23 09:30 -> a }", "2026-11-23", "E010 expected `,`, `except` or `at`, found"),
    ("expect { 1380 at 2026/11/23 09:30 -> a }", "2026/11/23", "write `2026-11-23`"),
    ("expect { 1380 at 2026-11-23 9:30 -> a }", "9:30", "write `09:30`"),
    ("expect { 1380 at 2026-11-23 09:30 => a }", "=>", "write `->`"),
    ("expect { 1380 at 2026-11-23 09:30 -> a no answer -> b }", "no answer", "write `no-answer`"),
    ("expect { 1380 at 2026-11-23 09:30 -> split { 60% a 40% b } }", "40%", "E010 expected `,` or `}`, found `40%`"),
    ("forward busy -> a b", "b", "E010 expected `,`, a statement such as `route` or `}`, found `b`"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "marked", "said"), SLIPS, ids=[slip[0].replace("\n", " ") for slip in SLIPS])
def test_a_slip_is_reported_and_mended(statement: str, marked: str, said: str) -> None:
    plan, problems = parsing.in_plan(f"{statement}\nnumber 4006-123-456")
    assert [parsing.marked(problem) for problem in problems] == [marked]
    assert said in parsing.said(problems[0])
    assert len(plan.statements) == 2
    assert plan.broken == ()


# What cannot be mended: the code and words of the one diagnostic, the marked text, what is still read, what is lost.
LOSSES = [
    ("foo bar baz", "foo", "E010 expected a statement such as `route` or `}`, found `foo`", [], [None]),
    ("notduring x", "notduring", "E010 expected a statement", [], [None]),
    ("destination = 010-6234-5678", "=", "E010 expected a name, found `=`", [], ["destination"]),
    ("destination a = beijing", "beijing", "E010 expected a number or a SIP or tel URI", [], ["destination a"]),
    ("destination a = limit 3", "limit", "E010 expected a number or a SIP", [], ["destination a"]),
    ("announcement a =", "number", "E010 expected a text in quotes, found `number`", [], ["announcement a"]),
    ("quota 20,000 calls per day", ",", "a count is written without commas", [], ["quota"]),
    ("quota 5 calls per year", "year", "E010 expected `day`, `week` or `month`, found `year`", [], ["quota"]),
    ("list a { 13$, 139-0000-1111 }", "$", "E010 expected `,` or `}`, found `$`", ["CallerList"], ["list a"]),
    ("block from 731", "731", "an area code is written with its zero: `0731`", [], ["block"]),
    ("block from a except b except c", "except", "there is at most one `except` here", [], ["block"]),
    ("area a { }", "}", "E010 expected an area code such as `0731` or a place, found `}`", [], ["area a"]),
    ("schedule s { sunday15 }", "sunday15", "E010 expected a day such as", ["Schedule"], ["schedule s"]),
    ("schedule s { mon - fri }", "-", "a range is written without spaces", ["Schedule"], ["schedule s"]),
    ("route { from a and -> b }", "->", "E010 expected a condition", ["Route"], ["route"]),
    ("route { otherwise -> 010-6234-5678 }", "010-6234-5678", "give the number a name", ["Route"], ["route"]),
    ("route { otherwise -> a or }", "}", "E010 expected a destination", ["Route"], ["route"]),
    ("route { otherwise -> split { 33.333% a } }", "33.333%", "a share has two decimals at most", ["Route"], ["route"]),
    ("route { otherwise -> split evenly { 50% a } }", "50%", "a `split evenly` has no shares", ["Route"], ["route"]),
    ("route { otherwise -> split { a, b } }", "a", "E010 expected a share", ["Route"], ["route"]),
    ("forward -> a", "->", "E010 expected `busy`, `no-answer` or `unreachable`, found `->`", [], ["forward"]),
    ("list a { 138xxxx1234 }", "138xxxx1234", "a pattern has an `x` for each digit that is free", ["CallerList"],
     ["list a"]),
    ("list a { b, file x.txt }", "x.txt", 'stands in quotes: `file "x.txt"`', ["CallerList"], ["list a"]),
    ("schedule s { mon\nholidays\n}", "}", "E010 expected the name of a calendar such as `china`", ["Schedule"],
     ["schedule s"]),
    ("schedule s { day 1-5 }", "1-5", "E010 expected a day of the month such as `15` or `last`", ["Schedule"],
     ["schedule s"]),
    ("schedule s { day 1 .. 5 }", "..", "days of the month are written one by one", ["Schedule"], ["schedule s"]),
    ("schedule s { first mon-fri }", "mon-fri", "E010 expected a weekday such as `mon`", ["Schedule"], ["schedule s"]),
    ("calendar c { 2026-12-25 }", "2026-12-25", "E010 expected `holiday`, `workday` or `}`", ["Calendar"],
     ["calendar c"]),
    ("calendar c { holiday $, 2026-12-25, workday 2026-12-27 }", "$", "E010 expected a date", ["Calendar"],
     ["calendar c"]),
    ("calendar c extends { holiday 2026-12-25 }", "{", "E010 expected the name of a calendar", [], ["calendar c"]),
    ("route { otherwise -> split by { 50% a } }", "{", "E010 expected `caller`, found `{`", ["Route"], ["route"]),
    ("route { otherwise -> split by caller { a, b } }", "a", "E010 expected a share", ["Route"], ["route"]),
    ("route { otherwise -> split a b { 50% a } }", "b", "E010 expected `evenly`, `by` or `{`, found `b`", ["Route"],
     ["route"]),
    ("route { otherwise -> route { $ } }", "$", "E010 expected a rule", ["Route"], ["route"]),
    ("expect { 13800138000 2026-11-23 09:30 -> a }", "09:30", "a call is written as in `13800138000 at ", ["Expect"],
     ["expect"]),
    ("expect { 1380 at 2026-11-23, 09:30 -> a }", ",", "E010 expected a time such as `09:30`", ["Expect"], ["expect"]),
    ("expect { 1380 at 2026-11-23T09:30 -> a }", "2026-11-23T09:30", "a call is written as in", ["Expect"], ["expect"]),
    ("expect { from a at 09:30 -> a }", "09:30", "E010 expected a date such as `2026-10-01`", ["Expect"], ["expect"]),
    ("expect { a -> b }", "a", "E010 expected a call such as `from … at …` or `}`, found `a`; a call is", ["Expect"],
     ["expect"]),
    ("expect { 1380 at 2026-11-23 09:30 -> a -> b }", "->", "before the next destination say what", ["Expect"],
     ["expect"]),
    ("expect { 1380 at 2026-11-23 09:30 -> a busy }", "}", "a path ends at a destination that answers", ["Expect"],
     ["expect"]),
    ("expect { 1380 at 2026-11-23 09:30 -> a engaged }", "engaged", "E010 expected `busy`, `no-answer`", ["Expect"],
     ["expect"]),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "marked", "said", "read", "lost"), LOSSES, ids=[loss[0] for loss in LOSSES])
def test_what_cannot_be_mended_is_passed_over(
    statement: str, marked: str, said: str, read: list[str], lost: list[str | None]
) -> None:
    plan, problems = parsing.in_plan(f'timezone "UTC"\n{statement}\nnumber 4006-123-456')
    assert [parsing.marked(problem) for problem in problems] == [marked]
    assert said in parsing.said(problems[0])
    assert parsing.kinds(plan) == ["Timezone", *read, "Numbers"]
    names = [f"{piece.kind} {piece.name.text}" if piece.name else piece.kind for piece in plan.broken]
    assert names == lost
    assert marked in plan.broken[0].span.text or marked == "}" or marked == "number"


def test_one_diagnostic_for_one_broken_statement() -> None:
    plan, problems = parsing.in_plan("quota 5 day month $ % & forward\nnumber 4006-123-456")
    assert len(problems) == 1
    assert parsing.kinds(plan) == ["Numbers"]


def test_two_slips_in_two_statements_of_one_line() -> None:
    plan, problems = parsing.in_plan("quota 5 calls day route { otherwise => a }")
    assert [parsing.marked(problem) for problem in problems] == ["day", "=>"]
    assert parsing.kinds(plan) == ["Quota", "Route"]


def test_a_keyword_as_a_name_is_reported_once() -> None:
    _, problems = parsing.in_plan("destination list = 010-6234-5678\nroute { from a -> list\n otherwise -> list }")
    assert [parsing.said(problem) for problem in problems] == ["E011 `list` is a keyword, so it cannot be a name"]


@pytest.mark.parametrize("opening", ["(", "not ", "not ("])
def test_nesting_too_deep(opening: str) -> None:
    for depth in (64, 100_000):
        text = f"block {opening * depth}from a{')' * opening.count('(') * depth}"
        plan, (problem,) = parsing.in_plan(f"{text}\nnumber 4006-123-456")
        assert parsing.said(problem) == "E013 nesting is deeper than 64"
        assert parsing.kinds(plan) == ["Numbers"]


def test_counts_that_are_too_large_for_anything() -> None:
    plan, problems = parsing.in_plan(f"destination a = 1 limit {'9' * 5000}\nforward busy after {'9' * 5000}s -> a")
    assert [problem.code for problem in problems] == ["E015"]
    assert len(problems[0].message) < 300
    assert parsing.kinds(plan) == ["Destination", "Forward"]
    plan, problems = parsing.in_plan(f"route {{ otherwise -> split {{ {'9' * 5000}.99% a }} }}")
    assert problems == []


def test_every_state_of_the_grammar_knows_its_words() -> None:
    """What is expected has words after every sequence of terminals that leads to another state."""
    loaded = automaton.load()
    stacks = [loaded.start("").parser_state.state_stack[:]]
    seen = {stacks[0][-1]}
    for stack in stacks:
        accepts = loaded.accepts(stack)
        assert accepts
        words = expected(accepts, loaded.keywords)
        assert all(key.startswith("`") or key in CATALOGUE.words for key in words.keys), words.keys
        assert not TERMINAL.search(re.sub(r"`[^`]*`|SIP|URI", "", str(words)))
        for terminal in accepts - {automaton.END}:
            after = loaded.after(stack, terminal)
            assert after is not None
            if after[-1] not in seen:
                seen.add(after[-1])
                stacks.append(after)
    assert len(seen) > 80
