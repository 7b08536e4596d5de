"""Schedules and zones (language.md 5)."""

from __future__ import annotations

import pytest

from .checking import found, found_in, one, plan, sound


def _schedule(*lines: str) -> str:
    return plan("schedule office {", *lines, "}", "block during office")


@pytest.mark.parametrize(
    "line",
    [
        "daily", "mon-fri 09:00-12:00, 13:30-18:00", "fri-mon", "2000-01-01", "2099-12-31", "2026-10-01..2026-10-07",
        "2026-10-01..2026-10-01", "02-29", "2024-02-29", "2000-02-29", "12-24..01-02", "12-24..12-24", "01-31, 12-31",
        "daily 00:00-24:00", "daily 22:00-06:00", "daily 22:00-00:00", "daily 00:01-00:00", "daily 23:59-24:00",
    ],
)  # fmt: skip
def test_sound_lines_stay_as_they_are(line: str) -> None:
    (kept,) = sound(_schedule(line)).schedules["office"].lines
    assert kept.span.text == line


@pytest.mark.parametrize(
    "date", ["2026-02-30", "04-31", "02-30", "2027-02-29", "2100-02-29", "13-01", "00-10", "01-00"]
)
def test_dates_that_never_exist(date: str) -> None:
    assert found(_schedule(f"mon, {date}, 12-24")) == [("E401", date)]


@pytest.mark.parametrize(
    ("dates", "wrong"), [("2026-02-28..2026-02-30", "2026-02-30"), ("04-31..05-02", "04-31")]
)  # fmt: skip
def test_a_date_of_a_range_that_never_exists(dates: str, wrong: str) -> None:
    assert found(_schedule(f"except {dates}", "daily")) == [("E401", wrong)]


@pytest.mark.parametrize("date", ["1999-12-31", "2100-01-01", "0000-01-01", "9999-01-01"])
def test_years_outside_the_tables(date: str) -> None:
    assert found(_schedule(date)) == [("E402", date)]


@pytest.mark.parametrize("dates", ["2026-10-07..2026-10-01", "2027-01-01..2026-12-31", "2026-11-01..2026-10-31"])
def test_a_range_that_runs_backward(dates: str) -> None:
    assert found(_schedule(dates)) == [("E403", dates)]


def test_a_yearly_range_may_pass_new_year() -> None:
    assert found(_schedule("12-24..01-02")) == []


@pytest.mark.parametrize("dates", ["2026-12-24..12-26", "12-24..2026-12-26"])
def test_a_range_with_a_year_at_one_end(dates: str) -> None:
    assert found(_schedule(dates)) == [("E409", dates)]


@pytest.mark.parametrize("time", ["24:01", "25:00", "09:60", "99:99"])
def test_what_is_no_time_of_day(time: str) -> None:
    assert found(_schedule(f"daily 08:00-{time}, 10:00-11:00")) == [("E404", time)]
    assert found(_schedule(f"daily {time}-08:00")) == [("E404", time)]


def test_24_00_ends_a_window_only() -> None:
    problem = one(_schedule("daily 24:00-08:00"))
    assert (problem.code, problem.help) == ("E405", "write `00:00`")
    assert found(_schedule("daily 24:00-24:00")) == [("E405", "24:00")]


@pytest.mark.parametrize("window", ["09:00-09:00", "00:00-00:00"])
def test_equal_ends(window: str) -> None:
    problem = one(_schedule(f"daily {window}"))
    assert (problem.code, problem.help) == ("E406", "for the whole day write no times")


def test_every_mistake_of_a_line_is_reported() -> None:
    assert found(_schedule("02-30, 04-31 09:00-09:00, 24:00-10:00")) == [
        ("E401", "02-30"), ("E401", "04-31"), ("E406", "09:00-09:00"), ("E405", "24:00"),
    ]  # fmt: skip


def test_a_schedule_without_lines() -> None:
    assert found(_schedule()) == [("E407", "office")]


def test_a_window_that_was_reported_by_the_reader_is_not_reported_again() -> None:
    assert found_in({"a.plan": _schedule("mon 25:00 - 9:00")}, misread=True) == []


def test_the_zone_is_shanghai_unless_the_plan_says_otherwise() -> None:
    assert sound(plan()).zone == "Asia/Shanghai"
    assert sound(plan('timezone "Europe/Berlin"')).zone == "Europe/Berlin"


@pytest.mark.parametrize("zone", ["Asia/Urumqi", "PRC", "UTC", "Etc/GMT-8", "America/Argentina/Buenos_Aires"])
def test_any_zone_by_name(zone: str) -> None:
    assert sound(plan(f'timezone "{zone}"')).zone == zone


@pytest.mark.parametrize(
    ("zone", "help_text"),
    [
        ("Asia/Shangai", "did you mean `Asia/Shanghai`?"),
        ("asia/shanghai", "did you mean `Asia/Shanghai`?"),
        ("Shanghai", "did you mean `Asia/Shanghai`?"),
        ("Asia/Beijing", "did you mean `Asia/Shanghai`?"),
        ("Buenos Aires", "did you mean `America/Argentina/Buenos_Aires`?"),
        ("", "write an IANA name such as `Asia/Shanghai`"),
        ("Mars/Olympus", "write an IANA name such as `Asia/Shanghai`"),
        ("localtime", "write an IANA name such as `Asia/Shanghai`"),
        ("Factory", "write an IANA name such as `Asia/Shanghai`"),
        ("posixrules", "write an IANA name such as `Asia/Shanghai`"),
        ("../../etc/passwd", "write an IANA name such as `Asia/Shanghai`"),
        ("+08:00", "write an IANA name such as `Asia/Shanghai`"),
    ],
)
def test_a_misspelt_zone_is_an_error(zone: str, help_text: str) -> None:
    problem = one(plan(f'timezone "{zone}"'))
    assert (problem.code, problem.help) == ("E408", help_text)
