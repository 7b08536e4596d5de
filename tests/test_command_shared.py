"""`callplan activate`, `calls`, `usage` and `end`: what people see of a state, and do to it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import callplan
from callplan.runtime import state_creation

from .commands import Command, PlanFile

if sys.platform != "linux":
    pytest.skip("a state folder needs Linux", allow_module_level=True)

PLAN = """plan "客服" {
    number 4006123456
    destination 北京 = 010-6234-5678 limit 3
    destination b = 021-5234-5678
    quota 100 calls per day
    route { otherwise -> 北京 or b }
    forward busy -> b
}
"""
CALLED, CALLER = "4006123456", "13800138000"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    path = tmp_path / "acme.state"
    state_creation.create(path, calls=16, cells=100)
    return path


@pytest.fixture
def engine(state: Path) -> Iterator[callplan.Engine]:
    with callplan.Engine(callplan.compile_text(PLAN), state=state) as opened:
        yield opened


def test_a_state_without_tables_says_what_to_do(command: Command, state: Path) -> None:
    for words in (("calls",), ("usage",), ("end", "123")):
        ran = command(*words, "--state", state)
        assert ran.status == 2
        assert "has no tables in force: `callplan activate TABLES --state" in ran.err


def test_no_state_at_all(command: Command, tmp_path: Path) -> None:
    ran = command("calls", "--state", tmp_path / "none.state")
    assert (ran.status, ran.out) == (2, "")
    assert "none.state" in ran.err


def test_calls_are_listed(command: Command, state: Path, engine: callplan.Engine) -> None:
    assert command("calls", "--state", state) == (0, "", "0 calls in progress\n")
    first = engine.route(CALLED, CALLER, call_id="a@b").call
    second = engine.route(CALLED, CALLER).call
    assert engine.answered(second)
    ran = command("calls", "--state", state)
    assert (ran.status, ran.err) == (0, "2 calls in progress\n")
    head, one, two = ran.out.splitlines()
    assert head.split() == ["handle", "call", "id", "plan", "destination", "began", "answered", "owner"]
    assert one.split()[:4] == [str(first), "a@b", "客服", "北京"]
    assert two.split()[:3] == [str(second), "客服", "北京"]
    found = json.loads(command("calls", "--state", state, "--json").out)
    assert [(call["handle"], call["call_id"], call["orphan"]) for call in found] == [
        (str(first), "a@b", False),
        (str(second), None, False),
    ]
    assert [call["answered"] is None for call in found] == [True, False]


def test_orphans_are_called_so(command: Command, state: Path, engine: callplan.Engine) -> None:
    engine.route(CALLED, CALLER)
    engine.close()
    assert command("calls", "--state", state).out.splitlines()[1].split()[-1] == "orphan"


def test_usage_is_a_table(command: Command, state: Path, engine: callplan.Engine) -> None:
    engine.route(CALLED, CALLER)
    ran = command("usage", "--state", state)
    assert (ran.status, ran.err) == (0, "")
    rows = [line.split() for line in ran.out.splitlines()]
    assert rows[0] == ["plan", "kind", "name", "used", "held", "allowed", "since"]
    assert [row[:5] for row in rows[1:]] == [["客服", "quota", "day", "1", "100"], ["客服", "limit", "北京", "1", "3"]]
    found = json.loads(command("usage", "--state", state, "--plan", "客服", "--json").out)
    assert [(each["kind"], each["name"], each["used"]) for each in found] == [("quota", "day", 1), ("limit", "北京", 1)]
    none = command("usage", "--state", state, "--plan", "other")
    assert (none.status, none.out, none.err) == (0, "", "no counter of a plan `other` is in force\n")


def test_a_call_is_ended_by_its_handle(command: Command, state: Path, engine: callplan.Engine) -> None:
    call = engine.route(CALLED, CALLER).call
    assert command("end", call, "--state", state) == (0, "the call is over\n", "")
    assert engine.calls() == []
    again = command("end", call, "--state", state)
    assert (again.status, again.out) == (1, "no such call is in progress: it is over, or never was\n")
    for handle in ("-1", "x", "²", str(2**64)):
        assert "is no handle" in command("end", "--state", state, "--", handle).err


def test_activation(command: Command, state: Path, plan_file: PlanFile) -> None:
    first, second = plan_file(PLAN, "first.plan"), plan_file(PLAN.replace("limit 3", "limit 9"), "second.plan")
    ran = command("activate", first, "--state", state)
    assert ran == (0, "version 1 is in force\n", "")
    again = command("activate", first, "--state", state)
    assert (again.status, again.out) == (0, "version 1 has these tables and is in force already: nothing to do\n")
    assert command("activate", second, "--state", state).out.startswith("version 2 is in force")
    back = json.loads(command("activate", "--back", "--state", state, "--json").out)
    assert (back["version"], back["activated"], back["resets"]) == (3, True, [])
    with callplan.Engine(None, state=state) as engine:
        assert engine.usage()[1].allowed == 3


def test_counts_in_use_are_not_dropped_unasked(
    command: Command, state: Path, engine: callplan.Engine, plan_file: PlanFile
) -> None:
    engine.route(CALLED, CALLER)
    renamed = plan_file(PLAN.replace("北京", "上海"), "renamed.plan")
    refused = command("activate", renamed, "--state", state)
    assert (refused.status, refused.out) == (2, "")
    assert "limit 北京 of 4006123456: 1 place in use" in refused.err
    assert "--allow-reset" in refused.err
    assert engine.usage()[1].name == "北京"
    done = command("activate", renamed, "--state", state, "--allow-reset")
    assert done.status == 0
    assert "counters that start afresh:\n  limit 北京 of 4006123456: 1 place in use\n" in done.out
    engine.route(CALLED, CALLER)
    assert [(each.name, each.used) for each in engine.usage()] == [("day", 2), ("上海", 1)]


def test_what_activate_refuses(command: Command, state: Path, plan_file: PlanFile) -> None:
    good = plan_file(PLAN, "good.plan")
    for words in ((), (good, "--back")):
        ran = command("activate", *words, "--state", state)
        assert (ran.status, "either TABLES or --back" in ran.err) == (2, True)
    ran = command("activate", "--back", "--state", state)
    assert (ran.status, "no version of the tables to go back to" in ran.err) == (2, True)
    broken = plan_file(PLAN, "broken.tables")
    assert command("activate", broken, "--state", state).status == 2
    uncovered = plan_file(PLAN.replace("otherwise", "from 010"), "uncovered.plan")
    assert command("activate", uncovered, "--state", state).status != 0
    assert "has no tables in force" in command("usage", "--state", state).err
