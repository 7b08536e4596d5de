"""The command itself, `check` and `build`: what they print, where, and their statuses; on terminals and in pipes too.

tests/test_command_calls.py has `route` and `explain`, tests/test_command_files.py folders, imports and the root.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from callplan import __version__
from callplan.__main__ import cli

from .commands import BAD, EXAMPLES, GOOD, TOP, UNCOVERED, WARNED, Command, PlanFile

# Help


def test_help_has_an_example_each(command: Command) -> None:
    for arguments in ([], *([name] for name in cli.commands)):
        ran = command(*arguments, "--help")
        assert ran.status == 0
        assert "Example" in ran.out
        assert "  callplan " in ran.out


def test_the_commands(command: Command) -> None:
    assert sorted(cli.commands) == ["build", "check", "explain", "route", "test"]


def test_version(command: Command) -> None:
    assert command("--version") == (0, f"callplan, version {__version__}\n", "")


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


# Processes, pipes, terminals


def start(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "callplan", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(TOP), "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen(command, text=True, cwd=TOP, env=environment, **options)


def test_a_closed_pipe_is_no_traceback() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = start("explain", EXAMPLES / "hotline.plan", "4006555000", "10086", stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    _, said = process.communicate(timeout=60)
    assert said == ""
    assert process.returncode == 141


def test_ctrl_c_is_no_traceback() -> None:
    process = start("check", "-", stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    waiting = Path(f"/proc/{process.pid}/wchan")
    if not waiting.exists():
        process.kill()
        process.communicate()
        pytest.skip("needs /proc to see that the command waits")
    while "pipe" not in waiting.read_text() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert said == "interrupted\n"
    assert process.returncode == 130


def terminal(*arguments: object, **more: str) -> str:
    """What the command prints on a terminal."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "callplan", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(TOP), "PYTHONIOENCODING": "utf-8", "TERM": "xterm", **more}
    environment = {name: value for name, value in environment.items() if name != "NO_COLOR" or name in more}
    process = subprocess.Popen(command, cwd=TOP, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    printed = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        printed += part
    process.wait(timeout=60)
    os.close(ours)
    return printed.decode()


def test_colours_on_a_terminal_only(plan_file: PlanFile) -> None:
    path = plan_file(BAD)
    colour = re.compile(r"\x1b\[[0-9;]+m")
    assert colour.search(terminal("check", path))
    assert not colour.search(terminal("check", path, NO_COLOR="1"))
    assert colour.search(terminal("explain", EXAMPLES / "one-number.plan", "4006555101", "10086"))


def test_a_terminal_hears_what_was_written(plan_file: PlanFile, tmp_path: Path) -> None:
    out = tmp_path / "p.tables"
    assert f"wrote {out}: 1 plan, {out.stat().st_size if out.exists() else ''}" in terminal(
        "build", plan_file(GOOD), "-o", out
    )
    assert out.exists()
    assert "nothing to report" in terminal("check", plan_file(GOOD))
