"""The command: what it prints, where, and its statuses; most of it in this process, some in one of its own."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from callplan import __version__
from callplan.__main__ import cli, main

TOP = Path(__file__).resolve().parent.parent
EXAMPLES = TOP / "examples"
AT = "2026-11-23T09:30"

GOOD = """plan "Good" {
    number 4006123456
    destination a = 010-6234-5678
    destination b = 021-5234-5678
    route { otherwise -> a }
    forward busy -> b
}
"""
WARNED = GOOD.replace("    forward busy -> b\n", "")
BAD = GOOD.replace("-> a }", "-> nowhere }")
UNCOVERED = GOOD.replace("otherwise", "from 010")
SHANGHAI = "Asia/Shanghai"


class Ran(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command with arguments; what it left with and printed."""

    def run_command(*arguments: object) -> Ran:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        assert isinstance(left.value.code, int)
        return Ran(left.value.code, *capsys.readouterr())

    return run_command


@pytest.fixture
def plan(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str, name: str = "p.plan") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


# Help


def test_help_has_an_example_each(run: Run) -> None:
    for arguments in ([], *([name] for name in cli.commands)):
        ran = run(*arguments, "--help")
        assert ran.status == 0
        assert "Example" in ran.out
        assert "  callplan " in ran.out


def test_the_commands(run: Run) -> None:
    assert sorted(cli.commands) == ["build", "check", "explain", "route"]


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"callplan, version {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments", [["check"], ["frobnicate"], ["route", "a"], ["build", "a.plan"], ["check", "--no"]]
)
def test_called_wrongly(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.status == 2
    assert ran.out == ""
    assert "Usage: callplan" in ran.err


# check


def test_check_of_a_good_plan_says_nothing(run: Run, plan: Any) -> None:
    assert run("check", plan(GOOD)) == (0, "", "")


def test_check_of_a_bad_plan(run: Run, plan: Any) -> None:
    ran = run("check", plan(BAD))
    assert (ran.status, ran.out) == (1, "")
    assert "p.plan:5:26: error[E101]: no `destination` is named `nowhere`" in ran.err
    assert "^^^^^^^" in ran.err
    assert ran.err.splitlines()[-1].startswith("1 error")
    assert "\x1b" not in ran.err


def test_check_of_warnings(run: Run, plan: Any) -> None:
    path = plan(WARNED)
    assert run("check", path).status == 0
    assert "1 warning" in run("check", path).err
    assert run("check", "--strict", path).status == 1


def test_check_json(run: Run, plan: Any) -> None:
    ran = run("check", "--json", plan(BAD))
    assert (ran.status, ran.err) == (1, "")
    said = json.loads(ran.out)
    first = next(entry for entry in said if entry["severity"] == "error")
    assert list(first) == ["code", "severity", "message", "file", "start", "end", "help", "related"]
    assert first["start"] == {"line": 5, "column": 26}
    assert first["end"] == {"line": 5, "column": 33}
    assert first["file"] == "p.plan"
    assert run("check", "--json", plan(GOOD)) == (0, "[]\n", "")


def test_json_escapes_what_could_steer_a_terminal(run: Run, plan: Any) -> None:
    path = plan(GOOD.replace('"Good"', '"\u202eGood"').replace("-> a }", "-> \u202enowhere }"))
    ran = run("check", "--json", path)
    assert "\u202e" not in ran.out
    assert json.loads(ran.out)


def test_folders_stand_for_the_plans_below_them(run: Run, plan: Any, tmp_path: Path) -> None:
    plan(BAD, "b.plan")
    plan(BAD.replace("Good", "Other").replace("4006123456", "4006123457"), "a/c.plan")
    plan("not a plan", "a/readme.txt")
    said = json.loads(run("check", "--json", tmp_path).out)
    assert list(dict.fromkeys(entry["file"] for entry in said)) == ["a/c.plan", "b.plan"]


def test_a_folder_without_plans(run: Run, tmp_path: Path) -> None:
    ran = run("check", tmp_path)
    assert ran.status == 2
    assert "no `*.plan` file" in ran.err


def test_what_cannot_be_read(run: Run, plan: Any, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo.plan"
    os.mkfifo(fifo)
    for path in (tmp_path / "missing.plan", fifo, "/dev/null", "a\0b", ""):
        ran = run("check", plan(GOOD), path)
        assert (ran.status, ran.out) == (2, "")
        assert "error" in ran.err.lower()


def test_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    ran = run("check", "-")
    assert ran.status == 1
    assert "<stdin>:5:26" in ran.err


def test_root_names_files(run: Run, plan: Any, tmp_path: Path) -> None:
    path = plan(BAD, "folder/p.plan")
    assert "folder/p.plan:5:26" in run("check", path, "--root", tmp_path).err


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00" * 100, b"{" * 100_000, b"plan", b"\xef\xbb\xbf", b"\x1b[31m"])
def test_any_bytes_get_an_answer(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.plan"
    path.write_bytes(content)
    ran = run("check", path)
    assert ran.status in (0, 1)
    assert "Traceback" not in ran.err
    assert "\x1b" not in ran.err


# build


def test_build_writes_tables_that_route(run: Run, plan: Any, tmp_path: Path) -> None:
    out = tmp_path / "p.tables"
    assert run("build", plan(GOOD), "-o", out) == (0, "", "")
    ran = run("route", out, "4006123456", "10086")
    assert ran == (0, "unknown -> connect a (routed): dial 01062345678, ring for 20 s\n", "")


def test_build_of_errors_writes_nothing(run: Run, plan: Any, tmp_path: Path) -> None:
    out = tmp_path / "p.tables"
    out.write_bytes(b"as before")
    for text, options in ((BAD, []), (UNCOVERED, []), (WARNED, ["--strict"])):
        assert run("build", plan(text), "-o", out, *options).status == 1
        assert out.read_bytes() == b"as before"
    assert run("build", plan(WARNED), "-o", out).status == 0


def test_build_json(run: Run, plan: Any, tmp_path: Path) -> None:
    ran = run("build", "--json", plan(WARNED), "-o", tmp_path / "p.tables")
    assert [entry["severity"] for entry in json.loads(ran.out)] == ["warning"]
    assert ran.err == ""


def test_build_never_overwrites_a_plan(run: Run, plan: Any) -> None:
    path = plan(GOOD)
    ran = run("build", path, "-o", path)
    assert ran.status == 2
    assert path.read_text(encoding="utf-8") == GOOD


def test_build_to_where_nothing_can_be_written(run: Run, plan: Any, tmp_path: Path) -> None:
    path = plan(GOOD)
    for out in (tmp_path, tmp_path / "missing" / "p.tables"):
        ran = run("build", path, "-o", out)
        assert ran.status == 2
        assert ran.err.startswith("Error: cannot write ")


# route


def test_route_of_a_plan_file(run: Run, plan: Any) -> None:
    ran = run("route", plan(GOOD), "+86 400 612 3456", "0731-8888-1234")
    assert ran == (0, "0731 fixed -> connect a (routed): dial 01062345678, ring for 20 s\n", "")


def test_what_no_plan_answers_is_a_decision(run: Run, plan: Any) -> None:
    for called in ("4006999999", "10086", "", "\x1b[31m", "x" * 10_000):
        ran = run("route", plan(GOOD), called, "anonymous", "--at", AT)
        assert ran == (0, "unknown -> announce unallocated (unallocated)\n", "")


def test_route_walks_a_call_on(run: Run, plan: Any) -> None:
    ran = run("route", plan(GOOD), "4006123456", "10086", "--then", "busy,answered,busy,end,end,no-answer,unreachable")
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


def test_route_with_an_unknown_event(run: Run, plan: Any) -> None:
    ran = run("route", plan(GOOD), "4006123456", "10086", "--then", "busy,bussy")
    assert ran.status == 2
    assert "`bussy` is none of busy, no-answer, unreachable, answered, end" in ran.err


def test_route_json(run: Run, plan: Any) -> None:
    path = plan(GOOD)
    decision = json.loads(run("route", path, "4006123456", "0731-8888-1234", "--json").out)
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
    walked = json.loads(run("route", path, "4006123456", "10086", "--json", "--then", "busy,end").out)
    assert [entry["event"] for entry in walked] == ["route", "busy", "end"]
    assert walked[1]["decision"]["destination"] == "b"
    assert walked[0]["decision"]["call"] == walked[1]["decision"]["call"]
    assert walked[2] == {"event": "end", "done": True}


def test_route_of_many_calls(run: Run) -> None:
    assert run("route", EXAMPLES / "shares.plan", "4006555104", "10086", "--calls", "1000").out.splitlines() == [
        " 500 x unknown -> connect north (routed): dial 01055500145, ring for 20 s",
        " 300 x unknown -> connect south (routed): dial 02055500146, ring for 20 s",
        " 200 x unknown -> connect west (routed): dial 02855500147, ring for 20 s",
    ]
    ran = run("route", EXAMPLES / "limit.plan", "4006555107", "10086", "--calls", "9", "--json")
    said = [(entry["calls"], entry["decision"]["reason"]) for entry in json.loads(ran.out)]
    assert said == [(2, "routed"), (1, "routed"), (6, "full")]
    for wrong in (["--calls", "0"], ["--calls", "-1"], ["--calls", "9" * 30], ["--calls", "2", "--then", "busy"]):
        assert run("route", EXAMPLES / "limit.plan", "4006555107", "10086", *wrong).status == 2


def test_route_with_an_own_area(run: Run, plan: Any) -> None:
    path = plan(GOOD)
    assert run("route", path, "4006123456", "88881234", "--area", "0731").out.startswith("0731 fixed -> ")
    assert run("route", path, "4006123456", "88881234").out.startswith("unknown -> ")
    assert run("route", path, "4006123456", "88881234", "--area", "0600").status == 2


def test_route_of_a_bad_plan(run: Run, plan: Any) -> None:
    ran = run("route", plan(BAD), "4006123456", "10086")
    assert (ran.status, ran.out) == (1, "")
    assert "E101" in ran.err


def test_route_of_broken_tables(run: Run, plan: Any, tmp_path: Path) -> None:
    out = tmp_path / "p.tables"
    run("build", plan(GOOD), "-o", out)
    image = out.read_bytes()
    for broken in (image[:-1], image[:8], b"", image[:200] + b"\xff" + image[201:]):
        out.write_bytes(broken)
        ran = run("route", out, "4006123456", "10086")
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith("Error: ")
    assert run("route", tmp_path / "missing.tables", "4006123456", "10086").status == 2


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
def test_at_is_by_the_plan_s_clock(run: Run, plan: Any, zone: str, at: str, target: str) -> None:
    text = GOOD.replace("route {", "schedule office { daily 09:00-18:00 } route { during office -> b")
    path = plan(text.replace("number", f'timezone "{zone}" number'))
    ran = run("route", path, "4006123456", "10086", "--at", at)
    assert f"connect {target} " in ran.out


def test_a_time_that_the_clock_repeats_is_the_first(run: Run, plan: Any) -> None:
    path = plan(GOOD.replace("number", 'timezone "Europe/Berlin" number'))
    assert (
        "2026-10-25 02:30 in Europe/Berlin (UTC+02:00)"
        in run("explain", path, "4006123456", "10086", "--at", "2026-10-25T02:30").out
    )


def test_a_time_that_the_clock_skips(run: Run, plan: Any) -> None:
    path = plan(GOOD.replace("number", 'timezone "Europe/Berlin" number'))
    ran = run("route", path, "4006123456", "10086", "--at", "2026-03-29T02:30")
    assert (ran.status, ran.out) == (2, "")
    assert "the clock of Europe/Berlin skips 2026-03-29T02:30" in ran.err
    assert run("route", path, "4006123456", "10086", "--at", "2026-03-29T03:00").status == 0


@pytest.mark.parametrize("at", ["yesterday", "2026-02-30", "25:00", "", "1e9", "2026-11-23T09:30[Asia/Shanghai]"])
def test_what_is_no_time(run: Run, plan: Any, at: str) -> None:
    ran = run("route", plan(GOOD), "4006123456", "10086", "--at", at)
    assert ran.status == 2
    assert "is not a time" in ran.err


# explain


def test_explain_prints_steps_with_the_plan_s_lines(run: Run) -> None:
    ran = run("explain", EXAMPLES / "one-number.plan", "4006555101", "13873112345", "--at", AT)
    assert ran.status == 0
    assert ran.out.splitlines()[:3] == [
        "4006555101 called by 13873112345",
        '  number     4006555101 belongs to plan "One number"',
        '               one-number.plan:2: plan "One number" {',
    ]
    assert "one-number.plan:7: route { otherwise -> office }" in ran.out


def test_explain_an_origin(run: Run) -> None:
    for origin, said in (
        ("0731 mobile", "0731 mobile (湖南 长沙): as given"),
        ("010 fixed", "010 fixed (北京): as given"),
        ("unknown", "unknown: as given"),
        ("unknown mobile", "unknown mobile: as given"),
        ("abroad", "abroad: as given"),
    ):
        ran = run("explain", EXAMPLES / "origin.plan", "4006555106", "--from", origin)
        assert f"called from {origin}" in ran.out
        assert f"  origin     {said}\n" in ran.out


@pytest.mark.parametrize(
    "origin", ["", "0731", "0600 mobile", "abroad mobile", "0731 phs", "unknown fixed", "长沙", "0731 mobile x"]
)
def test_what_is_no_origin(run: Run, origin: str) -> None:
    ran = run("explain", EXAMPLES / "origin.plan", "4006555106", "--from", origin)
    assert ran.status == 2
    assert "is not an origin" in ran.err


def test_explain_needs_one_who_calls(run: Run) -> None:
    assert run("explain", EXAMPLES / "origin.plan", "4006555106").status == 2
    assert run("explain", EXAMPLES / "origin.plan", "4006555106", "10086", "--from", "abroad").status == 2


def test_explain_confirms_a_call_without_a_rule(run: Run, plan: Any) -> None:
    path = plan(UNCOVERED)
    said = next(entry for entry in json.loads(run("check", "--json", path).out) if entry["severity"] == "error")
    command = said["help"].split("`")[1].split()
    assert command[:3] == ["callplan", "explain", "p.plan"]
    ran = run("explain", path, *command[3:])
    assert ran.status == 0
    assert "no rule of the plan takes this call" in ran.out
    assert run("route", path, "4006123456", "10086").status == 1


def test_explain_of_other_errors(run: Run, plan: Any) -> None:
    ran = run("explain", plan(BAD), "4006123456", "10086")
    assert (ran.status, ran.out) == (1, "")


def test_explain_json(run: Run) -> None:
    steps = json.loads(run("explain", EXAMPLES / "one-number.plan", "4006555101", "10086", "--json").out)
    assert [list(step) for step in steps] == [["kind", "outcome", "text", "file", "line"]] * len(steps)
    assert [steps[0]["kind"], steps[-1]["kind"]] == ["number", "result"]


def test_explain_escapes_what_it_was_given(run: Run) -> None:
    ran = run("explain", EXAMPLES / "one-number.plan", "\x1b[31m\u202e", "\x1b\u202e")
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


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


def test_colours_on_a_terminal_only(plan: Any) -> None:
    path = plan(BAD)
    colour = re.compile(r"\x1b\[[0-9;]+m")
    assert colour.search(terminal("check", path))
    assert not colour.search(terminal("check", path, NO_COLOR="1"))
    assert colour.search(terminal("explain", EXAMPLES / "one-number.plan", "4006555101", "10086"))


def test_a_terminal_hears_what_was_written(plan: Any, tmp_path: Path) -> None:
    out = tmp_path / "p.tables"
    assert f"wrote {out}: 1 plan, {out.stat().st_size if out.exists() else ''}" in terminal(
        "build", plan(GOOD), "-o", out
    )
    assert out.exists()
    assert "nothing to report" in terminal("check", plan(GOOD))
