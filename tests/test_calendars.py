"""Calendars: the published days of China, amended ones, and the note where the published days end."""

from __future__ import annotations

import pytest

from callplan.compiler import checked, china
from callplan.compiler.build import build_text
from callplan.compiler.calendars import Listings
from callplan.compiler.days import date_of, number_of, weekday_of

from .checking import plan, sound, underlined

USED = "schedule s {{ {} }}"
ROUTE = "route { during s -> duty otherwise -> duty }"


def calendars(*statements: str, used: str = "holidays china") -> dict[str, checked.Calendar]:
    """The calendars that the schedule s uses, by name."""
    return dict(sound(plan(*statements, USED.format(used), route=ROUTE)).schedules["s"].calendars)


def dates(days: frozenset[int]) -> list[str]:
    return [date_of(day).isoformat() for day in sorted(days)]


def test_the_published_days_are_those_of_2004_to_2026() -> None:
    years = [date_of(day).year for day in china.days_off()]
    assert sorted(set(years)) == list(range(2004, 2027))
    assert china.last_day() == "2026-12-31"
    assert china.days_off().isdisjoint(china.make_up_days())


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01-01", "2026-01-03"),
        ("2026-02-15", "2026-02-23"),
        ("2026-10-01", "2026-10-07"),
        ("2004-01-22", "2004-01-28"),
    ],
)
def test_days_off_have_the_weekend_days_among_them(first: str, last: str) -> None:
    span = range(number_of(*map(int, first.split("-"))), number_of(*map(int, last.split("-"))) + 1)
    assert china.days_off().issuperset(span)
    assert any(weekday_of(day) > 4 for day in span)
    assert not china.days_off().intersection((span.start - 1, span.stop))


def test_make_up_days_are_weekend_days() -> None:
    assert all(weekday_of(day) > 4 for day in china.make_up_days())
    assert [date for date in dates(china.make_up_days()) if date.startswith("2026")] == [
        "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
    ]  # fmt: skip


def test_the_built_in_calendar() -> None:
    found = Listings().of(calendars()["china"])
    assert (found.off, found.make_up) == (china.days_off(), china.make_up_days())


def test_a_calendar_of_ones_own() -> None:
    own = "calendar own { holiday 2027-01-04..2027-01-06, 2027-02-01, workday 2027-01-09 }"
    found = Listings().of(calendars(own, used="holidays own")["own"])
    assert dates(found.off) == ["2027-01-04", "2027-01-05", "2027-01-06", "2027-02-01"]
    assert dates(found.make_up) == ["2027-01-09"]


def test_an_entry_replaces_that_of_the_calendar_extended() -> None:
    own = "calendar own extends china { holiday 2026-02-14, 2026-12-31, workday 2026-02-15..2026-02-16 }"
    again = "calendar again extends own { workday 2026-02-14, holiday 2026-02-16 }"
    found = Listings()
    both = calendars(own, again, used="holidays own, holidays again")
    one, other = found.of(both["own"]), found.of(both["again"])
    assert china.days_off() - one.off == {number_of(2026, 2, 15), number_of(2026, 2, 16)}
    assert dates(one.off - china.days_off()) == ["2026-02-14", "2026-12-31"]
    assert dates(one.make_up - china.make_up_days()) == ["2026-02-15", "2026-02-16"]
    assert dates(china.make_up_days() - one.make_up) == ["2026-02-14"]
    assert dates(other.off ^ one.off) == ["2026-02-14", "2026-02-16"]
    assert dates(other.make_up ^ one.make_up) == ["2026-02-14", "2026-02-16"]


@pytest.mark.parametrize(
    ("statements", "used", "at"),
    [
        ([], "workdays china", "workdays china"),
        ([], "mon, holidays china 09:00-10:00", "holidays china"),
        ([], "daily\nexcept holidays china", "holidays china"),
        (["calendar own extends china { holiday 2027-01-01 }"], "holidays own", "holidays own"),
        (["calendar own { holiday 2027-01-01 }"], "holidays own", None),
        ([], "mon-fri", None),
    ],
)
def test_a_build_says_where_the_published_days_end(statements: list[str], used: str, at: str | None) -> None:
    result = build_text(plan(*statements, USED.format(used), route=ROUTE))
    assert result.image is not None
    notes = [each for each in result.diagnostics if each.severity == "note"]
    assert [underlined(note) for note in notes] == ([] if at is None else [at])
    assert all("2026-12-31" in note.message for note in notes)


def test_a_build_says_so_once() -> None:
    statements = [USED.format("workdays china\nholidays china 10:00-11:00"), "schedule t { holidays china }"]
    one = plan(*statements, route="route { during s -> duty during t -> duty otherwise -> duty }")
    other = one.replace("4006123456", "4006123457").replace('"line"', '"other"')
    found = [each for each in build_text(one + other).diagnostics if each.severity == "note"]
    assert [(each.code, underlined(each)) for each in found] == [("N401", "workdays china")]


def test_published_days_are_part_of_what_tables_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    text = plan(USED.format("2026-01-01\nholidays china"), route=ROUTE)
    before = build_text(text).image
    assert before == build_text(text).image
    monkeypatch.setattr(china, "LAST_YEAR", 2027)
    after = build_text(text).image
    assert before is not None
    assert after is not None
    assert len(before) == len(after)
    assert before != after
    plain = plan(USED.format("2026-01-01"), route=ROUTE)
    changed = build_text(plain).image
    monkeypatch.undo()
    assert changed == build_text(plain).image
