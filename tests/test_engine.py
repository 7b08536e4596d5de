"""The engine's promises that are not about what a plan means: handles, lost calls, values of every kind, closing."""

from __future__ import annotations

import math
import threading

import pytest

import callplan
from callplan.runtime.memory import MAX_CALLS

NUMBER = "4006123456"
CALLER = "13800138000"
PLAN = """
plan "line" {
    number 4006-123-456
    destination desk = 010-6234-5678 limit 2
    destination duty = 139-1234-5678
    destination night = "sip:night@pbx.example.cn"
    announcement closed = "closed.wav"
    quota 1000 calls per day
    schedule office { mon-fri 09:00-18:00 }
    route {
        during office -> desk or announce closed
        otherwise     -> split { 50% desk, 50% duty }
    }
    forward busy -> duty, night
    forward no-answer after 15s -> duty
}
"""
OFFICE = 1_795_485_600  # 2026-11-24 10:00 in Shanghai, a Tuesday
NIGHT = OFFICE + 12 * 3600


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: float = OFFICE) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def engine() -> callplan.Engine:
    return callplan.Engine(callplan.compile_text(PLAN))


def used(engine: callplan.Engine, kind: str) -> int:
    return sum(entry.used for entry in engine.usage() if entry.kind == kind)


def test_a_decision_says_all_that_a_switch_needs(engine: callplan.Engine) -> None:
    decision = engine.route(NUMBER, CALLER, OFFICE)
    assert (decision.action, decision.reason) == ("connect", "routed")
    assert (decision.destination, decision.number, decision.ring_seconds) == ("desk", "01062345678", 15)
    assert (decision.announcement, decision.media) == (None, None)
    assert 0 < decision.call < 1 << 64
    engine.route(NUMBER, CALLER, OFFICE)
    full = engine.route(NUMBER, CALLER, OFFICE)
    assert (full.action, full.reason, full.announcement, full.media) == (
        "announce",
        "announced",
        "closed",
        "closed.wav",
    )
    assert (full.destination, full.number, full.ring_seconds, full.call) == (None, None, 0, 0)


def test_a_decision_outlives_its_engine() -> None:
    with callplan.Engine(callplan.compile_text(PLAN)) as engine:
        decision = engine.route(NUMBER, CALLER, OFFICE)
    del engine
    assert decision.destination == "desk"
    assert "desk" in repr(decision)


def test_a_decision_is_made_by_an_engine() -> None:
    with pytest.raises(TypeError):
        callplan.Decision()


def test_a_call_ends_once(engine: callplan.Engine) -> None:
    call = engine.route(NUMBER, CALLER, OFFICE).call
    assert engine.answered(call) is True
    assert engine.answered(call) is False
    assert engine.busy(call).reason == "unknown_call"
    assert engine.end(call) is True
    assert engine.end(call) is False
    assert engine.answered(call) is False
    assert used(engine, "limit") == 0


def test_reports_on_a_call_that_is_over_change_nothing(engine: callplan.Engine) -> None:
    first = engine.route(NUMBER, CALLER, OFFICE).call
    engine.end(first)
    second = engine.route(NUMBER, CALLER, OFFICE).call
    for report in (engine.busy, engine.no_answer, engine.unreachable):
        decision = report(first)
        assert (decision.action, decision.reason, decision.announcement) == ("announce", "unknown_call", None)
        assert (decision.origin, decision.call, decision.ring_seconds) == (("unknown", None), 0, 0)
    assert used(engine, "limit") == 1
    assert engine.end(second)


def test_a_forward_frees_the_place_it_leaves(engine: callplan.Engine) -> None:
    call = engine.route(NUMBER, CALLER, OFFICE).call
    forwarded = engine.busy(call)
    assert (forwarded.reason, forwarded.destination, forwarded.call) == ("forwarded", "duty", call)
    assert used(engine, "limit") == 0
    assert engine.unreachable(call).destination == "night"
    over = engine.no_answer(call)
    assert (over.reason, over.announcement, over.call) == ("no_answer", "no_answer", 0)
    assert not engine.end(call)
    assert used(engine, "quota") == 1


@pytest.mark.parametrize("call", [0, 1, -1, 15, 1 << 24, (1 << 64) - 1, 1 << 64, -(1 << 70), 1 << 400, True])
def test_made_up_handles_are_refused(engine: callplan.Engine, call: int) -> None:
    held = engine.route(NUMBER, CALLER, OFFICE).call
    assert engine.end(call) is False
    assert engine.answered(call) is False
    assert engine.busy(call).reason == "unknown_call"
    assert engine.end(held)


def test_no_neighbour_of_a_handle_is_a_handle(engine: callplan.Engine) -> None:
    call = engine.route(NUMBER, CALLER, OFFICE).call
    assert not any(engine.end(call ^ (1 << bit)) for bit in range(64))
    assert engine.end(call)


@pytest.mark.parametrize("call", [None, "1", 1.0, b"1"])
def test_a_handle_is_an_int(engine: callplan.Engine, call: object) -> None:
    with pytest.raises(TypeError):
        engine.end(call)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [None, 4006123456, b"4006123456", ["4006123456"]])
def test_numbers_are_strings(engine: callplan.Engine, wrong: object) -> None:
    with pytest.raises(TypeError, match="a number is a str"):
        engine.route(wrong, CALLER)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a number is a str"):
        engine.peek(NUMBER, wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["", "x" * 100_000, "\0", "\ud800", "４００６１２３４５６", "+" * 1000, "9" * 100_000, "4006123456 " * 9]
)
def test_any_string_is_a_number_of_some_kind(engine: callplan.Engine, text: str) -> None:
    assert engine.route(text, text, OFFICE).reason == "unallocated"
    assert engine.route(NUMBER, text, OFFICE).origin == ("unknown", None)


@pytest.mark.parametrize(
    "at", [-math.inf, math.inf, -1e300, 1e300, -(10**30), 10**30, 0, -1, 2**63 - 1, -(2**63), 1e18]
)
def test_any_instant_is_decided(engine: callplan.Engine, at: float) -> None:
    assert engine.route(NUMBER, CALLER, at).action in ("connect", "announce")


def test_an_instant_is_a_number(engine: callplan.Engine) -> None:
    with pytest.raises(ValueError, match="nan"):
        engine.route(NUMBER, CALLER, math.nan)
    with pytest.raises(TypeError, match="POSIX seconds"):
        engine.route(NUMBER, CALLER, "now")  # type: ignore[arg-type]


def test_a_fraction_of_a_second_is_not_yet_the_next(engine: callplan.Engine) -> None:
    six = OFFICE + 8 * 3600
    assert engine.peek(NUMBER, CALLER, six - 0.5).destination == "desk"
    engine.route(NUMBER, CALLER, six)  # takes the split's first ticket
    assert engine.peek(NUMBER, CALLER, six).destination == "duty"


def test_a_peek_counts_nothing(engine: callplan.Engine) -> None:
    before = engine.usage()
    seen = [engine.peek(NUMBER, CALLER, at) for at in (OFFICE, NIGHT) for _ in range(10)]
    assert {decision.call for decision in seen} == {0}
    assert engine.usage() == before
    routed = engine.route(NUMBER, CALLER, NIGHT)
    assert (routed.destination, routed.reason) == (seen[-1].destination, seen[-1].reason)


def test_overload_is_decided_last_and_charges_nothing() -> None:
    engine = callplan.Engine(callplan.compile_text(PLAN), max_calls=1)
    first = engine.route(NUMBER, CALLER, OFFICE)
    assert engine.peek(NUMBER, CALLER, OFFICE).reason == "overload"
    refused = engine.route(NUMBER, CALLER, OFFICE)
    assert (refused.action, refused.reason, refused.announcement) == ("announce", "overload", "overload")
    assert used(engine, "quota") == 1
    assert engine.end(first.call)
    assert engine.route(NUMBER, CALLER, OFFICE).reason == "routed"


def test_a_lost_call_gives_its_place_back_when_the_limit_is_full() -> None:
    clock = Clock()
    engine = callplan.Engine(callplan.compile_text(PLAN), longest_call=100, clock=clock)
    lost = engine.route(NUMBER, CALLER).call
    clock.now += 60
    held = engine.route(NUMBER, CALLER).call
    assert engine.route(NUMBER, CALLER).reason == "announced"
    clock.now += 39
    assert engine.route(NUMBER, CALLER).reason == "announced"
    clock.now += 1
    assert engine.route(NUMBER, CALLER).destination == "desk"
    assert not engine.end(lost)
    assert engine.end(held)


def test_a_lost_call_gives_its_record_back_when_there_is_none() -> None:
    clock = Clock()
    engine = callplan.Engine(callplan.compile_text(PLAN), max_calls=1, longest_call=100, clock=clock)
    engine.route(NUMBER, CALLER)
    clock.now += 100
    assert engine.peek(NUMBER, CALLER).reason == "routed"
    assert engine.route(NUMBER, CALLER).reason == "routed"


def test_sweep_ends_what_is_lost_and_says_how_many() -> None:
    clock = Clock()
    engine = callplan.Engine(callplan.compile_text(PLAN), longest_call=100, clock=clock)
    calls = [engine.route(NUMBER, CALLER).call, engine.route(NUMBER, CALLER).call]
    engine.answered(calls[0])
    assert engine.sweep() == 0
    clock.now += 100
    assert engine.sweep() == 2
    assert engine.sweep() == 0
    assert used(engine, "limit") == 0
    assert not any(engine.end(call) for call in calls)


def test_longest_call_is_measured_on_the_clock_not_on_at() -> None:
    clock = Clock()
    engine = callplan.Engine(callplan.compile_text(PLAN), longest_call=100, clock=clock)
    week = 7 * 86400
    calls = [engine.route(NUMBER, CALLER, clock.now + weeks * week).call for weeks in (-1, 1)]
    assert all(calls)
    clock.now += 99
    assert engine.sweep() == 0
    clock.now += 1
    assert engine.sweep() == 2


def test_usage_names_what_is_counted(engine: callplan.Engine) -> None:
    engine.route(NUMBER, CALLER, NIGHT)
    assert [tuple(entry) for entry in engine.usage()] == [
        ("quota", "line", "day", 1, 0, 1000, "2026-11-24"),
        ("limit", "line", "desk", 1, 0, 2, None),
        ("split", "line", "otherwise", 1, 0, None, None),
    ]


@pytest.mark.parametrize("max_calls", [0, -1, MAX_CALLS + 1])
def test_max_calls_has_a_range(max_calls: int) -> None:
    with pytest.raises(ValueError, match="max_calls must be"):
        callplan.Engine(callplan.compile_text(PLAN), max_calls=max_calls)


@pytest.mark.parametrize("longest_call", [0, -1, 2**31])
def test_longest_call_has_a_range(longest_call: int) -> None:
    with pytest.raises(ValueError, match="longest_call must be"):
        callplan.Engine(callplan.compile_text(PLAN), longest_call=longest_call)


def test_area_is_an_area_code() -> None:
    with pytest.raises(callplan.CallplanError, match="0961"):
        callplan.Engine(callplan.compile_text(PLAN), area="0961")
    assert callplan.Engine(callplan.compile_text(PLAN), area="0731").peek(NUMBER, "88886666").origin == (
        "0731",
        "fixed",
    )


def test_a_closed_engine_says_so(engine: callplan.Engine) -> None:
    call = engine.route(NUMBER, CALLER, OFFICE).call
    engine.close()
    engine.close()
    for ask in (
        lambda: engine.route(NUMBER, CALLER), lambda: engine.peek(NUMBER, CALLER), lambda: engine.busy(call),
        lambda: engine.answered(call), lambda: engine.end(call), engine.usage, engine.sweep,
        lambda: engine.explain(NUMBER, CALLER),
    ):  # fmt: skip
        with pytest.raises(callplan.CallplanError, match="closed"):
            ask()


def test_a_clock_that_closes_the_engine_does_no_harm() -> None:
    def clock() -> float:
        engine.close()
        return OFFICE

    engine = callplan.Engine(callplan.compile_text(PLAN), clock=clock)
    with pytest.raises(callplan.CallplanError, match="closed"):
        engine.route(NUMBER, CALLER)


def test_a_clock_that_fails_is_heard() -> None:
    def clock() -> float:
        raise RuntimeError("no time")

    engine = callplan.Engine(callplan.compile_text(PLAN), clock=clock)
    with pytest.raises(RuntimeError, match="no time"):
        engine.route(NUMBER, CALLER)


def test_another_thread_may_end_a_call(engine: callplan.Engine) -> None:
    call = engine.route(NUMBER, CALLER, OFFICE).call
    ended: list[bool] = []
    thread = threading.Thread(target=lambda: ended.append(engine.end(call)))
    thread.start()
    thread.join()
    assert ended == [True]


def test_an_engine_that_was_never_opened_does_no_harm() -> None:
    engine = callplan.Engine.__new__(callplan.Engine)
    for ask in (
        lambda: engine.tables, lambda: engine.route(NUMBER, CALLER), lambda: engine.names("reason"), engine.usage,
        lambda: engine.position(0), lambda: engine.route_many(b"1", b"2"), lambda: engine.end(1), engine.open_quotas,
        lambda: engine.reload(callplan.compile_text(PLAN)),
    ):  # fmt: skip
        with pytest.raises(callplan.CallplanError, match="closed"):
            ask()
