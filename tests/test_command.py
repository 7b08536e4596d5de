"""The command itself, `check` and `build`: what they print, where, and their statuses.

tests/test_command_calls.py has `route` and `explain`, tests/test_command_files.py folders, imports and the root,
tests/test_command_terminal.py pipes and terminals, tests/test_command_help.py the help.
"""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from .commands import BAD, GOOD, UNCOVERED, WARNED, Command, PlanFile


@pytest.mark.parametrize(
    "arguments", [["check"], ["frobnicate"], ["route", "a"], ["build", "a.plan"], ["check", "--no"]]
)
def test_called_wrongly(command: Command, arguments: list[str]) -> None:
    ran = command(*arguments)
    assert ran.status == 2
    assert ran.out == ""
    assert "Usage: callplan" in ran.err


# check


def test_check_of_a_good_plan_says_nothing(command: Command, plan_file: PlanFile) -> None:
    assert command("check", plan_file(GOOD)) == (0, "", "")


def test_check_of_a_bad_plan(command: Command, plan_file: PlanFile) -> None:
    ran = command("check", plan_file(BAD))
    assert (ran.status, ran.out) == (1, "")
    assert "p.plan:5:26: error[E101]: no `destination` is named `nowhere`" in ran.err
    assert "^^^^^^^" in ran.err
    assert ran.err.splitlines()[-1].startswith("1 error")
    assert "\x1b" not in ran.err


def test_check_of_warnings(command: Command, plan_file: PlanFile) -> None:
    path = plan_file(WARNED)
    assert command("check", path).status == 0
    assert "1 warning" in command("check", path).err
    assert command("check", "--strict", path).status == 1


def test_check_json(command: Command, plan_file: PlanFile) -> None:
    ran = command("check", "--json", plan_file(BAD))
    assert (ran.status, ran.err) == (1, "")
    said = json.loads(ran.out)
    first = next(entry for entry in said if entry["severity"] == "error")
    assert list(first) == ["code", "severity", "message", "file", "start", "end", "help", "related"]
    assert first["start"] == {"line": 5, "column": 26}
    assert first["end"] == {"line": 5, "column": 33}
    assert first["file"] == str(plan_file(BAD))
    assert command("check", "--json", plan_file(GOOD)) == (0, "[]\n", "")


def test_json_escapes_what_could_steer_a_terminal(command: Command, plan_file: PlanFile) -> None:
    path = plan_file(GOOD.replace('"Good"', '"\u202eGood"').replace("-> a }", "-> \u202enowhere }"))
    ran = command("check", "--json", path)
    assert "\u202e" not in ran.out
    assert json.loads(ran.out)


def test_what_cannot_be_read(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo.plan"
    os.mkfifo(fifo)
    for path in (tmp_path / "missing.plan", fifo, "/dev/null", "a\0b", ""):
        ran = command("check", plan_file(GOOD), path)
        assert (ran.status, ran.out) == (2, "")
        assert "error" in ran.err.lower()


def test_standard_input(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    ran = command("check", "-")
    assert ran.status == 1
    assert "<stdin>:5:26" in ran.err


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00" * 100, b"{" * 100_000, b"plan", b"\xef\xbb\xbf", b"\x1b[31m"])
def test_any_bytes_get_an_answer(command: Command, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.plan"
    path.write_bytes(content)
    ran = command("check", path)
    assert ran.status in (0, 1)
    assert "Traceback" not in ran.err
    assert "\x1b" not in ran.err


# build


def test_build_writes_tables_that_route(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    out = tmp_path / "p.tables"
    assert command("build", plan_file(GOOD), "-o", out) == (0, "", "")
    ran = command("route", out, "4006123456", "10086")
    assert ran == (0, "unknown -> connect a (routed): dial 01062345678, ring for 20 s\n", "")


def test_build_of_errors_writes_nothing(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    out = tmp_path / "p.tables"
    out.write_bytes(b"as before")
    for text, options in ((BAD, []), (UNCOVERED, []), (WARNED, ["--strict"])):
        assert command("build", plan_file(text), "-o", out, *options).status == 1
        assert out.read_bytes() == b"as before"
    assert command("build", plan_file(WARNED), "-o", out).status == 0


def test_build_json(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    ran = command("build", "--json", plan_file(WARNED), "-o", tmp_path / "p.tables")
    assert [entry["severity"] for entry in json.loads(ran.out)] == ["warning"]
    assert ran.err == ""


def test_build_never_overwrites_a_plan(command: Command, plan_file: PlanFile) -> None:
    path = plan_file(GOOD)
    ran = command("build", path, "-o", path)
    assert ran.status == 2
    assert path.read_text(encoding="utf-8") == GOOD


def test_build_to_where_nothing_can_be_written(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file(GOOD)
    for out in (tmp_path, tmp_path / "missing" / "p.tables"):
        ran = command("build", path, "-o", out)
        assert ran.status == 2
        assert ran.err.startswith("Error: cannot write ")
