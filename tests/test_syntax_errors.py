"""What is said of texts that are no plans, and what is still read of them. Places are asserted as the marked text."""

from __future__ import annotations

import random
import re

import pytest

from callplan.compiler import automaton, render, syntax
from callplan.compiler.characters import MOST_MISTAKES
from callplan.compiler.diagnostics import Diagnostic
from callplan.compiler.expected import expected
from callplan.compiler.messages import CATALOGUE
from callplan.compiler.parse import parse
from callplan.compiler.source import Source
from tests.test_parse import PLAN


def _read(text: str) -> tuple[syntax.File, list[Diagnostic]]:
    file, problems = parse(Source("a.plan", text))
    places = [(problem.span.start, problem.span.end) for problem in problems if problem.span]
    assert len(places) == len(problems)
    assert places == sorted(places, key=lambda place: place[0])
    assert all(0 <= start <= end <= len(text) for start, end in places)
    return file, problems


def _said(problem: Diagnostic) -> str:
    return f"{problem.code} {problem.message}" + (f"; {problem.help}" if problem.help else "")


def _marked(problem: Diagnostic) -> str:
    assert problem.span
    return problem.span.text


def _in_plan(statements: str) -> tuple[syntax.Plan, list[Diagnostic]]:
    file, problems = _read(f'plan "a" {{\n{statements}\n}}')
    (plan,) = file.plans
    return plan, problems


def _kinds(plan: syntax.Plan) -> list[str]:
    return [type(statement).__name__ for statement in plan.statements]


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
    ("list a { b、c }", "、", "E008 `、` is not an ASCII sign: write `,`"),
    ("list a { b\u3000}", "\u3000", "E018 `U+3000` stands here in place of a space"),
    ("quota 5 per day", "per", "E010 expected `calls`, found `per`"),
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
    ('route { otherwise -> "a" }', '"a"', "E010 expected a destination, `announce` or `split`, found `\"a\"`"),
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
    ("forward busy -> a b", "b", "E010 expected `,`, a statement such as `route` or `}`, found `b`"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "marked", "said"), SLIPS, ids=[slip[0].replace("\n", " ") for slip in SLIPS])
def test_a_slip_is_reported_and_mended(statement: str, marked: str, said: str) -> None:
    plan, problems = _in_plan(f"{statement}\nnumber 4006-123-456")
    assert [_marked(problem) for problem in problems] == [marked]
    assert said in _said(problems[0])
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
    # What the next version has
    ("expect { 13800138000 at 2026-11-23 09:30 -> a }", "expect", "E014 `expect` is not in this version", [], [None]),
    ("calendar c { holiday 2026-12-25 }", "calendar", "E014", [], [None]),
    ("operator { forward destinations 4 }", "operator", "E014", [], [None]),
    ('import "a.plan"', "import", "E014", [], [None]),
    ("quota 5 answered calls per day", "answered", "E014", [], ["quota"]),
    ("list a { 1380013xxxx, b }", "1380013xxxx", "E014", ["CallerList"], ["list a"]),
    ('list a { b, file "x.txt" }', 'file "x.txt"', "E014", ["CallerList"], ["list a"]),
    ("schedule s { workdays china 09:00-10:00 }", "workdays", "E014", ["Schedule"], ["schedule s"]),
    ("schedule s { except holidays china }", "holidays", "E014", ["Schedule"], ["schedule s"]),
    ("schedule s { last fri }", "last", "E014", ["Schedule"], ["schedule s"]),
    ("schedule s { day 1, 15 }", "day", "E014", ["Schedule"], ["schedule s"]),
    ("route { otherwise -> route { otherwise -> a } }", "route", "E014", ["Route"], ["route"]),
    ("route { otherwise -> split by caller { 50% a } }", "by", "E014", ["Route"], ["route"]),
    ("route { otherwise -> split half { 50% a } }", "half", "E014", ["Route"], ["route"]),
    ("route { otherwise -> split { 50% split { 50% a } } }", "split", "E014", ["Route"], ["route"]),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "marked", "said", "read", "lost"), LOSSES, ids=[loss[0] for loss in LOSSES])
def test_what_cannot_be_mended_is_passed_over(
    statement: str, marked: str, said: str, read: list[str], lost: list[str | None]
) -> None:
    plan, problems = _in_plan(f'timezone "UTC"\n{statement}\nnumber 4006-123-456')
    assert [_marked(problem) for problem in problems] == [marked]
    assert said in _said(problems[0])
    assert _kinds(plan) == ["Timezone", *read, "Numbers"]
    names = [f"{piece.kind} {piece.name.text}" if piece.name else piece.kind for piece in plan.broken]
    assert names == lost
    assert marked in plan.broken[0].span.text or marked == "}" or marked == "number"


def test_reading_goes_on_at_the_next_rule() -> None:
    plan, problems = _in_plan(
        "route {\n from a -> b\n frm: c -> d\n from e and -> f\n from g\n  -> h or\n from i -> j\n otherwise -> k\n}"
    )
    assert [_marked(problem) for problem in problems] == ["frm", "->", "from"]
    (route,) = plan.statements
    assert isinstance(route, syntax.Route)
    assert [rule.span.text for rule in route.rules] == ["from a -> b", "from i -> j", "otherwise -> k"]


def test_reading_goes_on_at_the_next_line_of_a_schedule() -> None:
    plan, problems = _in_plan("schedule s {\n mon 09:00-10:00\n foo 1\n tue $\n wed\n except bar\n thu 25\n fri }")
    assert [_marked(problem) for problem in problems] == ["foo", "$", "bar", "25"]
    (schedule,) = plan.statements
    assert isinstance(schedule, syntax.Schedule)
    assert [line.span.text for line in schedule.lines] == ["mon 09:00-10:00", "wed", "fri"]


def test_reading_goes_on_at_the_next_entry_of_a_list() -> None:
    plan, problems = _in_plan("list l { $, a, 1380013xxxx, b, 13$9, c }")
    assert [_marked(problem) for problem in problems] == ["$", "1380013xxxx", "$"]
    (callers,) = plan.statements
    assert isinstance(callers, syntax.CallerList)
    assert [entry.span.text for entry in callers.entries] == ["a", "b", "c"]


def test_one_diagnostic_for_one_broken_statement() -> None:
    plan, problems = _in_plan("quota 5 day month $ % & forward\nnumber 4006-123-456")
    assert len(problems) == 1
    assert _kinds(plan) == ["Numbers"]


def test_two_slips_in_two_statements_of_one_line() -> None:
    plan, problems = _in_plan("quota 5 calls day route { otherwise => a }")
    assert [_marked(problem) for problem in problems] == ["day", "=>"]
    assert _kinds(plan) == ["Quota", "Route"]


def test_a_keyword_as_a_name_is_reported_once() -> None:
    _, problems = _in_plan("destination list = 010-6234-5678\nroute { from a -> list\n otherwise -> list }")
    assert [_said(problem) for problem in problems] == ["E011 `list` is a keyword, so it cannot be a name"]


@pytest.mark.parametrize("inner", ["route {\n otherwise -> a", "schedule s {\n mon", "list l {\n a"])
@pytest.mark.parametrize("follower", ["forward busy -> a", 'timezone "UTC"'])
def test_a_brace_that_is_missing_inside_points_at_its_opening(inner: str, follower: str) -> None:
    plan, (problem,) = _in_plan(f"{inner}\n{follower}")
    assert _marked(problem) == follower.split()[0]
    (related,) = problem.related
    assert related.message == "this `{` has no `}`"
    assert related.span.start == len('plan "a" {\n') + inner.index("{")
    assert len(plan.statements) == 2


def test_a_brace_that_is_missing_at_the_end() -> None:
    file, (problem,) = _read('plan "a" {\n number 4006-123-456\n # that is all\n')
    assert _said(problem) == "E010 expected `,`, a statement such as `route` or `}`, found the end of the file"
    assert problem.span
    assert problem.span.source.position(problem.span.start) == (3, 15)
    assert [related.span.start for related in problem.related] == [9]
    assert _kinds(file.plans[0]) == ["Numbers"]
    assert file.plans[0].broken == ()


def test_a_brace_that_is_missing_before_the_next_plan() -> None:
    file, (problem,) = _read('plan "a" {\n route {\n otherwise -> x }\nplan "b" {\n number 4006-123-456 }')
    assert _marked(problem) == "plan"
    assert [related.span.start for related in problem.related] == [9]
    assert [_kinds(plan) for plan in file.plans] == [["Route"], ["Numbers"]]


def test_a_brace_too_many_inside_a_plan() -> None:
    file, (problem,) = _read('plan "a" {\n route { otherwise -> x } }\n forward busy -> x\n}\nplan "b" { }')
    assert _said(problem).startswith("E016 `forward` stands outside a plan; ")
    assert [(related.message, related.span.text) for related in problem.related] == [("the plan was closed here", "}")]
    assert [_kinds(plan) for plan in file.plans] == [["Route", "Forward"], []]


def test_a_brace_too_many_after_a_plan() -> None:
    file, (problem,) = _read('plan "a" { }\n}\n}\nplan "b" { }')
    assert _said(problem) == "E010 expected `plan` or the end of the file, found `}`"
    assert len(file.plans) == 2


@pytest.mark.parametrize(
    ("text", "said", "marked", "plans"),
    [
        ("hello", "E010 expected `plan` or the end of the file, found `hello`", "hello", 0),
        ('{"plan": 1}\nplan "a" { }', "E010 expected `plan`", "{", 1),
        ('Plan "a" { }', "keywords are in lower case: `plan`", "Plan", 1),
        ('plna "a" { }', "did you mean `plan`?", "plna", 1),
        ("plan a { }", "E010 expected a text in quotes, found `a`", "a", 1),
        ("plan after sales { }", 'it stands in quotes: `"after sales"`', "after sales", 1),
        ('plan "a" number 4006-123-456 }', "E010 expected `{`, found `number`", "number", 1),
        ('plan "a', "E009", '"a', 0),
        ('plan "a {\n number 4006-123-456 }', "E009", '"a', 1),
        ("plan", "E010 expected a text in quotes, found the end of the file", "", 0),
        ('import "b.plan"\nplan "a" { }', "E014 `import` is not in this version", "import", 1),
        ('calendar c { }\nplan "a" { }', "E014", "calendar", 1),
        ('area x { a }\nplan "a" { }', "E016 `area` stands outside a plan", "area", 1),
        ('plan "a" { }\narea x { a }', "E016 `area` stands outside a plan", "area", 1),
        ("\ud800", "E006", "\ud800", 0),
    ],
)
def test_outside_of_plans(text: str, said: str, marked: str, plans: int) -> None:
    file, problems = _read(text)
    assert [_marked(problem) for problem in problems] == [marked]
    assert said in _said(problems[0])
    assert len(file.plans) == plans


@pytest.mark.parametrize("opening", ["(", "not ", "not ("])
def test_nesting_too_deep(opening: str) -> None:
    for depth in (64, 100_000):
        text = f"block {opening * depth}from a{')' * opening.count('(') * depth}"
        plan, (problem,) = _in_plan(f"{text}\nnumber 4006-123-456")
        assert _said(problem) == "E013 nesting is deeper than 64"
        assert _kinds(plan) == ["Numbers"]


def test_counts_that_are_too_large_for_anything() -> None:
    plan, problems = _in_plan(f"destination a = 1 limit {'9' * 5000}\nforward busy after {'9' * 5000}s -> a")
    assert [problem.code for problem in problems] == ["E015"]
    assert len(problems[0].message) < 300
    assert _kinds(plan) == ["Destination", "Forward"]
    plan, problems = _in_plan(f"route {{ otherwise -> split {{ {'9' * 5000}.99% a }} }}")
    assert problems == []


def test_mistakes_are_shown_up_to_a_limit() -> None:
    for text in ("number $\n" * 1000, "，a" * 1000, "list a { " + "$, " * 1000 + "}"):
        _, problems = _in_plan(text)
        assert [problem.code for problem in problems].count("E017") == 1
        assert problems[-1].code == "E017"
        assert len(problems) == MOST_MISTAKES + 1


MANY = 200_000


@pytest.mark.parametrize(
    "text",
    [
        "{" * 10_000_000,
        'plan "a" {' + "(" * 10_000_000,
        'plan "a" {' + "{" * 10_000_000,
        'plan "a" { block ' + "not " * MANY,
        'plan "a" {' + "{}" * MANY,
        'plan "a" { list a {' + "," * MANY,
        'plan "a" { number ' + "4-" * MANY,
        'plan "a" { number 4006 ' + "1 " * MANY,
        'plan "a" { quota ' + "9" * MANY,
        'plan "a" { schedule s { ' + "1:" * MANY,
        'plan "a" { schedule s { mon 09:00' + " " * MANY,
        'plan "a" {\n' + "x {\nroute\n" * 20_000,
        "a" * MANY,
        "plan " + "a " * MANY,
        '"' * MANY,
        '"\n' * MANY,
        "\x00a" * MANY,
        "，" * MANY,
    ],
    ids=lambda text: repr(text[:30]),
)
def test_large_nonsense_is_an_error(text: str) -> None:
    """In time that grows with its length: squares of these lengths would never end."""
    _, problems = _read(text)
    assert problems
    assert len(render.text(problems)) < 100_000


_TERMINAL = re.compile(r"[A-Z_]{2,}")


def _assert_plain(problem: Diagnostic) -> None:
    for sentence in (problem.message, problem.help or "", *(related.message for related in problem.related)):
        words = re.sub(r"`.*`", "", sentence)
        assert not _TERMINAL.search(re.sub(r"UTF-8|ASCII|SIP|URI|GBK", "", words)), sentence


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
        assert not _TERMINAL.search(re.sub(r"`[^`]*`|SIP|URI", "", str(words)))
        for terminal in accepts - {automaton.END}:
            after = loaded.after(stack, terminal)
            assert after is not None
            if after[-1] not in seen:
                seen.add(after[-1])
                stacks.append(after)
    assert len(seen) > 80


def _words(text: str) -> list[str]:
    return re.findall(r'"[^"\n]*"|#[^\n]*|[\w%:.+-]*[\w%]|->|\s+|.', text)


def test_a_stray_sign_anywhere_is_one_diagnostic() -> None:
    """After every word of a whole plan; a comment takes it in, and a comma may be taken for the end of a list."""
    words = _words(PLAN)
    for at in range(len(words) - 1):
        if not words[at].startswith("#"):
            _, problems = _read("".join([*words[: at + 1], " $ ", *words[at + 1 :]]))
            assert [_marked(problem) for problem in problems] == ["$"], words[max(at - 5, 0) : at + 1]
            _assert_plain(problems[0])


def test_a_text_cut_anywhere_is_an_error_or_whole() -> None:
    for end in range(0, len(PLAN), 7):
        _, problems = _read(PLAN[:end])
        assert all(_marked(problem) for problem in problems[:-1])
        assert len(problems) <= 2  # a word cut in two, and the missing brace
        for problem in problems:
            _assert_plain(problem)


def test_texts_shuffled_at_random_are_reported_plainly() -> None:
    shuffle = random.Random(3)
    words = _words(PLAN)
    more = [
        *words,
        *'${}()"，\x00#;',
        "->",
        "=>",
        "plan",
        "not",
        "expect",
        "split",
        "1380013xxxx",
        "9:00-18:00",
        "99999999999",
    ]
    for _ in range(300):
        text = words[:]
        for _ in range(shuffle.randrange(1, 10)):
            at = shuffle.randrange(len(text))
            text[at] = shuffle.choice((shuffle.choice(more), "", text[at] + shuffle.choice(more)))
        _, problems = _read("".join(text))
        for problem in problems:
            _assert_plain(problem)
        assert render.text(problems).count("error[") >= len(problems)
        assert [render.as_json(problem)["code"] for problem in problems] == [problem.code for problem in problems]
