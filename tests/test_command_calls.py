"""`callplan route` and `callplan explain`: what they print, what they ask for, and their statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .commands import BAD, EXAMPLES, GOOD, UNCOVERED, Command, PlanFile

AT = "2026-11-23T09:30"
SHANGHAI = "Asia/Shanghai"

# route


def test_route_of_a_plan_file(command: Command, plan_file: PlanFile) -> None:
    ran = command("route", plan_file(GOOD), "+86 400 612 3456", "0731-8888-1234")
    assert ran == (0, "0731 fixed -> connect a (routed): dial 01062345678, ring for 20 s\n", "")


def test_what_no_plan_answers_is_a_decision(command: Command, plan_file: PlanFile) -> None:
    for called in ("4006999999", "10086", "", "\x1b[31m", "x" * 10_000):
        ran = command("route", plan_file(GOOD), called, "anonymous", "--at", AT)
        assert ran == (0, "unknown -> announce unallocated (unallocated)\n", "")


def test_route_walks_a_call_on(command: Command, plan_file: PlanFile) -> None:
    ran = command(
        "route", plan_file(GOOD), "4006123456", "10086", "--then", "busy,answered,busy,end,end,no-answer,unreachable"
    )
    assert ran.out.splitlines() == [
        "unknown -> connect a (routed): dial 01062345678, ring for 20 s",
        "busy -> connect b (forwarded): dial 02152345678, ring for 20 s",
        "answered -> the call is talking",
        "busy -> nothing (unknown_call): the call is over, answered, or never was",
        "end -> the call is over",
        "end -> nothing: the call is over",
        "no-answer -> nothing (unknown_call): the call is over, answered, or never was",
        "unreachable -> nothing (unknown_call): the call is over, answered, or never was",
    ]


def test_route_with_an_unknown_event(command: Command, plan_file: PlanFile) -> None:
    ran = command("route", plan_file(GOOD), "4006123456", "10086", "--then", "busy,bussy")
    assert ran.status == 2
    assert "`bussy` is none of busy, no-answer, unreachable, answered, end" in ran.err


def test_route_json(command: Command, plan_file: PlanFile) -> None:
    path = plan_file(GOOD)
    decision = json.loads(command("route", path, "4006123456", "0731-8888-1234", "--json").out)
    call = decision.pop("call")
    assert int(call) > 0
    assert decision == {
        "action": "connect",
        "reason": "routed",
        "destination": "a",
        "number": "01062345678",
        "announcement": None,
        "media": None,
        "ring_seconds": 20,
        "origin": ["0731", "fixed"],
    }
    walked = json.loads(command("route", path, "4006123456", "10086", "--json", "--then", "busy,end").out)
    assert [entry["event"] for entry in walked] == ["route", "busy", "end"]
    assert walked[1]["decision"]["destination"] == "b"
    assert walked[0]["decision"]["call"] == walked[1]["decision"]["call"]
    assert walked[2] == {"event": "end", "done": True}


def test_route_of_many_calls(command: Command) -> None:
    assert command("route", EXAMPLES / "shares.plan", "4006555104", "10086", "--calls", "1000").out.splitlines() == [
        " 500 x unknown -> connect north (routed): dial 01055500145, ring for 20 s",
        " 300 x unknown -> connect south (routed): dial 02055500146, ring for 20 s",
        " 200 x unknown -> connect west (routed): dial 02855500147, ring for 20 s",
    ]
    ran = command("route", EXAMPLES / "limit.plan", "4006555107", "10086", "--calls", "9", "--json")
    said = [(entry["calls"], entry["decision"]["reason"]) for entry in json.loads(ran.out)]
    assert said == [(2, "routed"), (1, "routed"), (6, "full")]
    for wrong in (["--calls", "0"], ["--calls", "-1"], ["--calls", "9" * 30], ["--calls", "2", "--then", "busy"]):
        assert command("route", EXAMPLES / "limit.plan", "4006555107", "10086", *wrong).status == 2


def test_route_with_an_own_area(command: Command, plan_file: PlanFile) -> None:
    path = plan_file(GOOD)
    assert command("route", path, "4006123456", "88881234", "--area", "0731").out.startswith("0731 fixed -> ")
    assert command("route", path, "4006123456", "88881234").out.startswith("unknown -> ")
    assert command("route", path, "4006123456", "88881234", "--area", "0600").status == 2


def test_route_of_a_bad_plan(command: Command, plan_file: PlanFile) -> None:
    ran = command("route", plan_file(BAD), "4006123456", "10086")
    assert (ran.status, ran.out) == (1, "")
    assert "E101" in ran.err


def test_route_of_broken_tables(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    out = tmp_path / "p.tables"
    command("build", plan_file(GOOD), "-o", out)
    image = out.read_bytes()
    for broken in (image[:-1], image[:8], b"", image[:200] + b"\xff" + image[201:]):
        out.write_bytes(broken)
        ran = command("route", out, "4006123456", "10086")
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith("Error: ")
    assert command("route", tmp_path / "missing.tables", "4006123456", "10086").status == 2


# --at


@pytest.mark.parametrize(
    ("zone", "at", "target"),
    [
        (SHANGHAI, "2026-11-23T09:00", "b"),
        (SHANGHAI, "2026-11-23 08:59:59", "a"),
        (SHANGHAI, "2026-11-23T01:00+00:00", "b"),
        (SHANGHAI, "2026-11-23", "a"),
        ("America/New_York", "2026-11-23T09:00", "b"),
        ("America/New_York", "2026-11-23T08:59", "a"),
        ("Europe/Berlin", "2026-10-25T02:30", "a"),  # twice on this day
        (SHANGHAI, "0001-01-01", "a"),
        (SHANGHAI, "9999-12-31T23:59", "a"),
    ],
)
def test_at_is_by_the_plan_s_clock(command: Command, plan_file: PlanFile, zone: str, at: str, target: str) -> None:
    text = GOOD.replace("route {", "schedule office { daily 09:00-18:00 } route { during office -> b")
    path = plan_file(text.replace("number", f'timezone "{zone}" number'))
    ran = command("route", path, "4006123456", "10086", "--at", at)
    assert f"connect {target} " in ran.out


def test_a_time_that_the_clock_repeats_is_the_first(command: Command, plan_file: PlanFile) -> None:
    path = plan_file(GOOD.replace("number", 'timezone "Europe/Berlin" number'))
    assert (
        "2026-10-25 02:30 in Europe/Berlin (UTC+02:00)"
        in command("explain", path, "4006123456", "10086", "--at", "2026-10-25T02:30").out
    )


def test_a_time_that_the_clock_skips(command: Command, plan_file: PlanFile) -> None:
    path = plan_file(GOOD.replace("number", 'timezone "Europe/Berlin" number'))
    ran = command("route", path, "4006123456", "10086", "--at", "2026-03-29T02:30")
    assert (ran.status, ran.out) == (2, "")
    assert "the clock of Europe/Berlin skips 2026-03-29T02:30" in ran.err
    assert command("route", path, "4006123456", "10086", "--at", "2026-03-29T03:00").status == 0


@pytest.mark.parametrize("at", ["yesterday", "2026-02-30", "25:00", "", "1e9", "2026-11-23T09:30[Asia/Shanghai]"])
def test_what_is_no_time(command: Command, plan_file: PlanFile, at: str) -> None:
    ran = command("route", plan_file(GOOD), "4006123456", "10086", "--at", at)
    assert ran.status == 2
    assert "is not a time" in ran.err


# explain


def test_explain_prints_steps_with_the_plan_s_lines(command: Command) -> None:
    ran = command("explain", EXAMPLES / "one-number.plan", "4006555101", "13873112345", "--at", AT)
    assert ran.status == 0
    assert ran.out.splitlines()[:3] == [
        "4006555101 called by 13873112345",
        '  number     4006555101 belongs to plan "One number"',
        '               one-number.plan:2: plan "One number" {',
    ]
    assert "one-number.plan:7: route { otherwise -> office }" in ran.out


def test_explain_an_origin(command: Command) -> None:
    for origin, said in (
        ("0731 mobile", "0731 mobile (湖南 长沙): as given"),
        ("010 fixed", "010 fixed (北京): as given"),
        ("unknown", "unknown: as given"),
        ("unknown mobile", "unknown mobile: as given"),
        ("abroad", "abroad: as given"),
    ):
        ran = command("explain", EXAMPLES / "origin.plan", "4006555106", "--from", origin)
        assert f"called from {origin}" in ran.out
        assert f"  origin     {said}\n" in ran.out


@pytest.mark.parametrize(
    "origin", ["", "0731", "0600 mobile", "abroad mobile", "0731 phs", "unknown fixed", "长沙", "0731 mobile x"]
)
def test_what_is_no_origin(command: Command, origin: str) -> None:
    ran = command("explain", EXAMPLES / "origin.plan", "4006555106", "--from", origin)
    assert ran.status == 2
    assert "is not an origin" in ran.err


def test_explain_needs_one_who_calls(command: Command) -> None:
    assert command("explain", EXAMPLES / "origin.plan", "4006555106").status == 2
    assert command("explain", EXAMPLES / "origin.plan", "4006555106", "10086", "--from", "abroad").status == 2


def test_explain_confirms_a_call_without_a_rule(command: Command, plan_file: PlanFile) -> None:
    path = plan_file(UNCOVERED)
    said = next(entry for entry in json.loads(command("check", "--json", path).out) if entry["severity"] == "error")
    words = said["help"].split("`")[1].split()
    assert words[:3] == ["callplan", "explain", str(path)]
    ran = command(*words[1:])
    assert ran.status == 0
    assert "no rule of the plan takes this call" in ran.out
    assert command("route", path, "4006123456", "10086").status == 1


def test_explain_of_other_errors(command: Command, plan_file: PlanFile) -> None:
    ran = command("explain", plan_file(BAD), "4006123456", "10086")
    assert (ran.status, ran.out) == (1, "")


def test_explain_json(command: Command) -> None:
    steps = json.loads(command("explain", EXAMPLES / "one-number.plan", "4006555101", "10086", "--json").out)
    assert [list(step) for step in steps] == [["kind", "outcome", "text", "file", "line"]] * len(steps)
    assert [steps[0]["kind"], steps[-1]["kind"]] == ["number", "result"]


def test_explain_escapes_what_it_was_given(command: Command) -> None:
    ran = command("explain", EXAMPLES / "one-number.plan", "\x1b[31m\u202e", "\x1b\u202e")
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
