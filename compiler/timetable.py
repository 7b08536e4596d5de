"""The time axis: when which schedules hold, for all minutes of 2000 to 2099; tested by tests/test_timetable.py.

A day's minutes are the bits of one integer, so that the union of windows is `|` and `except` is `& ~`. Days that no
date names and no calendar lists are alike by weekday; each day that one does, or that such a day's window reaches into,
is looked at by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import checked, limits, syntax
from .calendars import Listed, Listings
from .days import DAY_MINUTES, DAYS, count_of_weekday, number_of, ranges_of, weekday_of, weekdays_of
from .offsets import Clock

Runs = tuple[tuple[int, int], ...]  # (minute, what holds from it on), ascending, the first from minute 0

_WORKED = range(5)  # Monday to Friday
_WHOLE_DAY = (1 << DAY_MINUTES) - 1
_SHOWN_FROM = number_of(2026, 1, 1)  # examples of a time are looked for from here on


@dataclass(frozen=True)
class Timetable:
    """A day's runs of time classes by weekday, Monday first, and the days that differ, ascending.

    Equal schedules give equal timetables: a weekday has the runs that most such days have, and classes are numbered as
    they come, the weekdays' first.
    """

    weekdays: tuple[Runs, ...]
    exceptions: tuple[tuple[int, Runs], ...]
    classes: int


class TimeAxis:
    """The times of a plan in classes that its schedules do not tell apart, those that the plan's clock shows.

    `vectors` has one integer a class: bit i says whether schedule i holds. Raises limits.LimitExceeded.
    """

    def __init__(self, schedules: Sequence[checked.Schedule], clock: Clock) -> None:
        self._clock = clock
        listings = Listings()
        _check_listed_days(schedules, listings)
        minutes = [_Minutes(schedule, listings) for schedule in schedules]
        patterns: dict[tuple[int, ...], int] = {}

        def pattern(masks: tuple[int, ...]) -> int:
            return patterns.setdefault(masks, len(patterns))

        self._weekdays = [pattern(tuple(each.of_weekday(weekday) for each in minutes)) for weekday in range(7)]
        self._special: dict[int, int] = {}  # day: its pattern, where that is not its weekday's
        self._days = [Counter({self._weekdays[weekday]: count_of_weekday(weekday)}) for weekday in range(7)]
        for day in sorted({day for each in minutes for day in each.dated if 0 <= day < DAYS}):
            found = pattern(tuple(each.of_day(day) for each in minutes))
            weekday = weekday_of(day)
            if found != self._weekdays[weekday]:
                self._special[day] = found
                self._days[weekday].update({found: 1, self._weekdays[weekday]: -1})
        runs = _all_runs(patterns)
        self.vectors = self._shown(runs)
        if len(self.vectors) > limits.MOST_CLASSES:
            raise limits.LimitExceeded("E412", {"count": f"{len(self.vectors):,}", "most": f"{limits.MOST_CLASSES:,}"})
        number = {vector: at for at, vector in enumerate(self.vectors)}
        # A vector that is left out holds at no instant; its minutes may count as any class.
        self._runs = [_renamed(run, lambda vector: number.get(vector, 0)) for run in runs]

    def holds(self, schedule: int) -> npt.NDArray[np.bool_]:
        """Whether a schedule, by its place, holds, for each class."""
        return np.array([vector >> schedule & 1 for vector in self.vectors], np.bool_)

    def merged(self, groups: Sequence[int]) -> tuple[Timetable, tuple[int, ...]]:
        """The timetable when classes of one group are one; and for each of its classes the group, in order."""
        runs = [_renamed(run, groups.__getitem__) for run in self._runs]
        weekdays = [self._most_common(weekday, runs) for weekday in range(7)]
        differing = {day for day, pattern in self._special.items() if runs[pattern] != weekdays[weekday_of(day)]}
        for weekday in range(7):
            if runs[self._weekdays[weekday]] != weekdays[weekday]:
                differing.update(day for day in _all_days(weekday) if day not in self._special)
        exceptions = [(day, runs[self._pattern_of(day)]) for day in sorted(differing)]
        order: dict[int, int] = {}
        for run in dict.fromkeys([*weekdays, *(run for _, run in exceptions)]):
            for _, group in run:
                order.setdefault(group, len(order))
        final = {run: _renamed(run, order.__getitem__) for run in {*weekdays, *(run for _, run in exceptions)}}
        timetable = Timetable(
            tuple(final[run] for run in weekdays), tuple((day, final[run]) for day, run in exceptions), len(order)
        )
        return timetable, tuple(order)

    def example(self, classes: Collection[int]) -> tuple[int, int]:
        """A day and a minute of one of the classes: the first from 2026 on, else the last before."""
        for day in range(_SHOWN_FROM, DAYS):
            for start, _ in self._shown_intervals(day, classes):
                return day, start
        for day in range(_SHOWN_FROM - 1, -1, -1):
            for _, end in reversed(list(self._shown_intervals(day, classes))):
                return day, end - 1
        raise ValueError(f"no time is in the classes {classes}")

    def _pattern_of(self, day: int) -> int:
        return self._special.get(day, self._weekdays[weekday_of(day)])

    def _shown(self, runs: Sequence[Runs]) -> tuple[int, ...]:
        """The vectors that hold at some minute that the clock shows, in order of their first appearance."""
        days = sum(self._days, Counter())
        minutes: Counter[int] = Counter()
        for pattern, run in enumerate(runs):
            for start, end, vector in _intervals(run):
                minutes[vector] += (end - start) * days[pattern]
        for gap in self._clock.gaps:
            for start, end, vector in _intervals(runs[self._pattern_of(gap.day)]):
                minutes[vector] -= max(0, min(end, gap.end) - max(start, gap.start))
        return tuple(vector for vector, count in minutes.items() if count)

    def _most_common(self, weekday: int, runs: Sequence[Runs]) -> Runs:
        """The runs that most days of a weekday have; of several such those that the earliest day has."""
        days: Counter[Runs] = Counter()
        for pattern, count in self._days[weekday].items():
            days[runs[pattern]] += count
        most = max(days.values())
        best = [run for run, count in days.items() if count == most]
        if len(best) == 1:
            return best[0]
        return next(run for day in _all_days(weekday) if (run := runs[self._pattern_of(day)]) in best)

    def _shown_intervals(self, day: int, classes: Collection[int]) -> Iterator[tuple[int, int]]:
        """When one of the classes holds and the clock shows it on a day."""
        for start, end, found in _intervals(self._runs[self._pattern_of(day)]):
            if found in classes:
                for gap in self._clock.gaps_of_day.get(day, ()):
                    if start < min(gap.start, end):
                        yield start, min(gap.start, end)
                    start = max(start, gap.end)
                if start < end:
                    yield start, end


class _Minutes:
    """When one schedule holds, as minutes of a day; `dated`: the days that are not as all others of their weekday."""

    def __init__(self, schedule: checked.Schedule, listings: Listings) -> None:
        self._given, self._taken = _Side(), _Side()
        days_of: dict[tuple[bool, int, int], list[syntax.Days]] = {}
        for line in schedule.lines:
            days_of.setdefault((line.excluded, *_masks(line.times)), []).extend(line.days)
        for (excluded, today, carried), days in days_of.items():
            side = self._taken if excluded else self._given
            side.add(days, today, carried)
            for each in days:
                if isinstance(each, syntax.CalendarDays):
                    side.add_listed(each.kind, listings.of(schedule.calendars[each.calendar.text]), today, carried)
        self.dated = self._given.dated.keys() | self._taken.dated.keys()

    def of_weekday(self, weekday: int) -> int:
        """The minutes of a day that is as all others of its weekday."""
        return self._given.of_weekday(weekday) & ~self._taken.of_weekday(weekday)

    def of_day(self, day: int) -> int:
        """The minutes of a day."""
        return self._given.of_day(day) & ~self._taken.of_day(day)


class _Side:
    """The union of some lines: minutes by weekday, more minutes by day, and the lines of workdays."""

    def __init__(self) -> None:
        self._weekly = [0] * 7
        self._workdays: list[_Workdays] = []
        self.dated: dict[int, int] = {}

    def add(self, days: Sequence[syntax.Days], today: int, carried: int) -> None:
        for weekday in {weekday for each in days for weekday in weekdays_of(each)}:
            self._weekly[weekday] |= today
            self._weekly[(weekday + 1) % 7] |= carried
        for day in (day for each in days for span in ranges_of(each) for day in span):
            self._add_day(day, today, carried)

    def add_listed(self, kind: str, listed: Listed, today: int, carried: int) -> None:
        """The `holidays` or the `workdays` of a calendar."""
        for day in listed.off if kind == "holidays" else listed.make_up:
            self._add_day(day, today, carried)
        if kind == "workdays":
            self._workdays.append(_Workdays(listed.off, today, carried))
            for day in listed.off:
                self._add_day(day, 0, 0)
                self._add_day(day + 1, 0, 0)

    def of_weekday(self, weekday: int) -> int:
        found = self._weekly[weekday]
        for line in self._workdays:
            found |= line.of_weekday(weekday)
        return found

    def of_day(self, day: int) -> int:
        found = self._weekly[weekday_of(day)] | self.dated.get(day, 0)
        for line in self._workdays:
            found |= line.of_day(day)
        return found

    def _add_day(self, day: int, today: int, carried: int) -> None:
        self.dated[day] = self.dated.get(day, 0) | today
        if carried:
            self.dated[day + 1] = self.dated.get(day + 1, 0) | carried


@dataclass(frozen=True)
class _Workdays:
    """A line's minutes of each Monday to Friday but those in `off`, and the ones that reach into the day after."""

    off: frozenset[int]
    today: int
    carried: int

    def of_weekday(self, weekday: int) -> int:
        return (self.today if weekday in _WORKED else 0) | (self.carried if (weekday - 1) % 7 in _WORKED else 0)

    def of_day(self, day: int) -> int:
        return (self.today if self._is_worked(day) else 0) | (self.carried if self._is_worked(day - 1) else 0)

    def _is_worked(self, day: int) -> bool:
        return weekday_of(day) in _WORKED and day not in self.off


def _masks(times: Sequence[syntax.Window]) -> tuple[int, int]:
    """The minutes of a line's day and those of the day after, since a window belongs to the day it starts on."""
    if not times:
        return _WHOLE_DAY, 0
    today = carried = 0
    for window in times:
        if window.start < window.end:
            today |= (1 << window.end) - (1 << window.start)
        else:
            today |= (1 << DAY_MINUTES) - (1 << window.start)
            carried |= (1 << window.end) - 1
    return today, carried


def _check_listed_days(schedules: Sequence[checked.Schedule], listings: Listings) -> None:
    count = 0
    for schedule in schedules:
        for days in (days for line in schedule.lines for days in line.days):
            if isinstance(days, syntax.CalendarDays):
                listed = listings.of(schedule.calendars[days.calendar.text])
                count += len(listed.off) + len(listed.make_up)
            else:
                count += sum(map(len, ranges_of(days)))
    if count > limits.MOST_LISTED_DAYS:
        raise limits.LimitExceeded("E410", {"count": f"{count:,}", "most": f"{limits.MOST_LISTED_DAYS:,}"})


def _all_runs(patterns: Collection[tuple[int, ...]]) -> list[Runs]:
    """For each pattern, a day's minutes of each schedule, its runs of vectors."""
    changes = [_changes(masks) for masks in patterns]
    total = sum(each.bit_count() for each in changes)
    if total > limits.MOST_CHANGES:
        raise limits.LimitExceeded("E411", {"count": f"{total:,}", "most": f"{limits.MOST_CHANGES:,}"})
    return [
        tuple((minute, sum((mask >> minute & 1) << at for at, mask in enumerate(masks))) for minute in _bits(changed))
        for masks, changed in zip(patterns, changes, strict=True)
    ]


def _changes(masks: tuple[int, ...]) -> int:
    """The minutes at which one of the masks is not what it was the minute before; minute 0 always."""
    changed = 1
    for mask in masks:
        changed |= (mask ^ mask << 1) & _WHOLE_DAY
    return changed


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _renamed(runs: Runs, name: Callable[[int], int]) -> Runs:
    """The runs with other classes; neighbours that have become equal are one."""
    found: list[tuple[int, int]] = []
    for minute, old in runs:
        new = name(old)
        if not found or found[-1][1] != new:
            found.append((minute, new))
    return tuple(found)


def _intervals(runs: Runs) -> Iterator[tuple[int, int, int]]:
    """(start, end, class) of each run."""
    ends = [minute for minute, _ in runs[1:]] + [DAY_MINUTES]
    for (start, found), end in zip(runs, ends, strict=True):
        yield start, end, found


def _all_days(weekday: int) -> range:
    return range((weekday - weekday_of(0)) % 7, DAYS, 7)
