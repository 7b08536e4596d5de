"""Batches: the same as a loop in index order, on the same books, beside other threads."""

from __future__ import annotations

import random
import threading
from collections import Counter

import numpy as np
import pytest

import callplan
from callplan.runtime import layout

from .test_engine import NIGHT, OFFICE, PLAN
from .test_threads import plan, together

NUMBER = b"4006123456"
CALLERS = [
    b"13800138000", b"0731-8888-6666", b"+85221234567", b"", b"anonymous", b"10086", b"+86 138 0013 8000", b"1" * 40,
    b"02188886666",
]  # fmt: skip


def inputs(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = random.Random(size)
    called = np.array(
        [rng.choice([NUMBER, b"4006-123-456", b"+864006123456", b"4001111111", b""]) for _ in range(size)]
    )
    caller = np.array([rng.choice(CALLERS) for _ in range(size)])
    at = np.array([rng.choice([OFFICE, NIGHT, 0, 2**40, OFFICE + rng.randrange(10**7)]) for _ in range(size)])
    return called, caller, at


def test_a_batch_is_a_loop_in_index_order() -> None:
    tables = callplan.compile_text(PLAN)
    one, other = callplan.Engine(tables), callplan.Engine(tables)
    called, caller, at = inputs(3000)
    rows = one.route_many(called, caller, at)
    names = {kind: one.names(kind) for kind in ("action", "reason", "destination", "announcement")}
    assert rows.dtype == layout.DECISION
    for row, to, who, when in zip(rows, called, caller, at, strict=True):
        decision = other.route(to.decode(), who.decode(), int(when))
        assert names["action"][row["action"]] == decision.action
        assert names["reason"][row["reason"]] == decision.reason
        assert row["ring_seconds"] == decision.ring_seconds
        for kind, expected in (("destination", decision.destination), ("announcement", decision.announcement)):
            assert (None if row[kind] == layout.NONE else names[kind][row[kind]]) == expected
        assert bool(row["call"]) == bool(decision.call)
    assert one.usage() == other.usage()
    ended = one.end_many(rows["call"])
    assert ended.tolist() == [bool(call) for call in rows["call"]]
    assert not one.end_many(rows["call"]).any()
    assert {entry.used for entry in one.usage() if entry.kind == "limit"} == {0}


def test_peek_many_counts_nothing() -> None:
    engine = callplan.Engine(callplan.compile_text(PLAN))
    called, caller, at = inputs(500)
    before = engine.usage()
    rows = engine.peek_many(called, caller, at)
    assert not rows["call"].any()
    assert engine.usage() == before
    seen = [engine.names("reason")[row["reason"]] for row in rows]
    assert seen == [
        engine.peek(to.decode(), who.decode(), int(when)).reason
        for to, who, when in zip(called, caller, at, strict=True)
    ]


def test_looking_ahead_leaves_the_periods_of_quotas_alone() -> None:
    numbers = [NUMBER, b"4006123457"]
    texts = [
        f"""plan "p{i}" {{
        number {number.decode()}
        destination d = 010-6234-5678
        quota 16 calls per day
        route {{ otherwise -> d }}
    }}
    """
        for i, number in enumerate(numbers)
    ]
    engine = callplan.Engine(callplan.compile_text("".join(texts)))
    called = np.array([numbers[0]] * 17 + [numbers[1]])  # the 17th starts a group that ends in the next day
    at = np.array([OFFICE] * 17 + [OFFICE + 86400])
    rows = engine.route_many(called, b"13800138000", at)
    reasons = [engine.names("reason")[reason] for reason in rows["reason"]]
    assert reasons == ["routed"] * 16 + ["quota", "routed"]


def test_one_value_stands_for_all() -> None:
    engine = callplan.Engine(callplan.compile_text(PLAN))
    rows = engine.route_many(NUMBER, np.array(CALLERS), OFFICE)
    assert len(rows) == len(CALLERS)
    assert len(engine.route_many(NUMBER, CALLERS[0])) == 1
    assert len(engine.route_many(np.array([], "S11"), CALLERS[0])) == 0
    assert len(engine.end_many([])) == 0
    every_other = np.array(CALLERS)[::2]
    assert len(engine.peek_many(NUMBER, every_other, float(OFFICE))) == len(every_other)


@pytest.mark.parametrize(
    ("called", "caller", "at", "error", "words"),
    [
        ("4006123456", b"1", None, TypeError, "called is a numpy array of bytes"),
        (NUMBER, np.array([1, 2]), None, TypeError, "caller is a numpy array of bytes"),
        (NUMBER, np.array([[b"1"]]), None, TypeError, "of 2 dimensions"),
        (np.array([NUMBER] * 2), np.array([b"1"] * 3), None, ValueError, "different lengths: 2, 3"),
        (NUMBER, b"1", "now", TypeError, "at is POSIX seconds"),
        (NUMBER, b"1", float("nan"), ValueError, "nan"),
    ],
)
def test_other_input_is_refused(called: object, caller: object, at: object, error: type[Exception], words: str) -> None:
    engine = callplan.Engine(callplan.compile_text(PLAN))
    with pytest.raises(error, match=words):
        engine.route_many(called, caller, at)  # type: ignore[arg-type]


def test_handles_of_a_batch_are_whole_numbers() -> None:
    engine = callplan.Engine(callplan.compile_text(PLAN))
    with pytest.raises(TypeError, match="calls are an array of whole numbers"):
        engine.end_many([1.5])
    assert engine.end_many([-1, 0, 5]).tolist() == [False] * 3
    with pytest.raises(ValueError, match="is not one of action"):
        engine.names("colour")
    with pytest.raises(ValueError, match="no version 9"):
        engine.names("reason", 9)


def test_batches_of_many_threads_keep_exact_books() -> None:
    """Without the interpreter's lock the threads truly meet in the counters."""
    limit, allowed = 40, 30_000
    engine = plan(
        f"""destination a = 010-6234-5678 limit {limit}
        destination b = 021-5234-5678 limit {limit}
        destination c = 139-1234-5678
        quota {allowed} calls per month
        route {{ otherwise -> split {{ 40% a or c, 35% b or c, 25% c }} }}"""
    )
    size, rounds = 100, 60
    totals: Counter[str] = Counter()
    lock = threading.Lock()
    reasons = engine.names("reason")
    too_many: list[int] = []

    def work(number: int) -> None:
        own: Counter[str] = Counter()
        for _ in range(rounds):
            rows = engine.route_many(NUMBER, np.array([b"13800138000"] * size), OFFICE)
            for reason, count in zip(*np.unique(rows["reason"], return_counts=True), strict=True):
                own[reasons[reason]] += int(count)
            too_many.extend(entry.used for entry in engine.usage() if entry.kind == "limit" and entry.used > limit)
            assert engine.end_many(rows["call"]).sum() == np.count_nonzero(rows["call"])
        with lock:
            totals.update(own)

    together(work)
    calls = 8 * size * rounds
    assert totals == {"routed": allowed, "quota": calls - allowed}
    assert not too_many
    used = {(entry.kind, entry.name): entry.used for entry in engine.usage()}
    assert used["limit", "a"] == used["limit", "b"] == 0
    assert used["quota", "month"] == allowed
    assert used["split", "otherwise"] == calls


def test_a_split_is_exact_over_batches_of_many_threads() -> None:
    engine = plan(
        "destination a = 010-6234-5678\ndestination b = 021-5234-5678\ndestination c = 139-1234-5678\n"
        "route { otherwise -> split { 62.5% a, 25% b, 12.5% c } }"
    )
    found: Counter[int] = Counter()
    lock = threading.Lock()

    def work(number: int) -> None:
        for _ in range(20):
            rows = engine.route_many(NUMBER, np.array([b"13800138000"] * 400), OFFICE)
            engine.end_many(rows["call"])
            with lock:
                found.update(rows["destination"].tolist())

    together(work)
    assert [found[index] for index in range(3)] == [40_000, 16_000, 8_000]
