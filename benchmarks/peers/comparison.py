"""Whether a peer decides as the engine does: both are given the same calls, one by one. Tested by tests/test_peers.py.

Calls come at all times, forward with jumps and sometimes backward, from listed, blocked and all other callers, and end
now and then; limits and quotas are so small that they refuse again and again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

import callplan
from callplan.runtime import places

from .callers import prefix_areas
from .peer import Peer
from .plan import BLACKLIST, BLOCKED, NUMBER, Allowed, plan_text

TIGHT = Allowed(at_once=4, per_month=800, per_week=300)
BEGIN = 1_795_500_000  # 2026-11-24 14:00 in Shanghai, a Tuesday
NO_AREA = ("", "anonymous", "+85221234567", "+12125550123", "10086")

Outcome = tuple[str, str, str | None, str | None, str | None]  # action, reason, destination, number, announcement


@dataclass(frozen=True)
class Call:
    called: str
    caller: str
    at: float


class Different(Exception):
    """A peer and the engine decide a call differently."""


def calls(seed: str) -> Iterator[Call]:
    """Calls without end, the same for the same seed."""
    random = Random(seed)
    callers = _Callers(random)
    at = float(BEGIN)
    while True:
        at += random.expovariate(1 / 600)
        if random.random() < 0.0005:
            at += random.uniform(0, 10) * 86_400
        moment = at
        if random.random() < 0.1:  # windows open and close, and days begin, on the half hour
            moment = at // 1800 * 1800 - random.choice((0, 0.001, 1))
        elif random.random() < 0.02:
            moment = at - random.uniform(0, 3 * 86_400)
        yield Call(NUMBER if random.random() < 0.99 else "4009999999", callers.draw(), moment)


def compare(peer: Peer, seed: str, count: int, allowed: Allowed = TIGHT) -> Counter[Outcome]:
    """How often each outcome came in `count` calls by the plan with those limits and quotas; the peer is made for them.

    Raises Different at the first call that is not decided, or not ended, alike.
    """
    random = Random(f"{seed} ends")
    outcomes: Counter[Outcome] = Counter()
    open_calls: list[tuple[int, int]] = []  # the engine's and the peer's handle
    with callplan.Engine(callplan.compile_text(plan_text(allowed))) as engine:
        for number, call in enumerate(islice(calls(seed), count)):
            ours, theirs = (
                engine.route(call.called, call.caller, call.at),
                peer.route(call.called, call.caller, call.at),
            )
            outcome = (ours.action, ours.reason, ours.destination, ours.number, ours.announcement)
            if theirs[:5] != outcome or bool(theirs.call) != bool(ours.call):
                raise Different(f"call {number}, {call}: the engine {outcome}, the peer {theirs}")
            outcomes[outcome] += 1
            if ours.call:
                open_calls.append((ours.call, theirs.call))
            # In busy stretches few calls end, in quiet ones most do.
            while open_calls and random.random() < (0.25 if number // 100 % 3 else 0.8):
                _end(engine, peer, *open_calls.pop(random.randrange(len(open_calls))))
        for handles in open_calls:
            _end(engine, peer, *handles)
    return outcomes


def _end(engine: callplan.Engine, peer: Peer, ours: int, theirs: int) -> None:
    """End a call, and once more: the second time it is over."""
    ended = ((engine.end(ours), peer.end(theirs)), (engine.end(ours), peer.end(theirs)))
    if ended != ((True, True), (False, False)):
        raise Different(f"ending a call, and once more: the engine and the peer answer {ended}")


class _Callers:
    """Callers of every kind, in both ways of writing that peers read."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._listed = sorted(BLACKLIST)
        self._prefixes = list(prefix_areas())
        self._blocked_prefixes = [prefix for prefix, area in prefix_areas().items() if area in BLOCKED]
        self._areas = places.area_codes()
        self._blocked_areas = sorted(BLOCKED)

    def draw(self) -> str:
        kind = self._random.choices(
            ("mobile", "fixed", "listed", "blocked mobile", "blocked fixed", "unheld mobile", "no area"),
            (40, 30, 8, 6, 6, 5, 5),
        )[0]
        match kind:
            case "mobile":
                number = self._mobile(self._random.choice(self._prefixes))
            case "fixed":
                number = self._fixed(self._random.choice(self._areas))
            case "listed":
                number = self._random.choice(self._listed)
            case "blocked mobile":
                number = self._mobile(self._random.choice(self._blocked_prefixes))
            case "blocked fixed":
                number = self._fixed(self._random.choice(self._blocked_areas))
            case "unheld mobile":
                number = self._mobile(str(self._random.randrange(1_300_000, 2_000_000)))
            case _:
                return self._random.choice(NO_AREA)
        return "+86" + number.removeprefix("0") if self._random.random() < 0.3 else number

    def _mobile(self, prefix: str) -> str:
        return f"{prefix}{self._random.randrange(10_000):04}"

    def _fixed(self, area: str) -> str:
        subscriber = self._random.randrange(2_000_000, 9_000_000)
        return f"{area}{subscriber}" if len(area) == 4 else f"{area}{subscriber}{self._random.randrange(10)}"
