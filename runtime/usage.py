"""What is used of each quota, limit and split, as people ask for it; tested by tests/test_engine.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

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


def usage(tables: Tables, word: Callable[[int], int], places: Callable[[int], int]) -> Iterator[Usage]:
    """By plan: its quotas, limits and splits. `word(counter)`: its first word; `places(destination)`: how many held."""
    sections = tables.sections
    for plan in sections["plans"]:
        name = tables.string(plan["name"])
        for record in _slice(sections["quotas"], plan["quotas"], plan["quotas_count"]):
            found = word(int(record["counter"]))
            period = period_start(int(record["period"]), found >> 32)
            count = found & 0xFFFFFFFF
            yield Usage("quota", name, tables.string(record["name"]), count, 0, int(record["allowed"]), period)
        first = int(plan["destinations"])
        for index, record in enumerate(_slice(sections["destinations"], first, plan["destinations_count"]), first):
            if record["limit"]:
                used = places(index)
                yield Usage("limit", name, tables.string(record["name"]), used, 0, int(record["limit"]), None)
        for record in _slice(sections["splits"], plan["splits"], plan["splits_count"]):
            used = word(int(record["counter"]))
            yield Usage("split", name, tables.string(record["name"]), used, 0, None, None)


def _slice(records: np.ndarray, first: int, count: int) -> np.ndarray:
    return records[int(first) : int(first) + int(count)]
