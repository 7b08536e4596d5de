"""Times of the monotonic clock after the machine was started anew: they begin again, for every call in progress."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

import callplan
from callplan.runtime import reboot
from callplan.runtime.boot import boot_id
from callplan.runtime.state_folder import StateFolder

from .sharing import NOW, NUMBER, RINGING, made, memory, used, worker

BEFORE = b"6f1f6b1e-0000-4000-8000-0123456789ab"


def left(path: Path) -> int:
    """A call of a process that is dead, in a state that was last open before the machine was started."""
    with worker(path, clock=True) as dying:
        call = int(dying.route(call_id="x")[4])
        dying.kill()
    with memory(path) as found:
        found.live["boot"] = BEFORE
        found.record(call)["began_monotonic"] = 10**9  # this boot has yet to come to that second
        found.record(call)["orphaned"] = 12345
    return call


def test_within_a_boot_nothing_is_written(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    before = (path / "counters").read_bytes()
    with StateFolder(path) as state:
        assert not reboot.note_boot(state)
    assert (path / "counters").read_bytes() == before


def test_after_a_boot_times_begin_anew(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    call = left(path)
    begun = int(time.monotonic())
    with StateFolder(path) as state, memory(path) as found:
        assert reboot.note_boot(state)
        assert begun <= found.record(call)["began_monotonic"] <= time.monotonic()
        assert found.record(call)["orphaned"] == 0
        assert found.live["boot"][0] == boot_id()
        assert found.record(call)["began"] == NOW  # what people see stays
        assert not reboot.note_boot(state)


def test_an_engine_finds_the_calls_of_before_as_orphans(tmp_path: Path) -> None:
    """None is ended early, and none kept for ever."""
    path = made(tmp_path / "a", grace=300)
    call = left(path)
    callplan.Engine(None, state=path).close()
    begun, shift = int(time.monotonic()), 0
    with callplan.Engine(None, state=path, clock=lambda: begun + shift) as engine, memory(path) as found:
        assert [(each.handle, each.orphan, each.began) for each in engine.calls()] == [(call, True, NOW)]
        assert engine.sweep() == 0
        assert (found.word(call).owner, found.word(call).status) == (0, RINGING)
        shift = 299
        assert engine.sweep() == 0
        assert engine.route(NUMBER, "13800138000").destination == "desk"
        shift = 301
        assert engine.sweep() == 1
        assert (used(engine, "desk"), used(engine, "month")) == (1, 2)


def test_of_processes_that_come_at_once_one_does_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / "a")
    left(path)
    together, noted = threading.Barrier(4), []

    def read() -> bytes:
        together.wait()
        return boot_id()

    monkeypatch.setattr(reboot, "boot_id", read)

    def work() -> None:
        with StateFolder(path) as state:
            noted.append(reboot.note_boot(state))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(noted) == [False, False, False, True]
