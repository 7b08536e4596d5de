"""Explanations: a step for each thing that is decided, in words, with the plan's own line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import pytest

import callplan
from callplan import Step
from callplan.compiler.build import build_text
from callplan.runtime.tables import Tables

CALLED = "4006-123-456"
PLAN = """plan "Words" {
    number 4006123456
    destination a = 010-6234-5678 limit 1 announce all_taken
    destination b = 021-5234-5678 limit 2
    destination c = 139-1234-5678
    announcement all_taken = "all-taken.wav"
    list vip { 13900001111 }
    blacklist { 13800138000 }
    block from 海南 announce closed
    block from mobile and during night
    quota 2 calls per day
    schedule night { daily 22:00-06:00 }
    route {
        caller in vip -> b
        from 010      -> a
        from 湖南     -> split { 75% b, 25% c }
        from 上海     -> announce closed
        otherwise     -> c
    }
    forward busy                -> b, c
    forward no-answer after 15s -> c
}
"""

PLAIN = 'plan "P" { number 4006123456 destination a = 01062345678 route { otherwise -> a } }'


def instant(local: str) -> float:
    return datetime.fromisoformat(local).replace(tzinfo=timezone(timedelta(hours=8))).timestamp()


DAY, NIGHT = instant("2026-11-23T09:30"), instant("2026-11-23T23:30")


@pytest.fixture
def engine() -> callplan.Engine:
    return callplan.Engine(callplan.compile_text(PLAN))


def kinds(steps: Sequence[Step]) -> list[str]:
    return [step.kind for step in steps]


def only(steps: Sequence[Step], kind: str) -> Step:
    [step] = [step for step in steps if step.kind == kind]
    return step


def line_of(text: str) -> int:
    """Where a line that starts so stands in the plan, from 1."""
    [number] = [at for at, line in enumerate(PLAN.splitlines(), 1) if line.strip().startswith(text)]
    return number


def test_every_step_of_a_connected_call(engine: callplan.Engine) -> None:
    steps = engine.explain(CALLED, "0731-8888-1234", DAY)
    expected = "number blacklist origin time block rule split quota limit forward forward forward result"
    assert " ".join(kinds(steps)) == expected


@pytest.mark.parametrize(
    ("kind", "starts"),
    [
        ("number", 'plan "Words"'),
        ("blacklist", "blacklist {"),
        ("rule", "from 湖南"),
        ("split", "from 湖南"),
        ("quota", "quota 2"),
        ("limit", "destination b"),
        ("result", "destination b"),
    ],
)
def test_steps_show_the_plan_s_line(engine: callplan.Engine, kind: str, starts: str) -> None:
    step = only(engine.explain(CALLED, "0731-8888-1234", DAY), kind)
    assert step.text.startswith(starts)
    assert step.line == line_of(starts)
    assert step.file


@pytest.mark.parametrize(
    ("caller", "words"),
    [
        ("0731-8888-1234", "0731 fixed (湖南 长沙): by its area code"),
        ("+86 138 7311 2345", "0731 mobile (湖南 长沙): by 1387311 in the numbering table"),
        ("16600001234", "unknown mobile: 1660000 is not in the numbering table"),
        ("+852 2123 4567", "abroad: by its country code"),
        ("10086", "unknown: a number that belongs to no area"),
        ("anonymous", "unknown: the caller's number is withheld"),
    ],
)
def test_origins_and_how_they_were_found(engine: callplan.Engine, caller: str, words: str) -> None:
    assert only(engine.explain(CALLED, caller, DAY), "origin").outcome == words


def test_a_local_number() -> None:
    with callplan.Engine(callplan.compile_text(PLAN), area="0731") as engine:
        assert only(engine.explain(CALLED, "88881234", DAY), "origin").outcome.endswith("of the switch's own area")


def test_the_local_time(engine: callplan.Engine) -> None:
    step = only(engine.explain(CALLED, "10086", DAY), "time")
    assert step.outcome == "Monday, 2026-11-23 09:30 in Asia/Shanghai (UTC+08:00)"


def test_the_time_of_a_zone_west_of_greenwich() -> None:
    plan = PLAN.replace("number 4006123456", 'number 4006123456 timezone "America/St_Johns"')
    with callplan.Engine(callplan.compile_text(plan)) as engine:
        step = only(engine.explain(CALLED, "10086", DAY), "time")
    assert step.outcome == "Sunday, 2026-11-22 22:00 in America/St_Johns (UTC-03:30)"


@pytest.mark.parametrize(
    ("called", "caller", "at", "last", "result"),
    [
        ("4006999999", "10086", DAY, "number", "announce unallocated (unallocated)"),
        (CALLED, "86-138-0013-8000", DAY, "blacklist", "announce blacklisted (blacklisted)"),
        (CALLED, "0898-6612-3456", DAY, "block", "announce closed (blocked)"),
        (CALLED, "139 0000 1111", NIGHT, "block", "announce blocked (blocked)"),
        (CALLED, "021-5588-1234", DAY, "rule", "announce closed (announced)"),
    ],
)
def test_where_a_refused_call_ends(
    engine: callplan.Engine, called: str, caller: str, at: float, last: str, result: str
) -> None:
    steps = engine.explain(called, caller, at)
    assert [steps[-2].kind, steps[-1].kind] == [last, "result"]
    assert steps[-1].outcome == result
    assert "forward" not in kinds(steps)


def test_a_plan_without_blocks_or_blacklist_has_no_such_steps() -> None:
    with callplan.Engine(callplan.compile_text(PLAIN)) as engine:
        steps = engine.explain(CALLED, "10086", DAY)
    assert " ".join(kinds(steps)) == "number origin time rule forward forward forward result"


def test_a_block_shows_its_line(engine: callplan.Engine) -> None:
    assert only(engine.explain(CALLED, "0898-6612-3456", DAY), "block").line == line_of("block from 海南")
    assert only(engine.explain(CALLED, "13900001111", NIGHT), "block").line == line_of("block from mobile")


def test_counts_of_quotas_and_limits(engine: callplan.Engine) -> None:
    engine.route(CALLED, "010-8888-6666", DAY)
    steps = engine.explain(CALLED, "010-8888-6666", DAY)
    assert only(steps, "quota").outcome == "1 of 2 calls today, has room"
    assert only(steps, "limit").outcome == "a has 1 of 1 calls, full"
    assert steps[-1].outcome == "announce all_taken (full), recording all-taken.wav"
    engine.route(CALLED, "10086", DAY)
    steps = engine.explain(CALLED, "10086", DAY)
    assert only(steps, "quota").outcome == "2 of 2 calls today, exhausted"
    assert steps[-1].outcome == "announce quota (quota)"


def test_a_split_names_the_branch_and_its_share(engine: callplan.Engine) -> None:
    said = set()
    for _ in range(4):
        said.add(only(engine.explain(CALLED, "0731-8888-1234", instant("2026-11-24T09:30")), "split").outcome)
        engine.end(engine.route(CALLED, "0731-8888-1234", instant("2026-11-24T09:30")).call)
    assert said == {"branch 1 of 2, which gets 75%", "branch 2 of 2, which gets 25%"}


def test_forwards_that_would_follow(engine: callplan.Engine) -> None:
    forwards = [step for step in engine.explain(CALLED, "13900001111", DAY) if step.kind == "forward"]
    assert [(step.outcome, step.line) for step in forwards] == [
        ("if busy: c", line_of("forward busy")),
        ("if not answered in 15 s: c", line_of("forward no-answer")),
        ("if unreachable: c", line_of("forward busy")),
    ]
    forwards = [step for step in engine.explain(CALLED, "16600001234", DAY) if step.kind == "forward"]
    assert [step.outcome for step in forwards] == [
        "if busy: b",
        "if not answered in 15 s: announce no_answer",
        "if unreachable: b",
    ]


def test_nothing_is_counted(engine: callplan.Engine) -> None:
    before = engine.usage()
    engine.explain(CALLED, "0731-8888-1234", DAY)
    assert engine.usage() == before


def test_an_origin_in_place_of_a_caller(engine: callplan.Engine) -> None:
    steps = engine.explain_origin(CALLED, ("0898", "mobile"), DAY)
    assert only(steps, "origin").outcome == "0898 mobile (海南 海口): as given"
    assert only(steps, "block").outcome == "blocked"


def test_a_call_without_a_rule_is_confirmed() -> None:
    text = 'plan "P" { number 4006123456 destination a = 01062345678 route { from 010 -> a } }'
    result = build_text(text, draft=True)
    assert result.image is not None
    with callplan.Engine(Tables(result.image)) as engine:
        steps = engine.explain(CALLED, "0731-8888-1234", DAY)
    assert steps[-2].outcome == "no rule of the plan takes this call"
    assert steps[-1].outcome.startswith("none:")


def test_no_room_to_follow_a_call() -> None:
    with callplan.Engine(callplan.compile_text(PLAN), max_calls=1) as engine:
        engine.route(CALLED, "16600001234", DAY)
        steps = engine.explain(CALLED, "16600001234", DAY)
    assert only(steps, "room").outcome == "no room to follow one more call"
    assert steps[-1].outcome == "announce overload (overload)"
