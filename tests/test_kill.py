"""Processes killed by `kill -9` at random moments: the books agree with what they had been told, and nothing leaks."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import callplan
from callplan.runtime import balance, state_creation
from callplan.runtime.state_folder import StateFolder

from .commands import TOP
from .processes import PATIENCE

if sys.platform != "linux":
    pytest.skip("a state folder needs Linux", allow_module_level=True)

PROCESSES, THREADS = 4, 2
LIMIT, ALLOWED = 5, 2_000_000_000
PLAN = f"""
plan "acme" {{
    number 4006123456
    destination a = 010-6234-5678 limit {LIMIT}
    destination b = 021-5234-5678 limit {LIMIT}
    destination c = 139-1234-5678 limit {LIMIT}
    quota {ALLOWED} calls per month
    route {{ otherwise -> split {{ 75% a, 25% b }} }}
    forward busy -> c
}}
"""


def started(state: Path, log: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "tests.kill.worker", str(state), str(log), str(THREADS)]
    return subprocess.Popen(words, cwd=TOP, env=os.environ | {"PYTHONPATH": str(TOP)})


def look(engine: callplan.Engine) -> dict[tuple[str, str], int]:
    """What is used, by kind and name, with each limit and quota kept at this instant."""
    found = {}
    for each in engine.usage():
        found[each.kind, each.name] = each.used
        assert each.allowed is None or each.used <= each.allowed, each
    return found


@pytest.mark.parametrize("seconds", [6, pytest.param(120, marks=pytest.mark.slow)])
def test_books_agree_after_kills_at_random_moments(tmp_path: Path, seconds: int) -> None:
    tables = callplan.compile_text(PLAN)
    state = tmp_path / "acme.state"
    state_creation.create(state, calls=64, cells=200, grace=0)
    logs = [tmp_path / f"log{number}" for number in range(PROCESSES)]
    chance = random.Random(seconds)
    kills = 0
    with callplan.Engine(tables, state=state) as engine:
        workers = [started(state, log) for log in logs]
        try:
            wait_for_work(logs)
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                time.sleep(chance.random() * 0.3)
                look(engine)
                which = chance.randrange(PROCESSES)
                workers[which].send_signal(signal.SIGKILL)
                assert workers[which].wait(PATIENCE) == -signal.SIGKILL
                kills += 1
                engine.sweep()
                workers[which] = started(state, logs[which])
        finally:
            for worker in workers:
                worker.kill()
                worker.wait(PATIENCE)
        kills += PROCESSES
        for _ in range(3):  # orphans are seen, and then their time is up
            engine.sweep()
            time.sleep(1.1)
        told = [line.split() for log in logs for line in log.read_text().splitlines()]
        used = look(engine)
        assert not [line for line in told if line[0] == "!"]
        assert engine.calls() == []
        assert [used["limit", name] for name in "abc"] == [0, 0, 0]
        connected = [line[1] for line in told if line[0] == "r"]
        assert len(set(connected)) == len(connected) > 100
        # A thread that dies may have been told of a call, or have charged one, that it could not write down.
        at_work = kills * THREADS
        assert len(connected) <= used["quota", "month"] <= len(connected) + at_work
        tickets = sum(line[0] in "rx" for line in told)
        assert tickets <= used["split", "otherwise"] <= tickets + at_work
    with StateFolder(state) as folder:
        found = balance.balance(folder)
    assert found.faults == ()
    assert (found.calls, found.places) == (0, 0)


def wait_for_work(logs: list[Path]) -> None:
    until = time.monotonic() + PATIENCE
    while not all(log.exists() and log.stat().st_size for log in logs):
        assert time.monotonic() < until, "the workers have not begun"
        time.sleep(0.05)
