"""How much is still read of texts with mistakes: where reading goes on, braces, nonsense of all kinds."""

from __future__ import annotations

import random
import re

import pytest

from callplan.compiler import render, syntax
from callplan.compiler.characters import MOST_MISTAKES
from callplan.compiler.diagnostics import Diagnostic

from . import parsing


def test_reading_goes_on_at_the_next_rule() -> None:
    plan, problems = parsing.in_plan(
        "route {\n from a -> b\n frm: c -> d\n from e and -> f\n from g\n  -> h or\n from i -> j\n otherwise -> k\n}"
    )
    assert [parsing.marked(problem) for problem in problems] == ["frm", "->", "from"]
    (route,) = plan.statements
    assert isinstance(route, syntax.Route)
    assert [rule.span.text for rule in route.rules] == ["from a -> b", "from i -> j", "otherwise -> k"]


def test_a_branch_that_is_a_route_is_not_taken_for_the_comma_before_it() -> None:
    _, problems = parsing.in_plan(
        "route { otherwise -> split evenly { a, route { otherwise -> b } route { otherwise -> c } } }"
    )
    assert [parsing.said(problem) for problem in problems] == ["E010 expected `,`, `or` or `}`, found `route`"]


def test_reading_goes_on_at_the_next_line_of_a_schedule() -> None:
    plan, problems = parsing.in_plan(
        "schedule s {\n mon 09:00-10:00\n foo 1\n tue $\n wed\n except bar\n thu 25\n fri }"
    )
    assert [parsing.marked(problem) for problem in problems] == ["foo", "$", "bar", "25"]
    (schedule,) = plan.statements
    assert isinstance(schedule, syntax.Schedule)
    assert [line.span.text for line in schedule.lines] == ["mon 09:00-10:00", "wed", "fri"]


def test_reading_goes_on_at_the_next_entry_of_a_list() -> None:
    plan, problems = parsing.in_plan("list l { $, a, 138x9, b, 13$9, c }")
    assert [parsing.marked(problem) for problem in problems] == ["$", "138x9", "$"]
    (callers,) = plan.statements
    assert isinstance(callers, syntax.CallerList)
    assert [entry.span.text for entry in callers.entries] == ["a", "b", "c"]


def test_reading_goes_on_at_the_next_call_of_an_expect() -> None:
    plan, problems = parsing.in_plan(
        "expect {\n 1380 at 2026-11-23 09:30 -> a\n foo\n 1381 at 2026-11-23 09:30 -> b -> c\n"
        " from x at 2026-11-23 -> c\n +86 138 at 2026-11-23 09:30 -> d\n}"
    )
    assert [parsing.marked(problem) for problem in problems] == ["foo", "->", "->"]
    (expect,) = plan.statements
    assert isinstance(expect, syntax.Expect)
    assert [line.span.text[:4] for line in expect.lines] == ["1380", "+86 "]
    assert [piece.kind for piece in plan.broken] == ["expect"] * 3


def test_reading_goes_on_at_the_next_kind_of_day_of_a_calendar() -> None:
    """Dates after a mistake are passed over with it: what kind of day they are is not certain."""
    plan, problems = parsing.in_plan(
        "calendar c {\n holiday 2026-01-01, $, 2026-01-02\n workday $ 2026-01-03, holiday 2026-01-04,\n workday x }"
    )
    assert [parsing.marked(problem) for problem in problems] == ["$", "$", "x"]
    (calendar,) = plan.statements
    assert isinstance(calendar, syntax.Calendar)
    assert [entry.span.text for entry in calendar.entries] == ["holiday 2026-01-01", "holiday 2026-01-04"]
    assert {piece.name and piece.name.text for piece in plan.broken} == {"c"}


@pytest.mark.parametrize("outer", ["{}", "split {{ 60% {}, 40% b }}", "split evenly {{ b, a or {} }}"])
def test_reading_goes_on_inside_a_nested_route(outer: str) -> None:
    nested = outer.format("route {\n from y -> $\n from z -> b\n}")
    plan, problems = parsing.in_plan(f"route {{\n from x -> {nested}\n otherwise -> c\n}}\nnumber 4006-123-456")
    assert [parsing.marked(problem) for problem in problems] == ["$"]
    assert parsing.kinds(plan) == ["Route", "Numbers"]
    (route, _) = plan.statements
    assert isinstance(route, syntax.Route)
    assert [rule.span.text for rule in route.rules] == [f"from x -> {nested}", "otherwise -> c"]


def test_a_split_that_lost_a_branch_is_lost() -> None:
    """Its shares would not add up, which would be said of what is written rightly."""
    plan, problems = parsing.in_plan("route {\n from x -> split { 60% a, $, 40% b }\n otherwise -> c\n}")
    assert [parsing.marked(problem) for problem in problems] == ["$"]
    (route,) = plan.statements
    assert isinstance(route, syntax.Route)
    assert [rule.span.text for rule in route.rules] == ["otherwise -> c"]


@pytest.mark.parametrize(
    ("text", "marked", "declared", "lost"),
    [
        ("destination a = $\ndestination b = 010-6234-5678", "$", ["destination b"], ["destination a"]),
        ("list a { 1, $, 2 }\nlist b { 3 }", "$", ["list a", "list b"], ["list a"]),
        ("area a { 北京 $ }\narea b { 北京 }", "$", ["area a", "area b"], ["area a"]),
        ("schedule a {\n mon\n foo\n tue\n}\nlist b { }", "foo", ["schedule a", "list b"], ["schedule a"]),
        ("calendar a { holiday $ }\ncalendar b { }", "$", ["calendar a", "calendar b"], ["calendar a"]),
        ("announcement a = { $\nlist b { }", "{", ["list b"], ["announcement a"]),
        ("operator { forward per $ }\nlist b { }", "$", ["list b"], ["operator"]),
        ("operator { full, } list a { }\nlist b { }", "full", ["list b"], ["operator"]),
        ("area a { $ }\n\n\nhello\nlist b { }", "$", ["list b"], ["area a"]),
        ('import "x" as y\nlist b { }', "as", ["list b"], [None]),
        ("import { $\nlist b { }", "{", ["list b"], ["import"]),
        ("hello world\nlist b { }", "hello", ["list b"], [None]),
        ("list a { } }\nlist b { }", "}", ["list a", "list b"], [None]),
        ("list a { 1\nlist b { }", "list", ["list a", "list b"], []),
        ("list a { 1\ncalendar b { }", "calendar", ["list a", "calendar b"], []),
        ("schedule a {\n mon\narea b { 北京 }", "area", ["schedule a", "area b"], []),
        ("calendar a {\n holiday 2026-01-01\narea b { 北京 }", "area", ["calendar a", "area b"], []),
    ],
)
def test_reading_goes_on_at_the_next_declaration(
    text: str, marked: str, declared: list[str], lost: list[str | None]
) -> None:
    file, problems = parsing.read(f'{text}\nplan "a" {{ number 4006-123-456 }}')
    assert [parsing.marked(problem) for problem in problems] == [marked]
    assert [" ".join(item.span.text.split()[:2]) for item in file.declarations] == declared
    assert [f"{piece.kind} {piece.name.text}" if piece.name else piece.kind for piece in file.broken] == lost
    (plan,) = file.plans
    assert (parsing.kinds(plan), plan.broken) == (["Numbers"], ())
    assert [related.message for related in problems[0].related] == ([] if lost else ["this `{` has no `}`"])


@pytest.mark.parametrize("misplaced", ['import "x"', "operator { forward per call 3 }"])
@pytest.mark.parametrize("end", ["\n", " "])
def test_what_belongs_outside_plans_is_passed_over_inside(misplaced: str, end: str) -> None:
    plan, problems = parsing.in_plan(f'timezone "UTC"\n{misplaced}{end}number 4006-123-456')
    word = misplaced.split()[0]
    assert [parsing.said(problem) for problem in problems] == [
        f"E019 `{word}` stands inside a plan; it is for the whole build: write it outside the plans"
    ]
    assert (parsing.kinds(plan), plan.broken) == (["Timezone", "Numbers"], ())


def test_a_brace_that_is_missing_before_an_import() -> None:
    file, problems = parsing.read('plan "a" {\n route { otherwise -> x }\nimport "b"\nplan "c" { number 4006-123-456 }')
    assert [parsing.marked(problem) for problem in problems] == ["import", "plan"]
    assert [related.message for related in problems[1].related] == ["this `{` has no `}`"]
    assert [parsing.kinds(plan) for plan in file.plans] == [["Route"], ["Numbers"]]


@pytest.mark.parametrize("inner", ["route {\n otherwise -> a", "schedule s {\n mon", "list l {\n a"])
@pytest.mark.parametrize("follower", ["forward busy -> a", 'timezone "UTC"'])
def test_a_brace_that_is_missing_inside_points_at_its_opening(inner: str, follower: str) -> None:
    plan, (problem,) = parsing.in_plan(f"{inner}\n{follower}")
    assert parsing.marked(problem) == follower.split()[0]
    (related,) = problem.related
    assert related.message == "this `{` has no `}`"
    assert related.span.start == len('plan "a" {\n') + inner.index("{")
    assert len(plan.statements) == 2


def test_a_brace_that_is_missing_at_the_end() -> None:
    file, (problem,) = parsing.read('plan "a" {\n number 4006-123-456\n # that is all\n')
    assert parsing.said(problem) == "E010 expected `,`, a statement such as `route` or `}`, found the end of the file"
    assert problem.span
    assert problem.span.source.position(problem.span.start) == (3, 15)
    assert [related.span.start for related in problem.related] == [9]
    assert parsing.kinds(file.plans[0]) == ["Numbers"]
    assert file.plans[0].broken == ()


def test_a_brace_that_is_missing_before_the_next_plan() -> None:
    file, (problem,) = parsing.read('plan "a" {\n route {\n otherwise -> x }\nplan "b" {\n number 4006-123-456 }')
    assert parsing.marked(problem) == "plan"
    assert [related.span.start for related in problem.related] == [9]
    assert [parsing.kinds(plan) for plan in file.plans] == [["Route"], ["Numbers"]]


def test_a_brace_too_many_inside_a_plan() -> None:
    file, (problem,) = parsing.read('plan "a" {\n route { otherwise -> x } }\n forward busy -> x\n}\nplan "b" { }')
    assert parsing.said(problem).startswith("E016 `forward` stands outside a plan; ")
    assert [(related.message, related.span.text) for related in problem.related] == [("the plan was closed here", "}")]
    assert [parsing.kinds(plan) for plan in file.plans] == [["Route", "Forward"], []]


def test_a_brace_too_many_after_a_plan() -> None:
    file, (problem,) = parsing.read('plan "a" { }\n}\n}\nplan "b" { }')
    assert parsing.said(problem) == (
        "E010 expected `plan`, `import`, a declaration such as `list` or the end of the file, found `}`"
    )
    assert len(file.plans) == 2


@pytest.mark.parametrize(
    ("text", "said", "marked", "plans"),
    [
        ("hello", "a declaration such as `list` or the end of the file, found `hello`", "hello", 0),
        ('{"plan": 1}\nplan "a" { }', "E010 expected `plan`", "{", 1),
        ('Plan "a" { }', "keywords are in lower case: `plan`", "Plan", 1),
        ('plna "a" { }', "did you mean `plan`?", "plna", 1),
        ("plan a { }", "E010 expected a text in quotes, found `a`", "a", 1),
        ("plan after sales { }", 'it stands in quotes: `"after sales"`', "after sales", 1),
        ('plan "a" number 4006-123-456 }', "E010 expected `{`, found `number`", "number", 1),
        ('plan "a', "E009", '"a', 0),
        ('plan "a {\n number 4006-123-456 }', "E009", '"a', 1),
        ("plan", "E010 expected a text in quotes, found the end of the file", "", 0),
        ('import b.plan\nplan "a" { }', 'it stands in quotes: `"b.plan"`', "b.plan", 1),
        ('imports "b.plan"\nplan "a" { }', "did you mean `import`?", "imports", 1),
        ('import\nplan "a" { }', "E010 expected a text in quotes, found `plan`", "plan", 1),
        ('number 4006123456\nplan "a" { }', "E016 `number` stands outside a plan", "number", 1),
        ('plan "a" { }\narea x { a }\nroute {\n otherwise -> a\n}\nforward busy -> a\n}', "E016 `route`", "route", 1),
        ('expect { }\nplan "a" { }', "E016 `expect` stands outside a plan", "expect", 1),
        ('operator { destinations 4 }\nplan "a" { }', "E010 expected `forward`", "destinations", 1),
        ("operator { forward per cause 4, per call 3 destinations 2 }", "E010 expected `,` or `}`", "destinations", 0),
        ('operator { forward per minute 4 }\nplan "a" { }', "E010 expected `call` or `cause`", "minute", 1),
        ("operator { forward per call 1, per cause 2, per call 3 }", "E020 `per call` stands twice", "per call 3", 0),
        ('$ plan "a" { }', "E010", "$", 1),
        ('plan "a" $ {\n destination a = 1\n route { }\n}\nplan "b" { }', "E010 expected `{`, found `$`", "$", 1),
        ("\ud800", "E006", "\ud800", 0),
    ],
)
def test_outside_of_plans(text: str, said: str, marked: str, plans: int) -> None:
    file, problems = parsing.read(text)
    assert [parsing.marked(problem) for problem in problems] == [marked]
    assert said in parsing.said(problems[0])
    assert len(file.plans) == plans


def test_mistakes_are_shown_up_to_a_limit() -> None:
    for text in ("number $\n" * 1000, "，a" * 1000, "list a { " + "$, " * 1000 + "}"):
        _, problems = parsing.in_plan(text)
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
    _, problems = parsing.read(text)
    assert problems
    assert len(render.text(problems)) < 100_000


_TERMINAL = re.compile(r"[A-Z_]{2,}")


def _assert_plain(problem: Diagnostic) -> None:
    for sentence in (problem.message, problem.help or "", *(related.message for related in problem.related)):
        words = re.sub(r"`.*`", "", sentence)
        assert not _TERMINAL.search(re.sub(r"UTF-8|ASCII|SIP|URI|GBK", "", words)), sentence


def _words(text: str) -> list[str]:
    return re.findall(r'"[^"\n]*"|#[^\n]*|[\w%:.+-]*[\w%]|->|\s+|.', text)


def test_a_stray_sign_anywhere_is_one_diagnostic() -> None:
    """After every word of a whole plan; a comment takes it in, and a comma may be taken for the end of a list."""
    words = _words(parsing.PLAN)
    for at in range(len(words) - 1):
        if not words[at].startswith("#"):
            _, problems = parsing.read("".join([*words[: at + 1], " $ ", *words[at + 1 :]]))
            assert [parsing.marked(problem) for problem in problems] == ["$"], words[max(at - 5, 0) : at + 1]
            _assert_plain(problems[0])


def test_a_text_cut_anywhere_is_an_error_or_whole() -> None:
    for end in range(0, len(parsing.PLAN), 7):
        _, problems = parsing.read(parsing.PLAN[:end])
        assert all(parsing.marked(problem) for problem in problems[:-1])
        assert len(problems) <= 2  # a word cut in two, and the missing brace
        for problem in problems:
            _assert_plain(problem)


def test_texts_shuffled_at_random_are_reported_plainly() -> None:
    shuffle = random.Random(3)
    words = _words(parsing.PLAN)
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
        _, problems = parsing.read("".join(text))
        for problem in problems:
            _assert_plain(problem)
        assert render.text(problems).count("error[") >= len(problems)
        assert [render.as_json(problem)["code"] for problem in problems] == [problem.code for problem in problems]
