"""What becomes of the calls of a process that was killed, in whatever step: by a sweep, by its successor, in time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import callplan

from .sharing import (
    ANSWERED,
    CALLER,
    DECIDING,
    FORWARDING,
    FREE,
    NOW,
    NUMBER,
    RINGING,
    SETTLED,
    Memory,
    Word,
    index,
    made,
    memory,
    told,
    used,
    worker,
)

GRACE, LONGEST = 300, 1000
COUNTED = ("reclaimed_deciding", "reclaimed_forwarding", "ended_orphans", "ended_reconciled")


class Watch:
    """A clock that is set."""

    now = NOW

    def __call__(self) -> float:
        return self.now

    def to(self, seconds: float) -> None:
        self.now = int(NOW + seconds)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path / "a", grace=GRACE, longest_call=LONGEST)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def engine(path: Path, watch: Watch) -> Iterator[callplan.Engine]:
    """Owner 1, whose clock is `watch`."""
    with callplan.Engine(None, state=path, clock=watch) as opened:
        yield opened


@pytest.fixture
def found(path: Path) -> Iterator[Memory]:
    with memory(path) as opened:
        yield opened


def reclaims(found: Memory) -> tuple[int, ...]:
    return tuple(found.count(name) for name in COUNTED)


def left(path: Path, found: Memory, *before: str, call_id: str = "x", **word: int | bool) -> int:
    """The handle of a call of a process that was killed (owner 2): what was reported of it, and its word then."""
    with worker(path, clock=True) as dying:
        call = int(dying.route(call_id=call_id)[4])
        for report in before:
            dying(f"bool(engine.{report}({call}))")
        dying.kill()
    found.put(call, found.word(call)._replace(**word))
    return call


def take_next_place(found: Memory, call: int) -> int:
    """The position of a place that a forward has taken for the call's next leg when its process died."""
    duty = [
        cell for cell in found.cells if cell["words"] and cell["text"].startswith(b"limit") and b"duty" in cell["text"]
    ]
    (cell,) = duty or [None]
    leg = found.word(call).leg
    position = int(cell["at"]) + 1
    found.record(call)["legs"]["place"][leg + 1] = position
    found.words[position] = np.uint64(call | leg + 1)
    return position


@pytest.mark.parametrize("status", [DECIDING, SETTLED])
def test_what_was_being_decided_is_over(path: Path, engine: callplan.Engine, found: Memory, status: int) -> None:
    """Its quota places stay counted: nobody knows which of them were charged."""
    call = left(path, found, status=status)
    assert engine.calls() == []
    assert engine.sweep() == 1
    assert found.word(call) == Word(call >> 24, 0, 0, False, 0, FREE)
    assert reclaims(found) == (1, 0, 0, 0)
    assert [used(engine, name) for name in ("month", "desk")] == [1, 0]
    assert not engine.end(call)
    assert engine.find("x") == 0
    assert [engine.route(NUMBER, CALLER).destination for _ in range(2)] == ["desk", "desk"]


def test_a_ringing_call_is_an_orphan_that_anybody_may_go_on_with(
    path: Path, engine: callplan.Engine, found: Memory
) -> None:
    call = left(path, found)
    assert [(each.owner, each.orphan, each.answered) for each in engine.calls()] == [(2, True, None)]
    assert engine.sweep() == 0
    assert found.word(call) == Word(call >> 24, 1, 0, False, 0, RINGING)
    assert [(each.owner, each.orphan) for each in engine.calls()] == [(0, True)]
    assert reclaims(found) == (0, 0, 0, 0)
    assert [used(engine, name) for name in ("month", "answered month", "desk")] == [1, 1, 1]
    assert told(engine.busy(call)) == ("connect", "forwarded", "duty", None, call)
    assert found.word(call) == Word(call >> 24, 1, 1, False, 1, RINGING)
    assert [used(engine, name) for name in ("desk", "duty")] == [0, 1]


def test_an_answered_call_is_an_orphan_that_anybody_may_end(path: Path, engine: callplan.Engine, found: Memory) -> None:
    call = left(path, found, "answered")
    engine.sweep()
    assert found.word(call) == Word(call >> 24, 1, 0, False, 0, ANSWERED)
    assert not engine.answered(call)
    assert engine.end(call)
    assert [used(engine, name) for name in ("answered month", "desk")] == [1, 0]


@pytest.mark.parametrize("has_place", [False, True])
def test_what_was_being_forwarded_rings_where_it_rang(
    path: Path, engine: callplan.Engine, found: Memory, has_place: bool
) -> None:
    call = left(path, found, status=FORWARDING)
    position = take_next_place(found, call) if has_place else 0
    assert used(engine, "duty") == has_place
    assert engine.sweep() == 0
    assert found.word(call) == Word(call >> 24, 1, 0, False, 0, RINGING)
    assert found.words[position] == 0
    assert reclaims(found) == (0, 1, 0, 0)
    assert [used(engine, name) for name in ("month", "desk", "duty")] == [1, 1, 0]
    assert told(engine.busy(call))[:3] == ("connect", "forwarded", "duty")
    assert [used(engine, name) for name in ("month", "desk", "duty")] == [1, 0, 1]


def test_the_next_place_may_be_another_s_by_now(path: Path, engine: callplan.Engine, found: Memory) -> None:
    """It was noted and not taken yet: whoever has it keeps it."""
    call = left(path, found, status=FORWARDING)
    position = take_next_place(found, call)
    other = np.uint64(0x77000010)
    found.words[position] = other
    engine.sweep()
    assert found.words[position] == other


def test_a_forwarded_call_rings_at_its_last_destination(path: Path, engine: callplan.Engine, found: Memory) -> None:
    call = left(path, found, "busy", status=FORWARDING)
    engine.sweep()
    assert found.word(call) == Word(call >> 24, 1, 0, False, 1, RINGING)
    assert told(engine.route(NUMBER, CALLER, call_id="x"))[:3] == ("connect", "forwarded", "duty")
    assert [used(engine, name) for name in ("month", "desk", "duty")] == [1, 0, 1]


@pytest.mark.parametrize("has_place", [False, True])
def test_what_was_to_end_after_a_forward_is_over(
    path: Path, engine: callplan.Engine, found: Memory, has_place: bool
) -> None:
    """Unanswered, so it gives its place in the quota of answered calls back."""
    call = left(path, found, status=FORWARDING, ending=True)
    position = take_next_place(found, call) if has_place else 0
    assert not engine.end(call)
    assert engine.sweep() == 1
    assert found.word(call) == Word(call >> 24, 0, 0, False, 0, FREE)
    assert found.words[position] == 0
    assert reclaims(found) == (0, 1, 0, 0)
    assert [used(engine, name) for name in ("month", "answered month", "desk", "duty")] == [1, 0, 0, 0]


def test_a_call_that_ended_is_nobody_s(path: Path, engine: callplan.Engine, found: Memory) -> None:
    call = left(path, found, "end")
    assert engine.sweep() == 0
    assert found.word(call).status == FREE
    assert reclaims(found) == (0, 0, 0, 0)


@pytest.mark.parametrize("status", [DECIDING, SETTLED, RINGING, ANSWERED, FORWARDING])
def test_a_living_process_s_call_is_never_touched(
    path: Path, watch: Watch, engine: callplan.Engine, found: Memory, status: int
) -> None:
    """Neither by a sweep of another process nor by its own, however long it lasts."""
    with worker(path, clock=True) as living:
        call = living.route(call_id="x")[4]
        own = engine.route(NUMBER, CALLER).call
        before = [found.word(each)._replace(status=status) for each in (call, own)]
        for each, word in zip((call, own), before, strict=True):
            found.put(each, word)
        for seconds in (0, GRACE + 5, 10 * LONGEST):
            watch.to(seconds)
            assert engine.sweep() == living("engine.sweep()") == 0
        assert [found.word(each) for each in (call, own)] == before
    assert reclaims(found) == (0, 0, 0, 0)


@pytest.mark.parametrize("answered", [False, True])
def test_an_orphan_that_nobody_takes_is_over_after_the_grace_time(
    path: Path, watch: Watch, engine: callplan.Engine, found: Memory, answered: bool
) -> None:
    """Which begins when its death was seen."""
    call = left(path, found, *(["answered"] if answered else []))
    watch.to(100)
    assert engine.sweep() == 0
    watch.to(100 + GRACE - 1)
    assert engine.sweep() == 0
    assert used(engine, "desk") == 1
    watch.to(100 + GRACE)
    assert engine.sweep() == 1
    assert found.word(call).status == FREE
    assert reclaims(found) == (0, 0, 1, 0)
    assert [used(engine, name) for name in ("month", "answered month", "desk")] == [1, answered, 0]


def test_an_orphan_is_over_at_longest_call_even_within_the_grace_time(
    path: Path, watch: Watch, engine: callplan.Engine, found: Memory
) -> None:
    call = left(path, found)
    watch.to(LONGEST - 1)
    assert engine.sweep() == 0
    assert found.word(call).status == RINGING
    watch.to(LONGEST)
    assert engine.sweep() == 1
    assert reclaims(found) == (0, 0, 1, 0)


@pytest.mark.parametrize("how", ["find", "route", "busy"])
def test_who_takes_an_orphan_keeps_it(
    path: Path, watch: Watch, engine: callplan.Engine, found: Memory, how: str
) -> None:
    call = left(path, found)
    engine.sweep()
    watch.to(GRACE - 1)
    if how == "busy":
        engine.busy(call)
    else:
        assert (engine.find("x") if how == "find" else engine.route(NUMBER, CALLER, call_id="x").call) == call
    assert found.word(call).owner == 1
    watch.to(5 * LONGEST)
    assert engine.sweep() == 0
    assert found.word(call).status == RINGING


@pytest.mark.parametrize("how", ["answered", "end"])
def test_who_only_reports_an_answer_or_the_end_does_not_take_it(
    path: Path, engine: callplan.Engine, found: Memory, how: str
) -> None:
    call = left(path, found)
    engine.sweep()
    assert getattr(engine, how)(call)
    assert found.word(call).owner == 0
    assert found.word(call).turn == (1 if how == "answered" else 0)


def test_each_death_is_a_turn_and_begins_a_grace_time(
    path: Path, watch: Watch, engine: callplan.Engine, found: Memory
) -> None:
    call = left(path, found)
    engine.sweep()
    for turn in range(1, 70):
        assert found.word(call).turn == turn % 64
        found.put(call, found.word(call)._replace(owner=3))  # taken by one that dies, too
        watch.to(10 * turn)
        assert engine.sweep() == 0
    watch.to(10 * 69 + GRACE - 1)
    assert engine.sweep() == 0
    watch.to(10 * 69 + GRACE)
    assert engine.sweep() == 1
    assert reclaims(found) == (0, 0, 1, 0)


def test_the_stamp_of_an_earlier_call_in_a_record_is_not_an_orphan_s(
    path: Path, watch: Watch, engine: callplan.Engine, found: Memory
) -> None:
    first = left(path, found)
    engine.sweep()
    engine.end(first)
    watch.to(10 * GRACE)
    call = left(path, found)
    assert index(call) == index(first)
    found.record(call)["began_monotonic"] = NOW + 10 * GRACE
    assert engine.sweep() == 0
    watch.to(11 * GRACE)
    assert engine.sweep() == 1


STATES = {
    "deciding": ({"status": DECIDING}, Word(0, 0, 0, False, 0, FREE), (1, 0, 0, 0)),
    "settled": ({"status": SETTLED}, Word(0, 0, 0, False, 0, FREE), (1, 0, 0, 0)),
    "ringing": ({}, Word(0, 1, 0, False, 0, RINGING), (0, 0, 0, 0)),
    "answered": ({"status": ANSWERED}, Word(0, 1, 0, False, 0, ANSWERED), (0, 0, 0, 0)),
    "forwarding": ({"status": FORWARDING}, Word(0, 1, 0, False, 0, RINGING), (0, 1, 0, 0)),
    "ending": ({"status": FORWARDING, "ending": True}, Word(0, 0, 0, False, 0, FREE), (0, 1, 0, 0)),
}


@pytest.mark.parametrize("state", STATES)
def test_who_gets_a_dead_one_s_number_takes_over_before_its_first_call(
    path: Path, engine: callplan.Engine, found: Memory, state: str
) -> None:
    word, after, counts = STATES[state]
    call = left(path, found, **word)  # type: ignore[arg-type]
    with worker(path) as successor:
        assert [int(found.owners["incarnation"][owner]) for owner in (1, 2)] == [2, 2]
        assert found.word(call) == after._replace(generation=call >> 24)
        assert reclaims(found) == counts
        successor.route(call_id="y")
        assert {each.owner for each in engine.calls() if each.call_id == "y"} == {2}
        assert engine.sweep() == 0
    assert reclaims(found) == counts


def test_one_s_own_number_is_never_reclaimed(path: Path, engine: callplan.Engine, found: Memory) -> None:
    """Asked for a lock that it has, the kernel would say that it is free."""
    call = engine.route(NUMBER, CALLER).call
    for _ in range(3):
        engine.sweep()
    assert found.word(call).owner == 1
    with worker(path) as other:
        assert other("[each.orphan for each in engine.calls()]") == [False]


def test_a_sweep_leaves_no_lock_behind(path: Path, engine: callplan.Engine, found: Memory) -> None:
    call = left(path, found)
    engine.sweep()
    with worker(path) as one, worker(path) as two:
        assert {one("engine.sweep()"), two("engine.sweep()")} == {0}
        one.route("07311234567")
        two.route("07311234567")
        assert {each.owner for each in engine.calls()} == {0, 2, 3}
        assert engine.end(call)


def test_a_full_limit_is_swept_for_those_that_a_dead_process_was_deciding(
    path: Path, watch: Watch, engine: callplan.Engine, found: Memory
) -> None:
    left(path, found, status=DECIDING)
    assert [engine.route(NUMBER, CALLER).destination for _ in range(3)] == ["desk", "desk", None]
    assert used(engine, "desk") == 2
    watch.to(5)
    left(path, found, call_id="y")
    assert found.count("reclaimed_deciding") == 1


def test_full_records_are_swept(tmp_path: Path, watch: Watch) -> None:
    path = made(tmp_path / "b", calls=2, grace=GRACE)
    with callplan.Engine(None, state=path, clock=watch) as engine, memory(path) as found:
        left(path, found, status=DECIDING)
        assert [engine.route(NUMBER, CALLER).reason for _ in range(2)] == ["routed", "routed"]
        assert [engine.route(NUMBER, "07311234567").reason for _ in range(2)] == ["full", "overload"]
        assert reclaims(found) == (1, 0, 0, 0)


def test_a_batch_s_calls_are_orphans_like_others(path: Path, engine: callplan.Engine, found: Memory) -> None:
    with worker(path, clock=True) as dying:
        batch = "__import__('numpy').array([b'13800138000'] * 3)"
        assert dying(f"engine.route_many(b'{NUMBER}', {batch})['call'].astype(bool).tolist()") == [True, True, False]
        dying.kill()
    engine.sweep()
    assert [(each.owner, each.orphan) for each in engine.calls()] == [(0, True)] * 2
    assert used(engine, "desk") == 2


def test_what_the_switch_has_no_more_is_ended_and_counted(
    path: Path, watch: Watch, engine: callplan.Engine, found: Memory
) -> None:
    gone, kept = left(path, found, "busy", call_id="gone"), left(path, found, "busy", call_id="kept")
    own, without = engine.route(NUMBER, CALLER, call_id="own").call, engine.route(NUMBER, CALLER).call
    assert engine.reconcile(["kept"]) == [gone]  # one's own may be newer than the list
    watch.to(11)
    assert engine.reconcile(iter([b"kept", "none"])) == [own]
    assert sorted(each.handle for each in engine.calls()) == sorted([kept, without])
    assert reclaims(found) == (0, 0, 0, 2)
    assert engine.reconcile([], spare=0) == [kept]
