"""Engines with a state at the same time: in processes that open it at once, across forks, in threads."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import callplan
from callplan.runtime import regions
from callplan.runtime.errors import CallplanError, StateError
from callplan.runtime.state_creation import create
from callplan.runtime.state_folder import StateFolder

from .processes import environment
from .sharing import CALLER, NUMBER, Worker, made, other, tables, used, worker
from .states import SMALL, names, run, start


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path / "a")


FORKED = """
import callplan, ctypes
import numpy as np
engine = callplan.Engine(None, state=path)
def through(fork):
    first = engine.route("4006123456", "13800138000", call_id="first").call
    sys.stdout.flush()
    child = fork()
    if child == 0:
        second = engine.route("4006123456", "13800138000", call_id="second").call
        again = engine.route("4006123456", "13800138000", call_id="first").call
        print(again == first, second != first, sorted(each.owner for each in engine.calls()), flush=True)
        print(engine.end(first), len(engine.route_many(b"4006123456", np.array([b""]))), flush=True)
        if fork is os.fork: engine.close()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), engine.end(first))
    print([(each.call_id, each.orphan) for each in engine.calls()])
    for each in engine.calls(): engine.end(each.handle)
    last = engine.route("4006123456", "13800138000")
    print(last.destination, engine.end(last.call))
through(os.fork)
through(ctypes.PyDLL(None).fork)
"""


def test_an_engine_goes_on_in_parent_and_child(path: Path) -> None:
    """After os.fork, and after the fork of C, which no hook of Python hears of."""
    assert run(FORKED, path) == [
        "True True [1, 2]", "True 1", "0 False", "[('second', True), (None, True)]", "desk True",
    ] * 2  # fmt: skip


def test_a_fork_in_the_middle_of_threads_that_route(path: Path) -> None:
    program = """
import callplan, threading
import numpy as np
called, caller = np.array([b"4006123456"] * 20), np.array([b""] * 20)
engine = callplan.Engine(None, state=path)
going = True
def work():
    while going:
        engine.end(engine.route("4006123456", "13800138000").call)
        engine.end_many(engine.route_many(called, caller)["call"])
        engine.sweep()
threads = [threading.Thread(target=work) for _ in range(3)]
for each in threads: each.start()
for _ in range(20):
    child = os.fork()
    if child == 0:
        for _ in range(50):
            engine.end(engine.route("4006123456", "13800138000").call)
            engine.end_many(engine.route_many(called, caller)["call"])
        engine.sweep()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
going = False
for each in threads: each.join()
time.sleep(1.1)  # owners are looked at once a second
engine.sweep()
print(engine.calls(), {each.used for each in engine.usage() if each.kind == "limit"})
"""
    assert run(program, path) == ["0"] * 20 + ["[] {0}"]


def test_threads_of_two_processes_keep_the_limit(path: Path) -> None:
    program = """
import callplan, threading
engine = callplan.Engine(None, state=path)
def work():
    while not os.path.exists(path + "/../over"):
        calls = [engine.route("4006123456", "13800138000").call for _ in range(3)]
        for call in filter(None, calls): engine.end(call)
threads = [threading.Thread(target=work) for _ in range(4)]
for each in threads: each.start()
for each in threads: each.join()
"""
    with start(program, path) as one, start(program, path) as two, callplan.Engine(None, state=path) as engine:
        most = max(used(engine, "desk") for _ in range(2000))
        while most == 0:
            most = used(engine, "desk")
        most = max(most, *(used(engine, "desk") for _ in range(2000)))
        (path.parent / "over").touch()
        one.wait(), two.wait()
        assert (one.returncode, two.returncode, one.communicate()[1], two.communicate()[1]) == (0, 0, "", "")
        assert 0 < most <= 2
        assert used(engine, "desk") == 0
        assert [each.held for each in engine.usage()] == [0] * 5


def test_processes_that_open_one_state_at_once_make_it_once(tmp_path: Path) -> None:
    program = """
import callplan
plan = sys.stdin.readline().replace("|", chr(10))
tables = callplan.compile_text(plan)
print("ready"); sys.stdin.readline()
try:
    with callplan.Engine(tables, state=path, max_calls=64) as engine:
        print(engine.route("4006123456", "13800138000").destination)
        time.sleep(0.2)
except StateError as error:
    print("other tables in force" in str(error))
"""
    with start(program, tmp_path / "a") as one, start(program, tmp_path / "a") as two:
        for process, plan in ((one, other("hall")), (two, other("yard"))):
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(plan.replace("\n", "|") + "\n")
            process.stdin.flush()
            assert process.stdout.readline() == "ready\n"
        said = [process.communicate("\n")[0].strip() for process in (one, two)]
    assert sorted(said) in (["True", "hall"], ["True", "yard"])
    with callplan.Engine(None, state=tmp_path / "a") as engine:
        assert engine.route(NUMBER, CALLER).destination in said
    assert names(tmp_path / "a" / "placements") == ["1.placement"]


def test_only_the_first_of_two_puts_its_tables_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one saw none in force, too, and comes to the lock a moment later."""
    create(tmp_path / "a", **SMALL)
    locked = StateFolder.activation

    def late(state: StateFolder, seconds: float = 30.0) -> object:
        monkeypatch.setattr(StateFolder, "activation", locked)
        callplan.Engine(tables(other("first")), state=tmp_path / "a").close()
        return locked(state, seconds)

    monkeypatch.setattr(StateFolder, "activation", late)
    with pytest.raises(StateError, match="has other tables in force than the given ones"):
        callplan.Engine(tables(other("second")), state=tmp_path / "a")
    with callplan.Engine(None, state=tmp_path / "a") as engine:
        assert engine.route(NUMBER, CALLER).destination == "first"


@pytest.mark.parametrize("checked_by", ["one", "several"])
def test_nothing_is_printed_and_no_thread_is_left(path: Path, checked_by: str) -> None:
    program = f"""
import os, sys, threading, time
import callplan
from callplan.runtime import verify
if {checked_by!r} == "several":
    verify.LARGE = 0  # as if the tables were: they are checked by threads
with callplan.Engine(None, state={str(path)!r}) as engine:
    call = engine.route({NUMBER!r}, {CALLER!r}, call_id="x").call
    engine.route({NUMBER!r}, "1", call_id="x")
    engine.busy(call); engine.sweep(); engine.reconcile([], 0); engine.usage(); engine.calls()
    try: engine.reload("/nothing")
    except callplan.TablesError: pass
    for _ in range(1000):  # the kernel lists a thread for a moment after it was joined
        if {checked_by!r} == "one" or len(os.listdir("/proc/self/task")) == 1:
            break
        time.sleep(0.01)
    assert os.listdir("/proc/self/task") == [str(os.getpid())], os.listdir("/proc/self/task")
    assert threading.active_count() == 1
"""
    environ = environment(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environ, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_threads_route_while_tables_change(path: Path) -> None:
    """Each decision is of one of the tables, and no call is lost."""
    both = [tables(other("hall", 50)), tables(other("yard", 50))]
    with callplan.Engine(None, state=path) as engine, callplan.Engine(None, state=path) as changer:
        going, wrongs = True, []

        def work() -> None:
            while going:
                found = engine.route(NUMBER, CALLER)
                if found.destination not in ("desk", "hall", "yard") or not engine.end(found.call):
                    wrongs.append(found)
                time.sleep(0.0005)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for each in threads:
            each.start()
        try:
            for at in range(regions.VERSION_ROOM + 6):
                changer.reload(both[at % 2], allow_reset=True)
        finally:
            going = False
            for each in threads:
                each.join()
        assert wrongs == []
        assert engine.calls() == []
    assert len(names(path / "placements")) <= 3


def test_workers_of_an_engine_that_is_closed_meanwhile(path: Path) -> None:
    engine = callplan.Engine(None, state=path)
    errors: list[str] = []

    def work() -> None:
        try:
            while True:
                engine.end(engine.route(NUMBER, CALLER).call)
        except CallplanError as error:
            errors.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for each in threads:
        each.start()
    engine.close()
    for each in threads:
        each.join()
    assert errors == ["the engine is closed"] * 3


def test_a_child_of_an_engine_that_was_closed(path: Path) -> None:
    with worker(path) as process:
        assert isinstance(process, Worker)
        assert process("engine.close()") is None
        child = "[os.fork() or (engine.close(), os._exit(7))]"
        assert process(f"os.waitstatus_to_exitcode(os.wait()[1]) if {child} else 0") == 7
        assert process.route() == "CallplanError: the engine is closed"
