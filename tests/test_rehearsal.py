"""Calls tried on the engine in a state made for them, one after the other with nothing left between."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

import callplan
from callplan.compiler.rehearsal import Entry, Rehearsal, Stop, Way

NUMBER = "4006123456"
PLAN = """plan "P" {
    number 4006123456
    destination a = 01062345678 limit 5
    destination b = 02162345678 limit 7
    destination c = 02062345678
    blacklist { 13800138000 }
    block from 海南
    quota 1 calls per day
    route {
        from 010  -> split { 75% a or split evenly { b, c }, 25% announce closed }
        from abroad -> b
        otherwise -> a or b
    }
    forward busy      -> b, c
    forward no-answer -> c
}
plan "Q" {
    number 4006123457
    destination a = 01062345678 limit 1
    route { otherwise -> split evenly { a, announce closed, a } }
}
"""


@pytest.fixture
def rehearsal() -> Iterator[Rehearsal]:
    with Rehearsal(callplan.compile_text(PLAN), 2) as opened:
        yield opened


def called(rehearsal: Rehearsal, name: str) -> int:
    return next(at for at in range(3) if rehearsal.name(at) == name)


def told(rehearsal: Rehearsal, stop: Stop) -> tuple[list[str], str | None]:
    full = [rehearsal.name(each) for each in stop.full]
    return full, stop.announced if stop.connected is None else rehearsal.name(stop.connected)


def only(ways: list[Way]) -> Way:
    (way,) = ways
    return way


def beijing(rehearsal: Rehearsal) -> Entry:
    return rehearsal.enter(NUMBER, "", 0, ("010", "fixed"))


def test_who_is_turned_away_comes_to_no_node(rehearsal: Rehearsal) -> None:
    assert rehearsal.enter(NUMBER, "13800138000", 0) == Entry(0, None, "blacklisted")
    blocked = rehearsal.enter(NUMBER, "", 0, ("0898", "mobile"))
    assert told(rehearsal, only(rehearsal.ways(blocked)).stop) == ([], "blocked")


def test_callers_of_one_rule_come_to_one_node(rehearsal: Rehearsal) -> None:
    assert beijing(rehearsal) == rehearsal.enter(NUMBER, "010-8888-6666", 10**9)
    assert beijing(rehearsal) != rehearsal.enter(NUMBER, "10086", 0)


def test_every_way_through_the_splits(rehearsal: Rehearsal) -> None:
    ways = rehearsal.ways(beijing(rehearsal))
    assert [told(rehearsal, way.stop) for way in ways] == [([], "a"), ([], "closed")]
    assert [way.share for way in ways] == [Fraction(3, 4), Fraction(1, 4)]
    rehearsal.fill(0, [called(rehearsal, "a")])
    ways = rehearsal.ways(beijing(rehearsal))
    assert [told(rehearsal, way.stop) for way in ways] == [(["a"], "b"), (["a"], "c"), ([], "closed")]
    assert [way.share for way in ways] == [Fraction(3, 8), Fraction(3, 8), Fraction(1, 4)]
    assert [way.before for way in ways] == [(0, 1), (0, 1), (0,)]


def test_exactly_what_is_wanted_is_full(rehearsal: Rehearsal) -> None:
    entry = rehearsal.enter(NUMBER, "10086", 0)
    a, b = called(rehearsal, "a"), called(rehearsal, "b")
    for full, expected in (
        ([a, b], (["a", "b"], "full")),
        ([b], ([], "a")),
        ([a], (["a"], "b")),
        ([], ([], "a")),
    ):
        rehearsal.fill(0, full)
        assert told(rehearsal, only(rehearsal.ways(entry)).stop) == expected


def test_a_call_is_forwarded_past_what_is_full(rehearsal: Rehearsal) -> None:
    entry = rehearsal.enter(NUMBER, "+85221234567", 0)
    attempt = rehearsal.start(entry, only(rehearsal.ways(entry)))
    assert told(rehearsal, rehearsal.report(attempt, "busy")) == ([], "c")
    assert told(rehearsal, rehearsal.report(attempt, "no_answer")) == ([], "no_answer")

    entry = rehearsal.enter(NUMBER, "10086", 0)
    attempt = rehearsal.start(entry, only(rehearsal.ways(entry)))
    rehearsal.fill(0, [called(rehearsal, "b")])
    assert told(rehearsal, rehearsal.report(attempt, "unreachable")) == (["b"], "c")
    rehearsal.end(attempt)


def test_a_call_leaves_nothing(rehearsal: Rehearsal) -> None:
    """Neither its place nor its quota, which has room for one; nor the branch that it was made to take."""
    entry = beijing(rehearsal)
    for _ in range(3):
        for way in rehearsal.ways(entry):
            if way.stop.connected is not None:
                attempt = rehearsal.start(entry, way)
                assert told(rehearsal, rehearsal.report(attempt, "busy")) == ([], "b")
                rehearsal.end(attempt)
        assert len(rehearsal.ways(entry)) == 2


def test_the_tables_are_left_alone() -> None:
    tables = callplan.compile_text(PLAN)
    before = {name: section.tobytes() for name, section in tables.sections.items()}
    with Rehearsal(tables, 1) as rehearsal:
        rehearsal.fill(0, [called(rehearsal, "a")])
        for way in rehearsal.ways(beijing(rehearsal)):
            if way.stop.connected is not None:
                rehearsal.end(rehearsal.start(beijing(rehearsal), way))
    assert {name: section.tobytes() for name, section in tables.sections.items()} == before


def test_plans_are_found_by_their_numbers(rehearsal: Rehearsal) -> None:
    assert [rehearsal.plan(number) for number in (NUMBER, "4006123457")] == [0, 1]


def test_branches_that_lead_to_the_same_are_one_way(rehearsal: Rehearsal) -> None:
    ways = rehearsal.ways(rehearsal.enter("4006123457", "10086", 0))
    assert [(told(rehearsal, way.stop), way.share) for way in ways] == [
        (([], "a"), Fraction(2, 3)),
        (([], "closed"), Fraction(1, 3)),
    ]


def test_only_a_call_that_is_connected_can_begin(rehearsal: Rehearsal) -> None:
    closed = rehearsal.ways(beijing(rehearsal))[1]
    with pytest.raises(ValueError, match="not connected"):
        rehearsal.start(beijing(rehearsal), closed)


LONG = """plan "P" {
    number 4006123456
    destination a = 01062345678 limit 1
    destination b = 02162345678 limit 1
    destination c = 02062345678
    quota 1 calls per day
    route {
        from 010  -> a or b or a or split { 50% a or b or c, 30% b or split { 40% a or a, 60% announce closed }, 20% c }
        otherwise -> a or b or a or b or a or b
    }
}
"""


def test_a_way_that_no_trace_holds_is_followed_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def ways(room: int | None) -> list[Way]:
        class Short:
            """An engine whose traces have so much room."""

            def __init__(self, *arguments: Any, **options: Any) -> None:
                self.engine = callplan.Engine(*arguments, **options)

            def __getattr__(self, name: str) -> Any:
                return getattr(self.engine, name)

            def trace(self, *arguments: Any) -> Any:
                decision, marks, local = self.engine._trace(*arguments)
                return decision, marks[:room], local

        with monkeypatch.context() as patched:
            patched.setattr("callplan.compiler.rehearsal.Engine", Short)
            with Rehearsal(callplan.compile_text(LONG), 2) as rehearsal:
                found = []
                for full in ([], ["a"], ["a", "b"]):
                    rehearsal.fill(0, [called(rehearsal, name) for name in full])
                    for caller in ("010-8888-6666", "10086"):
                        found += rehearsal.ways(rehearsal.enter(NUMBER, caller, 0))
                return found

    whole = ways(None)
    assert max(len(way.stop.full) for way in whole) == 6
    assert all(ways(room) == whole for room in range(8, 14))
