"""`callplan activate`: what it puts in force and prints, what it lists, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import callplan
from callplan.runtime.state_creation import create

from .commands import BAD, UNCOVERED, WARNED, Command, PlanFile
from .sharing import CALLER, NUMBER, PLAN, made, memory, other, tables
from .states import SMALL, names


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path / "a")


def in_force(path: Path) -> int:
    with memory(path) as found:
        return found.count("in_force")


def test_the_first_tables_of_a_state(command: Command, tmp_path: Path, plan_file: PlanFile) -> None:
    create(tmp_path / "a", **SMALL)
    tables().save(tmp_path / "p.tables")
    ran = command("activate", tmp_path / "p.tables", "--state", tmp_path / "a")
    assert ran == (0, "version 1 is in force\n", "")
    with callplan.Engine(None, state=tmp_path / "a") as engine:
        assert engine.route(NUMBER, CALLER).destination == "desk"
    ran = command("activate", tmp_path / "p.tables", "--state", tmp_path / "a")
    assert ran == (0, "version 1 has these tables and is in force already: nothing to do\n", "")


def test_a_plan_is_compiled(command: Command, path: Path, plan_file: PlanFile) -> None:
    ran = command("activate", plan_file(WARNED), "--state", path)
    assert (ran.status, ran.out.splitlines()[0].startswith("version 2 is in force")) == (0, True)
    with callplan.Engine(None, state=path) as engine:
        assert engine.route(NUMBER, CALLER).destination == "a"


def test_counters_that_start_afresh(command: Command, path: Path, plan_file: PlanFile) -> None:
    plan = plan_file(other("中文名"))
    with callplan.Engine(None, state=path) as engine:
        call = engine.route(NUMBER, CALLER).call
        ran = command("activate", plan, "--state", path)
        assert (ran.status, ran.out) == (2, "")
        assert (
            "Error: counters in use would start afresh:\n  limit desk of 4006123456: 1 place in use\n"
            "keep their names and weights, or allow it: --allow-reset\n"
        ) in ran.err
        assert in_force(path) == 1
        ran = command("activate", plan, "--state", path, "--allow-reset")
        assert ran.status == 0
        assert ran.out.splitlines()[1:] == ["counters that start afresh:", "  limit desk of 4006123456: 1 place in use"]
        assert engine.route(NUMBER, CALLER).destination == "中文名"
        assert engine.end(call)


def test_as_json(command: Command, path: Path, plan_file: PlanFile) -> None:
    plan = plan_file(other())
    ran = command("activate", plan, "--state", path, "--json")
    assert ran.status == 0
    assert json.loads(ran.out) == {
        "version": 2,
        "digest": json.loads(ran.out)["digest"],
        "activated": True,
        "resets": [{"plan": NUMBER, "kind": "limit", "name": "desk", "used": 0, "in_use": False}],
    }
    assert f"{json.loads(ran.out)['digest']}.tables" in names(path / "tables")
    again = json.loads(command("activate", plan, "--state", path, "--json").out)
    assert again == json.loads(ran.out) | {"activated": False, "resets": []}


def test_back(command: Command, path: Path, plan_file: PlanFile) -> None:
    ran = command("activate", "--back", "--state", path)
    assert ran == (2, "", f"Error: {path} has no version of the tables to go back to\n")
    command("activate", plan_file(other()), "--state", path)
    ran = command("activate", "--back", "--state", path)
    assert (ran.status, ran.out.splitlines()[0], ran.err) == (
        0,
        "version 3 is in force",
        "",
    )
    with callplan.Engine(None, state=path) as engine:
        assert engine.route(NUMBER, CALLER).destination == "desk"


@pytest.mark.parametrize("given", [(), ("--back", "p.tables")])
def test_either_tables_or_back(command: Command, path: Path, given: tuple[str, ...]) -> None:
    ran = command("activate", *given, "--state", path)
    assert (ran.status, ran.out) == (2, "")
    assert "say what to put in force: either TABLES or --back" in ran.err


def test_a_state_is_needed(command: Command, path: Path) -> None:
    ran = command("activate", "p.tables")
    assert (ran.status, "Missing option '--state'" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [(BAD, "nowhere"), (UNCOVERED, "error"), ('plan "x" {', "error")],
)
def test_a_plan_with_mistakes(command: Command, path: Path, plan_file: PlanFile, text: str, said: str) -> None:
    ran = command("activate", plan_file(text), "--state", path)
    assert ran.status != 0
    assert ran.out == ""
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert in_force(path) == 1


def test_a_file_that_fails_its_checks(command: Command, path: Path, tmp_path: Path) -> None:
    tables(other()).save(tmp_path / "p.tables")
    data = (tmp_path / "p.tables").read_bytes()
    for damaged in (data[:-1], data[:100], data[:-9] + bytes(9)):
        (tmp_path / "p.tables").write_bytes(damaged)
        ran = command("activate", tmp_path / "p.tables", "--state", path)
        assert (ran.status, ran.out) == (2, "")
        assert "p.tables" in ran.err
        assert "Traceback" not in ran.err
    assert in_force(path) == 1
    assert names(path / "tables") == [f"{tables().digest}.tables"]


def test_what_is_no_state(command: Command, tmp_path: Path, plan_file: PlanFile) -> None:
    plan = plan_file(PLAN)
    for name in ("none", "p.plan"):
        ran = command("activate", plan, "--state", tmp_path / name)
        assert (ran.status, ran.out) == (2, "")
        assert f"Error: cannot open {tmp_path / name}: " in ran.err
    assert names(tmp_path) == ["p.plan"]


def test_what_does_not_fit(command: Command, tmp_path: Path, plan_file: PlanFile) -> None:
    many = " ".join(f"destination d{at} = 010-6234-{5000 + at} limit 60" for at in range(40))
    uses = " or ".join(f"d{at}" for at in range(40))
    plan = plan_file(f'plan "big" {{ number {NUMBER} {many} route {{ otherwise -> {uses} }} }}')
    path = made(tmp_path / "b", cells=10)
    ran = command("activate", plan, "--state", path)
    assert (ran.status, ran.out) == (2, "")
    assert "a state made with `--cells 1000` has room for them" in ran.err
    assert in_force(path) == 1
