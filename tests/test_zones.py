"""Time zones: their names, and every clock's offsets and skipped times against the standard library's."""

from __future__ import annotations

import importlib.resources
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from callplan.compiler import offsets, zones
from callplan.compiler.days import DAY_MINUTES, DAYS, number_of
from callplan.compiler.offsets import EPOCH, NO_START, Clock, Gap, clock

NAMES = importlib.resources.files("tzdata").joinpath("zones").read_text("ascii").split()
FIRST = EPOCH - 2 * 86_400
LAST = EPOCH + (DAYS + 2) * 86_400


def zone(name: str) -> ZoneInfo:
    with importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def offset(of: ZoneInfo, instant: int) -> int:
    found = datetime.fromtimestamp(instant, of).utcoffset()
    assert found is not None
    return int(found.total_seconds())


def shows(of: ZoneInfo, day: int, minute: int) -> bool:
    """Whether a clock ever shows a local minute: it comes back from UTC as it went."""
    local = datetime(2000, 1, 1) + timedelta(days=day, minutes=minute)
    backs = (local.replace(tzinfo=of, fold=fold).astimezone(UTC).astimezone(of) for fold in (0, 1))
    return any(back.replace(tzinfo=None) == local for back in backs)


@pytest.mark.parametrize("name", ["Asia/Shanghai", "UTC", "Etc/GMT+9", "America/Argentina/Buenos_Aires"])
def test_names_are_known(name: str) -> None:
    assert zones.is_zone(name)


@pytest.mark.parametrize("name", ["asia/shanghai", "Asia/Beijing", "localtime", "Factory", "posixrules", "", "../UTC"])
def test_other_names_are_not(name: str) -> None:
    assert not zones.is_zone(name)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Asia/Shangai", "Asia/Shanghai"), ("beijing", "Asia/Shanghai"), ("Berlin", "Europe/Berlin"), ("Mars/Base", None)],
)
def test_suggestions(name: str, meant: str | None) -> None:
    assert zones.suggest_zone(name) == meant


def test_every_clock_has_the_offsets_of_the_library(seed: str) -> None:
    chance = Random(f"zones {seed}")
    for name in NAMES:
        own, theirs = clock(name), zone(name)
        starts = [start for start, _ in own.spans]
        assert starts[0] == NO_START
        assert starts == sorted(set(starts))
        assert all(before != after for (_, before), (_, after) in zip(own.spans, own.spans[1:], strict=False))
        instants = [at for start in starts[1:] for at in (start - 1, start)]
        instants += [chance.randrange(FIRST, LAST) for _ in range(20)]
        for instant in instants:
            assert own.offset(instant) == offset(theirs, instant), (name, instant)


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "Africa/Casablanca", "Asia/Gaza", "Antarctica/Troll", "America/Nuuk"]
)
def test_no_change_is_missed(name: str) -> None:
    own, theirs = clock(name), zone(name)
    for instant in range(FIRST, LAST, 3 * 86_400):
        assert own.offset(instant) == offset(theirs, instant)


def test_a_clock_without_changes_skips_nothing() -> None:
    assert clock("Asia/Shanghai").spans == ((NO_START, 8 * 3600),)
    assert clock("Asia/Shanghai").gaps == ()


def test_the_hour_of_summer_time_is_skipped() -> None:
    assert Gap(number_of(2026, 3, 29), 120, 180) in clock("Europe/Berlin").gaps


def test_half_an_hour_is_skipped_on_lord_howe() -> None:
    assert Gap(number_of(2026, 10, 4), 120, 150) in clock("Australia/Lord_Howe").gaps


def test_a_whole_day_is_skipped_in_samoa() -> None:
    assert Gap(number_of(2011, 12, 30), 0, DAY_MINUTES) in clock("Pacific/Apia").gaps


def test_the_hour_before_midnight_is_skipped_in_scoresbysund() -> None:
    assert Gap(number_of(2027, 3, 27), 23 * 60, DAY_MINUTES) in clock("America/Scoresbysund").gaps


def test_a_gap_over_midnight_is_one_a_day() -> None:
    half_past_eleven = EPOCH + 10 * 86_400 + 23 * 3600 + 1800
    made = Clock("made", ((NO_START, 0), (half_past_eleven, 3600)))
    assert made.gaps == (Gap(10, 1410, DAY_MINUTES), Gap(11, 0, 30))


def test_only_whole_minutes_are_skipped() -> None:
    made = Clock("made", ((NO_START, 0), (EPOCH + 3600 + 30, 90)))  # from 01:00:30 to 01:02:00
    assert made.gaps == (Gap(0, 61, 62),)


def test_a_time_that_is_shown_later_is_not_skipped() -> None:
    """From 01:00 to 03:00, and at 03:30 back to 01:30."""
    made = Clock("made", ((NO_START, 0), (EPOCH + 3600, 7200), (EPOCH + 5400, 0)))
    assert made.gaps == (Gap(0, 60, 90),)


@pytest.mark.parametrize("name", ["Europe/Berlin", "Pacific/Apia", "America/Nuuk", "Asia/Gaza", "Antarctica/Casey"])
def test_gaps_are_what_the_clock_never_shows(name: str) -> None:
    own, theirs = clock(name), zone(name)
    assert own.gaps
    for gap in own.gaps:
        assert not shows(theirs, gap.day, gap.start)
        assert not shows(theirs, gap.day, gap.end - 1)
        assert gap.start == 0 or shows(theirs, gap.day, gap.start - 1)
        assert gap.end == DAY_MINUTES or shows(theirs, gap.day, gap.end)
    assert {day: list(gaps) for day, gaps in own.gaps_of_day.items()} == {
        gap.day: [each for each in own.gaps if each.day == gap.day] for gap in own.gaps
    }


def test_an_unknown_name_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        clock("Asia/Nowhere")


def test_the_systems_own_zone_files_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoneinfo.TZPATH", ())
    fresh = offsets.clock.__wrapped__("Europe/Paris")
    assert fresh == clock("Europe/Paris")
