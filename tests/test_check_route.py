"""Rules, targets, splits and blocks (language.md 6.3 to 6.5)."""

from __future__ import annotations

import pytest

from callplan.compiler import checked

from .checking import found, one, plan, sound, underlined

A = "destination a = 010-6234-5678 limit 5"
B = "destination b = 021-5234-5678 limit 5"


def _route(*rules: str, end: str = "otherwise -> duty") -> str:
    return plan(
        A, B, "forward busy -> a, b", "forward unreachable -> duty", route="\n".join(["route {", *rules, end, "}"])
    )


def _target(text: str) -> checked.Target:
    return sound(_route(end=f"otherwise -> {text}")).rules[0].target


def test_conditions_are_resolved_and_keep_their_shape() -> None:
    text = plan(
        "list vip { 10086 }", "schedule office { daily }",
        route="route { not (caller in vip or during office) and from 北京 -> duty otherwise -> duty }",
    )  # fmt: skip
    checked_plan = sound(text)
    condition = checked_plan.rules[0].condition
    assert isinstance(condition, checked.And)
    negation, origin = condition.conditions
    assert isinstance(negation, checked.Not)
    assert isinstance(negation.condition, checked.Or)
    assert isinstance(origin, checked.From)
    callers, time = negation.condition.conditions
    assert isinstance(callers, checked.CallerIn)
    assert isinstance(time, checked.During)
    assert callers.list is checked_plan.lists["vip"]
    assert time.schedule is checked_plan.schedules["office"]
    assert checked_plan.rules[1].condition is None


def test_every_unsound_part_of_a_condition_is_reported() -> None:
    text = _route("from 0732 and (during nights or not caller in friends) -> a")
    assert found(text) == [("E301", "0732"), ("E101", "nights"), ("E101", "friends")]


def test_targets_are_resolved() -> None:
    destination, announcement = _target("a"), _target("announce closed")
    assert isinstance(destination, checked.To)
    assert destination.destination.dial == "01062345678"
    assert isinstance(announcement, checked.Announce)
    assert announcement.announcement.name == "closed"


def test_the_last_of_an_or_may_be_any_target() -> None:
    for last, kind in [
        ("duty", checked.To),
        ("announce closed", checked.Announce),
        ("split evenly { a, b }", checked.Split),
    ]:
        hunt = _target(f"a or b or {last}")
        assert isinstance(hunt, checked.Hunt)
        assert [to.destination.name for to in hunt.first] == ["a", "b"]
        assert isinstance(hunt.last, kind)


@pytest.mark.parametrize("target", ["announce closed", "split evenly { a, b }"])
def test_before_an_or_stands_a_destination(target: str) -> None:
    assert found(_route(end=f"otherwise -> a or {target} or b")) == [("E503", target)]


def test_what_stands_behind_a_destination_without_a_limit() -> None:
    problem = one(_route(end="otherwise -> a or duty or b or announce closed"))
    assert (problem.code, underlined(problem)) == ("W501", "b or announce closed")
    assert problem.message == "no call can reach this: `duty` has no limit, so it is never full"
    (related,) = problem.related
    assert related.message == "`duty` has no limit here"
    assert related.span.text == "destination duty = 13912345678"


def test_a_destination_without_a_limit_may_come_last() -> None:
    assert found(_route(end="otherwise -> a or b or duty")) == []


def test_a_destination_tried_twice_in_one_or() -> None:
    problem = one(_route(end="otherwise -> a or b or a"))
    assert (problem.code, underlined(problem)) == ("W502", "a")
    assert problem.related[0].span.start < (problem.span.start if problem.span else 0)


def test_an_unsound_destination_says_nothing_about_limits() -> None:
    assert found(_route(end="otherwise -> a or nobody or b")) == [("E101", "nobody")]


def test_weights_of_a_split() -> None:
    split = _target("split { 60% a, 39.5% b or duty, 0.50% announce closed }")
    assert isinstance(split, checked.Split)
    assert [branch.weight for branch in split.branches] == [6000, 3950, 50]
    assert not split.evenly
    even = _target("split evenly { a, b, duty }")
    assert isinstance(even, checked.Split)
    assert [branch.weight for branch in even.branches] == [1, 1, 1]
    assert even.evenly


@pytest.mark.parametrize(
    ("shares", "total"),
    [
        ("60% a, 30% b", "90"),
        ("60% a, 50% b", "110"),
        ("33.33% a, 66.66% b", "99.99"),
        ("50.5% a, 49% b", "99.5"),
        ("1% a", "1"),
    ],
)
def test_shares_add_up_to_100(shares: str, total: str) -> None:
    problem = one(_route(end=f"otherwise -> split {{ {shares} }}"))
    assert (problem.code, underlined(problem)) == ("E501", shares)
    assert problem.message == f"the shares of this split add up to {total}%, not to 100%"


@pytest.mark.parametrize("share", ["0%", "0.00%", "00%"])
def test_a_share_is_above_0(share: str) -> None:
    assert found(_route(end=f"otherwise -> split {{ 90% a, {share} b }}")) == [("E502", share)]


def test_unsound_branches_are_all_reported() -> None:
    text = _route(end="otherwise -> split { 50% nobody, 40% a or announce nothing }")
    assert found(text) == [("E501", "50% nobody, 40% a or announce nothing"), ("E101", "nobody"), ("E101", "nothing")]


def _paths(*rules: str) -> list[tuple[str, ...]]:
    program_rules = sound(_route(*rules)).rules
    return [rule.target.path for rule in program_rules if isinstance(rule.target, checked.Split)]


def test_a_split_is_known_by_the_text_of_its_condition() -> None:
    assert _paths("from 北京,天津   and\n  not( from 0311 ) -> split evenly { a, b }") == [
        ("from 北京, 天津 and not(from 0311)",)
    ]


def test_neither_comments_nor_spaces_change_a_split() -> None:
    spaced = _paths("from 北京 ,  天津 # both\n and ( from mobile ) -> split evenly { a, b }")
    assert spaced == _paths("from 北京, 天津 and (from mobile) -> split evenly { a, b }")


def test_the_split_of_the_last_rule() -> None:
    split = _target("a or split evenly { b, duty }")
    assert isinstance(split, checked.Hunt)
    assert isinstance(split.last, checked.Split)
    assert split.last.path == ("otherwise",)


def test_splits_with_equal_conditions_differ_by_their_weights_or_a_number() -> None:
    assert _paths(
        "from 北京 -> split { 60% a, 40% b }",
        "from 北京 -> split { 70% a, 30% b }",
        "from 北京 -> split { 40% a, 60% b }",
        "from 北京 -> split { 60% b, 40% a }",
        "from 北京 -> split evenly { b, a }",
        "from 北京 -> split { 50% b, 50% a }",
    ) == [("from 北京",), ("from 北京",), ("from 北京",), ("from 北京", "#2"), ("from 北京",), ("from 北京", "#2")]


def _splits(target: checked.Target) -> list[checked.Split]:
    """All splits of a target, outermost first."""
    match target:
        case checked.Hunt():
            return _splits(target.last)
        case checked.Split():
            return [target, *(split for branch in target.branches for split in _splits(branch.target))]
        case checked.Route():
            return [split for rule in target.rules for split in _splits(rule.target)]
        case _:
            return []


def test_a_split_in_a_split_is_known_by_its_branch() -> None:
    inner = "split evenly { a, b }"
    splits = _splits(_target(f"split {{ 50% {inner}, 30% a or {inner}, 20% split {{ 50% {inner}, 50% duty }} }}"))
    assert [split.path for split in splits] == [
        ("otherwise",), ("otherwise", "1"), ("otherwise", "2"), ("otherwise", "3"), ("otherwise", "3", "1"),
    ]  # fmt: skip


def test_a_split_in_a_route_is_known_by_all_conditions() -> None:
    route = "route { from 北京 -> split evenly { a, route { otherwise -> split evenly { b, duty } } } otherwise -> a }"
    splits = _splits(_target(route))
    assert [split.path for split in splits] == [
        ("otherwise", "from 北京"),
        ("otherwise", "from 北京", "2", "otherwise"),
    ]


def test_splits_inside_equal_splits_differ() -> None:
    twice = "from 北京 -> split evenly { a, split evenly { b, duty } }"
    rules = sound(_route(twice, twice)).rules
    paths = [split.path for rule in rules for split in _splits(rule.target)]
    assert paths == [("from 北京",), ("from 北京", "2"), ("from 北京", "#2"), ("from 北京", "#2", "2")]


def test_a_split_with_a_name() -> None:
    split = _target("split halves { 50% a, 50% split more evenly { b, duty } }")
    assert isinstance(split, checked.Split)
    assert [(each.name, each.evenly) for each in _splits(split)] == [("halves", False), ("more", True)]
    assert not split.by_caller


def test_one_split_name_twice_in_a_plan() -> None:
    text = _route("from 北京 -> split x evenly { a, b }", "from 天津 -> route { otherwise -> split x { 100% duty } }")
    problem = one(text)
    assert (problem.code, underlined(problem), problem.message) == ("E103", "x", "`split x` is declared twice")
    assert problem.related[0].span.text == "x"


def test_a_split_may_be_named_as_a_destination_is() -> None:
    assert found(_route(end="otherwise -> split a evenly { a, b }")) == []


def test_a_split_by_caller_has_shares() -> None:
    split = _target("split halves by caller { 60% a, 40% b }")
    assert isinstance(split, checked.Split)
    assert (split.name, split.by_caller, split.evenly) == ("halves", True, False)
    assert [branch.weight for branch in split.branches] == [6000, 4000]
    assert found(_route(end="otherwise -> split by caller { 60% a, 30% b }")) == [("E501", "60% a, 30% b")]


def test_a_route_in_a_route() -> None:
    route = _target("a or route { from 北京 -> b otherwise -> announce closed }")
    assert isinstance(route, checked.Hunt)
    assert isinstance(route.last, checked.Route)
    assert [rule.condition is None for rule in route.last.rules] == [False, True]


def test_every_mistake_in_a_nested_route_is_reported() -> None:
    inner = (
        "route { from 0732 -> a or nobody otherwise -> split { 90% nothing } from 北京 -> route { otherwise -> none } }"
    )
    assert found(_route(end=f"otherwise -> {inner}")) == [
        ("E301", "0732"), ("E101", "nobody"), ("E501", "90% nothing"), ("E101", "nothing"), ("W503", "from 北京"),
        ("E101", "none"),
    ]  # fmt: skip


def test_a_nested_route_cannot_stand_before_an_or() -> None:
    assert found(_route(end="otherwise -> route { otherwise -> a } or b")) == [("E503", "route { otherwise -> a }")]


def test_an_or_in_a_branch_is_looked_at_too() -> None:
    assert found(_route(end="otherwise -> split evenly { a, duty or b }")) == [("W501", "b")]


def test_a_rule_after_otherwise() -> None:
    problem = one(_route("otherwise -> a", "from 北京 -> b", end=""))
    assert (problem.code, underlined(problem)) == ("W503", "from 北京")
    assert [(r.message, r.span.text) for r in problem.related] == [("`otherwise` takes every call here", "otherwise")]


def test_two_rules_otherwise() -> None:
    assert found(_route("otherwise -> a")) == [("W503", "otherwise")]


def test_blocks_in_order_with_their_announcements() -> None:
    text = plan("block from 海南 announce sorry", "block during night", "schedule night { daily 22:00-06:00 }",
                'announcement sorry = "sorry.wav"')  # fmt: skip
    blocks = sound(text).blocks
    assert [block.announce.name for block in blocks] == ["sorry", "blocked"]
    assert [block.announce.media for block in blocks] == ["sorry.wav", None]


def test_a_block_with_an_unsound_announcement() -> None:
    assert found(plan("block from 海南 announce nothing")) == [("E101", "nothing")]
