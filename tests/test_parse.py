"""The syntax tree of sound texts: what each statement becomes, and that every span is the text it stands for."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from lark import Lark

from callplan.compiler import automaton, syntax
from callplan.compiler.parse import parse
from callplan.compiler.source import Source, Span

GRAMMAR = Path(automaton.__file__).parent.parent / "grammar" / "plan.lark"
EXAMPLES = sorted((Path(__file__).parent.parent / "examples").rglob("*.plan"))

PLAN = """
# acme.plan
plan "ACME after-sales" {
    number 4006-123-456, 4006123457
    timezone "Asia/Shanghai"  # the default

    destination beijing  = 010-6234-5678 limit 30
    destination shanghai = 021-5234-5678 limit 20 announce shanghai_busy
    destination duty     = +852-2123-4567
    destination agents   = "sip:agents@pbx.acme.cn" announce full

    announcement shanghai_busy = "acme/shanghai-busy.wav"
    announcement quota = "quota.wav"

    list vip     { 13900001111, 0731-8888-1234, friends, }
    list friends { }
    blacklist    { 13800138000 } announce blocked
    block from 海南, 0991 announce blocked
    block not during office

    quota 20000 calls per month
    quota  6000 calls per week announce quota

    area north { 北京, 天津, 0311, }
    area south { 广东, guangxi except 0755, mobile }

    schedule office {
        mon-fri, 2026-10-10 09:00-12:00, 13:30-18:00
        sat            10:00-16:00
        except 2026-12-24..2026-12-26
        12-24..01-02, fri-mon
    }
    schedule night { daily 22:00-06:00 }

    route {
        caller in vip and not (from abroad or from unknown) -> beijing or duty
        from north, 湖南 except 0731, fixed or during office and caller in friends -> beijing or announce closed
        during office -> split { 60% beijing, 33.5% shanghai or beijing, 6.50% announce full, }
        during night  -> split evenly { beijing, shanghai or duty }
        otherwise     -> duty or split { 100% agents }
    }

    forward busy                -> shanghai, duty
    forward no-answer after 20s -> duty
    forward unreachable         -> duty
}

plan "空" { }
"""


def _statements(text: str) -> tuple[syntax.Statement, ...]:
    file, problems = parse(Source("a.plan", f'plan "a" {{ {text} }}'))
    assert [problem.message for problem in problems] == []
    (plan,) = file.plans
    assert plan.broken == ()
    return plan.statements


def _one(text: str) -> Any:
    (statement,) = _statements(text)
    assert statement.span.text == text
    return statement


def _condition(text: str) -> Any:
    return _one(f"block {text}").condition


def _target(text: str) -> Any:
    (rule,) = _one(f"route {{ otherwise -> {text} }}").rules
    assert rule.condition is None
    assert rule.span.text == f"otherwise -> {text}"
    return rule.target


def _nodes(value: object) -> Iterator[Any]:
    if isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, Span | Source):
        yield value
        for field in dataclasses.fields(value):
            yield from _nodes(getattr(value, field.name))


def test_a_whole_file() -> None:
    file, problems = parse(Source("acme.plan", PLAN))
    assert [problem.message for problem in problems] == []
    acme, empty = file.plans
    assert (acme.name.value, acme.name.span.text) == ("ACME after-sales", '"ACME after-sales"')
    assert (empty.name.value, empty.statements, empty.span.text) == ("空", (), 'plan "空" { }')
    assert [comment.text for comment in file.comments] == ["# acme.plan", "# the default"]
    assert [type(statement).__name__ for statement in acme.statements] == [
        "Numbers", "Timezone", *["Destination"] * 4, *["Announcement"] * 2, *["CallerList"] * 2, "Blacklist",
        *["Block"] * 2, *["Quota"] * 2, *["Area"] * 2, *["Schedule"] * 2, "Route", *["Forward"] * 3,
    ]  # fmt: skip


def test_spans_nest_and_start_and_end_with_words() -> None:
    file, _ = parse(Source("acme.plan", PLAN))

    def check(node: Any, outer: Span) -> None:
        for child in _nodes(tuple(getattr(node, field.name) for field in dataclasses.fields(node))):
            assert outer.start <= child.span.start < child.span.end <= outer.end
            assert child.span.text == child.span.text.strip(" \n,")

    for plan in file.plans:
        for node in _nodes(plan):
            check(node, node.span)


def test_the_tree_is_frozen_and_holds_no_lists() -> None:
    file, _ = parse(Source("acme.plan", PLAN))
    for node in _nodes(file.plans):
        assert not any(isinstance(getattr(node, field.name), list | dict) for field in dataclasses.fields(node))
        with pytest.raises(dataclasses.FrozenInstanceError):
            node.span = None


def test_numbers() -> None:
    numbers = _one("number 4006-123-456, +86-400-6123-457").numbers
    assert [(number.digits, number.span.text) for number in numbers] == [
        ("4006123456", "4006-123-456"),
        ("+864006123457", "+86-400-6123-457"),
    ]


def test_timezone() -> None:
    zone = _one('timezone "Europe/Berlin"').zone
    assert (zone.value, zone.span.text) == ("Europe/Berlin", '"Europe/Berlin"')


def test_destination() -> None:
    plain = _one("destination 北京_1 = 010-6234-5678")
    assert (plain.name.text, plain.address.digits, plain.limit, plain.announce) == ("北京_1", "01062345678", None, None)
    full = _one('destination a = "sip:a@b" limit 030 announce busy')
    assert (full.address.value, full.limit.value, full.limit.span.text) == ("sip:a@b", 30, "030")
    assert (full.announce.text, full.announce.span.text) == ("busy", "busy")


def test_announcement_may_have_a_built_in_name_that_is_a_keyword() -> None:
    for name in ("busy", "quota", "unreachable", "closed", "own"):
        announcement = _one(f'announcement {name} = "a b.wav"')
        assert (announcement.name.text, announcement.media.value) == (name, "a b.wav")


def test_lists() -> None:
    entries = _one("list vip { 139-0000-1111, others, }").entries
    assert [(type(entry), entry.span.text) for entry in entries] == [
        (syntax.Number, "139-0000-1111"),
        (syntax.Name, "others"),
    ]
    assert _one("list none { }").entries == ()
    blacklist = _one("blacklist { +1-202-555-0100 } announce quota")
    assert blacklist.entries[0].digits == "+12025550100"
    assert blacklist.announce.text == "quota"
    assert _one("blacklist { }").announce is None


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_quota(period: str) -> None:
    quota = _one(f"quota 2147483647 calls per {period} announce busy")
    assert (quota.count.value, quota.period, quota.announce.text) == (2**31 - 1, period, "busy")
    assert _one(f"quota 0 calls per {period}").count.value == 0


def test_area_and_origin() -> None:
    area = _one("area north { 北京, 0311, xi_an }")
    assert [term.text for term in area.origin.terms] == ["北京", "0311", "xi_an"]
    assert area.origin.excluded == ()
    assert area.origin.span.text == "北京, 0311, xi_an"
    area = _one("area a { 湖南, except 010, mobile, }")
    assert [term.text for term in area.origin.terms] == ["湖南"]
    assert [term.text for term in area.origin.excluded] == ["010", "mobile"]
    assert area.origin.span.text == "湖南, except 010, mobile"


def test_schedule_lines() -> None:
    lines = _one("schedule s { mon, wed-fri 09:00-12:00, 13:30-24:00 except daily sun except 12-24..01-02 }").lines
    assert [(line.excluded, line.span.text) for line in lines] == [
        (False, "mon, wed-fri 09:00-12:00, 13:30-24:00"),
        (True, "except daily"),
        (False, "sun"),
        (True, "except 12-24..01-02"),
    ]
    (monday, rest), (morning, afternoon) = lines[0].days, lines[0].times
    assert (monday.first, monday.last, rest.first, rest.last) == (0, 0, 2, 4)
    assert (morning.start, morning.end, afternoon.start, afternoon.end) == (540, 720, 810, 1440)
    assert _one("schedule s { }").lines == ()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-10-01", (2026, 10, 1, "2026-10-01"), (2026, 10, 1, "2026-10-01")),
        ("2026-10-01..2027-01-02", (2026, 10, 1, "2026-10-01"), (2027, 1, 2, "2027-01-02")),
        ("12-24", (None, 12, 24, "12-24"), (None, 12, 24, "12-24")),
        ("12-24..01-02", (None, 12, 24, "12-24"), (None, 1, 2, "01-02")),
        ("2026-02-30", (2026, 2, 30, "2026-02-30"), (2026, 2, 30, "2026-02-30")),
    ],
)
def test_dates(text: str, first: tuple[Any, ...], last: tuple[Any, ...]) -> None:
    (line,) = _one(f"schedule s {{ {text} }}").lines
    (dates,) = line.days
    for date, (year, month, day, written) in ((dates.first, first), (dates.last, last)):
        assert (date.year, date.month, date.day, date.span.text) == (year, month, day, written)


def test_conditions_bind_not_and_or() -> None:
    condition = _condition("not from a and during b or caller in c")
    assert isinstance(condition, syntax.Or)
    both, listed = condition.conditions
    assert isinstance(both, syntax.And)
    assert [type(part) for part in both.conditions] == [syntax.Not, syntax.During]
    assert (both.span.text, listed.span.text) == ("not from a and during b", "caller in c")
    assert (both.conditions[1].schedule.text, listed.list.text) == ("b", "c")


def test_brackets_belong_to_the_span_of_what_they_hold() -> None:
    condition = _condition("not (from a or (during b)) and from c, d")
    assert isinstance(condition, syntax.And)
    assert condition.conditions[0].span.text == "not (from a or (during b))"
    inner = condition.conditions[0].condition
    assert isinstance(inner, syntax.Or)
    assert [part.span.text for part in inner.conditions] == ["from a", "(during b)"]


def test_a_comma_in_from_is_a_union_and_the_rest_is_excepted() -> None:
    condition = _condition("from a, b except c, d and during e")
    assert isinstance(condition, syntax.And)
    origin = condition.conditions[0].origin
    assert [term.text for term in origin.terms] == ["a", "b"]
    assert [term.text for term in origin.excluded] == ["c", "d"]
    assert origin.span.text == "a, b except c, d"


def test_long_chains_are_flat() -> None:
    assert len(_condition(" or ".join(["from a"] * 5000)).conditions) == 5000
    assert len(_condition(" and ".join(["from a"] * 5000)).conditions) == 5000


def test_targets() -> None:
    assert _target("a").destination.text == "a"
    assert _target("announce busy").announcement.text == "busy"
    hunt = _target("a or b or announce closed")
    assert [type(target) for target in hunt.targets] == [syntax.To, syntax.To, syntax.Announce]
    split = _target("split { 60% a, 39.5% a or b, 0.50% announce closed, }")
    assert [branch.share for branch in split.branches] == [6000, 3950, 50]
    assert [branch.span.text for branch in split.branches] == ["60% a", "39.5% a or b", "0.50% announce closed"]
    assert not split.evenly
    even = _target("split evenly { a, b or c }")
    assert even.evenly
    assert [branch.share for branch in even.branches] == [None, None]
    assert isinstance(_target("a or split { 100% b }").targets[1], syntax.Split)


@pytest.mark.parametrize("cause", ["busy", "no-answer", "unreachable"])
def test_forward(cause: str) -> None:
    forward = _one(f"forward {cause} after 015s -> a, b")
    assert (forward.cause, forward.after.value, forward.after.span.text) == (cause, 15, "015s")
    assert [name.text for name in forward.destinations] == ["a", "b"]
    assert _one(f"forward {cause}-> a").after is None


def test_names_are_compared_in_nfc_and_keep_their_text() -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    for written in (composed, decomposed):
        name = _one(f"destination {written} = 010-6234-5678").name
        assert (name.text, name.span.text) == (composed, written)


@pytest.mark.parametrize(
    "name", ["_", "a1", "北京", "Ω", "区域Ａ", "closed", "no_answer", "holidays", "expect", "file"]
)
def test_names(name: str) -> None:
    assert _one(f"destination {name} = 010-6234-5678").name.text == name
    assert _target(name).destination.text == name


def test_space_is_free() -> None:
    tight = (
        "number 4006123456 route{otherwise->a or b}list x{1,2,}schedule s{mon,tue 09:00-10:00,11:00-12:00}area n{a,b}"
    )
    assert len(_statements(tight)) == 5
    spread = "route\n{\r\n\totherwise # all\n->\n\n a\nor b } forward busy->\n#\na,\nb"
    assert len(_statements(spread)) == 2


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
    assert _condition("(" * 63 + "from a" + ")" * 63).span.text.startswith("(((")
    assert isinstance(_condition("not " * 63 + "from a"), syntax.Not)
    assert isinstance(_condition("not (" * 31 + "from a" + ")" * 31), syntax.Not)


def test_texts_do_not_share_state() -> None:
    """One grammar serves all threads; what is read in one says nothing of another."""
    texts = [PLAN.replace("ACME", str(number)) for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        for number, (file, problems) in enumerate(pool.map(lambda text: parse(Source("a", text)), texts)):
            assert problems == []
            assert file.plans[0].name.value == f"{number} after-sales"
            assert file.plans[0].name.span.text == f'"{number} after-sales"'


def test_the_grammar_has_no_colliding_terminals() -> None:
    """Lark's strict mode: no two terminals that may come next match one text, no conflict is resolved silently."""
    Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr", lexer="contextual", strict=True)


def test_every_keyword_is_reserved() -> None:
    loaded = automaton.load()
    assert set(loaded.keywords.values()) < loaded.reserved
    for word in sorted(loaded.reserved):
        _, problems = parse(Source("a.plan", f'plan "a" {{ destination {word} = 010-6234-5678 }}'))
        assert [problem.code for problem in problems] == ["E011"], word


def test_any_order_of_statements_is_read() -> None:
    statements = [statement.span.text for statement in parse(Source("a.plan", PLAN))[0].plans[0].statements]
    shuffle = random.Random(6)
    for _ in range(20):
        shuffle.shuffle(statements)
        for separator in (" ", "\n"):
            assert [s.span.text for s in _statements(separator.join(statements))] == statements
