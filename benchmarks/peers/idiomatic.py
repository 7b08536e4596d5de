"""The plan as a good Python programmer would write it first. Tested by tests/test_peers.py."""

from __future__ import annotations

import time
from datetime import datetime

from .books import Books
from .callers import area_of, national
from .peer import BLACKLISTED, BLOCKED, UNALLOCATED, Decision
from .plan import BLACKLIST, HOURS, NUMBER, ZONE, Allowed
from .plan import BLOCKED as BLOCKED_AREAS


class Idiomatic:
    """Rules in Python, one after the other."""

    def __init__(self, allowed: Allowed) -> None:
        self._books = Books(allowed)

    def route(self, called: str, caller: str, at: float | None = None) -> Decision:
        if called != NUMBER:
            return UNALLOCATED
        number = national(caller)
        if number in BLACKLIST:
            return BLACKLISTED
        if area_of(number) in BLOCKED_AREAS:
            return BLOCKED
        local = datetime.fromtimestamp(time.time() if at is None else at, ZONE)
        return self._books.connect("hours" if is_open(local) else "otherwise", local.date())

    def end(self, call: int) -> bool:
        return self._books.end(call)


def is_open(local: datetime) -> bool:
    weekday, now = local.weekday(), local.time()
    return any(
        window.first_day <= weekday <= window.last_day and window.opens <= now < window.closes for window in HOURS
    )
