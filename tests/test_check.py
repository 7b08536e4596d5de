"""The checking stage as a whole: one build, all mistakes, sound plans only (language.md 2, 8)."""

from __future__ import annotations

import random

import pytest

from callplan.compiler import check as stage
from callplan.compiler import parse
from callplan.compiler.source import Source

from .checking import check, found, one, plan, sound, underlined

AFTER_SALES = """
plan "ACME after-sales" {
    number 4006-123-456, 4006-123-457
    timezone "Asia/Shanghai"
    destination beijing  = 010-6234-5678 limit 30
    destination shanghai = 021-5234-5678 limit 20 announce shanghai_busy
    destination duty     = 139-1234-5678
    destination agents   = "sip:agents@pbx.acme.cn" limit 200
    announcement shanghai_busy = "acme/shanghai-busy.wav"
    list vip     { 13900001111, 0731-8888-1234 }
    list pranks  { 13800138001 }
    blacklist    { 13800138000, pranks }
    block from 海南, 0991 announce blocked
    quota 20000 calls per month
    quota  6000 calls per week announce quota
    area north { 北京, 天津, 0311 }
    schedule office {
        mon-fri 09:00-12:00, 13:30-18:00
        sat     10:00-16:00
        except 2026-12-24..2026-12-26
    }
    schedule night { daily 22:00-06:00 }
    route {
        caller in vip                -> beijing or duty
        from north and during office -> beijing or shanghai
        from 湖南                    -> agents
        during office                -> split { 60% beijing, 40% shanghai or beijing }
        during night                 -> announce closed
        otherwise                    -> duty
    }
    forward busy                -> shanghai, duty
    forward no-answer after 20s -> duty
}
"""


EVERYTHING = """
operator { forward destinations 4, per cause 3, per call 3 }
list shared { 13900001111, 1380013xxxx }
destination common = 0755-8612-3456 limit 3 announce busy
calendar ours extends china { holiday 2026-12-25, workday 2026-12-27 }
schedule bright { workdays ours, first mon, day 1, last 09:00-18:00 }
plan "second" {
    number 4006-123-458
    list vip { shared, 0731-8888-1234 }
    calendar china extends china { holiday 2026-12-24 }
    schedule late { holidays china, last fri, day 31 }
    quota 9000 answered calls per month
    quota 9000 calls per month
    destination duty = 139-1234-5678
    route {
        caller in vip -> common or route {
            during bright -> split halves by caller { 50% common, 50% duty }
            otherwise -> split evenly { common or duty, split { 99.5% duty, 0.5% announce closed } }
        }
        during late or during bright -> announce closed
        otherwise -> duty
    }
    forward busy -> common, duty
    expect {
        10086 at 2026-11-23 09:30 -> announce closed
        from 广东 at 2026-11-24 19:30 -> duty busy -> common full -> announce busy
        13900001111 at 2026-12-24 20:00 -> common full -> split { 50% common, 49.75% duty, 0.25% announce closed }
    }
}
"""


def test_a_whole_plan() -> None:
    checked_plan = sound(AFTER_SALES)
    assert checked_plan.name == "ACME after-sales"
    assert [n.digits for n in checked_plan.numbers] == ["4006123456", "4006123457"]
    assert list(checked_plan.destinations) == ["beijing", "shanghai", "duty", "agents"]
    assert list(checked_plan.lists) == ["vip", "pranks"]
    assert list(checked_plan.areas) == ["north"]
    assert list(checked_plan.schedules) == ["office", "night"]
    assert list(checked_plan.forwards) == ["busy", "no_answer"]
    assert len(checked_plan.rules) == 6
    shanghai = checked_plan.destinations["shanghai"]
    assert shanghai.announce is checked_plan.announcements["shanghai_busy"]
    assert checked_plan.forwards["busy"].destinations[0] is shanghai


def test_an_empty_build() -> None:
    program, problems = check("")
    assert (program.plans, problems) == ((), [])
    assert [source.name for source in program.sources] == ["0.plan"]


def test_plans_with_errors_are_left_out_and_those_with_warnings_are_not() -> None:
    program, problems = check(
        plan(name="sound"),
        plan("list unused { 10086 }", name="warned", number="number 4006123457"),
        plan("quota 0 calls per day", name="wrong", number="number 4006123458"),
    )
    assert [p.name for p in program.plans] == ["sound", "warned"]
    assert [p.code for p in problems] == ["W101", "E602"]


def test_problems_come_in_file_order() -> None:
    first = plan("quota 0 calls per day", "destination a = 12345", "forward busy -> a, b", "schedule s { 02-30 }")
    second = plan("quota 0 calls per week", name="other", number="number 123")
    problems = check(first, second)[1]
    places = [(p.span.source.name, p.span.start) for p in problems if p.span is not None]
    assert len(places) == len(problems) == 7
    assert places == sorted(places)


def test_a_plan_without_number_and_route() -> None:
    assert found('plan "bare" { }') == [("E106", '"bare"'), ("E106", '"bare"')]
    messages = [problem.message for problem in check('plan "bare" { }')[1]]
    assert messages == ["plan `bare` has no `number`", "plan `bare` has no `route`"]


def test_what_stands_once_in_a_plan() -> None:
    zone, blacklist, route = 'timezone "UTC"', "blacklist { 10086 }", "route { otherwise -> duty }"
    text = plan(zone, zone, blacklist, blacklist, route)
    problems = check(text)[1]
    assert [(p.code, underlined(p)) for p in problems] == [
        ("E105", "timezone"),
        ("E105", "blacklist"),
        ("E105", "route"),
    ]
    assert [p.related[0].message for p in problems] == ["first here"] * 3


def test_the_second_of_a_kind_is_checked_too() -> None:
    assert found(plan("route { otherwise -> nobody }")) == [("E101", "nobody"), ("E105", "route")]


def test_plan_names_are_unique_in_a_build() -> None:
    problem = one(plan(), plan(number="number 4006123457"))
    assert (problem.code, underlined(problem), problem.message) == ("E104", '"line"', "two plans are named `line`")
    assert problem.related[0].span.source.name == "0.plan"


def test_a_plan_has_a_name() -> None:
    assert found(plan(name=" ")) == [("E109", '" "')]


def test_plans_do_not_see_each_others_names() -> None:
    text = plan("forward busy -> a", name="other", number="number 4006123457")
    assert found(plan("destination a = 010-6234-5678", "forward busy -> a"), text) == [("E101", "a")]


def test_two_whole_plans_with_all_statements() -> None:
    program, problems = check(AFTER_SALES, EVERYTHING)
    assert problems == []
    assert [len(each.expects) for each in program.plans] == [0, 3]
    assert list(program.plans[1].destinations) == ["duty", "common"]
    assert program.operator.per_call == 3


@pytest.mark.parametrize("text", [AFTER_SALES, EVERYTHING], ids=["one plan", "all statements"])
def test_any_text_is_checked_without_an_exception(text: str) -> None:
    """Plans with words exchanged, lost and doubled: whatever the parser makes of them, the checker has an answer."""
    chance = random.Random(20261123)
    words = text.split(" ")
    answered = 0
    for _ in range(300):
        changed = list(words)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(changed))
            twice = f"{changed[at]} {changed[at]}"
            changed[at] = chance.choice((chance.choice(words), "", twice, "0", "a", "02-30", "0732"))
        source = Source("x.plan", " ".join(changed))
        file, _ = parse.parse(source)
        program, problems = stage.check([file])
        assert all(problem.message and problem.span is not None for problem in problems)
        answered += bool(problems or program.plans)
    assert answered > 100
