"""The plan that all decide, as facts for the peers and as text for callplan. Tested by tests/test_peers.py.

It is the hot plan of benchmarks/plans.py without its forwards. At any hour a call that nothing refuses is `routed`, so
that what is timed does not depend on when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from math import gcd
from zoneinfo import ZoneInfo

NUMBER = "4006123456"
ZONE = ZoneInfo("Asia/Shanghai")
BLACKLIST = frozenset(f"139{1000 * n:08}" for n in range(10_000))
BLOCKED = frozenset(f"0{code}" for code in (*range(310, 320), *range(391, 397), *range(471, 475)))  # areas
DESTINATIONS = {"a": "01062345678", "b": "02152345678", "c": "13912345678"}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Window:
    """From a minute of the days up to another; days count from Monday, 0, and both ends are among them."""

    first_day: int
    last_day: int
    opens: time
    closes: time


@dataclass(frozen=True)
class Share:
    """So many calls of a hundred, and the destinations to try, in order."""

    percent: int
    destinations: tuple[str, ...]


HOURS = (
    Window(0, 4, time(8), time(12)),
    Window(0, 4, time(12, 30), time(20)),
    Window(5, 5, time(9), time(12)),
    Window(5, 5, time(13), time(18)),
    Window(6, 6, time(10), time(16)),
)
SPLITS = {
    "hours": (Share(50, ("a", "b")), Share(30, ("b", "c")), Share(20, ("c", "a"))),
    "otherwise": (Share(60, ("c", "a")), Share(30, ("b", "c")), Share(10, ("a", "b"))),
}


@dataclass(frozen=True)
class Allowed:
    """How many calls a destination holds at one time, and how many are offered one in a month and in a week."""

    at_once: int = 1000
    per_month: int = 2_000_000_000
    per_week: int = 2_000_000_000


def minutes(clock: time) -> int:
    """Since midnight."""
    return 60 * clock.hour + clock.minute


def turns(shares: tuple[Share, ...]) -> list[tuple[str, ...]]:
    """The destinations to try of each call in a round of a split; the next round is the same.

    Of the shares that may be served (they have had less than what is theirs up to and including this call) it is the
    turn of the one whose next service is due first.
    """
    served = [0] * len(shares)
    order: list[int] = []
    for call in range(1, 100 // gcd(*(share.percent for share in shares)) + 1):
        due = [
            (100 * (had + 1) / share.percent, index)
            for index, (had, share) in enumerate(zip(served, shares, strict=True))
            if 100 * had < share.percent * call
        ]
        _, chosen = min(due)
        served[chosen] += 1
        order.append(chosen)
    return [shares[index].destinations for index in order]


def plan_text(allowed: Allowed) -> str:
    """The plan as callplan reads it."""
    lines = [
        f"number {NUMBER}",
        *(f"destination {name} = {number} limit {allowed.at_once}" for name, number in DESTINATIONS.items()),
        f"blacklist {{ {', '.join(sorted(BLACKLIST))} }}",
        f"block from {', '.join(sorted(BLOCKED))}",
        f"quota {allowed.per_month} calls per month",
        f"quota {allowed.per_week} calls per week",
        f"schedule hours {{ {' '.join(map(_window, HOURS))} }}",
        f"route {{ during hours -> {_split('hours')} otherwise -> {_split('otherwise')} }}",
    ]
    return 'plan "peers" {\n    ' + "\n    ".join(lines) + "\n}\n"


def _window(window: Window) -> str:
    days = WEEKDAYS[window.first_day]
    if window.last_day != window.first_day:
        days += f"-{WEEKDAYS[window.last_day]}"
    return f"{days} {window.opens:%H:%M}-{window.closes:%H:%M}"


def _split(name: str) -> str:
    return (
        "split { " + ", ".join(f"{share.percent}% {' or '.join(share.destinations)}" for share in SPLITS[name]) + " }"
    )
