"""examples/adapter.py, as docs/embedding.md shows it: a switch at one end of a pipe, an engine at the other."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import callplan

from .pages import TOP

ADAPTER = TOP / "examples" / "adapter.py"
FORWARDING = TOP / "examples" / "forwarding.plan"


def run(*arguments: object, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"PYTHONPATH": str(TOP)}
    command = [sys.executable, str(ADAPTER), *map(str, arguments)]
    return subprocess.run(command, input=given, env=environment, check=False, capture_output=True, timeout=60)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    path = tmp_path / "forwarding.tables"
    callplan.compile(FORWARDING).save(path)
    return path


def answers(tables: Path, *events: str) -> list[dict[str, object]]:
    ran = run(tables, given="".join(f"{event}\n" for event in events).encode())
    assert (ran.returncode, ran.stderr) == (0, b"")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_call_that_is_forwarded_and_answered(tables: Path) -> None:
    found = answers(tables, "call a 4006-555-102 010-8888-6666", "busy a", "answered a", "end a")
    assert [each.get("destination") for each in found] == ["office", "workshop", None, None]
    assert found[0]["number"] == "01055500142"
    assert found[0]["ring_seconds"] == 15
    assert found[1]["reason"] == "forwarded"
    assert found[2:] == [{"id": "a", "done": True}] * 2


def test_a_call_without_a_caller_and_one_that_no_plan_answers(tables: Path) -> None:
    found = answers(tables, "call a 4006555102", "call b 4006999999 13800138000", "end b")
    assert found[0]["destination"] == "office"
    assert (found[1]["action"], found[1]["reason"]) == ("announce", "unallocated")
    assert "error" in found[2]


def test_a_caller_may_have_spaces(tables: Path) -> None:
    callplan.compile(TOP / "examples" / "blacklist.plan").save(tables)
    (found,) = answers(tables, "call a 4006555109 0086 (0)755-8612 0099")
    assert found["reason"] == "blacklisted"


def test_each_event_of_its_docstring_is_known(tables: Path) -> None:
    text = ADAPTER.read_text(encoding="utf-8").split('"""')[1]
    events = re.findall(r"([a-z-]+) (?:ID|TABLES)", text)
    assert events == ["call", "busy", "no-answer", "unreachable", "answered", "end", "reload"]
    lines = ["call {0} 4006555102 10086", *(f"{event} {{0}}" for event in events[1:-1])]
    for at, line in enumerate(lines[1:]):
        found = answers(tables, lines[0].format(at), line.format(at))
        assert [each["id"] for each in found] == [str(at)] * 2
    assert answers(tables, f"reload {tables}") == [{"reloaded": str(tables)}]


def test_a_reload_of_what_is_no_table_leaves_the_old_ones(tables: Path) -> None:
    found = answers(tables, f"reload {FORWARDING}", "call a 4006555102 10086")
    assert str(FORWARDING) in str(found[0]["error"])
    assert found[1]["destination"] == "office"


@pytest.mark.parametrize("line", [b"", b"hello", b"call", b"call a", b"busy a", b"end", b"\xff\xfe", b"\0"])
def test_what_makes_no_sense_is_answered_by_an_error(tables: Path, line: bytes) -> None:
    ran = run(tables, given=line + b"\ncall x 4006555102 10086\n")
    assert (ran.returncode, ran.stderr) == (0, b"")
    first, second = map(json.loads, ran.stdout.splitlines())
    assert "error" in first
    assert second["destination"] == "office"


@pytest.mark.parametrize("arguments", [(), ("a", "b"), ("nothing.tables",), (FORWARDING,)])
def test_called_wrongly(arguments: tuple[object, ...]) -> None:
    ran = run(*arguments)
    assert ran.returncode == 1
    assert b"Traceback" not in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
