"""The plan after a day with a profiler: nothing is worked out for a call that could be known before it.

Areas become prefixes, a day becomes the moments at which it opens and closes, an answer is made without its
constructor. Tested by tests/test_peers.py.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, timedelta
from itertools import count, cycle
from time import time

from .callers import national, prefix_areas
from .idiomatic import is_open
from .peer import BLACKLISTED, FULL, QUOTA, UNALLOCATED, Decision
from .peer import BLOCKED as BLOCKED_CALL
from .plan import BLACKLIST, BLOCKED, DESTINATIONS, HOURS, NUMBER, SPLITS, ZONE, Allowed, turns

BLOCKED_PREFIXES = frozenset(prefix for prefix, area in prefix_areas().items() if area in BLOCKED)


class Destination:
    __slots__ = ("free", "name", "number")

    def __init__(self, name: str, number: str, free: int) -> None:
        self.name = name
        self.number = number
        self.free = free


class Tuned:
    """Rules and counters in one method."""

    def __init__(self, allowed: Allowed) -> None:
        destinations = {name: Destination(name, number, allowed.at_once) for name, number in DESTINATIONS.items()}
        self._cycles = {
            rule: cycle([tuple(destinations[name] for name in turn) for turn in turns(shares)])
            for rule, shares in SPLITS.items()
        }
        self._turns = self._cycles["otherwise"]
        self._since = self._until = 0.0  # from when until when `_turns` is the split in force
        self._allowed = allowed
        self._month = self._week = date.min
        self._left_in_month = self._left_in_week = 0
        self._handles = count(1)
        self._calls: dict[int, Destination] = {}

    def route(self, called: str, caller: str, at: float | None = None) -> Decision:
        if called != NUMBER:
            return UNALLOCATED
        if caller[:1] == "+":
            caller = national(caller)
        if caller in BLACKLIST:
            return BLACKLISTED
        if caller[:7] in BLOCKED_PREFIXES or caller[:4] in BLOCKED:
            return BLOCKED_CALL
        now = time() if at is None else at
        if not self._since <= now < self._until:
            self._turn_to(now)
        destinations = next(self._turns)
        if not self._left_in_month or not self._left_in_week:
            return QUOTA
        for destination in destinations:
            if destination.free:
                destination.free -= 1
                self._left_in_month -= 1
                self._left_in_week -= 1
                call = next(self._handles)
                self._calls[call] = destination
                return tuple.__new__(Decision, ("connect", "routed", destination.name, destination.number, None, call))
        return FULL

    def end(self, call: int) -> bool:
        destination = self._calls.pop(call, None)
        if destination is None:
            return False
        destination.free += 1
        return True

    def _turn_to(self, now: float) -> None:
        """Put the split in force at a time, up to when the plan next opens or closes or the day ends."""
        local = datetime.fromtimestamp(now, ZONE)
        today = local.date()
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        moments = [midnight, midnight + timedelta(days=1)]
        for window in HOURS:
            moments += (datetime.combine(today, clock, ZONE) for clock in (window.opens, window.closes))
        edges = sorted(moment.timestamp() for moment in moments)
        after = bisect_right(edges, now)
        self._since, self._until = edges[after - 1], edges[after]
        self._turns = self._cycles["hours" if is_open(local) else "otherwise"]
        month, week = today.replace(day=1), today - timedelta(days=today.weekday())
        if month > self._month:
            self._month, self._left_in_month = month, self._allowed.per_month
        if week > self._week:
            self._week, self._left_in_week = week, self._allowed.per_week
