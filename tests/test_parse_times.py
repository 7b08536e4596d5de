"""The syntax tree of schedules and calendars."""

from __future__ import annotations

from typing import Any

import pytest

from callplan.compiler import syntax

from . import parsing


def test_schedule_lines() -> None:
    lines = parsing.one(
        "schedule s { mon, wed-fri 09:00-12:00, 13:30-24:00 except daily sun except 12-24..01-02 }"
    ).lines
    assert [(line.excluded, line.span.text) for line in lines] == [
        (False, "mon, wed-fri 09:00-12:00, 13:30-24:00"),
        (True, "except daily"),
        (False, "sun"),
        (True, "except 12-24..01-02"),
    ]
    (monday, rest), (morning, afternoon) = lines[0].days, lines[0].times
    assert (monday.first, monday.last, rest.first, rest.last) == (0, 0, 2, 4)
    assert (morning.start, morning.end, afternoon.start, afternoon.end) == (540, 720, 810, 1440)
    assert parsing.one("schedule s { }").lines == ()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-10-01", (2026, 10, 1, "2026-10-01"), (2026, 10, 1, "2026-10-01")),
        ("2026-10-01..2027-01-02", (2026, 10, 1, "2026-10-01"), (2027, 1, 2, "2027-01-02")),
        ("12-24", (None, 12, 24, "12-24"), (None, 12, 24, "12-24")),
        ("12-24..01-02", (None, 12, 24, "12-24"), (None, 1, 2, "01-02")),
        ("2026-02-30", (2026, 2, 30, "2026-02-30"), (2026, 2, 30, "2026-02-30")),
    ],
)
def test_dates(text: str, first: tuple[Any, ...], last: tuple[Any, ...]) -> None:
    (line,) = parsing.one(f"schedule s {{ {text} }}").lines
    (dates,) = line.days
    for date, (year, month, day, written) in ((dates.first, first), (dates.last, last)):
        assert (date.year, date.month, date.day, date.span.text) == (year, month, day, written)


def test_days_of_months_and_calendars() -> None:
    text = "first mon, fri, holidays a, day 1, 15, last 09:00-10:00\nday last\nsun except workdays first\nlast fri"
    lines = parsing.one(f"schedule s {{ {text} }}").lines
    assert [line.span.text.replace("\n", "|") for line in lines] == [
        "first mon, fri, holidays a, day 1, 15, last 09:00-10:00",
        "day last",
        "sun",
        "except workdays first",
        "last fri",
    ]
    nth, friday, holidays, days = lines[0].days
    assert (nth.nth, nth.weekday, nth.span.text) == (1, 0, "first mon")
    assert (type(friday), friday.first) == (syntax.Weekdays, 4)
    assert (holidays.kind, holidays.calendar.text, holidays.span.text) == ("holidays", "a", "holidays a")
    assert [(day.day, day.span.text) for day in days.days] == [(1, "1"), (15, "15"), (None, "last")]
    assert days.span.text == "day 1, 15, last"
    assert lines[0].times[0].start == 540
    assert [day.day for day in lines[1].days[0].days] == [None]
    assert (lines[3].days[0].kind, lines[3].days[0].calendar.text) == ("workdays", "first")
    assert (lines[4].days[0].nth, lines[4].days[0].weekday) == (-1, 4)


@pytest.mark.parametrize(
    ("word", "nth"), [("first", 1), ("second", 2), ("third", 3), ("fourth", 4), ("fifth", 5), ("last", -1)]
)
def test_nth_weekday(word: str, nth: int) -> None:
    (line,) = parsing.one(f"schedule s {{ {word} wed }}").lines
    assert [(day.nth, day.weekday) for day in line.days] == [(nth, 2)]


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        ("", []),
        ("holiday 2026-12-25", [("holiday", ["2026-12-25"], "holiday 2026-12-25")]),
        (
            "holiday 2026-12-25, 2026-12-28..2026-12-31, workday 2026-12-27,",
            [
                ("holiday", ["2026-12-25", "2026-12-28..2026-12-31"], "holiday 2026-12-25, 2026-12-28..2026-12-31"),
                ("workday", ["2026-12-27"], "workday 2026-12-27"),
            ],
        ),
        (
            "holiday 2026-12-25\nholiday 2026-12-28 workday 12-27, 12-29",
            [
                ("holiday", ["2026-12-25"], "holiday 2026-12-25"),
                ("holiday", ["2026-12-28"], "holiday 2026-12-28"),
                ("workday", ["12-27", "12-29"], "workday 12-27, 12-29"),
            ],
        ),
    ],
)
def test_calendar(body: str, entries: list[Any]) -> None:
    calendar = parsing.one(f"calendar c {{ {body} }}")
    assert (calendar.name.text, calendar.extends) == ("c", None)
    found = [(entry.kind, [dates.span.text for dates in entry.dates], entry.span.text) for entry in calendar.entries]
    assert found == entries
    assert parsing.one(f"calendar c extends china {{ {body} }}").extends.text == "china"
