"""`callplan bench`: what it prints, warns of and refuses; tests/test_command_timing.py has the timing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from .commands import BAD, EXAMPLES, GOOD, Command, PlanFile
from .stopwatches import install

CALLS = "called,caller\n" + "4006123456,10086\n" * 2000


@pytest.fixture
def bench(command: Command, plan_file: PlanFile, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command on calls, by a clock that moves 100 ns a decision and 40 in a batch."""
    install(monkeypatch)

    def run(tables: object, calls: str, *options: object) -> Any:
        return command("bench", tables, "--calls", plan_file(calls, "calls.csv"), *options)

    return run


def test_what_it_prints(bench: Any, plan_file: PlanFile) -> None:
    ran = bench(plan_file(GOOD), CALLS, "--rounds", 2)
    assert (ran.status, ran.err) == (0, "")
    assert [re.split("  +", line) for line in ran.out.splitlines()] == [
        ["2,000 calls in 2 rounds; BASE, an empty method: 0.1 ns"],
        [""],
        ["ns a decision (x BASE)", "p50", "p99", "p99.9"],
        ["one by one", "100 (1,001.0)", "100 (1,001.0)", "100 (1,001.0)"],
        ["in batches of 1,000", "40.0 (400.0)", "too few samples", "too few samples"],
        [""],
        ["timed", "one by one", "in batches of 1,000"],
        ["routed", "4,000", "4,000"],
    ]


def test_tables_and_folders_do_too(bench: Any, command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file(GOOD, "plans/a.plan")
    command("build", path, "-o", tmp_path / "a.tables")
    for tables in (tmp_path / "a.tables", tmp_path / "plans"):
        assert json.loads(bench(tables, CALLS, "--json").out)["one_by_one"]["reasons"].keys() == {"routed"}


def test_rounds_are_fewer_of_many_calls(bench: Any, plan_file: PlanFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callplan.command_bench.DECISIONS", 10_000)
    for calls, rounds in (("4006123456,10086\n" * 100, 11), (CALLS[14:], 5), ("4006123456,10086\n" * 9000, 3)):
        assert json.loads(bench(plan_file(GOOD), "called,caller\n" + calls, "--json").out)["rounds"] == rounds


def test_refusals_are_no_news(bench: Any, plan_file: PlanFile) -> None:
    mixed = "called,caller\n" + "4006123456,10086\n" * 2 + "4006999999,10086\n" * 3
    ran = bench(plan_file(GOOD), mixed, "--rounds", 1)
    assert ran.status == 0
    assert ran.err.splitlines() == [
        "warning: one by one, only 40.0% of the decisions were routed: the figures are about refusals",
        "warning: in batches of 5, only 40.0% of the decisions were routed: the figures are about refusals",
    ]
    assert [line.split() for line in ran.out.splitlines()[-2:]] == [["unallocated", "3", "3"], ["routed", "2", "2"]]
    half = "called,caller\n4006123456,10086\n4006999999,10086\n"
    assert bench(plan_file(GOOD), half, "--rounds", 1).err == ""


def test_batches_that_find_limits_full(bench: Any) -> None:
    ran = bench(EXAMPLES / "limit.plan", "called,caller\n" + "4006555107,10086\n" * 5, "--rounds", 1)
    assert ran.err == (
        "warning: in batches of 5, 40.0% of the decisions had other reasons than one by one: all calls of a batch "
        "are in progress together; try a smaller --batch\n"
    )
    assert bench(EXAMPLES / "limit.plan", "called,caller\n4006555107,10086\n", "--batch", 1).err == ""


@pytest.mark.parametrize(("margin", "share"), [("15%", 0.15), ("15", 0.15), ("0", 0.0), ("2.5%", 0.025), ("400%", 4.0)])
def test_margins(bench: Any, plan_file: PlanFile, tmp_path: Path, margin: str, share: float) -> None:
    path, old = plan_file(GOOD), tmp_path / "old.json"
    assert bench(path, CALLS, "--rounds", 1, "--save", old).status == 0
    ran = bench(path, CALLS, "--rounds", 1, "--compare", old, "--margin", margin, "--json")
    assert json.loads(ran.out)["margin"] == pytest.approx(share)


@pytest.mark.parametrize(
    "options",
    [
        *(("--margin", wrong) for wrong in ("", "%", "-1", "nan", "1e3", "15 %", "99999", "\u0661%")),
        *(("--rounds", wrong) for wrong in ("0", "-1", "1001", "9" * 30, "x")),
        *(("--batch", wrong) for wrong in ("0", "65537", "x")),
        ("--area", "0600"),
    ],
)
def test_called_wrongly(bench: Any, plan_file: PlanFile, options: tuple[str, str]) -> None:
    ran = bench(plan_file(GOOD), CALLS, *options)
    assert (ran.status, ran.out) == (2, "")
    assert "Error: " in ran.err


def test_without_calls(command: Command, plan_file: PlanFile) -> None:
    ran = command("bench", plan_file(GOOD))
    assert ran.status == 2
    assert "--calls" in ran.err


def test_only_one_file_is_standard_input(command: Command) -> None:
    ran = command("bench", "-", "--calls", "-")
    assert ran.status == 2
    assert "only one file can be standard input" in ran.err


def test_a_bad_plan(bench: Any, plan_file: PlanFile) -> None:
    ran = bench(plan_file(BAD), CALLS)
    assert (ran.status, ran.out) == (1, "")
    assert "E101" in ran.err


def test_an_own_area(bench: Any) -> None:
    local = "called,caller,at\n4006555105,66123456,2026-11-23T09:30\n"
    path = EXAMPLES / "area-blocking.plan"
    assert json.loads(bench(path, local, "--json").out)["one_by_one"]["reasons"].keys() == {"routed"}
    assert json.loads(bench(path, local, "--json", "--area", "0898").out)["one_by_one"]["reasons"].keys() == {"blocked"}


def test_the_example_s_calls_are_good_ones(bench: Any) -> None:
    calls = (EXAMPLES / "hotline-calls.csv").read_text(encoding="utf-8")
    ran = bench(EXAMPLES / "hotline.plan", calls, "--rounds", 1, "--batch", 50)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("500 calls in 1 round;")
