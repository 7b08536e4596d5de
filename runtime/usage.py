"""What is used of each quota, limit and split, as people ask for it; tested by tests/test_engine.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from . import layout
from .tables import Tables


class Usage(NamedTuple):
    """`kind`: quota, limit or split; `plan`: None for what plans share.

    `used`: calls counted (quota), places in use (limit), tickets (split); `held`: places of calls not yet answered, of
    a quota that counts answered calls; `allowed`: None for a split; `period`: a quota's, as its first day in ISO form,
    None before the first call.
    """

    kind: str
    plan: str | None
    name: str
    used: int
    held: int
    allowed: int | None
    period: str | None


@lru_cache(1024)
def period_start(kind: int, period: int) -> str | None:
    """The first day of a period as the books count it (clock.pxd), None for 0."""
    if period == 0:
        return None
    first = date(*layout.FIRST_DAY)
    if kind == layout.PERIOD_DAY:
        return (first + timedelta(period - 1)).isoformat()
    if kind == layout.PERIOD_WEEK:
        return (first - timedelta(first.weekday()) + timedelta(7 * (period - 1))).isoformat()
    return date(first.year + (period - 1) // 12, (period - 1) % 12 + 1, 1).isoformat()


class Books(Protocol):
    """What an engine says of its counters."""

    def _word(self, counter: int) -> int:
        """A counter's first word."""

    def _places(self, destination: int) -> int:
        """How many places a destination holds."""

    def _position(self, counter: int) -> int:
        """Where a counter's words stand."""

    def _open_quotas(self) -> dict[tuple[int, int], int]:
        """By a quota's position and period: how many calls hold a place that they give back if they end unanswered."""


_PARTS = ("quotas", "quotas_count", "destinations", "destinations_count", "splits", "splits_count")  # of a plan


def usage(tables: Tables, books: Books) -> Iterator[Usage]:
    """By plan its quotas, limits and splits; at the end the limits that plans share."""
    plans = tables.sections["plans"]
    counted = _Counted(tables, books)
    rows = zip(*(plans[field].tolist() for field in _PARTS), strict=True)
    for plan, (quota, quotas, limit, limits, split, splits) in zip(_strings(tables, plans["name"]), rows, strict=True):
        yield from counted.quotas(plan, range(quota, quota + quotas))
        yield from counted.limits(plan, range(limit, limit + limits))
        yield from counted.splits(plan, range(split, split + splits))
    shared = np.flatnonzero(tables.sections["destinations"]["plan"] == layout.NONE)
    yield from counted.limits(None, shared.tolist())


class _Counted:
    """What is counted, by its place in its section. Columns are lists: records looked at one by one take seconds."""

    def __init__(self, tables: Tables, books: Books) -> None:
        quotas, destinations, splits = (tables.sections[name] for name in ("quotas", "destinations", "splits"))
        self._books = books
        self._held = books._open_quotas() if quotas["answered"].any() else {}
        columns = (quotas[field].tolist() for field in ("counter", "period", "allowed"))
        self._quotas = list(zip(_strings(tables, quotas["name"]), *columns, strict=True))
        self._limits = list(zip(_strings(tables, destinations["name"]), destinations["limit"].tolist(), strict=True))
        self._splits = list(zip(_strings(tables, splits["name"]), splits["counter"].tolist(), strict=True))

    def quotas(self, plan: str, places: Iterable[int]) -> Iterator[Usage]:
        for at in places:
            name, counter, kind, allowed = self._quotas[at]
            period, count = divmod(self._books._word(counter), 1 << 32)
            held = self._held.get((self._books._position(counter), period), 0) if self._held else 0
            yield Usage("quota", plan, name, count - held, held, allowed, period_start(kind, period))

    def limits(self, plan: str | None, places: Iterable[int]) -> Iterator[Usage]:
        for at in places:
            name, limit = self._limits[at]
            if limit:
                yield Usage("limit", plan, name, self._books._places(at), 0, limit, None)

    def splits(self, plan: str, places: Iterable[int]) -> Iterator[Usage]:
        for at in places:
            name, counter = self._splits[at]
            yield Usage("split", plan, name, self._books._word(counter), 0, None, None)


def _strings(tables: Tables, indexes: npt.NDArray[np.uint32]) -> list[str]:
    offsets, text = tables.sections["string_offsets"], tables.sections["string_bytes"].data
    ranges = zip(offsets[indexes].tolist(), offsets[indexes + 1].tolist(), strict=True)
    return [str(text[start:end], "utf-8") for start, end in ranges]
