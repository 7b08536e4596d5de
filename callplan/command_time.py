"""Local times of a plan's zone as instants, for `--at` and recorded calls; tested by tests/test_command_calls.py."""

from __future__ import annotations

import time
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import click
import numpy as np

if TYPE_CHECKING:
    from .runtime.tables import Tables

_EPOCH = datetime(1970, 1, 1)
_WIDEST = 86400.0  # seconds: more than any clock differs from UTC


def instant(tables: Tables, called: str, at: str | None) -> float:
    """POSIX seconds of `--at`, by the clock of the plan that answers `called`; None: now."""
    if at is None:
        return time.time()
    try:
        return Clocks(tables).instant(called, at)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--at") from None


@dataclass(frozen=True)
class _Zone:
    """When each offset from UTC begins, and what it is, in seconds."""

    name: str
    starts: list[int]
    offsets: list[int]

    def instant(self, local: float) -> float | None:
        """The first instant at which the clock shows `local`, seconds since 1970 by that clock; None: never."""
        first = max(bisect_right(self.starts, local - _WIDEST) - 1, 0)
        end = bisect_right(self.starts, local + _WIDEST)
        for span in range(first, end):
            found = local - self.offsets[span]
            next_start = self.starts[span + 1] if span + 1 < len(self.starts) else found + 1
            if self.starts[span] <= found < next_start:
                return found
        return None


class Clocks:
    """The clocks of the plans of tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._zone = cache(self._read_zone)
        self._plan = cache(self._find_plan)

    def instant(self, called: str, at: str) -> float:
        """POSIX seconds of a time in ISO form, by the clock of the plan that answers `called`.

        A time that the clock repeats is the first of the two. A time with an offset from UTC is what it says. Where no
        plan answers, the zone makes no difference. Raises ValueError for what is no time, or one that the clock skips.
        """
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            raise ValueError(f"`{at}` is not a time; write it as in 2026-11-23T09:30") from None
        offset = moment.utcoffset()
        local = (moment.replace(tzinfo=None) - _EPOCH).total_seconds()
        if offset is not None:
            return local - offset.total_seconds()
        plan = self._plan(called)
        if plan is None:
            return local
        zone = self._zone(int(self._tables.sections["plans"]["zone"][plan]))
        found = zone.instant(local)
        if found is None:
            raise ValueError(f"the clock of {zone.name} skips {at}")
        return found

    def _read_zone(self, index: int) -> _Zone:
        zone = self._tables.sections["zones"][index]
        spans = self._tables.sections["zone_spans"][int(zone["first"]) : int(zone["first"]) + int(zone["count"])]
        return _Zone(self._tables.string(int(zone["name"])), spans["start"].tolist(), spans["offset"].tolist())

    def _find_plan(self, called: str) -> int | None:
        """The plan that answers a called number of any form."""
        from .compiler.numbers import normalise

        number = normalise(called)
        if number.kind != "service":
            return None
        numbers = self._tables.sections["numbers"]
        position = int(np.searchsorted(numbers["number"], np.uint64(int(number.digits))))
        if position == len(numbers) or int(numbers["number"][position]) != int(number.digits):
            return None
        return int(numbers["plan"][position])
