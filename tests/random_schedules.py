"""Random schedules and calendars, as text; used by tests/random_plans.py and tests/test_timetable.py."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NTHS = ("first", "second", "third", "fourth", "fifth", "last")
DATES = (
    "2026-12-24", "2026-10-01..2026-10-07", "2027-02-28..2027-03-01", "2000-01-01", "2099-12-31", "12-24..01-02",
    "02-29", "05-01", "12-31", "2011-12-29..2011-12-31", "2000-01-01..2049-12-31", "2003-03-03..2097-07-07",
)  # fmt: skip
TIMES = (
    "09:00-18:00", "22:00-06:00", "00:00-24:00", "22:00-00:00", "02:00-03:00", "01:30-02:30", "12:00-11:59",
    "23:59-24:00", "00:00-00:01",
)  # fmt: skip
LISTED = (
    "2026-01-01", "2026-01-04", "2026-02-14..2026-02-16", "2026-10-01", "2026-10-05..2026-10-06", "2026-10-10",
    "2026-11-21..2026-11-24", "2026-12-31", "2000-01-01", "2027-01-01..2027-01-03", "2028-02-29", "2099-12-31",
)  # fmt: skip
LATER = ("2031-05-05", "2031-05-05..2031-05-06")  # in no other entry


def some(chance: Random, values: Sequence[str], most: int) -> list[str]:
    """One to so many of the values, in any order."""
    return chance.sample(values, chance.randint(1, min(most, len(values))))


def schedule(chance: Random, name: str, calendars: Sequence[str]) -> str:
    """A schedule of one to five lines that may name these calendars."""
    lines = [days(chance, calendars) + windows(chance) for _ in range(chance.randint(1, 3))]
    lines += [f"except {days(chance, calendars)}{windows(chance)}" for _ in range(chance.randint(0, 2))]
    chance.shuffle(lines)
    return f"schedule {name} {{\n    " + "\n    ".join(lines) + "\n}"


def days(chance: Random, calendars: Sequence[str]) -> str:
    """The days of a line; days of the month come last."""
    first, last = chance.choice(WEEKDAYS), chance.choice(WEEKDAYS)
    kinds = ["daily", first if first == last else f"{first}-{last}", chance.choice(DATES)]
    kinds.append(f"{chance.choice(NTHS)} {chance.choice(WEEKDAYS)}")
    kinds += [f"{chance.choice(('holidays', 'workdays'))} {chance.choice(calendars)}"] * 2
    found = some(chance, kinds, 2)
    if chance.random() < 0.2:
        numbers = [str(day) for day in chance.sample((1, 2, 15, 28, 29, 30, 31), 2)]
        found = [*found[:-1], f"day {', '.join(some(chance, [*numbers, 'last'], 3))}"]
    return ", ".join(found)


def windows(chance: Random) -> str:
    return "" if chance.random() < 0.2 else " " + ", ".join(some(chance, TIMES, 2))


def calendar(chance: Random, name: str, others: Sequence[str]) -> str:
    """A calendar of its own days, that may extend one of the others."""
    extends = f" extends {chance.choice(others)}" if chance.random() < 0.6 else ""
    if chance.random() < 0.05:
        return f"calendar {name}{extends} {{ }}"
    entries = [f"{chance.choice(('holiday', 'workday'))} {dates}" for dates in some(chance, LISTED, 6)]
    if chance.random() < 0.3:
        entries[0] += f", {chance.choice(LATER)}"
    return f"calendar {name}{extends} {{ {', '.join(entries)} }}"
