"""The time axis: what schedules mean, minute by minute, and timetables that are equal where schedules are."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest

from callplan.compiler import china, limits
from callplan.compiler.days import (
    DAYS,
    count_of_weekday,
    date_of,
    number_of,
    ranges_of,
    weekday_of,
    weekdays_of,
)
from callplan.compiler.offsets import clock
from callplan.compiler.timetable import Runs, TimeAxis, Timetable

from .checking import plan, sound
from .random_schedules import DATES, TIMES, WEEKDAYS
from .reference.schedules import is_open

LISTED = ("workdays china", "holidays china")
MONTHLY = (
    "first mon", "second tue", "third wed", "fourth thu", "fifth fri", "last sat", "last sun", "day 1, last", "day 31",
)  # fmt: skip
SHANGHAI = clock("Asia/Shanghai")
MONDAY = number_of(2026, 11, 23)


def axis(*schedules: str, zone: str = "Asia/Shanghai") -> TimeAxis:
    """The axis of schedules given by their lines."""
    bodies = [f"schedule s{at} {{\n{lines}\n}}" for at, lines in enumerate(schedules)]
    rules = " ".join(f"during s{at} -> duty" for at in range(len(schedules)))
    found = sound(plan(*bodies, route=f"route {{ {rules} otherwise -> duty }}"))
    return TimeAxis(list(found.schedules.values()), clock(zone))


def timetable(*schedules: str, zone: str = "Asia/Shanghai") -> Timetable:
    found = axis(*schedules, zone=zone)
    return found.merged(range(len(found.vectors)))[0]


def runs_of(found: Timetable, day: int) -> Runs:
    return dict(found.exceptions).get(day, found.weekdays[weekday_of(day)])


def class_at(found: Timetable, day: int, minute: int) -> int:
    return [time_class for start, time_class in runs_of(found, day) if start <= minute][-1]


def opens(lines: str, day: int, minute: int) -> bool:
    found = axis(lines)
    merged, order = found.merged(range(len(found.vectors)))
    return bool(found.vectors[order[class_at(merged, day, minute)]])


def minute_of(text: str) -> tuple[int, int]:
    at = datetime.fromisoformat(text)
    return number_of(at.year, at.month, at.day), at.hour * 60 + at.minute


@pytest.mark.parametrize(
    ("lines", "at", "open_then"),
    [
        ("mon-fri 09:00-18:00", "2026-11-23T09:00", True),
        ("mon-fri 09:00-18:00", "2026-11-23T08:59", False),
        ("mon-fri 09:00-18:00", "2026-11-23T18:00", False),
        ("fri-mon 09:00-18:00", "2026-11-22T12:00", True),
        ("fri-mon 09:00-18:00", "2026-11-24T12:00", False),
        ("fri 22:00-06:00", "2026-11-28T05:59", True),
        ("fri 22:00-06:00", "2026-11-27T05:59", False),
        ("fri 22:00-06:00", "2026-11-28T06:00", False),
        ("daily 22:00-00:00", "2026-11-23T23:59", True),
        ("daily 22:00-00:00", "2026-11-23T00:00", False),
        ("2026-12-24 22:00-06:00", "2026-12-25T03:00", True),
        ("2026-12-24 22:00-06:00", "2026-12-24T03:00", False),
        ("12-24..01-02", "2031-01-02T23:59", True),
        ("12-24..01-02", "2031-01-03T00:00", False),
        ("02-29", "2028-02-29T12:00", True),
        ("02-28..02-29", "2027-03-01T00:00", False),
        ("02-29..03-01", "2027-03-01T00:00", True),
        ("daily 09:00-12:00, 13:00-18:00", "2026-11-23T12:30", False),
        ("sat, 2026-11-23 10:00-11:00", "2026-11-23T10:30", True),
        ("except daily 12:00-13:00\ndaily", "2026-11-23T12:30", False),
        ("daily\nexcept sat 22:00-06:00", "2026-11-22T05:59", False),
        ("daily\nexcept sat 22:00-06:00", "2026-11-22T06:00", True),
        ("daily 22:00-06:00\nexcept 2026-12-24", "2026-12-25T03:00", True),  # minutes are taken away, not windows
        ("daily 22:00-06:00\nexcept 2026-12-24", "2026-12-24T03:00", False),
        ("first mon", "2026-11-02T12:00", True),
        ("first mon", "2026-11-09T12:00", False),
        ("second mon, fifth sun", "2026-11-09T12:00", True),
        ("second mon, fifth sun", "2026-11-29T12:00", True),
        ("fifth mon", "2026-11-30T12:00", True),
        ("fifth mon", "2026-12-28T12:00", False),  # its fourth
        ("last fri", "2026-11-27T12:00", True),
        ("last fri", "2026-11-20T12:00", False),
        ("last fri 22:00-06:00", "2026-11-28T05:59", True),
        ("last mon", "2026-11-30T12:00", True),
        ("third wed 09:00-10:00", "2026-11-18T09:00", True),
        ("day 1, 15, last", "2026-11-15T12:00", True),
        ("day 1, 15, last", "2026-11-30T12:00", True),
        ("day 1, 15, last", "2028-02-29T12:00", True),
        ("day 1, 15, last", "2028-02-28T12:00", False),
        ("day 31 22:00-06:00", "2026-11-01T03:00", True),
        ("day 31 22:00-06:00", "2026-12-01T03:00", False),  # 31 November does not occur
        ("sat, day 1", "2026-11-28T12:00", True),
        ("workdays china 09:00-18:00", "2026-02-13T12:00", True),
        ("workdays china 09:00-18:00", "2026-02-14T12:00", True),  # a Saturday that is worked
        ("workdays china 09:00-18:00", "2026-02-16T12:00", False),
        ("workdays china 09:00-18:00", "2026-02-28T12:00", True),
        ("workdays china 09:00-18:00", "2026-03-01T12:00", False),
        ("workdays china 22:00-06:00", "2026-02-15T03:00", True),
        ("workdays china 22:00-06:00", "2026-02-16T03:00", False),
        ("workdays china 22:00-06:00", "2026-02-24T23:00", True),
        ("workdays china 22:00-06:00", "2026-02-24T03:00", False),  # the day before was still off
        ("holidays china", "2026-02-15T12:00", True),  # a Sunday, listed
        ("holidays china", "2026-02-22T12:00", True),
        ("holidays china", "2026-03-01T12:00", False),  # an ordinary Sunday
        ("holidays china 22:00-06:00", "2026-10-08T03:00", True),
        ("holidays china", "2027-10-01T12:00", False),  # no later day is listed
        ("workdays china", "2027-10-01T12:00", True),
        ("daily\nexcept holidays china", "2026-10-01T12:00", False),
        ("workdays china, sun 10:00-12:00", "2026-03-01T11:00", True),
    ],
)  # fmt: skip
def test_a_schedule_at_a_time(lines: str, at: str, open_then: bool) -> None:
    assert opens(lines, *minute_of(at)) is open_then


def test_the_first_day_has_what_began_the_night_before() -> None:
    assert opens("fri 22:00-06:00", 0, 300)  # 1999-12-31 was a Friday
    assert opens("12-31 22:00-06:00", 0, 300)
    assert opens("last fri 22:00-06:00", 0, 300)
    assert opens("fifth fri 22:00-06:00", 0, 300)
    assert opens("day 31 22:00-06:00", 0, 300)
    assert opens("day last 22:00-06:00", 0, 300)
    assert opens("workdays china 22:00-06:00", 0, 300)
    assert not opens("thu 22:00-06:00", 0, 300)
    assert not opens("2000-12-31 22:00-06:00", 0, 300)


def test_the_last_day_is_inside() -> None:
    assert opens("2099-12-31 22:00-06:00", DAYS - 1, 1439)


def test_random_schedules_are_the_references(seed: str) -> None:
    chance = Random(f"timetable {seed}")
    for _ in range(30):
        schedules = [_random_lines(chance) for _ in range(chance.randint(1, 3))]
        found = axis(*schedules)
        merged, order = found.merged(range(len(found.vectors)))
        text = plan(
            *(f"schedule s{at} {{\n{lines}\n}}" for at, lines in enumerate(schedules)),
            route="route { "
            + " ".join(f"during s{at} -> duty" for at in range(len(schedules)))
            + " otherwise -> duty }",
        )
        checked = list(sound(text).schedules.values())
        days = {0, DAYS - 1} | {chance.randrange(DAYS) for _ in range(10)} | {day for day, _ in merged.exceptions[:40]}
        for day in days:
            for minute in {0, 1439, chance.randrange(1440), *(start for start, _ in runs_of(merged, day))}:
                at = datetime(2000, 1, 1) + timedelta(days=day, minutes=minute)
                expected = sum(is_open(each, at) << bit for bit, each in enumerate(checked))
                assert found.vectors[order[class_at(merged, day, minute)]] == expected, (schedules, at)


def _random_lines(chance: Random) -> str:
    lines = []
    for at in range(chance.randint(1, 4)):
        days = chance.choice([*WEEKDAYS, *DATES, *LISTED, "daily", "sat-mon", "mon-fri"])
        if chance.random() < 0.2:
            days += f", {chance.choice(MONTHLY)}"
        times = ", ".join(chance.sample(TIMES, chance.randint(0, 2)))
        lines.append(f"{'except ' if at and chance.random() < 0.4 else ''}{days} {times}")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mon-fri 09:00-18:00", "mon, tue, wed, thu, fri 09:00-12:00, 12:00-18:00"),
        ("daily 22:00-06:00", "daily 22:00-24:00\ndaily 00:00-06:00"),
        ("2026-12-24..2026-12-26", "2026-12-24\n2026-12-25\n2026-12-26"),
        ("daily\nexcept sat-sun", "mon-fri"),
        ("2000-01-01..2099-12-31 09:00-18:00", "daily 09:00-18:00"),
        ("01-01..12-31", "daily"),
        ("first mon, second mon, third mon, fourth mon, fifth mon", "mon"),
        ("day 29, last", "day last, 29"),
        ("workdays china\nexcept holidays china", "workdays china"),
        ("holidays china, workdays china, sat-sun", "daily"),
        ("mon\nexcept 2026-11-23", "mon\nexcept 2026-11-23 00:00-12:00\nexcept 2026-11-23 12:00-24:00"),
    ],
)
def test_equal_schedules_give_equal_timetables(one: str, other: str) -> None:
    assert timetable(one) == timetable(other)


def test_weekdays_alone_need_no_exceptions() -> None:
    found = timetable("mon-fri 09:00-18:00", "daily 22:00-06:00")
    assert found.exceptions == ()
    assert found.classes == 3


def test_only_days_that_differ_are_exceptions() -> None:
    found = timetable("mon-fri 09:00-18:00\nexcept 2026-11-21..2026-11-24")
    assert [day for day, _ in found.exceptions] == [MONDAY, MONDAY + 1]  # the weekend is closed anyhow


def test_classes_are_numbered_as_they_come() -> None:
    found = timetable("tue", "mon")
    assert found.weekdays == (((0, 0),), ((0, 1),), *[((0, 2),)] * 5)


def test_most_days_are_no_exceptions_even_if_dates_name_them() -> None:
    found = timetable("2000-01-01..2099-12-31\nexcept 2026-11-23")
    assert [day for day, _ in found.exceptions] == [MONDAY]


def test_no_schedule_is_one_class() -> None:
    found = TimeAxis([], SHANGHAI)
    assert found.vectors == (0,)
    assert found.merged([0])[0] == Timetable((((0, 0),),) * 7, (), 1)


def test_merged_classes_are_one() -> None:
    found = axis("mon 09:00-10:00", "mon 10:00-11:00")
    groups = [int(bool(vector)) for vector in found.vectors]
    merged, order = found.merged(groups)
    assert merged.classes == 2
    assert merged.weekdays[0] == ((0, 0), (540, 1), (660, 0))
    assert order == (0, 1)


@pytest.mark.parametrize(
    ("lines", "zone"),
    [
        ("2011-12-30", "Pacific/Apia"),
        ("2026-03-29 02:00-03:00", "Europe/Berlin"),
        ("2026-10-04 02:00-02:30", "Australia/Lord_Howe"),
        ("mon\nexcept daily", "Asia/Shanghai"),
    ],
)
def test_what_the_clock_never_shows_is_no_class(lines: str, zone: str) -> None:
    found = axis(lines, zone=zone)
    assert found.vectors == (0,)
    assert not found.holds(0).any()
    assert timetable(lines, zone=zone).classes == 1


@pytest.mark.parametrize(
    ("lines", "zone"),
    [
        ("2011-12-29..2011-12-30", "Pacific/Apia"),
        ("2026-03-29 02:00-03:01", "Europe/Berlin"),
        ("2026-10-04 02:00-02:31", "Australia/Lord_Howe"),
        ("daily 02:00-03:00", "Europe/Berlin"),
        ("2026-10-25 02:00-03:00", "Europe/Berlin"),
    ],
)
def test_what_the_clock_shows_once_is_a_class(lines: str, zone: str) -> None:
    assert sorted(axis(lines, zone=zone).vectors) == [0, 1]


@pytest.mark.parametrize(
    ("lines", "zone", "at"),
    [
        ("daily", "Asia/Shanghai", "2026-01-01T00:00"),
        ("mon 09:00-10:00", "Asia/Shanghai", "2026-01-05T09:00"),
        ("2099-12-31 23:59-24:00", "Asia/Shanghai", "2099-12-31T23:59"),
        ("2020-05-01..2020-05-02 10:00-11:00", "Asia/Shanghai", "2020-05-02T10:59"),
        ("2026-03-29 02:00-03:01", "Europe/Berlin", "2026-03-29T03:00"),
        ("2020-03-29 01:59-03:00", "Europe/Berlin", "2020-03-29T01:59"),
        ("2011-12-29..2011-12-30 12:00-13:00", "Pacific/Apia", "2011-12-29T12:59"),
    ],
)
def test_the_example_of_a_class(lines: str, zone: str, at: str) -> None:
    found = axis(lines, zone=zone)
    assert found.example({found.vectors.index(1)}) == minute_of(at)


def test_an_example_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no time"):
        axis("mon").example(set())


def test_days_and_numbers() -> None:
    assert number_of(2000, 1, 1) == 0
    assert number_of(2099, 12, 31) == DAYS - 1
    assert date_of(MONDAY).isoformat() == "2026-11-23"
    for day in (0, 1, 59, MONDAY, DAYS - 1):
        assert weekday_of(day) == date_of(day).weekday()
    counted = [0] * 7
    for day in range(DAYS):
        counted[weekday_of(day)] += 1
    assert [count_of_weekday(weekday) for weekday in range(7)] == counted


def test_yearly_dates_are_of_every_year_and_of_the_day_before_the_first() -> None:
    (schedule,) = sound(
        plan("schedule s { 12-31 }", route="route { during s -> duty otherwise -> duty }")
    ).schedules.values()
    (days,) = schedule.lines[0].days
    found = [day for span in ranges_of(days) for day in span]
    assert found[0] == -1
    assert [date_of(day).isoformat() for day in found[1:]] == [f"{year}-12-31" for year in range(2000, 2100)]
    assert not list(weekdays_of(days))


def test_dates_without_end_are_an_error_before_they_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_LISTED_DAYS", 365)
    axis("2027-01-01..2027-12-31")
    with pytest.raises(limits.LimitExceeded) as caught:
        axis("2027-01-01..2027-12-31\n2028-01-01")
    assert (caught.value.code, caught.value.fields["count"]) == ("E410", "366")


def test_days_of_months_and_of_calendars_count_as_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    months = 12 * 100
    off_and_made_up = len(china.days_off()) + len(china.make_up_days())
    monkeypatch.setattr(limits, "MOST_LISTED_DAYS", months + off_and_made_up)
    axis("workdays china\nfirst mon")
    with pytest.raises(limits.LimitExceeded) as caught:
        axis("workdays china\nday last")  # the night before the first day is one more
    assert caught.value.fields["count"] == f"{months + off_and_made_up + 1:,}"


def test_changes_without_end_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CHANGES", 7)
    axis("mon 09:00-10:00, 11:00-12:00", "tue")
    with pytest.raises(limits.LimitExceeded) as caught:
        axis("mon 09:00-10:00, 11:00-12:00", "tue 01:00-02:00")
    assert caught.value.code == "E411"


def test_classes_without_end_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CLASSES", 3)
    axis("mon", "tue")
    with pytest.raises(limits.LimitExceeded) as caught:
        axis("mon", "tue", "mon-wed")
    assert caught.value.code == "E412"
