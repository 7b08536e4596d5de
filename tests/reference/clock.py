"""The plan's own clock (language 5.4) and the periods it starts (6.6); tested by tests/test_reference.py."""

from __future__ import annotations

import importlib.resources
from datetime import UTC, date, datetime, timedelta
from functools import cache
from math import floor
from zoneinfo import ZoneInfo

from callplan.compiler.syntax import Period

FIRST = datetime(2000, 1, 1, 0, 0)
LAST = datetime(2099, 12, 31, 23, 59)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
A_DAY_BEFORE = (FIRST.replace(tzinfo=UTC) - EPOCH) // timedelta(seconds=1) - 86400
A_DAY_AFTER = (LAST.replace(tzinfo=UTC) - EPOCH) // timedelta(seconds=1) + 2 * 86400


@cache
def zone(name: str) -> ZoneInfo:
    """A zone from the tzdata package, so that the machine's own data plays no part."""
    file = importlib.resources.files("tzdata") / "zoneinfo"
    for part in name.split("/"):
        file = file / part
    with file.open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def local_minute(at: float, zone_name: str) -> datetime:
    """The wall-clock minute at a POSIX time, without a zone; outside 2000 to 2099 the nearest minute of that span."""
    seconds = floor(min(max(at, A_DAY_BEFORE), A_DAY_AFTER))
    wall = (EPOCH + timedelta(seconds=seconds)).astimezone(zone(zone_name))
    minute = wall.replace(tzinfo=None, second=0, microsecond=0)
    return min(max(minute, FIRST), LAST)


def period_start(period: Period, minute: datetime) -> date:
    """The first day of the calendar day, week (from Monday) or month that a wall-clock minute is in."""
    today = minute.date()
    if period == "day":
        return today
    if period == "week":
        return today - timedelta(days=today.weekday())
    return today.replace(day=1)
