"""The syntax tree of conditions, targets, forwards and what calls are expected to come to."""

from __future__ import annotations

import pytest

from callplan.compiler import syntax

from . import parsing


def test_conditions_bind_not_and_or() -> None:
    condition = parsing.condition("not from a and during b or caller in c")
    assert isinstance(condition, syntax.Or)
    both, listed = condition.conditions
    assert isinstance(both, syntax.And)
    assert [type(part) for part in both.conditions] == [syntax.Not, syntax.During]
    assert (both.span.text, listed.span.text) == ("not from a and during b", "caller in c")
    assert (both.conditions[1].schedule.text, listed.list.text) == ("b", "c")


def test_brackets_belong_to_the_span_of_what_they_hold() -> None:
    condition = parsing.condition("not (from a or (during b)) and from c, d")
    assert isinstance(condition, syntax.And)
    assert condition.conditions[0].span.text == "not (from a or (during b))"
    inner = condition.conditions[0].condition
    assert isinstance(inner, syntax.Or)
    assert [part.span.text for part in inner.conditions] == ["from a", "(during b)"]


def test_a_comma_in_from_is_a_union_and_the_rest_is_excepted() -> None:
    condition = parsing.condition("from a, b except c, d and during e")
    assert isinstance(condition, syntax.And)
    origin = condition.conditions[0].origin
    assert [term.text for term in origin.terms] == ["a", "b"]
    assert [term.text for term in origin.excluded] == ["c", "d"]
    assert origin.span.text == "a, b except c, d"


def test_long_chains_are_flat() -> None:
    assert len(parsing.condition(" or ".join(["from a"] * 5000)).conditions) == 5000
    assert len(parsing.condition(" and ".join(["from a"] * 5000)).conditions) == 5000


def test_targets() -> None:
    assert parsing.target("a").destination.text == "a"
    assert parsing.target("announce busy").announcement.text == "busy"
    hunt = parsing.target("a or b or announce closed")
    assert [type(target) for target in hunt.targets] == [syntax.To, syntax.To, syntax.Announce]
    split = parsing.target("split { 60% a, 39.5% a or b, 0.50% announce closed, }")
    assert [branch.share for branch in split.branches] == [6000, 3950, 50]
    assert [branch.span.text for branch in split.branches] == ["60% a", "39.5% a or b", "0.50% announce closed"]
    assert not split.evenly
    even = parsing.target("split evenly { a, b or c }")
    assert even.evenly
    assert [branch.share for branch in even.branches] == [None, None]
    assert isinstance(parsing.target("a or split { 100% b }").targets[1], syntax.Split)


@pytest.mark.parametrize(
    ("text", "name", "evenly", "by_caller"),
    [
        ("split { 100% a }", None, False, False),
        ("split evenly { a }", None, True, False),
        ("split by caller { 100% a }", None, False, True),
        ("split half { 100% a }", "half", False, False),
        ("split 一半 evenly { a }", "一半", True, False),
        ("split caller_1 by caller { 100% a }", "caller_1", False, True),
    ],
)
def test_splits(text: str, name: str | None, evenly: bool, by_caller: bool) -> None:
    split = parsing.target(text)
    assert (split.name and split.name.text, split.evenly, split.by_caller) == (name, evenly, by_caller)
    assert split.span.text == text
    assert split.branches[0].target.destination.text == "a"


def test_targets_nest() -> None:
    split = parsing.target(
        "split { 50% a or split evenly { b, announce c }, 50% route { from x -> d otherwise -> e } or f }"
    )
    hunt, other = (branch.target for branch in split.branches)
    assert [branch.target.span.text for branch in hunt.targets[1].branches] == ["b", "announce c"]
    assert [type(target) for target in other.targets] == [syntax.Route, syntax.To]
    route = parsing.target("route { from x -> route { otherwise -> a } otherwise -> b }")
    inner, last = route.rules
    assert (inner.span.text, last.span.text) == ("from x -> route { otherwise -> a }", "otherwise -> b")
    assert inner.target.rules[0].target.destination.text == "a"


@pytest.mark.parametrize("cause", ["busy", "no-answer", "unreachable"])
def test_forward(cause: str) -> None:
    forward = parsing.one(f"forward {cause} after 015s -> a, b")
    assert (forward.cause, forward.after.value, forward.after.span.text) == (cause, 15, "015s")
    assert [name.text for name in forward.destinations] == ["a", "b"]
    assert parsing.one(f"forward {cause}-> a").after is None


def test_expect() -> None:
    text = (
        "expect { 010-8888 6666 at 2026-11-23 09:30 -> a busy -> b full -> c no-answer -> d unreachable -> a\n"
        "from x, y except z at 2026-02-30 24:00 -> announce busy\n13800138000 at 2026-11-23 00:05 -> a\n"
        "from at at 2026-11-23 00:05 -> a full -> split { 60% b, 40% announce c } }"
    )
    long, announced, short, shares = parsing.one(text).lines
    assert (long.caller.digits, long.at.span.text, long.at.minute, long.last) == (
        "01088886666", "2026-11-23 09:30", 570, None,
    )  # fmt: skip
    assert (long.at.date.year, long.at.date.month, long.at.date.day, long.at.date.span.text) == (
        2026, 11, 23, "2026-11-23",
    )  # fmt: skip
    assert [(tried.destination.text, tried.events, tried.span.text) for tried in long.tried] == [
        ("a", ("busy",), "a busy"),
        ("b", ("full",), "b full"),
        ("c", ("no-answer",), "c no-answer"),
        ("d", ("unreachable",), "d unreachable"),
        ("a", (), "a"),
    ]
    assert (type(announced.caller), announced.caller.origin.span.text) == (syntax.From, "x, y except z")
    assert (announced.at.minute, announced.tried, announced.last.announcement.text) == (1440, (), "busy")
    assert [tried.destination.text for tried in short.tried] == ["a"]
    assert (shares.caller.origin.terms[0].text, shares.last.span.text) == ("at", "split { 60% b, 40% announce c }")
    assert [(share.share, type(share.target), share.span.text) for share in shares.last.shares] == [
        (6000, syntax.To, "60% b"),
        (4000, syntax.Announce, "40% announce c"),
    ]
    assert parsing.one("expect { }").lines == ()
