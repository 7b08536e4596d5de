"""Counting in Python, for the peers whose rules do not count: shares, quotas, limits, calls in progress.

Tested by tests/test_peers.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, cycle

from .peer import FULL, QUOTA, Decision
from .plan import DESTINATIONS, SPLITS, Allowed, turns


@dataclass(slots=True)
class Destination:
    name: str
    number: str
    limit: int
    in_use: int = 0


@dataclass(slots=True)
class Quota:
    """The calls of the newest period that was asked for."""

    allowed: int
    period: date = date.min
    used: int = 0

    def take(self, period: date) -> bool:
        if period > self.period:
            self.period = period
            self.used = 0
        if self.used >= self.allowed:
            return False
        self.used += 1
        return True

    def give_back(self) -> None:
        self.used -= 1


class Books:
    """All that changes from call to call."""

    def __init__(self, allowed: Allowed) -> None:
        destinations = {name: Destination(name, number, allowed.at_once) for name, number in DESTINATIONS.items()}
        self._turns = {
            rule: cycle([[destinations[name] for name in turn] for turn in turns(shares)])
            for rule, shares in SPLITS.items()
        }
        self._month = Quota(allowed.per_month)
        self._week = Quota(allowed.per_week)
        self._handles = count(1)
        self._calls: dict[int, Destination] = {}

    def connect(self, rule: str, today: date) -> Decision:
        """What becomes of a call that a rule sends to its split."""
        destinations = next(self._turns[rule])
        if not self._month.take(today.replace(day=1)):
            return QUOTA
        if not self._week.take(today - timedelta(days=today.weekday())):
            self._month.give_back()
            return QUOTA
        for destination in destinations:
            if destination.in_use < destination.limit:
                destination.in_use += 1
                call = next(self._handles)
                self._calls[call] = destination
                return Decision("connect", "routed", destination.name, destination.number, call=call)
        self._month.give_back()
        self._week.give_back()
        return FULL

    def end(self, call: int) -> bool:
        destination = self._calls.pop(call, None)
        if destination is None:
            return False
        destination.in_use -= 1
        return True
