"""`callplan calls`, `usage` and `end`: what they show of a state, as a table and as JSON, and what `end` ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import callplan

from .commands import Command
from .sharing import CALLER, NOW, NUMBER, made, memory, worker

CJK = """
plan "热线" {
    number 4006123456
    destination 总机 = 010-6234-5678 limit 2
    destination 值班 = 139-1234-5678
    quota 5000 calls per month
    quota 100 answered calls per day
    route { from 0731 -> split { 50% 总机, 50% 值班 } otherwise -> 总机 }
    forward busy -> 值班
}
plan "other" { number 4006123457 destination a = 010-6234-5679 limit 3 route { otherwise -> a } }
"""
SHARED = 'destination pool = 010-6234-0000 limit 9 plan "p" { number 4006123456 route { otherwise -> pool } }'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path / "a", CJK)


@pytest.fixture
def engine(path: Path) -> Iterator[callplan.Engine]:
    """Owner 1; its calls are of 2026-11-24 02:00 UTC."""
    with callplan.Engine(None, state=path, clock=lambda: NOW) as opened:
        yield opened


def test_calls_as_a_table(command: Command, path: Path, engine: callplan.Engine) -> None:
    first = engine.route(NUMBER, CALLER, call_id="8f2@北京").call
    second = engine.route(NUMBER, CALLER).call
    engine.answered(second)
    with worker(path, clock=True) as dying:
        third = dying.route(caller="07311234567", call_id="\x1b[2J")
        while third[2] != "值班":
            third = dying.route(caller="07311234567", call_id="\x1b[2J")
        dying.kill()
    ran = command("calls", "--state", path)
    assert (ran.status, ran.err) == (0, "3 calls in progress\n")
    lines = ran.out.splitlines()
    assert lines[0].split() == ["handle", "call", "id", "plan", "destination", "began", "answered", "owner"]
    began = "2026-11-24 02:00:00"
    assert [" ".join(line.split()) for line in lines[1:]] == [
        f"{first} 8f2@北京 热线 总机 {began} 1",
        f"{second} 热线 总机 {began} {began} 1",
        f"{third[4]} \\x1b[2J 热线 值班 {began} orphan",
    ]
    from rich.cells import cell_len

    starts = {cell_len(line[: line.index(began)]) for line in lines[1:]}
    assert len(starts) == 1  # columns stand below each other, wide characters counted as two


def test_calls_as_json(command: Command, path: Path, engine: callplan.Engine) -> None:
    call = engine.route(NUMBER, CALLER, call_id=b"\xff").call
    ran = command("calls", "--state", path, "--json")
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out) == [
        {
            "handle": str(call), "call_id": "\\xff", "plan": "热线", "destination": "总机", "began": NOW,
            "answered": None, "owner": 1, "orphan": False,
        }
    ]  # fmt: skip


def test_no_calls(command: Command, path: Path) -> None:
    assert command("calls", "--state", path) == (0, "", "0 calls in progress\n")
    assert command("calls", "--state", path, "--json") == (0, "[]\n", "")


def test_a_time_that_is_none(command: Command, path: Path, engine: callplan.Engine) -> None:
    call = engine.route(NUMBER, CALLER).call
    with memory(path) as found:
        found.record(call)["began"] = 2**60
        ran = command("calls", "--state", path)
    assert (ran.status, str(2**60) in ran.out) == (0, True)


def test_looking_takes_no_call_and_leaves_no_owner(command: Command, path: Path) -> None:
    with worker(path) as dying:
        call = dying.route(call_id="x")[4]
        dying.kill()
    for given in (("calls",), ("usage",)):
        assert command(*given, "--state", path).status == 0
    with memory(path) as found:
        assert found.word(call).owner in (0, 1)
        assert not found.owners["in_use"].any()
    with callplan.Engine(None, state=path) as engine:
        assert engine.find("x") == call


def test_usage_as_a_table(command: Command, path: Path, engine: callplan.Engine) -> None:
    calls = [engine.route(NUMBER, CALLER).call for _ in range(2)]
    engine.answered(calls[0])
    engine.route(NUMBER, "07311234567")
    engine.route(NUMBER, "07311234567")
    ran = command("usage", "--state", path)
    assert (ran.status, ran.err) == (0, "")
    assert [" ".join(line.split()) for line in ran.out.splitlines()] == [
        "plan kind name used held allowed since",
        "热线 quota month 3 5,000 2026-11-01",
        "热线 quota answered day 1 2 100 2026-11-24",
        "热线 limit 总机 2 2",
        "热线 split from 0731 2",
        "other limit a 0 3",
    ]


def test_usage_of_one_plan_as_json(command: Command, path: Path) -> None:
    ran = command("usage", "--state", path, "--plan", "other", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out) == [
        {"kind": "limit", "plan": "other", "name": "a", "used": 0, "held": 0, "allowed": 3, "period": None}
    ]
    everything = json.loads(command("usage", "--state", path, "--json").out)
    assert [each["name"] for each in everything] == ["month", "answered day", "总机", "from 0731", "a"]


def test_usage_of_a_plan_that_is_not_in_force(command: Command, path: Path) -> None:
    assert command("usage", "--state", path, "--plan", "\x1b热") == (
        0, "", "no counter of a plan `\\x1b热` is in force\n",
    )  # fmt: skip
    ran = command("usage", "--state", path, "--plan", "none", "--json")
    assert (ran.status, ran.out) == (0, "[]\n")


def test_usage_without_counters_and_of_shared_ones(command: Command, tmp_path: Path) -> None:
    bare = 'plan "p" { number 4006123456 destination a = 010-6234-5679 route { otherwise -> a } }'
    assert command("usage", "--state", made(tmp_path / "b", bare)) == (0, "", "")
    ran = command("usage", "--state", made(tmp_path / "c", SHARED))
    assert ran.out.splitlines()[1].split() == ["(shared)", "limit", "pool", "0", "9"]


def test_end(command: Command, path: Path, engine: callplan.Engine) -> None:
    call = engine.route(NUMBER, CALLER).call
    assert command("end", call, "--state", path) == (0, "the call is over\n", "")
    assert engine.calls() == []
    assert not engine.end(call)
    for handle in (call, 0, 1, 2**64 - 1):
        assert command("end", handle, "--state", path) == (
            1, "no such call is in progress: it is over, or never was\n", "",
        )  # fmt: skip


@pytest.mark.parametrize("handle", ["x", "1.5", "", "٣", "²", "0x10", str(2**64), "1" * 5000])
def test_what_is_no_handle(command: Command, path: Path, handle: str) -> None:
    ran = command("end", handle, "--state", path)
    assert (ran.status, ran.out) == (2, "")
    assert "is no handle: `callplan calls` shows those of the calls in progress" in ran.err.replace("\n", " ")
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("given", [("calls",), ("usage",), ("end", "1")])
def test_a_state_that_cannot_be_looked_into(command: Command, tmp_path: Path, given: tuple[str, ...]) -> None:
    ran = command(*given, "--state", tmp_path / "none")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"Error: cannot open {tmp_path}/none: no such file or directory")
    ran = command(*given, "--state", made(tmp_path / "empty", None))
    assert (ran.status, ran.out) == (2, "")
    assert "has no tables in force: `callplan activate TABLES --state" in ran.err
    assert "Missing option '--state'" in command(*given).err
