"""Which counts would start afresh with new tables: a counter that was renamed has another identity; tested by
tests/test_resets.py.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from . import layout
from .books import Books, counts_nothing
from .chains import chains
from .counters import Counters, Index, Sections
from .runs import Integers, spread

_KINDS = ("quota", "limit", "split")  # by layout.COUNTER_…
_OWNERS = ("quotas", "destinations", "splits")


class Reset(NamedTuple):
    """A counter that the new tables lack, while they have a new one of its kind in the same plan.

    `plan`: its first number, None for what plans share; `kind`: quota, limit or split; `name`: as in Usage; `used`:
    calls counted in a period that is not over, places held, or tickets; `in_use`: whether it takes a permission to
    drop it.
    """

    plan: str | None
    kind: str
    name: str
    used: int
    in_use: bool

    def __str__(self) -> str:
        whose = "shared" if self.plan is None else f"of {self.plan}"
        what = {"quota": "call", "limit": "place", "split": "ticket"}[self.kind]
        return f"{self.kind} {self.name} {whose}: {self.used:,} {what}{'' if self.used == 1 else 's'} in use"


def resets(books: Books, old: Counters, new: Counters, now: float) -> list[Reset]:
    """The counters of the tables in force that would start afresh with new ones at `now` (POSIX seconds)."""
    found, index = chains(books.cells, len(books.words))
    old_plans, new_plans = plans_of(old.sections), plans_of(new.sections)
    fresh = (index.find(new.keys) < 0) & (Index(old.keys).find(new.keys) < 0)
    renewed = np.unique(_groups(new_plans, new.kind)[fresh])
    lost = Index(new.keys).find(old.keys) < 0
    lost &= np.isin(_groups(old_plans, old.kind), renewed) & np.isin(old_plans, new_plans)
    counters = np.flatnonzero(lost)
    heads = index.find(old.keys[counters])
    cells = np.where(heads >= 0, found.heads[np.maximum(heads, 0)] if len(found.heads) else -1, -1)
    result = []
    used = np.zeros(len(counters), np.int64)
    some = cells >= 0
    used[some] = _used(books, found.cells[cells[some]], now)
    limits = np.flatnonzero(some & (old.kind[counters] == layout.COUNTER_LIMIT))
    chain = np.flatnonzero(np.isin(found.root, cells[limits]))
    held = books.held(found.cells["at"][chain].astype(np.int64) + 1, found.places[chain])
    in_chain = np.zeros(len(found.entries), np.int64)
    np.add.at(in_chain, found.root[chain], held)
    used[limits] = in_chain[cells[limits]]
    for counter, count in zip(counters.tolist(), used.tolist(), strict=True):
        kind = int(old.kind[counter])
        plan = int(old_plans[counter])
        is_money = count > 0 and kind != layout.COUNTER_SPLIT
        result.append(Reset(str(plan) if plan else None, _KINDS[kind], _name(old.sections, counter), count, is_money))
    return result


def plans_of(sections: Sections) -> Integers:
    """By counter its plan's first number, 0 for what plans share."""
    plans, records = sections["plans"], sections["counters"]
    number = sections["numbers"]["number"][plans["number"]].astype(np.int64)
    run, nth = spread(plans["quotas_count"].astype(np.int64))
    of_quota = np.zeros(len(sections["quotas"]), np.int64)
    of_quota[plans["quotas"].astype(np.int64)[run] + nth] = number[run]
    with_none = np.append(number, 0)
    found = np.zeros(len(records), np.int64)
    for kind, own in enumerate((of_quota, *(_numbers(with_none, sections[name]["plan"]) for name in _OWNERS[1:]))):
        which = np.flatnonzero(records["kind"] == kind)
        found[which] = own[records["owner"][which]]
    return found


def _numbers(with_none: Integers, plan: npt.NDArray[np.uint32]) -> Integers:
    return with_none[np.where(plan == layout.NONE, len(with_none) - 1, plan)]


def _groups(plans: Integers, kind: npt.NDArray[np.uint8]) -> Integers:
    """Plan and kind as one value."""
    return plans * len(_KINDS) + kind


def _used(books: Books, cells: npt.NDArray[np.void], now: float) -> Integers:
    """Quotas' counts, splits' tickets."""
    words = books.words[cells["at"].astype(np.int64)]
    count = (words & np.uint64(0xFFFFFFFF)).astype(np.int64)
    is_over = counts_nothing(words, cells["period"], now) & (cells["kind"] == layout.COUNTER_QUOTA)
    return np.where(is_over, 0, count)


def _name(sections: Sections, counter: int) -> str:
    record = sections["counters"][counter]
    string = sections[_OWNERS[record["kind"]]][record["owner"]]["name"]
    start, end = sections["string_offsets"][string : string + 2].tolist()
    return bytes(sections["string_bytes"][start:end]).decode()
