"""The command as a process: colours, Ctrl-C, closed pipes, full disks, closed streams, other encodings."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from callplan import command_output
from callplan.command_output import has_colour, stepping

from .commands import BAD, EXAMPLES, GOOD, TOP, PlanFile
from .processes import PATIENCE, Terminal, environment, start, terminal, words

COLOUR = re.compile(r"\x1b\[[0-9;]+m")
ONE_CALL = (EXAMPLES / "one-number.plan", "4006555101", "10086")


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


# Colours


def piped(*arguments: object, **more: str) -> str:
    process = start(*arguments, env=environment(**more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    printed, _ = process.communicate(timeout=PATIENCE)
    return str(printed)


def test_colours_on_a_terminal(plan_file: PlanFile) -> None:
    assert COLOUR.search(terminal("check", plan_file(BAD)))
    assert COLOUR.search(terminal("explain", *ONE_CALL))


@pytest.mark.parametrize("wish", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}])
def test_no_colours_on_a_terminal_that_wants_none(wish: dict[str, str]) -> None:
    assert "\x1b" not in terminal("explain", *ONE_CALL, **wish)


def test_colours_in_a_pipe_only_by_force(plan_file: PlanFile) -> None:
    path = plan_file(BAD)
    assert "\x1b" not in piped("check", path)
    assert COLOUR.search(piped("check", path, FORCE_COLOR="1"))
    assert COLOUR.search(piped("explain", *ONE_CALL, FORCE_COLOR="1", TERM="dumb"))


@pytest.mark.parametrize(
    ("wishes", "on_a_terminal", "in_a_pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": ""}, True, False),
        ({"NO_COLOR": "0"}, False, False),
        ({"TERM": ""}, False, False),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_wishes_about_colours(
    monkeypatch: pytest.MonkeyPatch, wishes: dict[str, str], on_a_terminal: bool, in_a_pipe: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"TERM": "xterm"} | wishes).items():
        monkeypatch.setenv(name, value)
    assert has_colour(Screen()) == on_a_terminal
    assert has_colour(io.StringIO()) == in_a_pipe


def test_a_terminal_hears_what_was_written(plan_file: PlanFile, tmp_path: Path) -> None:
    out = tmp_path / "p.tables"
    said = terminal("build", plan_file(GOOD), "-o", out)
    assert f"wrote {out}: 1 plan, {out.stat().st_size:,} bytes" in said
    assert "nothing to report" in terminal("check", plan_file(GOOD))


# Progress


def shown(monkeypatch: pytest.MonkeyPatch, **more: str) -> str:
    """What work in three steps shows on a terminal."""
    screen = Screen()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", screen)
        for name, value in environment(**more).items():
            patched.setenv(name, value)
        with stepping("timing", 3) as step:
            for _ in range(3):
                step()
    return screen.getvalue()


def test_progress_shows_once_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch) == ""
    monkeypatch.setattr(command_output, "PATIENCE", 0.0)
    assert "timing" in shown(monkeypatch)


def test_no_progress_where_the_cursor_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_output, "PATIENCE", 0.0)
    for term in ("dumb", ""):
        assert shown(monkeypatch, TERM=term) == ""


# Ctrl-C


def wait_for_reading(process: subprocess.Popen[str]) -> None:
    """Until a process waits for its standard input."""
    waiting = Path(f"/proc/{process.pid}/wchan")
    if not waiting.exists():
        process.kill()
        process.communicate()
        pytest.skip("needs /proc to see that the command waits")
    while "pipe" not in waiting.read_text() and process.poll() is None:
        time.sleep(0.01)


def test_an_interrupt_is_no_traceback() -> None:
    process = start("check", "-", stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for_reading(process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert said == "interrupted\n"
    assert process.returncode == 130


def test_ctrl_c_on_a_terminal_while_something_is_timed(tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text("called,caller\n4006555101,10086\n", encoding="utf-8")
    command = words("bench", EXAMPLES / "one-number.plan", "--calls", calls, "--rounds", 1000)
    opened = Terminal(command, TOP, environment())
    try:
        opened.until(lambda printed: "timing 1 call" in printed)
        opened.type("\x03")
        said = opened.rest()
    finally:
        opened.close()
    assert said.splitlines()[-1].endswith("interrupted")
    assert "Traceback" not in said
    assert "\x1b[?25h" in said  # the cursor is back
    assert opened.process.returncode == 130


# Pipes that nobody reads


def closed_pipe(*arguments: object, stream: str) -> subprocess.Popen[str]:
    reader, writer = os.pipe()
    os.close(reader)
    other = {"stdout": "stderr", "stderr": "stdout"}[stream]
    process = start(*arguments, **{stream: writer, other: subprocess.PIPE})
    os.close(writer)
    return process


@pytest.mark.parametrize(
    "arguments",
    [("explain", *ONE_CALL), ("route", *ONE_CALL, "--json"), ("--help",), ("--version",), ("completion", "bash")],
    ids=lambda arguments: arguments[0],
)
def test_a_closed_pipe_is_no_traceback(arguments: tuple[object, ...]) -> None:
    process = closed_pipe(*arguments, stream="stdout")
    _, said = process.communicate(timeout=PATIENCE)
    assert said == ""
    assert process.returncode == 141


def test_errors_to_a_closed_pipe() -> None:
    for arguments in (("check", "no-such.plan"), ("frobnicate",)):
        process = closed_pipe(*arguments, stream="stderr")
        printed, _ = process.communicate(timeout=PATIENCE)
        assert printed == ""
        assert process.returncode == 141


# Disks that are full, streams that are closed

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")


@needs_full
@pytest.mark.parametrize("arguments", [("route", *ONE_CALL), ("--help",), ("check", "--json", EXAMPLES / "time.plan")])
def test_a_full_disk_is_an_error(arguments: tuple[object, ...]) -> None:
    with FULL.open("w") as full:
        process = start(*arguments, stdout=full, stderr=subprocess.PIPE)
        _, said = process.communicate(timeout=PATIENCE)
    assert said == "Error: cannot write the output: no space left on device\n"
    assert process.returncode == 2


@needs_full
def test_errors_to_a_full_disk() -> None:
    with FULL.open("w") as full:
        process = start("check", "no-such.plan", stdout=full, stderr=full)
        assert process.wait(timeout=PATIENCE) == 2


def in_shell(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command as `script` has it run, a line of the shell in which it is `"$@"`."""
    command = ["/bin/sh", "-c", script, "sh", *words(*arguments)]
    return subprocess.run(
        command, cwd=TOP, env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def test_tables_that_the_disk_has_no_room_for(plan_file: PlanFile, tmp_path: Path) -> None:
    out = tmp_path / "p.tables"
    out.write_bytes(b"as before")
    ran = in_shell('ulimit -f 1; exec "$@"', "build", plan_file(GOOD), "-o", out)
    assert ran.stderr == f"Error: cannot write {out}: File too large\n"
    assert ran.returncode == 2
    assert out.read_bytes() == b"as before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.plan", "p.tables"]


def test_a_closed_standard_output_is_an_error() -> None:
    ran = in_shell('exec "$@" >&-', "route", *ONE_CALL)
    assert (ran.returncode, ran.stderr) == (2, "Error: cannot write the output: bad file descriptor\n")


def test_a_closed_standard_output_that_nothing_is_written_to(plan_file: PlanFile) -> None:
    ran = in_shell('exec "$@" >&-', "check", plan_file(GOOD))
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_closed_standard_error_hides_errors_only(plan_file: PlanFile) -> None:
    ran = in_shell('exec "$@" 2>&-', "check", plan_file(BAD))
    assert (ran.returncode, ran.stdout) == (1, "")


def test_a_closed_standard_input() -> None:
    ran = in_shell('exec "$@" <&-', "check", "-")
    assert ran.returncode == 2
    assert "error[E001]" in ran.stderr


# Encodings


def test_what_an_encoding_lacks_is_escaped(plan_file: PlanFile) -> None:
    western = environment(PYTHONIOENCODING="latin-1")
    origin = EXAMPLES / "origin.plan"
    process = start("explain", origin, "4006555106", "13873112345", env=western, stdout=subprocess.PIPE)
    assert r"0731 mobile (\u6e56\u5357 \u957f\u6c99)" in process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 0
    path = plan_file(BAD.replace("nowhere", "某处"))
    process = start("check", path, env=western, stderr=subprocess.PIPE)
    assert r"`\u67d0\u5904`" in process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 1
