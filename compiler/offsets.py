"""A zone's clock from 2000 to 2099: its offsets from UTC, the local times that it skips; tested by tests/test_zones.py.

All comes from the `tzdata` package, never from the system, so that equal plans give equal tables on every machine.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from importlib import resources
from zoneinfo import ZoneInfo

from .days import DAY_MINUTES, DAYS

EPOCH = 946_684_800  # 2000-01-01 00:00 UTC in POSIX seconds
DAY = 86_400
NO_START = -(2**63)  # the start of a clock's first span

_FIRST = EPOCH - 2 * DAY  # no clock is further than a day from UTC
_LAST = EPOCH + (DAYS + 2) * DAY


@dataclass(frozen=True)
class Gap:
    """Minutes `start` to `end` (half-open) of a local day that the clock never shows."""

    day: int  # since 2000-01-01
    start: int
    end: int


@dataclass(frozen=True)
class Clock:
    """`spans`: (POSIX second, seconds east of UTC that hold from it on), ascending, the first from NO_START."""

    name: str
    spans: tuple[tuple[int, int], ...]

    def offset(self, instant: int) -> int:
        """Seconds east of UTC at a POSIX second."""
        return next(offset for start, offset in reversed(self.spans) if start <= instant)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """What the clock skips, whole minutes only, ascending; split where a day ends."""
        shown_until = 0
        gaps: list[Gap] = []
        for start, end in sorted(self._shown()):
            if start > shown_until:
                gaps.extend(_by_day(-(-shown_until // 60), start // 60))
            shown_until = max(shown_until, end)
        return tuple(gaps)

    @cached_property
    def gaps_of_day(self) -> Mapping[int, tuple[Gap, ...]]:
        """The same by day."""
        by_day: dict[int, tuple[Gap, ...]] = {}
        for gap in self.gaps:
            by_day[gap.day] = (*by_day.get(gap.day, ()), gap)
        return by_day

    def _shown(self) -> Iterator[tuple[int, int]]:
        """Intervals of local seconds since 2000-01-01 00:00 that the clock shows, within 2000 to 2099."""
        last = EPOCH + DAYS * DAY
        ends = [start for start, _ in self.spans[1:]] + [_LAST]
        for (start, offset), end in zip(self.spans, ends, strict=True):
            shown = max(start, _FIRST) + offset - EPOCH, min(end + offset, last) - EPOCH
            if shown[0] < shown[1]:
                yield shown


def _by_day(start: int, end: int) -> Iterator[Gap]:
    while start < end:
        day, minute = divmod(start, DAY_MINUTES)
        until = min(end - day * DAY_MINUTES, DAY_MINUTES)
        yield Gap(day, minute, until)
        start = day * DAY_MINUTES + until


@cache
def clock(name: str) -> Clock:
    """The clock of an IANA zone. KeyError for a name that `zones.is_zone` does not know."""
    data = _read(name)
    zone = ZoneInfo.from_file(io.BytesIO(data), key=name)
    spans = [(NO_START, _offset(zone, _FIRST))]
    for instant in _changes(zone, data):
        offset = _offset(zone, instant)
        if offset != spans[-1][1]:
            spans.append((instant, offset))
    return Clock(name, tuple(spans))


def _read(name: str) -> bytes:
    try:
        return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    except OSError as error:
        raise KeyError(name) from error


def _changes(zone: ZoneInfo, data: bytes) -> Iterator[int]:
    """Instants at which the offset may change, ascending: those of the file, then those of its rule for later years."""
    listed, rule = _transitions(data)
    for instant in listed:
        if _FIRST < instant < _LAST:
            yield instant
    if b"," not in rule:
        return
    # A rule's changes are months apart, so a week holds at most one; the file's are not, so those are read.
    low = max(_FIRST, listed[-1] if listed else _FIRST)
    before = _offset(zone, low)
    for week in [*range(low + 7 * DAY, _LAST, 7 * DAY), _LAST]:
        high = week
        after = _offset(zone, high)
        if after != before:
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
            yield high
        low, before = week, after


def _offset(zone: ZoneInfo, instant: int) -> int:
    offset = datetime.fromtimestamp(instant, zone).utcoffset()
    assert offset is not None
    return offset.days * DAY + offset.seconds


def _transitions(data: bytes) -> tuple[tuple[int, ...], bytes]:
    """The transition times of a TZif file of version 2 or later (RFC 9636) and its rule for later years."""
    header = struct.Struct(">4s c 15x 6L")
    magic, _, utc, standard, leaps, times, types, chars = header.unpack_from(data)
    assert magic == b"TZif"
    second = header.size + times * 5 + types * 6 + chars + leaps * 8 + standard + utc
    _, version, utc, standard, leaps, times, types, chars = header.unpack_from(data, second)
    assert version >= b"2"
    at = second + header.size
    rule = at + times * 9 + types * 6 + chars + leaps * 12 + standard + utc
    return struct.unpack_from(f">{times}q", data, at), data[rule:].strip()
