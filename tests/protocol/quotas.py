"""The quota: runtime/book.pxd, `take_quota`, `return_quota`."""

from __future__ import annotations

from .processes import Process
from .steps import Program, load, store, swap
from .words import Count


def take_quota(me: Process, period: int) -> Program:
    """The period that a call was charged to, 0 if that one is exhausted. A passed period counts in the newest."""
    found = yield load("quota")
    while True:
        if found.period < period:
            wanted = Count(period, 1)
        elif found.calls >= me.sizes.allowed:
            return 0
        else:
            wanted = Count(found.period, found.calls + 1)
        if not me.rules.quotas_swapped:
            yield store(("quota",), wanted)
            return wanted.period
        was = yield swap(("quota",), found, wanted)
        if was == found:
            return wanted.period
        found = was


def return_quota(me: Process, period: int) -> Program:
    """Take one call off the period that it was charged to; nothing where that is closed."""
    found = yield load("quota")
    while found.calls and (found.period == period or not me.rules.period_compared):
        was = yield swap(("quota",), found, Count(found.period, found.calls - 1))
        if was == found:
            return
        found = was
