"""One decision for each of the switch's own call ids, whoever asks and however often."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

import callplan
from callplan.runtime import call_ids

from .sharing import (
    CALLER,
    DECIDING,
    FORWARDING,
    FREE,
    NUMBER,
    PLAN,
    SETTLED,
    Word,
    draft_of,
    made,
    memory,
    other,
    tables,
    told,
    used,
    worker,
)

ANNOUNCED = PLAN.replace("from 0731 -> split", "from 021 -> announce closed from 0731 -> split")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path / "a")


@pytest.fixture(params=["alone", "state"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> callplan.Engine:
    """With a state and without: call ids are kept either way."""
    if request.param == "alone":
        return callplan.Engine(tables(), max_calls=64)
    return callplan.Engine(None, state=made(tmp_path / "of-engine"))


def route(engine: callplan.Engine, call_id: str | bytes | None, caller: str = CALLER) -> tuple[object, ...]:
    return told(engine.route(NUMBER, caller, call_id=call_id))


def test_a_retransmission_gets_the_call_s_decision_and_counts_nothing(engine: callplan.Engine) -> None:
    first = route(engine, "x", "07311234567")
    assert first[0] == "connect"
    for _ in range(5):
        again = engine.route(NUMBER, "07311234567", call_id="x")
        assert told(again) == first
        assert (again.number, again.ring_seconds) == ({"desk": "01062345678", "duty": "13912345678"}[first[2]], 15)  # type: ignore[index]
    assert [used(engine, name) for name in ("month", "answered month", "from 0731")] == [1, 1, 1]
    assert used(engine, "desk") + used(engine, "duty") == 1
    assert engine.find("x") == first[4]
    assert engine.end(engine.find("x"))
    assert engine.find("x") == 0


def test_after_its_end_an_id_is_a_new_call_s(engine: callplan.Engine) -> None:
    first = engine.route(NUMBER, CALLER, call_id="x").call
    engine.end(first)
    second = engine.route(NUMBER, CALLER, call_id="x").call
    assert second not in (0, first)
    assert used(engine, "month") == 2
    assert (engine.end(first), engine.find("x")) == (False, second)


def test_an_answered_call_is_the_call_of_its_id_still(engine: callplan.Engine) -> None:
    first = route(engine, "x")
    engine.answered(engine.find("x"))
    assert route(engine, "x") == first
    assert used(engine, "answered month") == 1


def test_different_ids_are_different_calls(engine: callplan.Engine) -> None:
    calls = {engine.route(NUMBER, CALLER, call_id=call_id).call for call_id in ("x", "X")}
    assert len(calls) == 2
    assert route(engine, "x ")[:2] == ("announce", "announced")  # the desk is full


def test_from_another_process(path: Path) -> None:
    with worker(path) as one, worker(path) as two, callplan.Engine(None, state=path) as engine:
        first = one.route(call_id="x")
        assert two.route(call_id="x") == first == route(engine, "x")
        assert engine.find("x") == two("engine.find('x')") == first[4]
        assert [used(engine, name) for name in ("month", "answered month", "desk")] == [1, 1, 1]
        assert [each.owner for each in engine.calls()] == [1]  # whom nobody took it from
        assert two(f"engine.end({first[4]})")
        assert one("engine.find('x')") == 0


def test_a_dead_process_s_call_belongs_to_who_asks_for_it_again(path: Path) -> None:
    with callplan.Engine(None, state=path) as engine, worker(path) as other_worker:
        first = other_worker.route(call_id="x")
        other_worker.kill()
        assert [(each.owner, each.orphan) for each in engine.calls()] == [(2, True)]
        assert route(engine, "x") == first
        engine.sweep()
        assert route(engine, "x") == first
        assert [(each.owner, each.orphan) for each in engine.calls()] == [(1, False)]
        assert used(engine, "month") == 1


@pytest.mark.parametrize("status", [DECIDING, SETTLED, FORWARDING])
def test_while_a_call_is_being_decided_elsewhere(path: Path, status: int) -> None:
    with worker(path) as other_worker, callplan.Engine(None, state=path) as engine, memory(path) as found:
        call = other_worker.route(call_id="x")[4]
        found.put(call, found.word(call)._replace(status=status))
        for asked in (route(engine, "x"), other_worker.route(call_id="x")):
            assert asked == ("ignore", "in_progress", None, None, 0)
        assert engine.find("x") == (call if status == FORWARDING else 0)
        assert used(engine, "month") == 1
        assert np.count_nonzero(found.states & np.uint64(15)) == 1
        if status == FORWARDING:
            assert told(engine.busy(call)) == ("ignore", "in_progress", None, None, 0)


@pytest.mark.parametrize(("called", "caller"), [(NUMBER, "13800138001"), (NUMBER, ""), ("4006123457", CALLER)])
def test_other_numbers_are_refused_and_logged(
    engine: callplan.Engine, caplog: pytest.LogCaptureFixture, called: str, caller: str
) -> None:
    first = route(engine, "x")
    with caplog.at_level(logging.WARNING, "callplan"):
        assert told(engine.route(called, caller, call_id="x")) == ("announce", "unknown_call", None, None, 0)
    assert [record.getMessage() for record in caplog.records] == [
        "call id 'x' is in use by a call with other numbers: refused"
    ]
    assert used(engine, "month") == 1
    assert route(engine, "x") == first


def test_the_same_numbers_in_another_form_are_the_same(engine: callplan.Engine) -> None:
    first = route(engine, "x")
    assert told(engine.route("400-612-3456", "+86 138 0013 8000", call_id="x")) == first


def test_what_comes_to_an_announcement_is_decided_again(tmp_path: Path) -> None:
    """No call is in progress then, so a free place meanwhile is a place for it."""
    with (
        callplan.Engine(tables(ANNOUNCED), state=tmp_path / "a", max_calls=64) as engine,
        memory(tmp_path / "a") as found,
    ):
        for _ in range(3):
            assert route(engine, "x", "02162345678")[:2] == ("announce", "announced")
        assert engine.find("x") == 0
        assert not (found.states & np.uint64(15)).any()
        calls = [engine.route(NUMBER, CALLER).call for _ in range(2)]
        assert route(engine, "y")[:2] == ("announce", "announced")
        engine.end(calls[0])
        assert route(engine, "y")[0] == "connect"
        assert used(engine, "month") == 3


def test_a_forwarded_call_is_where_it_was_forwarded_to(path: Path) -> None:
    with worker(path) as other_worker, callplan.Engine(None, state=path) as engine:
        call = other_worker.route(call_id="x")[4]
        assert other_worker.report("busy", call)[2] == "duty"
        assert route(engine, "x") == ("connect", "forwarded", "duty", None, call)
        assert told(engine.busy(call))[2] == "night"
        assert other_worker.route(call_id="x") == ("connect", "forwarded", "night", None, call)
        assert [used(engine, name) for name in ("month", "desk", "duty")] == [1, 0, 0]


def test_a_call_of_earlier_tables_keeps_their_decision(path: Path) -> None:
    with worker(path) as other_worker, callplan.Engine(None, state=path) as engine:
        first = other_worker.route(call_id="x")
        engine.reload(tables(other()), allow_reset=True)
        assert route(engine, "x") == first == other_worker.route(call_id="x")
        assert route(engine, "y")[2] == "hall"


def test_full_records_are_overload(tmp_path: Path) -> None:
    plan = other(limit=100)
    with callplan.Engine(tables(plan), state=tmp_path / "a", max_calls=3) as engine:
        calls = [route(engine, f"{at}") for at in range(3)]
        assert route(engine, "3") == ("announce", "overload", None, "overload", 0)
        assert engine.find("3") == 0
        assert [route(engine, f"{at}") for at in range(3)] == calls
        engine.end(engine.find("1"))
        assert route(engine, "3")[0] == "connect"
        assert told(engine.route("4000000000", CALLER, call_id="4"))[1] == "unallocated"
        assert used(engine, "hall") == 3


def test_a_full_bucket_is_overload(path: Path) -> None:
    """One that is full of other calls in progress; those of calls that are over are in nobody's way."""
    with callplan.Engine(None, state=path) as engine, memory(path) as found:
        where = found.folder.regions
        ids = np.frombuffer(found.folder.block, np.uint64, where.ids, where.ids_at)
        call = engine.route(NUMBER, "07311234567").call
        ids[:] = np.uint64(call)
        assert route(engine, "x") == ("announce", "overload", None, "overload", 0)
        assert np.count_nonzero(found.states & np.uint64(15)) == 1
        engine.end(call)
        assert route(engine, "x")[0] == "connect"
        assert used(engine, "month") == 2


@pytest.mark.parametrize(
    "call_id", ["x" * 255, "x" * 256, "x" * 10_000, "中" * 85, "中" * 86, "é\0\n", "\udcff", b"\xff\0", b"x" * 300],
    ids=["255", "256", "10000", "CJK-255", "CJK-258", "control", "surrogate", "bytes", "bytes-300"],
)  # fmt: skip
def test_ids_of_every_kind(engine: callplan.Engine, call_id: str | bytes) -> None:
    first = route(engine, call_id)
    assert route(engine, call_id) == first
    assert engine.find(call_id) == first[4]
    shorter = call_id[:-1]
    assert engine.find(shorter or "other") == 0
    assert route(engine, shorter or "other")[4] not in (0, first[4])
    (shown,) = [each.call_id for each in engine.calls() if each.handle == first[4]]
    size = len(call_id) if isinstance(call_id, bytes) else len(call_id.encode("utf-8", "surrogatepass"))
    assert shown is not None
    assert shown.startswith("blake2b:") == (size > call_ids.LONGEST)


def test_text_and_its_bytes_are_one_id(engine: callplan.Engine) -> None:
    call = engine.route(NUMBER, CALLER, call_id="中x").call
    assert engine.find("中x".encode()) == call


def test_a_digest_is_not_the_id_of_its_bytes(engine: callplan.Engine) -> None:
    long = "x" * 300
    call = engine.route(NUMBER, CALLER, call_id=long).call
    digest, is_digest = call_ids.kept(long.encode())
    assert is_digest
    assert engine.find(digest) == 0
    assert engine.find(long) == call


@pytest.mark.parametrize("call_id", ["", b""])
def test_an_empty_id_is_refused(engine: callplan.Engine, call_id: str | bytes) -> None:
    for asked in (lambda: engine.route(NUMBER, CALLER, call_id=call_id), lambda: engine.find(call_id)):
        with pytest.raises(ValueError, match="a call id has at least one byte"):
            asked()
    assert engine.calls() == []


@pytest.mark.parametrize("call_id", [5, bytearray(b"x"), ["x"]])
def test_what_is_no_id_is_refused(engine: callplan.Engine, call_id: object) -> None:
    for asked in (
        lambda: engine.route(NUMBER, CALLER, call_id=call_id),  # type: ignore[arg-type]
        lambda: engine.find(call_id),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError, match="a call id is a str or bytes, not"):
            asked()


def test_a_draft_routes_nothing_with_an_id_either() -> None:
    engine = callplan.Engine(draft_of(PLAN.replace("otherwise -> desk or announce closed", "")))
    with pytest.raises(callplan.CallplanError, match="draft"):
        engine.route(NUMBER, CALLER, call_id="x")


def test_many_ids_one_after_another(tmp_path: Path) -> None:
    """Entries of calls long over are used again, and every record comes back."""
    with (
        callplan.Engine(tables(other(limit=8)), state=tmp_path / "a", max_calls=8) as engine,
        memory(tmp_path / "a") as found,
    ):
        for at in range(2000):
            call_id = f"call-{at}@example.cn"
            call = engine.route(NUMBER, CALLER, call_id=call_id).call
            assert call == engine.find(call_id) != 0
            assert (engine.end(call), engine.find(call_id)) == (True, 0)
        assert not (found.states & np.uint64(15)).any()
        assert found.folder.regions.ids == 64


def test_processes_that_ask_for_one_id_at_once_make_one_call(path: Path) -> None:
    """Of all that is answered there is one handle an id, and the counts are of one call each."""
    ask = "[decided(engine.route('4006123456', '13800138000', call_id=f'x{at}')) for at in range(400)]"
    with worker(path) as one, worker(path) as two, callplan.Engine(None, state=path) as engine:
        for each in (one, two):  # both start before either is read
            assert each.process.stdin is not None
            each.process.stdin.write(ask + "\n")
            each.process.stdin.flush()
        answers = [each.answer() for each in (one, two)]
        calls = {each.call_id: each.handle for each in engine.calls()}
        assert len(calls) == 2  # the desk has two places
        for at, pair in enumerate(zip(*answers, strict=True)):
            for found in pair:
                assert found[1] in ("routed", "announced", "in_progress")
                if found[4]:
                    assert found[4] == calls[f"x{at}"]
        assert used(engine, "month") == 2


def test_a_stale_entry_names_nobody(path: Path) -> None:
    """As a process leaves it that dies between the entry and the settling: its record is reclaimed, the entry stays."""
    with worker(path) as dying, callplan.Engine(None, state=path) as engine, memory(path) as found:
        call = dying.route(call_id="x")[4]
        dying.kill()
        found.put(call, Word(call >> 24, 0, 1, False, 0, DECIDING))
        assert route(engine, "x") == ("ignore", "in_progress", None, None, 0)
        engine.sweep()
        assert found.word(call).status == FREE
        again = route(engine, "x")
        assert (again[0], again[4] != call) == ("connect", True)
        assert found.count("reclaimed_deciding") == 1
