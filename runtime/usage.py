"""What is used of each quota, limit and split, as people ask for it; tested by tests/test_engine.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple, Protocol

import numpy as np

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


def usage(tables: Tables, books: Books) -> Iterator[Usage]:
    """By plan its quotas, limits and splits; at the end the limits that plans share."""
    sections = tables.sections
    held_places = books._open_quotas() if sections["quotas"]["answered"].any() else {}
    for plan in sections["plans"]:
        name = tables.string(plan["name"])
        for record in _slice(sections["quotas"], plan["quotas"], plan["quotas_count"]):
            counter = int(record["counter"])
            period, count = divmod(books._word(counter), 1 << 32)
            held = held_places.get((books._position(counter), period), 0)
            first_day = period_start(int(record["period"]), period)
            quota = tables.string(record["name"])
            yield Usage("quota", name, quota, count - held, held, int(record["allowed"]), first_day)
        first = int(plan["destinations"])
        yield from _limits(tables, books, name, range(first, first + int(plan["destinations_count"])))
        for record in _slice(sections["splits"], plan["splits"], plan["splits_count"]):
            used = books._word(int(record["counter"]))
            yield Usage("split", name, tables.string(record["name"]), used, 0, None, None)
    shared = np.flatnonzero(sections["destinations"]["plan"] == layout.NONE)
    yield from _limits(tables, books, None, map(int, shared))


def _limits(tables: Tables, books: Books, plan: str | None, indexes: Iterable[int]) -> Iterator[Usage]:
    for index in indexes:
        record = tables.sections["destinations"][index]
        if record["limit"]:
            name = tables.string(record["name"])
            yield Usage("limit", plan, name, books._places(index), 0, int(record["limit"]), None)


def _slice(records: np.ndarray, first: int, count: int) -> np.ndarray:
    return records[int(first) : int(first) + int(count)]
