"""Lines of `expect`, as far as their text shows them to be sound (language.md 7)."""

from __future__ import annotations

import pytest

from callplan.compiler import checked, syntax

from .checking import found, found_in, one, plan, sound, underlined

A = "destination a = 010-6234-5678 limit 5"
CALL = "13800138000 at 2026-11-23 09:30"


def _expect(*lines: str) -> str:
    return plan(A, "forward busy -> a, duty", "forward no-answer -> a", "expect {", *lines, "}")


def _only(line: str) -> checked.Expect:
    (found_line,) = sound(_expect(line)).expects
    return found_line


def test_a_path_is_resolved() -> None:
    checked_plan = sound(_expect(f"{CALL} -> a full -> duty no-answer -> a busy -> duty"))
    (line,) = checked_plan.expects
    a, duty = checked_plan.destinations["a"], checked_plan.destinations["duty"]
    assert [(each.destination, each.events) for each in line.tried] == [
        (a, ("full",)), (duty, ("no_answer",)), (a, ("busy",)), (duty, ()),
    ]  # fmt: skip
    assert line.last is None
    assert isinstance(line.caller, syntax.Number)
    assert (line.caller.digits, line.at.minute) == ("13800138000", 570)


def test_a_path_may_end_in_an_announcement() -> None:
    line = _only(f"{CALL} -> duty unreachable -> announce unreachable")
    assert isinstance(line.last, checked.Announcement)
    assert line.last.name == "unreachable"


def test_shares() -> None:
    line = _only(f"{CALL} -> split {{ 59.5% a, 40% duty, 0.5% announce closed }}")
    assert isinstance(line.last, checked.ExpectedShares)
    assert [(share, target.name) for share, target in line.last.shares] == [(5950, "a"), (4000, "duty"), (50, "closed")]


def test_an_origin() -> None:
    line = _only("from 广东, 0731 except mobile at 2026-11-23 09:30 -> duty")
    assert isinstance(line.caller, checked.Origin)
    assert [term.span.text for term in line.caller.terms] == ["广东", "0731"]


def test_all_lines_of_all_expects_in_order() -> None:
    text = plan("expect { 10086 at 2026-11-23 09:30 -> duty }", "expect { 10010 at 2026-11-23 09:30 -> duty }")
    assert [line.caller.span.text for line in sound(text).expects] == ["10086", "10010"]


@pytest.mark.parametrize(
    ("line", "code", "text"),
    [
        (f"{CALL} -> nobody", "E101", "nobody"),
        (f"{CALL} -> nobody busy -> a", "E101", "nobody"),
        (f"{CALL} -> announce nothing", "E101", "nothing"),
        (f"{CALL} -> split {{ 50% a, 50% nobody }}", "E101", "nobody"),
        ("from 0732 at 2026-11-23 09:30 -> a", "E301", "0732"),
        ("from fixed except fixed at 2026-11-23 09:30 -> a", "W301", "fixed except fixed"),
        ("10086 at 2026-02-30 09:30 -> a", "E401", "2026-02-30"),
        ("10086 at 1999-12-31 09:30 -> a", "E402", "1999-12-31"),
        ("10086 at 2026-11-23 24:00 -> a", "E404", "24:00"),
        ("10086 at 2026-11-23 09:60 -> a", "E404", "09:60"),
        (f"{CALL} -> duty full -> a", "E510", "duty full"),
        (f"{CALL} -> split {{ 60% a, 30% duty }}", "E501", "60% a, 30% duty"),
        (f"{CALL} -> split {{ 100% a, 0% duty }}", "E502", "0%"),
    ],
)
def test_what_cannot_be_expected(line: str, code: str, text: str) -> None:
    problem = one(_expect(line))
    assert (problem.code, underlined(problem)) == (code, text)


def test_every_mistake_of_a_line_is_reported() -> None:
    text = _expect("from 0732 at 2026-02-30 09:60 -> nobody busy -> duty full -> announce nothing")
    assert [code for code, _ in found(text)] == ["E301", "E401", "E404", "E101", "E510", "E101"]


def test_where_the_missing_limit_belongs() -> None:
    problem = one(_expect(f"{CALL} -> duty full -> a"))
    assert problem.message == "`duty` has no limit, so it is never full"
    assert problem.related[0].message == "`duty` has no limit here"
    assert problem.related[0].span.text == "destination duty = 13912345678"


def test_shares_of_thirds() -> None:
    thirds = "33.33% a, 33.33% duty, 33.33% announce closed"
    assert found(_expect(f"{CALL} -> split {{ {thirds} }}")) == []
    assert found(_expect(f"{CALL} -> split {{ {thirds}, 0.05% announce full }}"))[0][0] == "E501"


def test_an_expected_name_is_used() -> None:
    line = "expect { 10086 at 2026-11-23 09:30 -> announce late }"
    assert found(plan('announcement late = "late.wav"', line)) == []


def test_a_time_that_was_reported_by_the_reader_is_not_reported_again() -> None:
    assert found_in({"a.plan": _expect("13800138000 at 2026-11-23 9:30 -> duty")}, misread=True) == []
