"""Calls in progress as people ask for them: every field, in every state, of records that change meanwhile."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

import callplan
from callplan.runtime import call_records, regions
from callplan.runtime.call_records import CallInProgress

from .sharing import (
    CALLER,
    DECIDING,
    FORWARDING,
    FREE,
    NOW,
    NUMBER,
    RINGING,
    SETTLED,
    made,
    memory,
    other,
    tables,
    worker,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path / "a")


def test_a_call_from_its_beginning_to_its_end(path: Path) -> None:
    now = NOW
    with callplan.Engine(None, state=path, clock=lambda: now) as engine:
        call = engine.route(NUMBER, CALLER, call_id="x@example.cn").call
        ringing = CallInProgress(call, "x@example.cn", "line", "desk", NOW, None, 1, False)
        assert engine.calls() == [ringing]
        now += 7
        engine.busy(call)
        assert engine.calls() == [ringing._replace(destination="duty")]
        now += 20
        engine.answered(call)
        assert engine.calls() == [ringing._replace(destination="duty", answered=NOW + 27)]
        engine.end(call)
        assert engine.calls() == []


@pytest.mark.parametrize(("late", "noted"), [(-5, 0), (0, 0), (1, 1), (0xFFFFFD, 0xFFFFFD), (0x1FFFFFF, 0xFFFFFE)])
def test_when_a_call_was_answered(path: Path, late: int, noted: int) -> None:
    """To the second, whatever the clock does; as late as can be noted where it is later."""
    now = NOW
    with callplan.Engine(None, state=path, clock=lambda: now) as engine:
        call = engine.route(NUMBER, CALLER).call
        now += late
        engine.answered(call)
        assert [each.answered for each in engine.calls()] == [NOW + noted]


def test_an_answer_that_a_process_died_before_noting(path: Path) -> None:
    with callplan.Engine(None, state=path, clock=lambda: NOW) as engine, memory(path) as found:
        call = engine.route(NUMBER, CALLER).call
        engine.answered(call)
        found.record(call)["answered"] = call & ~0xFFFFFF
        assert [each.answered for each in engine.calls()] == [NOW]


@pytest.mark.parametrize("status", [DECIDING, SETTLED, FREE])
def test_what_is_being_decided_is_no_call_yet(path: Path, status: int) -> None:
    with callplan.Engine(None, state=path) as engine, memory(path) as found:
        call = engine.route(NUMBER, CALLER).call
        found.put(call, found.word(call)._replace(status=status))
        assert engine.calls() == []
        found.put(call, found.word(call)._replace(status=FORWARDING, leg=0))
        assert [each.handle for each in engine.calls()] == [call]
        found.put(call, found.word(call)._replace(status=RINGING))


def test_calls_of_other_processes_and_of_earlier_tables(path: Path) -> None:
    with worker(path) as one, callplan.Engine(None, state=path) as engine:
        first = one.route(call_id="first")[4]
        engine.reload(tables(other()), allow_reset=True)
        second = engine.route(NUMBER, CALLER, call_id="second").call
        with callplan.Engine(None, state=path) as late:  # which never decided by the earlier tables
            told = {each.handle: (each.call_id, each.destination, each.owner) for each in late.calls()}
        assert told == {first: ("first", "desk", 1), second: ("second", "hall", 2)}


def test_an_engine_without_a_state_has_its_own_calls() -> None:
    with callplan.Engine(tables(), clock=lambda: NOW) as engine:
        call = engine.route(NUMBER, CALLER, call_id="x").call
        assert engine.calls() == [CallInProgress(call, "x", "line", "desk", NOW, None, 1, False)]
        assert engine.reconcile([], spare=-1) == [call]


@pytest.mark.parametrize(
    ("call_id", "shown"),
    [("x" * 255, "x" * 255), (b"\xff\xfea", "\\xff\\xfea"), ("中文", "中文"), ("a\n", "a\n"), ("x" * 256, None)],
)
def test_call_ids_as_text(path: Path, call_id: str | bytes, shown: str | None) -> None:
    with callplan.Engine(None, state=path) as engine:
        engine.route(NUMBER, CALLER, call_id=call_id)
        (found,) = engine.calls()
        assert found.call_id is not None
        if shown is None:
            assert found.call_id.startswith("blake2b:")
            assert len(bytes.fromhex(found.call_id.removeprefix("blake2b:"))) == 32
        else:
            assert found.call_id == shown


def test_ids_of_every_length_are_compared_whole(path: Path) -> None:
    with callplan.Engine(None, state=path) as engine:
        calls = [engine.route(NUMBER, CALLER, call_id=call_id).call for call_id in ("x" * 300, b"\xff")]
        assert engine.reconcile(["x" * 300, b"\xff"], spare=-1) == []
        assert engine.reconcile(["x" * 301, b"\xff"], spare=-1) == [calls[0]]
        assert engine.reconcile(["\\xff"], spare=-1) == [calls[1]]


@pytest.mark.parametrize("ids", [[5], [""], ["ok", None]])
def test_what_is_no_list_of_ids_ends_nothing(path: Path, ids: list[object]) -> None:
    with callplan.Engine(None, state=path) as engine:
        engine.route(NUMBER, CALLER, call_id="x")
        with pytest.raises((TypeError, ValueError), match="call id"):
            engine.reconcile(ids, spare=-1)  # type: ignore[arg-type]
        assert len(engine.calls()) == 1


class Turning:
    """State words of calls that change between every two looks, but never end."""

    def __init__(self, calls: int) -> None:
        self.where = regions.regions(calls, 1, regions.FIRST_WORD + 1)
        self.block = bytearray(self.where.size)
        self.states = np.frombuffer(self.block, np.uint64, calls, self.where.states_at)
        self.calls = np.frombuffer(self.block, regions.CALL, calls, self.where.calls_at)
        self.states[:] = np.arange(1, calls + 1, dtype=np.uint64) << np.uint64(24) | np.uint64(RINGING)
        self.calls["version"] = np.arange(1, calls + 1)


def test_a_call_that_changes_while_it_is_looked_at_is_not_left_out() -> None:
    """Neither from a list, nor from the versions that calls in progress began with: those could be let go else."""
    turning = Turning(2000)
    going = True

    def work() -> None:
        at = 0
        while going:  # a turn of the owner: the call goes on
            turning.states[at % 2000] ^= np.uint64(1 << 18)
            at += 1
            if at % 500 == 0:
                time.sleep(0)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for _ in range(300):
            assert len(call_records.versions_in_use(turning.block, turning.where)) == 2000
            assert len(call_records.in_progress(turning.block, turning.where).at) >= 1999
    finally:
        going = False
        thread.join()
