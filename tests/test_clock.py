"""The runtime's clock against zoneinfo: local day and minute around every change of many zones, and periods."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

import callplan
from callplan.runtime.usage import period_start

from .reference.clock import zone as reference_zone

NUMBER = "4006123456"
ZONES = [
    "Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
    "Africa/Casablanca", "Asia/Kathmandu", "America/Sao_Paulo", "Antarctica/Troll", "Pacific/Kiritimati", "UTC",
    "Asia/Pyongyang",
]  # fmt: skip


def engine(zone: str, statement: str = "") -> callplan.Engine:
    return callplan.Engine(
        callplan.compile_text(
            f'plan "clock" {{ number {NUMBER} timezone "{zone}" {statement}'
            f" destination desk = 010-62345678 route {{ otherwise -> desk }} }}"
        )
    )


@pytest.mark.parametrize("zone", ZONES)
def test_local_time_is_that_of_zoneinfo(zone: str) -> None:
    rng = random.Random(zone)
    clock, info = engine(zone), reference_zone(zone)
    start, end = 946684800, 4102444800
    instants = [rng.randrange(start, end) for _ in range(500)]
    day = start + 86400
    offset = datetime.fromtimestamp(day, info).utcoffset()
    while day < end:  # around each change of the offset
        day += 86400
        now = datetime.fromtimestamp(day, info).utcoffset()
        if now != offset:
            low, high = day - 86400, day
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (
                    (middle, high) if datetime.fromtimestamp(middle, info).utcoffset() == offset else (low, middle)
                )
            instants += [high - 3600, high - 60, high - 1, high, high + 1, high + 59, high + 3600]
            offset = now
    for at in instants:
        local = datetime.fromtimestamp(at, info)
        if not 2000 <= local.year <= 2099:
            continue
        _, _, (days, minute, seconds) = clock._trace(NUMBER, "", at)
        assert date(2000, 1, 1) + timedelta(days) == local.date(), at
        assert minute == local.hour * 60 + local.minute, at
        assert timedelta(seconds=seconds) == local.utcoffset(), at


@pytest.mark.parametrize(
    ("at", "local"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), (0, 0)),
        (datetime(1999, 12, 31, 15, 59, 59, tzinfo=UTC), (0, 0)),
        (datetime(1999, 12, 31, 16, 1, tzinfo=UTC), (0, 1)),
        (datetime(2099, 12, 31, 15, 59, tzinfo=UTC), (36524, 1439)),
        (datetime(2099, 12, 31, 16, 0, tzinfo=UTC), (36524, 1439)),
        (datetime(2500, 1, 1, tzinfo=UTC), (36524, 1439)),
    ],
)
def test_outside_the_span_the_nearest_end_holds(at: datetime, local: tuple[int, int]) -> None:
    assert engine("Asia/Shanghai")._trace(NUMBER, "", at.timestamp())[2][:2] == local


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_periods_are_those_of_the_calendar(period: str) -> None:
    """One quota walked over 100 years: the period that usage names is the call's own day, week or month."""
    clock = engine("UTC", f"quota 2000000000 calls per {period}")
    day = date(2000, 1, 1)
    while day <= date(2099, 12, 31):
        engine_day = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
        call = clock.route(NUMBER, "", engine_day)
        clock.end(call.call)
        first = {"day": day, "week": day - timedelta(day.weekday()), "month": day.replace(day=1)}[period]
        assert clock.usage()[0].period == first.isoformat()
        day += timedelta(1 if day.year in (2000, 2024, 2099) else 5)


def test_no_period_before_the_first_call() -> None:
    assert [period_start(kind, 0) for kind in range(3)] == [None] * 3
