"""Which processes have a state open: a number each, a lock that dies with its process, and nothing else that does."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from callplan.runtime import owners, regions
from callplan.runtime.errors import StateError
from callplan.runtime.state_creation import create
from callplan.runtime.state_folder import StateFolder

from .states import SMALL, numbers_taken, run, start


@pytest.fixture
def path(tmp_path: Path) -> Path:
    create(tmp_path / "a", **SMALL)
    return tmp_path / "a"


def records(state: StateFolder) -> np.ndarray:
    return np.frombuffer(state.block, regions.OWNER, regions.OWNER_ROOM, state.regions.owners_at)


@contextmanager
def process(path: Path, program: str = "") -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A registered process, which runs `program` when it gets a line, and its number."""
    head = "member = owners.join(StateFolder(path)); print(member.register()); sys.stdin.readline()\n"
    with start(head + program, path) as worker:
        assert worker.stdout is not None
        try:
            yield worker, int(worker.stdout.readline())
        finally:
            worker.kill()


def ask(worker: subprocess.Popen[str]) -> str:
    """Let a process go on, and what it prints next."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write("\n")
    worker.stdin.flush()
    return worker.stdout.readline().strip()


def test_a_process_gets_a_number_and_an_entry(path: Path) -> None:
    with StateFolder(path) as state:
        member = owners.join(state)
        assert member.number == 0
        assert not member.is_alive(1)
        assert member.register() == member.register() == member.number == 1
        entry = records(state)[1]
        assert (entry["incarnation"], entry["version"], entry["pid"], entry["in_use"]) == (1, 0, os.getpid(), 1)
        assert not records(state)[[0, 2]].view("u1").any()
        assert member.is_alive(1)
        member.leave()
        assert member.number == 0
        assert records(state)[1]["in_use"] == 0


@pytest.mark.parametrize("number", [0, 1024, 2**32 - 1])
def test_numbers_that_nobody_has(path: Path, number: int) -> None:
    with StateFolder(path) as state:
        member = owners.join(state)
        member.register()
        assert not member.is_alive(number)
        member.leave()


def test_processes_have_different_numbers_and_see_one_another(path: Path) -> None:
    with process(path) as (_, one), process(path) as (_, other), StateFolder(path) as state:
        member = owners.join(state)
        assert {one, other, member.register()} == {1, 2, 3}
        assert [member.is_alive(number) for number in range(5)] == [False, True, True, True, False]
        member.leave()


def test_a_killed_process_is_dead_at_once_and_its_number_is_given_again(path: Path) -> None:
    with StateFolder(path) as state:
        member = owners.join(state)
        for incarnation in range(1, 4):
            with process(path) as (worker, number):
                assert (number, member.is_alive(number)) == (1, True)
                assert records(state)[number]["incarnation"] == incarnation
                worker.kill()
                worker.wait()
                assert not member.is_alive(number)
                assert records(state)[number]["in_use"] == 1  # it could not say that it went
        assert member.register() == 1
        member.leave()


def test_what_a_dead_process_published_holds_for_nobody_else(path: Path) -> None:
    with StateFolder(path) as state:
        with process(path, "member.publish(7); print('published'); sys.stdin.readline()") as (worker, number):
            assert ask(worker) == "published"
            assert records(state)[number]["version"] == 7
        member = owners.join(state)
        assert member.register() == number
        assert records(state)[number]["version"] == 0
        member.leave()


def test_engines_of_a_process_share_one_entry(path: Path) -> None:
    """Opening and closing the state again does not drop the lock, as closing the file `owners` would."""
    with StateFolder(path) as first:
        member = owners.join(first)
        assert member.register() == 1
        with StateFolder(path) as second, process(path, "print(member.is_alive(1))") as (worker, _):
            other = owners.join(second)
            assert other.owners is member.owners
            assert other.number == other.register() == 1
            other.leave()
            other.leave()
            StateFolder(path).close()
            assert ask(worker) == "True"
        assert member.number == 1
        member.leave()


def test_the_oldest_version_of_a_process_is_that_of_all_its_engines(path: Path) -> None:
    with StateFolder(path) as state:
        one = owners.join(state)
        one.register()
        one.publish(5)
        version = records(state)["version"]
        assert version[1] == 5
        other = owners.join(state)
        assert version[1] == 0
        other.publish(9)
        assert version[1] == 5
        one.publish(8)
        assert version[1] == 8
        one.leave()
        assert version[1] == 9
        other.leave()


def test_a_member_that_is_forgotten_leaves(path: Path) -> None:
    state = StateFolder(path)
    member = owners.join(state)
    member.register()
    entries = records(state)
    del member
    assert entries[1]["in_use"] == 0
    with process(path) as (_, number):
        assert number == 1


def test_a_member_that_has_left_can_nothing_more(path: Path) -> None:
    with StateFolder(path) as state:
        member = owners.join(state)
        with pytest.raises(RuntimeError, match="comes after registering"):
            member.publish(1)
        member.leave()
        for asked in (member.register, lambda: member.publish(1), lambda: member.is_alive(1)):
            with pytest.raises(RuntimeError, match="has left"):
                asked()


def test_leaving_frees_the_number_for_others(path: Path) -> None:
    program = "member.leave(); print('left'); sys.stdin.readline()"
    with process(path, program) as (worker, number), StateFolder(path) as state:
        member = owners.join(state)
        assert (number, member.is_alive(1)) == (1, True)
        assert ask(worker) == "left"
        assert not member.is_alive(1)
        assert member.register() == 1
        member.leave()


def test_memory_stays_while_a_member_is_there(path: Path) -> None:
    state = StateFolder(path)
    member = owners.join(state)
    state.close()
    assert member.register() == 1
    member.publish(3)
    assert np.fromfile(path / "counters", regions.OWNER, 2, offset=regions.PAGE)[1]["version"] == 3
    member.leave()


FORKED = """
import ctypes
member = owners.join(StateFolder(path))
other = owners.join(StateFolder(path))
member.register(); member.publish(4); other.publish(6)
def through(fork):
    sys.stdout.flush()
    child = fork()
    if child == 0:
        before = member.number, member.is_alive(1)
        print(*before, other.register(), member.register(), member.is_alive(1), member.is_alive(2), flush=True)
        member.leave(); other.leave()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), member.number, member.is_alive(1), member.is_alive(2))
through(os.fork)
through(ctypes.PyDLL(None).fork)
"""


def test_a_forked_child_registers_anew_and_its_parent_stays_what_it_was(path: Path) -> None:
    """By os.fork, and by the fork of C, which no hook of Python hears of."""
    assert run(FORKED, path) == ["0 True 2 2 True True", "0 1 True False"] * 2


def test_a_child_holds_every_version_until_it_says_which_it_needs(path: Path) -> None:
    program = """
member.publish(4)
child = os.fork()
if child == 0:
    member.register()
    print("registered", flush=True)
    sys.stdin.readline()
    member.publish(5)
    print("published", flush=True)
    sys.stdin.readline()
    os._exit(0)
os.waitpid(child, 0)
"""
    with StateFolder(path) as state, process(path, program) as (worker, number):
        assert ask(worker) == "registered"
        version = records(state)["version"]
        assert (number, version[1], version[2]) == (1, 4, 0)
        assert ask(worker) == "published"
        assert (version[1], version[2]) == (4, 5)
        ask(worker)


def test_a_child_outlives_its_parent_with_a_number_of_its_own(path: Path) -> None:
    program = """
if os.fork() == 0:
    member.register()
    print("registered", flush=True)
    sys.stdin.readline()
    print(member.number, member.is_alive(1), member.is_alive(2), flush=True)
    os._exit(0)
time.sleep(60)
"""
    with StateFolder(path) as state, process(path, program) as (worker, _):
        member = owners.join(state)
        assert ask(worker) == "registered"
        assert [member.is_alive(number) for number in (1, 2)] == [True, True]
        worker.kill()
        worker.wait()
        assert [member.is_alive(number) for number in (1, 2)] == [False, True]
        assert ask(worker) == "2 False True"


def test_all_numbers_taken(path: Path) -> None:
    with numbers_taken(path, regions.OWNER_ROOM - 1) as worker, StateFolder(path) as state:
        member = owners.join(state)
        with pytest.raises(StateError, match=f"^1023 processes have {path} open, and no more can: let some end"):
            member.register()
        assert member.number == 0
        worker.kill()
        worker.wait()
        assert member.register() == 1
        member.leave()


def test_the_last_number_can_be_had(path: Path) -> None:
    with numbers_taken(path, regions.OWNER_ROOM - 2), StateFolder(path) as state:
        member = owners.join(state)
        assert member.register() == regions.OWNER_ROOM - 1
        assert member.is_alive(regions.OWNER_ROOM - 1)
        member.leave()


def test_threads_that_join_at_once_share_one_entry(path: Path) -> None:
    program = """
import threading
state, together, members = StateFolder(path), threading.Barrier(8), []
def join():
    together.wait()
    members.append(owners.join(state))
    members[-1].register()
for _ in range(50):
    threads = [threading.Thread(target=join) for _ in range(8)]
    for each in threads: each.start()
    for each in threads: each.join()
    print(len(members), {each.number for each in members}, len({id(each.owners) for each in members}))
    while members: members.pop().leave()
print(len(os.listdir("/proc/self/fd")) < 20)
"""
    assert run(program, path) == ["8 {1} 1"] * 50 + ["True"]


@pytest.mark.parametrize("done", ["unlink", "link", "pipe", "mode"])
def test_a_file_that_cannot_be_trusted(path: Path, done: str) -> None:
    file = path / "owners"
    if done == "mode":
        file.chmod(0o606)
    else:
        file.unlink()
        if done == "link":
            file.symlink_to("counters")
        elif done == "pipe":
            os.mkfifo(file)
    with StateFolder(path) as state, pytest.raises(StateError, match=rf"{path}/owners"):
        owners.join(state)


def test_a_refusal_does_not_drop_the_lock(path: Path) -> None:
    with StateFolder(path) as state:
        member = owners.join(state)
        member.register()
        (path / "owners").chmod(0o666)
        with pytest.raises(StateError, match="may be written by everybody"):
            owners.join(state)
        (path / "owners").chmod(0o600)
        with process(path, "print(member.is_alive(1))") as (worker, number):
            assert number == 2
            assert ask(worker) == "True"
        member.leave()
