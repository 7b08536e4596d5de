"""Calendars, what they extend and their days; schedules that name them (language.md 5.2, 5.5)."""

from __future__ import annotations

import pytest

from callplan.compiler import checked

from .checking import check_files, found, one, plan, sound, underlined

USE = "block during s"


def _schedule(line: str, *statements: str) -> str:
    return plan(*statements, f"schedule s {{ {line} }}", USE)


def _calendar(body: str, extends: str = "") -> str:
    return _schedule("workdays ours", f"calendar ours {extends} {{ {body} }}")


def test_a_calendar_of_the_plan() -> None:
    text = _calendar("holiday 2026-12-25, 2026-12-28..2026-12-31, workday 2026-12-27")
    calendar = sound(text).schedules["s"].calendars["ours"]
    assert [(entry.kind, len(entry.dates)) for entry in calendar.entries] == [("holiday", 2), ("workday", 1)]
    assert (calendar.name, calendar.base) == ("ours", None)


def test_china_is_built_in() -> None:
    schedule = sound(_schedule("workdays china 09:00-12:00 except holidays china")).schedules["s"]
    calendar = schedule.calendars["china"]
    assert (calendar.name, calendar.base, calendar.entries, calendar.span) == ("china", None, (), None)
    assert list(schedule.calendars) == ["china"]


def test_a_calendar_extends_another() -> None:
    first = "calendar first extends china { holiday 2026-12-25 }"
    text = _schedule("holidays second", first, "calendar second extends first { workday 2026-12-25 }")
    second = sound(text).schedules["s"].calendars["second"]
    assert second.base is not None
    assert second.base.base is not None
    assert (second.base.name, second.base.base.name, second.base.base.base) == ("first", "china", None)


def test_calendars_stand_in_any_order() -> None:
    after = "calendar a extends b { } calendar b extends china { }"
    assert found(_schedule("holidays a", after)) == []


def test_a_calendar_may_amend_the_one_that_it_hides() -> None:
    own = sound(_schedule("holidays china", "calendar china extends china { holiday 2026-12-25 }"))
    china = own.schedules["s"].calendars["china"]
    assert china.span is not None
    assert china.base is not None
    assert (china.base.name, china.base.span) == ("china", None)
    shared = "calendar china extends china { holiday 2026-12-24 }"
    text = _schedule("holidays china", "calendar china extends china { holiday 2026-12-25 }")
    (only,) = check_files({"a.plan": shared + text})[0].plans
    calendar: checked.Calendar | None = only.schedules["s"].calendars["china"]
    spans = []
    while calendar is not None:
        spans.append(None if calendar.span is None else calendar.entries[0].dates[0].span.text)
        calendar = calendar.base
    assert spans == ["2026-12-25", "2026-12-24", None]


def test_amending_a_calendar_that_is_wrong_itself() -> None:
    shared = "calendar china extends china { holiday 2026-02-30 }"
    text = _schedule("holidays china", "calendar china extends china { holiday 2026-12-25 }")
    program, problems = check_files({"a.plan": shared + text})
    assert ([(problem.code, underlined(problem)) for problem in problems], program.plans) == (
        [("E401", "2026-02-30")],
        (),
    )


def test_an_unknown_calendar() -> None:
    problem = one(_schedule("holidays chna"))
    assert (problem.code, underlined(problem), problem.help) == ("E101", "chna", "did you mean `china`?")
    assert found(_calendar("", "extends nobody")) == [("E101", "nobody")]


def test_a_calendar_that_nothing_uses() -> None:
    assert found(plan("calendar ours { holiday 2026-12-25 }")) == [("W101", "ours")]


def test_a_calendar_that_extends_itself() -> None:
    problem = one(_calendar("", "extends ours"))
    assert (problem.code, problem.message) == ("E112", "`calendar ours` extends itself")
    around = one(_schedule("holidays a", "calendar a extends b { }", "calendar b extends a { }"))
    assert (around.code, [r.message for r in around.related]) == ("E112", ["`a` extends `b` here"])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("holiday 2026-12-25", "holiday 2026-12-25"),
        ("holiday 2026-12-25", "workday 2026-12-25"),
        ("holiday 2026-12-20..2026-12-25", "workday 2026-12-25"),
        ("holiday 2026-12-25", "holiday 2026-12-20..2026-12-31"),
        ("holiday 2026-12-25..2026-12-31", "holiday 2026-12-20..2026-12-25"),
        ("holiday 2026-01-01..2026-12-31, 2027-01-01", "workday 2026-03-02..2026-03-03"),
    ],
)
def test_one_day_twice_in_a_body(first: str, second: str) -> None:
    text = _calendar(f"{first}, {second}")
    problem = one(text)
    assert (problem.code, underlined(problem)) == ("E414", second.partition(" ")[2])
    assert problem.message == f"`calendar ours` has a day of `{second.partition(' ')[2]}` twice"
    assert problem.related[0].span.text == first.partition(" ")[2].partition(",")[0]


def test_each_doubled_day_is_reported() -> None:
    days = ", ".join(["2026-12-25"] * 4)
    assert [code for code, _ in found(_calendar(f"holiday {days}"))] == ["E414"] * 3


def test_days_next_to_each_other_are_not_doubled() -> None:
    assert found(_calendar("holiday 2026-12-24..2026-12-25, 2026-12-26, workday 2026-12-27..2026-12-28")) == []


def test_the_same_day_in_another_body_replaces() -> None:
    base = "calendar base { holiday 2026-12-25 }"
    assert found(_schedule("holidays ours", base, "calendar ours extends base { workday 2026-12-25 }")) == []


@pytest.mark.parametrize(
    ("dates", "code", "text"),
    [
        ("2026-02-30", "E401", "2026-02-30"),
        ("1999-12-31", "E402", "1999-12-31"),
        ("2026-12-26..2026-12-25", "E403", "2026-12-26..2026-12-25"),
        ("12-25", "E415", "12-25"),
        ("12-25..12-26", "E415", "12-25..12-26"),
    ],
)
def test_days_that_a_calendar_cannot_have(dates: str, code: str, text: str) -> None:
    assert found(_calendar(f"holiday {dates}")) == [(code, text)]


def test_a_doubled_calendar_is_checked_too() -> None:
    text = _schedule("holidays a", "calendar a { }", "calendar a extends nobody { holiday 2026-02-30 }")
    assert found(text) == [("E103", "a"), ("E101", "nobody"), ("E401", "2026-02-30")]


@pytest.mark.parametrize(
    "days", ["day 1", "day 31", "day 1, 15, last", "mon, day 30", "first mon", "last sun, fifth fri"]
)
def test_days_by_their_place_in_the_month(days: str) -> None:
    assert found(_schedule(f"{days} 09:00-12:00")) == []


@pytest.mark.parametrize("day", ["0", "32", "00", "2147483647"])
def test_days_that_no_month_has(day: str) -> None:
    problem = one(_schedule(f"day 1, {day}"))
    assert (problem.code, underlined(problem)) == ("E413", day)
    assert problem.help == "days of the month go from 1 to 31, and `last` is the last one"


def test_every_wrong_day_is_reported() -> None:
    assert found(_schedule("day 0, 1, 32")) == [("E413", "0"), ("E413", "32")]
