"""The rules as one expression of zen-engine, compiled once; Python prepares its facts and counts.

zen-engine keeps no state, has no place for a list of 10,000 and knows no time zone. So the blacklist is a set, the
caller's area and the local time are worked out as in idiomatic.py, and all that the rules say of these is in the
expression. Tested by tests/test_peers.py.
"""

from __future__ import annotations

import time
from datetime import datetime

import zen

from .books import Books
from .callers import area_of, national
from .peer import BLACKLISTED, BLOCKED, UNALLOCATED, Decision
from .plan import BLACKLIST, HOURS, NUMBER, ZONE, Allowed, minutes
from .plan import BLOCKED as BLOCKED_AREAS

REFUSALS = {"blacklisted": BLACKLISTED, "blocked": BLOCKED}


def expression() -> str:
    """All of the plan's rules, on `facts`."""
    areas = ", ".join(f"'{area}'" for area in sorted(BLOCKED_AREAS))
    windows = " or ".join(
        f"weekday >= {window.first_day} and weekday <= {window.last_day}"
        f" and minute >= {minutes(window.opens)} and minute < {minutes(window.closes)}"
        for window in HOURS
    )
    return f"listed ? 'blacklisted' : area in [{areas}] ? 'blocked' : {windows} ? 'hours' : 'otherwise'"


def facts(number: str, local: datetime) -> dict[str, bool | str | int | None]:
    """What the rules are about: whether the caller is listed, its area, the day (Monday is 0), the minute of it."""
    return {
        "listed": number in BLACKLIST,
        "area": area_of(number),
        "weekday": local.weekday(),
        "minute": 60 * local.hour + local.minute,
    }


class ZenExpression:
    """Python's books around one expression."""

    def __init__(self, allowed: Allowed) -> None:
        self._books = Books(allowed)
        self._rules = zen.compile_expression(expression())

    def route(self, called: str, caller: str, at: float | None = None) -> Decision:
        if called != NUMBER:
            return UNALLOCATED
        number = national(caller)
        local = datetime.fromtimestamp(time.time() if at is None else at, ZONE)
        rule = self._rules.evaluate(facts(number, local))
        return REFUSALS.get(rule) or self._books.connect(rule, local.date())

    def end(self, call: int) -> bool:
        return self._books.end(call)
