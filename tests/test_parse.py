"""The syntax tree of sound texts: what each statement becomes, and that every span is the text it stands for."""

from __future__ import annotations

import dataclasses
import random
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from lark import Lark

from callplan.compiler import automaton, syntax
from callplan.compiler.parse import parse
from callplan.compiler.source import Source, Span

from . import parsing

GRAMMAR = Path(automaton.__file__).parent.parent / "grammar" / "plan.lark"
EXAMPLES = sorted((Path(__file__).parent.parent / "examples").rglob("*.plan"))


def test_a_whole_file() -> None:
    file, problems = parse(Source("acme.plan", parsing.PLAN))
    assert [problem.message for problem in problems] == []
    acme, empty = file.plans
    assert (acme.name.value, acme.name.span.text) == ("ACME after-sales", '"ACME after-sales"')
    assert (empty.name.value, empty.statements, empty.span.text) == ("空", (), 'plan "空" { }')
    assert [comment.text for comment in file.comments] == ["# acme.plan", "# the default"]
    assert [type(statement).__name__ for statement in acme.statements] == [
        "Numbers", "Timezone", *["Destination"] * 4, *["Announcement"] * 2, *["CallerList"] * 3, "Blacklist",
        *["Block"] * 2, *["Quota"] * 3, *["Area"] * 2, "Schedule", "Calendar", "Schedule", "Route", *["Forward"] * 3,
        "Expect",
    ]  # fmt: skip
    assert [(path.path.value, path.span.text) for path in file.imports] == [("common.plan", 'import "common.plan"')]
    assert [type(declaration).__name__ for declaration in file.declarations] == [
        "Operator", "Destination", "CallerList", "Area", "Calendar", "Schedule", "Announcement",
    ]  # fmt: skip
    assert file.broken == ()


def test_spans_nest_and_start_and_end_with_words() -> None:
    file, _ = parse(Source("acme.plan", parsing.PLAN))

    def check(node: Any, outer: Span) -> None:
        for child in parsing.nodes(tuple(getattr(node, field.name) for field in dataclasses.fields(node))):
            assert outer.start <= child.span.start < child.span.end <= outer.end
            assert child.span.text == child.span.text.strip(" \n,")

    for item in (*file.imports, *file.declarations, *file.plans):
        for node in parsing.nodes(item):
            check(node, node.span)


def test_the_tree_is_frozen_and_holds_no_lists() -> None:
    file, _ = parse(Source("acme.plan", parsing.PLAN))
    for node in parsing.nodes((file.imports, file.declarations, file.plans)):
        assert not any(isinstance(getattr(node, field.name), list | dict) for field in dataclasses.fields(node))
        with pytest.raises(dataclasses.FrozenInstanceError):
            node.span = None


def test_numbers() -> None:
    numbers = parsing.one("number 4006-123-456, +86-400-6123-457").numbers
    assert [(number.digits, number.span.text) for number in numbers] == [
        ("4006123456", "4006-123-456"),
        ("+864006123457", "+86-400-6123-457"),
    ]


def test_timezone() -> None:
    zone = parsing.one('timezone "Europe/Berlin"').zone
    assert (zone.value, zone.span.text) == ("Europe/Berlin", '"Europe/Berlin"')


def test_destination() -> None:
    plain = parsing.one("destination 北京_1 = 010-6234-5678")
    assert (plain.name.text, plain.address.digits, plain.limit, plain.announce) == ("北京_1", "01062345678", None, None)
    full = parsing.one('destination a = "sip:a@b" limit 030 announce busy')
    assert (full.address.value, full.limit.value, full.limit.span.text) == ("sip:a@b", 30, "030")
    assert (full.announce.text, full.announce.span.text) == ("busy", "busy")


def test_announcement_may_have_a_built_in_name_that_is_a_keyword() -> None:
    for name in ("busy", "quota", "unreachable", "closed", "own"):
        announcement = parsing.one(f'announcement {name} = "a b.wav"')
        assert (announcement.name.text, announcement.media.value) == (name, "a b.wav")


def test_lists() -> None:
    entries = parsing.one("list vip { 139-0000-1111, others, }").entries
    assert [(type(entry), entry.span.text) for entry in entries] == [
        (syntax.Number, "139-0000-1111"),
        (syntax.Name, "others"),
    ]
    assert parsing.one("list none { }").entries == ()
    blacklist = parsing.one("blacklist { +1-202-555-0100 } announce quota")
    assert blacklist.entries[0].digits == "+12025550100"
    assert blacklist.announce.text == "quota"
    assert parsing.one("blacklist { }").announce is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("(010) 6234 5678", "01062345678"),
        ("+86 (0) 139.1234-5678", "+86013912345678"),
        ("(+86)13912345678", "+8613912345678"),
        ("010-(6234)", "0106234"),
        ("95588", "95588"),
    ],
)
def test_numbers_of_callers_may_have_all_separators(text: str, digits: str) -> None:
    (entry,) = parsing.one(f"list vip {{ {text} }}").entries
    assert (type(entry), entry.digits, entry.span.text) == (syntax.Number, digits, text)
    (line,) = parsing.one(f"expect {{ {text} at 2026-11-23 09:30 -> a }}").lines
    assert (line.caller.digits, line.caller.span.text) == (digits, text)


@pytest.mark.parametrize(
    ("text", "prefix", "free"),
    [
        ("1380013xxxx", "1380013", 4),
        ("0731-8888-xxxx", "07318888", 4),
        ("+1212xxxx", "+1212", 4),
        ("(010) xxxx xxxx", "010", 8),
        ("1xxxxxxxxx", "1", 9),
    ],
)
def test_patterns(text: str, prefix: str, free: int) -> None:
    (entry,) = parsing.one(f"blacklist {{ {text}, }}").entries
    assert (type(entry), entry.prefix, entry.free, entry.span.text) == (syntax.Pattern, prefix, free, text)


def test_list_files() -> None:
    file, name, last = parsing.one('list a { file "x/pranks.txt", file, file\n"b" }').entries
    assert (type(file), file.path.value, file.path.span.text) == (syntax.ListFile, "x/pranks.txt", '"x/pranks.txt"')
    assert file.span.text == 'file "x/pranks.txt"'
    assert (name.text, last.path.value) == ("file", "b")  # a list may be named `file`


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_quota(period: str) -> None:
    quota = parsing.one(f"quota 2147483647 calls per {period} announce busy")
    assert (quota.count.value, quota.period, quota.announce.text) == (2**31 - 1, period, "busy")
    assert not quota.answered
    answered = parsing.one(f"quota 0 answered calls per {period}")
    assert (answered.count.value, answered.period, answered.announce, answered.answered) == (0, period, None, True)


def test_area_and_origin() -> None:
    area = parsing.one("area north { 北京, 0311, xi_an }")
    assert [term.text for term in area.origin.terms] == ["北京", "0311", "xi_an"]
    assert area.origin.excluded == ()
    assert area.origin.span.text == "北京, 0311, xi_an"
    area = parsing.one("area a { 湖南, except 010, mobile, }")
    assert [term.text for term in area.origin.terms] == ["湖南"]
    assert [term.text for term in area.origin.excluded] == ["010", "mobile"]
    assert area.origin.span.text == "湖南, except 010, mobile"


def test_declarations_and_imports_stand_between_plans_in_any_order() -> None:
    file = parsing.outside(
        'area a { b } plan "p" { } import "x.plan" destination d = 010-6234-5678\nlist l { }import "y" plan "q" { }'
    )
    assert [declaration.span.text for declaration in file.declarations] == [
        "area a { b }",
        "destination d = 010-6234-5678",
        "list l { }",
    ]
    assert [(item.path.value, item.path.span.text, item.span.text) for item in file.imports] == [
        ("x.plan", '"x.plan"', 'import "x.plan"'),
        ("y", '"y"', 'import "y"'),
    ]
    assert [plan.name.value for plan in file.plans] == ["p", "q"]


@pytest.mark.parametrize(
    ("caps", "found"),
    [
        ("destinations 4, per cause 3, per call 2", (4, 3, 2)),
        ("per call 7, destinations 4,", (4, None, 7)),
        ("per cause 1", (None, 1, None)),
    ],
)
def test_operator(caps: str, found: tuple[int | None, ...]) -> None:
    (operator,) = parsing.outside(f"operator {{ forward {caps} }}").declarations
    assert isinstance(operator, syntax.Operator)
    counts = (operator.destinations, operator.per_cause, operator.per_call)
    assert tuple(count and count.value for count in counts) == found
    assert operator.span.text == f"operator {{ forward {caps} }}"


def test_names_are_compared_in_nfc_and_keep_their_text() -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    for written in (composed, decomposed):
        name = parsing.one(f"destination {written} = 010-6234-5678").name
        assert (name.text, name.span.text) == (composed, written)


@pytest.mark.parametrize(
    "name",
    [
        "_", "a1", "北京", "Ω", "区域Ａ", "closed", "no_answer", "import", "operator", "destinations", "cause", "call",
        "calendar", "extends", "holiday", "workday", "holidays", "workdays", "last", "first", "answered", "by", "file",
        "expect", "at", "full",
    ],
)  # fmt: skip
def test_names(name: str) -> None:
    """The words that mean something in some places only are names in all others."""
    assert parsing.one(f"destination {name} = 010-6234-5678").name.text == name
    assert parsing.target(name).destination.text == name
    assert parsing.one(f"list {name} {{ {name}, {name} }}").entries[1].text == name
    assert parsing.one(f"forward busy -> a, {name}").destinations[1].text == name
    assert parsing.one(f"area {name} {{ {name} except {name} }}").origin.excluded[0].text == name
    (call,) = parsing.one(f"expect {{ 13800138000 at 2026-11-23 09:30 -> {name} full -> {name} }}").lines
    assert [tried.destination.text for tried in call.tried] == [name, name]
    (line,) = parsing.one(f"schedule {name} {{ workdays {name} }}").lines
    assert line.days[0].calendar.text == name
    assert parsing.one(f"calendar {name} extends {name} {{ }}").extends.text == name
    if name != "by":
        assert parsing.target(f"split {name} {{ 100% a }}").name.text == name


def test_space_is_free() -> None:
    tight = (
        "number 4006123456 route{otherwise->a or b}list x{1,2,}schedule s{mon,tue 09:00-10:00,11:00-12:00}area n{a,b}"
    )
    assert len(parsing.statements(tight)) == 5
    spread = "route\n{\r\n\totherwise # all\n->\n\n a\nor b } forward busy->\n#\na,\nb"
    assert len(parsing.statements(spread)) == 2


def test_a_text_without_plans() -> None:
    for text in ("", "\n", "# nothing", "\ufeff"):
        file, problems = parse(Source("a.plan", text))
        assert (file.plans, problems) == ((), [])


def test_a_byte_order_mark_at_the_start_is_accepted() -> None:
    assert parse(Source("a.plan", '\ufeffplan "a" { }'))[1] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_have_no_syntax_errors(path: Path) -> None:
    assert parse(Source(path.name, path.read_text(encoding="utf-8")))[1] == []


def test_deep_nesting_up_to_the_limit() -> None:
    # the plan's brace and 63 more
    deep = "otherwise -> a"
    for _ in range(61):
        deep = f"otherwise -> route {{ {deep} }}"
    assert isinstance(parsing.target(f"route {{ {deep} }}"), syntax.Route)
    assert parsing.condition("(" * 63 + "from a" + ")" * 63).span.text.startswith("(((")
    assert isinstance(parsing.condition("not " * 63 + "from a"), syntax.Not)
    assert isinstance(parsing.condition("not (" * 31 + "from a" + ")" * 31), syntax.Not)


def test_texts_do_not_share_state() -> None:
    """One grammar serves all threads; what is read in one says nothing of another."""
    texts = [parsing.PLAN.replace("ACME", str(number)) for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        for number, (file, problems) in enumerate(pool.map(lambda text: parse(Source("a", text)), texts)):
            assert problems == []
            assert file.plans[0].name.value == f"{number} after-sales"
            assert file.plans[0].name.span.text == f'"{number} after-sales"'


def test_the_grammar_has_no_colliding_terminals() -> None:
    """Lark's strict mode: no two terminals that may come next match one text, no conflict is resolved silently.

    Terminals are taken without the bounds on their length: they match more then, and are compared much faster.
    """
    unbounded = re.sub(r"\{0,\d\d\}", "*", GRAMMAR.read_text(encoding="utf-8"))
    Lark(unbounded, parser="lalr", lexer="contextual", strict=True)


def test_every_keyword_is_reserved() -> None:
    loaded = automaton.load()
    assert loaded.keywords.keys() > automaton.SPECIAL
    assert {word for name, word in loaded.keywords.items() if name not in automaton.SPECIAL} < loaded.reserved
    assert {loaded.keywords[name] for name in automaton.SPECIAL} & loaded.reserved == {"day"}
    for word in sorted(loaded.reserved):
        _, problems = parse(Source("a.plan", f'plan "a" {{ destination {word} = 010-6234-5678 }}'))
        assert [problem.code for problem in problems] == ["E011"], word


def test_any_order_of_statements_is_read() -> None:
    statements = [statement.span.text for statement in parse(Source("a.plan", parsing.PLAN))[0].plans[0].statements]
    shuffle = random.Random(6)
    for _ in range(20):
        shuffle.shuffle(statements)
        for separator in (" ", "\n"):
            assert [s.span.text for s in parsing.statements(separator.join(statements))] == statements
