"""Random callers and times for a plan, where its answers may change; used by tests/comparison.py.

Callers are drawn from a plan's own lists in every way to write them, from the areas that it names, and from everywhere;
times from the edges of its schedules, of its zone's changes and of quota periods.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from chinese_calendar import constants as china

from callplan.compiler import places
from callplan.compiler.checked import Calendar, Plan, Program
from callplan.compiler.syntax import CalendarDays, Dates, MonthDays, NthWeekday

from .plan_files import PlanFiles
from .reference.callers import written
from .reference.clock import zone

MOBILES = ("13800138000", "13900001111", "13973112345", "13802881234", "16612345678", "19912345678", "18600001111")
SHORT = ("10086", "110", "95588", "12345", "0", "00", "86")
ABROAD = ("+85221234567", "0085221234567", "+12125550123", "+886223456789", "+123456789012345", "+1234", "001234")
NOBODY = ("", "anonymous", "Restricted", "+", "sip:a@b", "１３８００１３８０００", "1" * 16, "9" * 40, "13800138000x")
SIGNS = "0123456789+-. ()*#a\n"


@dataclass
class Callers:
    """Numbers as switches write them, biased to those that a plan tells apart."""

    chance: Random
    listed: list[str]
    areas: list[str]

    def one(self) -> str:
        kinds: list[Callable[[], str]] = [
            self._listed, self._listed, self._mobile, self._any_mobile, self._fixed, self._fixed,
            lambda: self.chance.choice(SHORT), lambda: self.chance.choice(ABROAD), lambda: self.chance.choice(NOBODY),
            self._local, self._noise,
        ]  # fmt: skip
        return self.chance.choice(kinds)()

    def _listed(self) -> str:
        if not self.listed:
            return self._mobile()
        number = self.chance.choice(self.listed)
        return self._written(number)

    def _mobile(self) -> str:
        return self._written(self.chance.choice(MOBILES))

    def _any_mobile(self) -> str:
        return self._written(f"1{self.chance.randint(300_000_000, 999_999_999)}0")

    def _fixed(self) -> str:
        length = self.chance.choice((7, 8, 8, 8, 6, 9))
        return self._written(self.chance.choice(self.areas) + self._digits(length))

    def _local(self) -> str:
        return self._digits(self.chance.choice((7, 8)))

    def _noise(self) -> str:
        return "".join(self.chance.choice(SIGNS) for _ in range(self.chance.randint(0, 16)))

    def _digits(self, length: int) -> str:
        return "".join(self.chance.choice("0123456789") for _ in range(length))

    def _written(self, number: str) -> str:
        """One of the ways to write a number; most of them the same number."""
        national = number.removeprefix("+86").removeprefix("0") if not number.startswith("00") else number
        if number.startswith("+") and not number.startswith("+86"):
            number = self.chance.choice((number, "00" + number[1:]))
        else:
            prefix = self.chance.choice(("", "", "+86", "0086", "86", "860", "+860", "0"))
            number = number if prefix == "" else prefix + national
        if self.chance.random() < 0.2:
            at = self.chance.randint(1, len(number))
            number = number[:at] + self.chance.choice(" -.()") + number[at:]
        return number


def callers_of(checked: Program, chance: Random) -> Callers:
    listed: set[str] = set()
    areas = {"010", "021", "0731", "0991"}

    def gather(entries: Any) -> None:
        for digits, free in written(entries):
            for filled in {"0" * free, "9" * free, "".join(chance.choices("0123456789", k=free))}:
                listed.update((digits + filled, *neighbours(digits + filled)))

    for plan in checked.plans:
        gather(plan.lists.values())
        gather(plan.blacklist.entries if plan.blacklist else ())
        for named in re.findall(r"\w+", plan.span.text):
            areas.update(code for place in places.find(named) for code in place.areas)
            areas.update({named} if places.is_area_code(named) else ())
    areas.update(chance.sample(area_codes(), 5))
    return Callers(chance, sorted(listed), sorted(areas))


def neighbours(number: str) -> list[str]:
    """The numbers one below and one above, with as many digits."""
    value, length = int(number.removeprefix("+")), len(number.removeprefix("+"))
    near = [str(one).zfill(length) for one in (value - 1, value + 1) if one >= 0]
    return [number[: len(number) - length] + digits for digits in near]


@cache
def area_codes() -> list[str]:
    return sorted({code for name in places.names() for place in places.find(name) for code in place.areas})


@dataclass
class Times:
    """POSIX times, biased to where a plan's answer may change."""

    chance: Random
    plan: Plan

    def edge(self, years: tuple[int, int]) -> float:
        """A time at an edge of the plan's within these years, sometimes a second or a minute beside it."""
        year = self.chance.randint(*years)
        if self.chance.random() < 0.25:
            at = self._zone_change(year)
        else:
            at = self._posix(self._day(year) + timedelta(minutes=self.chance.choice(self._minutes())))
        return at + self.chance.choice((0, 0, 0, -1, 1, 59.5, -60, 60, 1800, -1800))

    def _lines(self) -> list[Any]:
        return [line for schedule in self.plan.schedules.values() for line in schedule.lines]

    def _minutes(self) -> list[int]:
        edges = {0, 1439, self.chance.randint(0, 1439)}
        for line in self._lines():
            edges.update(edge for window in line.times for edge in (window.start, window.end))
        return sorted(edges)

    def _day(self, year: int) -> datetime:
        days = [days for line in self._lines() for days in line.days]
        dates = [one for one in days if isinstance(one, Dates)]
        calendars = [calendar for schedule in self.plan.schedules.values() for calendar in schedule.calendars.values()]
        dates += [one for calendar in calendars for entry in _entries(calendar) for one in entry.dates]
        kinds = [self._first_of_month, self._any_day, self._any_day]
        if dates:
            kinds.append(lambda year: self._date(self.chance.choice(dates), year))
        if any(isinstance(one, CalendarDays) for one in days):
            kinds.append(self._listed_in_china)
        if any(isinstance(one, MonthDays | NthWeekday) for one in days):
            kinds.append(self._month_day)
        return self.chance.choice(kinds)(year) + timedelta(days=self.chance.choice((0, 0, 1, -1)))

    def _date(self, dates: Dates, year: int) -> datetime:
        date = self.chance.choice((dates.first, dates.last))
        return datetime(date.year or year, date.month, 1) + timedelta(days=date.day - 1)

    def _first_of_month(self, year: int) -> datetime:
        return datetime(year, self.chance.randint(1, 12), 1)

    def _month_day(self, year: int) -> datetime:
        """Where nth weekdays begin, and the last days of a month."""
        return self._first_of_month(year) + timedelta(days=self.chance.choice((-3, -2, -1, 6, 7, 13, 14, 21, 28, 30)))

    def _any_day(self, year: int) -> datetime:
        return datetime(year, 1, 1) + timedelta(days=self.chance.randint(0, 365))

    def _listed_in_china(self, year: int) -> datetime:
        listed = [day for day in (*china.holidays, *china.workdays) if day.year == year]
        return datetime(*self.chance.choice(listed).timetuple()[:3]) if listed else self._any_day(year)

    def _posix(self, wall: datetime) -> float:
        return wall.replace(tzinfo=zone(self.plan.zone), fold=self.chance.randint(0, 1)).timestamp()

    def _zone_change(self, year: int) -> float:
        """Where the zone's offset changes in a year, or about that; any time of the year where it does not."""
        changes = zone_changes(self.plan.zone, year)
        if not changes:
            return datetime(year, 1, 1, tzinfo=UTC).timestamp() + self.chance.randint(0, 366 * 86400)
        return self.chance.choice(changes) + self.chance.choice((-3600, -1800, -60, 0, 0, 1800, 3600))


@cache
def zone_changes(name: str, year: int) -> tuple[float, ...]:
    """The POSIX times at which a zone's offset changes in a year, to the second."""

    def offset(moment: datetime) -> timedelta | None:
        return moment.astimezone(zone(name)).utcoffset()

    found = []
    for number in range(366):
        low = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=number)
        high = low + timedelta(days=1)
        before = offset(low)
        if offset(high) == before:
            continue
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) // 2
            low, high = (middle, high) if offset(middle) == before else (low, middle)
        found.append(float(round(high.timestamp())))
    return tuple(found)


def _entries(calendar: Calendar | None) -> list[Any]:
    return [] if calendar is None else [*calendar.entries, *_entries(calendar.base)]


def squeezed(files: PlanFiles, chance: Random) -> PlanFiles:
    """The same plans with limits and quotas so small that they are met."""
    beside = ((name, _squeezed(text, chance)) for name, text in files.beside)
    return PlanFiles(_squeezed(files.text, chance), tuple(beside))


def _squeezed(text: str, chance: Random) -> str:
    text = re.sub(r"\blimit +\d+", lambda _: f"limit {chance.randint(1, 3)}", text)
    return re.sub(r"\bquota +\d+", lambda _: f"quota {chance.randint(2, 30)}", text)
