"""`callplan test`: what it prints and what it leaves with."""

from __future__ import annotations

import json

from .commands import BAD, GOOD, Command, PlanFile

EXPECTED = GOOD.replace(
    "forward busy -> b\n",
    "forward busy -> b\n    expect {\n        10086 at 2026-11-23 09:30 -> a busy -> b\n"
    "        from 010 at 2026-11-23 09:30 -> a\n    }\n",
)
FAILING = (
    EXPECTED.replace("09:30 -> a\n", "09:30 -> b\n").replace("Good", "Failing").replace("4006123456", "4006123457")
)


def test_a_line_a_plan(command: Command, plan_file: PlanFile) -> None:
    path = plan_file(EXPECTED + GOOD.replace("Good", "Other").replace("4006123456", "4006123450"))
    ran = command("test", path)
    assert ran.status == 0
    assert ran.out.splitlines() == [
        f'{path}: plan "Good": 2 of 2 as expected',
        f'{path}: plan "Other": nothing is expected',
    ]
    assert ran.err == ""


def test_a_failing_line_is_an_error(command: Command, plan_file: PlanFile) -> None:
    ran = command("test", plan_file(EXPECTED, "a.plan"), plan_file(FAILING, "b.plan"))
    assert ran.status == 1
    assert [line.partition(": ")[2] for line in ran.out.splitlines()] == [
        'plan "Good": 2 of 2 as expected',
        'plan "Failing": 1 of 2 as expected',
    ]
    assert "b.plan:9:" in ran.err
    assert "error[E702]: a call from `010 mobile` takes another path: `a`" in ran.err
    assert ran.err.endswith("1 error\n")


def test_check_and_build_try_them_too(command: Command, plan_file: PlanFile) -> None:
    path = plan_file(FAILING)
    assert "E702" in command("check", path).err
    built = command("build", path, "-o", path.with_suffix(".tables"))
    assert built.status == 1
    assert "E702" in built.err
    assert not path.with_suffix(".tables").exists()


def test_explain_shows_why_a_line_fails(command: Command, plan_file: PlanFile) -> None:
    """The help of the error names this command, so it must run on such a plan."""
    ran = command("explain", plan_file(FAILING), "4006123457", "--from", "010 mobile", "--at", "2026-11-23T09:30")
    assert ran.status == 0
    assert "connect a" in ran.out


def test_nothing_is_tried_of_plans_with_errors(command: Command, plan_file: PlanFile) -> None:
    ran = command("test", plan_file(EXPECTED, "a.plan"), plan_file(BAD, "b.plan"))
    assert (ran.status, ran.out) == (1, "")
    assert "nowhere" in ran.err


def test_json(command: Command, plan_file: PlanFile) -> None:
    path = plan_file(FAILING)
    ran = command("test", "--json", path)
    assert ran.status == 1
    found = json.loads(ran.out)
    assert found["plans"] == [{"plan": "Failing", "file": str(path), "lines": 2, "failed": 1}]
    assert [each["code"] for each in found["diagnostics"]] == ["E702"]
    assert ran.err == ""


def test_a_file_that_is_missing(command: Command, plan_file: PlanFile) -> None:
    assert command("test", plan_file(GOOD).with_name("missing.plan")).status == 2


def test_warnings_are_for_check(command: Command, plan_file: PlanFile) -> None:
    ran = command(
        "test", plan_file(EXPECTED.replace("destination a", "destination c = 01012345678\n    destination a"))
    )
    assert (ran.status, ran.err) == (0, "")
