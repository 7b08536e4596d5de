"""Whether an `expect` line holds (language, section 7); tested by tests/test_expects.py and tests/test_cases.py.

A path is followed from destination to destination: one that the path calls full is full, any other is free, since the
call is in a fresh state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

from callplan.compiler import places
from callplan.compiler.checked import (
    Announce,
    Announcement,
    Destination,
    Expect,
    ExpectedShares,
    Hunt,
    Operator,
    Origin,
    Plan,
    Route,
    Split,
    Target,
    To,
)

from .callers import Entries
from .conditions import Caller, Conditions
from .numbers import WITHHELD, normalise
from .origins import Numbering, Where, holds, origin_of

WHOLE = 10_000  # hundredths of a percent
Event = Literal["busy", "no_answer", "unreachable", "full"]
Steps = tuple[tuple[Destination, Event | None], ...]  # what is yet to come: a destination, and what happens there


def fulfilled(expect: Expect, plan: Plan, operator: Operator, numbering: Numbering) -> bool:
    """Whether a line holds for its caller or, 7.2, for every class of callers of its origin that is on no list."""
    at = expect.at
    minute = datetime(at.date.year or 0, at.date.month, at.date.day, *divmod(at.minute, 60))
    if isinstance(expect.caller, Origin):  # a withheld caller's number is on no list
        callers = [Caller(WITHHELD, where, minute) for where in classes() if holds(expect.caller, where)]
    else:
        number = normalise(expect.caller.digits)
        callers = [Caller(number, origin_of(number, numbering), minute)]
    return all(Path(expect, plan, operator, caller).holds() for caller in callers)


def classes() -> Iterator[Where]:
    """4.1 and 4.2: every origin that a caller can have."""
    codes = {code for name in places.names() for place in places.find(name) for code in place.areas}
    for code in sorted(codes):
        yield code, "mobile"
        yield code, "fixed"
    yield "unknown", "mobile"
    yield "unknown", None
    yield "abroad", None


@dataclass(frozen=True)
class Full:
    """Every destination of a target is full: those tried, in order."""

    tried: tuple[Destination, ...]


Outcome = Destination | Announcement | Full


@dataclass
class Path:
    """One caller's way, and what a line says of it."""

    expect: Expect
    plan: Plan
    operator: Operator
    caller: Caller

    def __post_init__(self) -> None:
        self.conditions = Conditions()

    def holds(self) -> bool:
        steps = tuple((tried.destination, event) for tried in self.expect.tried for event in tried.events or (None,))
        blacklist = self.plan.blacklist
        if blacklist is not None and Entries(blacklist.entries).hold(self.caller.number):  # 6.2
            return self._ends(blacklist.announce, steps)
        for block in self.plan.blocks:  # 6.3
            if self.conditions.hold(block.condition, self.caller):
                return self._ends(block.announce, steps)
        target = self.conditions.target(self.plan.rules, self.caller)  # 6.4
        if isinstance(self.expect.last, ExpectedShares):
            return any(self._are_shares(self.expect.last, one) for one in self._behind(target, steps))
        return any(self._goes_on(outcome, rest) for outcome, rest in self._reach(target, steps))

    def _reach(self, target: Target, steps: Steps, full: Full | None = None) -> Iterator[tuple[Outcome, Steps]]:
        """6.4 to 6.7, 7.2: where a target may lead this call, and what is then yet to come.

        `full`: what was full before, and still is, since all this is decided at once.
        """
        match target:
            case To(destination):
                if steps and steps[0] == (destination, "full"):
                    yield Full((*full.tried, destination) if full else (destination,)), steps[1:]
                elif steps and steps[0][0] is destination and not (full and destination in full.tried):
                    yield destination, steps
            case Announce(announcement):
                yield announcement, steps
            case Hunt(first):
                for outcome, rest in self._reach(first[0], steps, full):
                    if isinstance(outcome, Full):
                        yield from self._reach(_after_first(target), rest, outcome)
                    else:
                        yield outcome, rest
            case Split(branches):  # 7.2: it may name any branch
                for branch in branches:
                    yield from self._reach(branch.target, steps, full)
            case Route(rules):
                yield from self._reach(self.conditions.target(rules, self.caller), steps, full)

    def _goes_on(self, outcome: Outcome, steps: Steps) -> bool:
        match outcome:
            case Announcement():
                return self._ends(outcome, steps)
            case Full(tried):  # 6.7
                return self._ends(tried[-1].announce or self.plan.announcements["full"], steps)
        return self._connected(outcome, steps, ())

    def _connected(self, destination: Destination, steps: Steps, before: tuple[Destination, ...]) -> bool:
        """6.8 and 6.9: what the path says of a destination that was reached, and where the call goes from there.

        `before`: where it was connected before.
        """
        event, steps = steps[0][1], steps[1:]
        if event is None:
            return not steps and self.expect.last is None
        assert event != "full"
        forwards = self.plan.forwards
        forward = forwards.get(event) or (forwards.get("busy") if event == "unreachable" else None)
        connected = (*before, destination)
        dialled = {one.dial for one in connected}
        passed_over: list[Destination] = []  # full, and still so for all of this list, which is read at once
        if forward is not None and len(before) < self.operator.per_call:
            for one in forward.destinations:
                if one.dial in dialled:
                    continue
                if not steps or steps[0][0] is not one:
                    return False
                if steps[0][1] != "full":
                    return one not in passed_over and self._connected(one, steps, connected)
                passed_over.append(one)
                steps = steps[1:]
        return self._ends(self.plan.announcements[event], steps)

    def _ends(self, announcement: Announcement, steps: Steps) -> bool:
        last = self.expect.last
        return not steps and isinstance(last, Announcement) and last.name == announcement.name

    def _behind(self, target: Target, steps: Steps) -> Iterator[Split]:
        """The splits that are entered next when all destinations of a path were full."""
        match target:
            case Split() if not steps:
                yield target
            case Hunt(first) if steps and steps[0] == (first[0].destination, "full"):
                yield from self._behind(_after_first(target), steps[1:])
            case Split(branches):
                for branch in branches:
                    yield from self._behind(branch.target, steps)
            case Route(rules):
                yield from self._behind(self.conditions.target(rules, self.caller), steps)

    def _are_shares(self, expected: ExpectedShares, target: Target) -> bool:
        """7.2: a share is as it is written where it is less than a hundredth of a percent away."""
        said: Counter[Destination | str] = Counter()
        for share, reached in expected.shares:
            said[_counted_as(reached)] += share
        found = self._shares(target)
        return said.keys() == found.keys() and all(abs(found[one] * WHOLE - said[one]) < 1 for one in said)

    def _shares(self, target: Target) -> dict[Destination | str, Fraction]:
        """7.2: by each branch's first destination, nested shares multiplied, equal ones added."""
        match target:
            case To(destination):
                return {destination: Fraction(1)}
            case Announce(announcement):
                return {_counted_as(announcement): Fraction(1)}
            case Hunt(first):
                return self._shares(first[0])
            case Route(rules):
                return self._shares(self.conditions.target(rules, self.caller))
            case Split(branches):
                total = sum(branch.weight for branch in branches)
                found: dict[Destination | str, Fraction] = {}
                for branch in branches:
                    for reached, share in self._shares(branch.target).items():
                        found[reached] = found.get(reached, Fraction(0)) + share * Fraction(branch.weight, total)
                return found


def _counted_as(reached: Destination | Announcement) -> Destination | str:
    """Itself; an announcement by its name, since a shared destination's may be hidden by the plan's own."""
    return reached.name if isinstance(reached, Announcement) else reached


def _after_first(hunt: Hunt) -> Target:
    """What is tried where the first destination of an `or` is full."""
    return Hunt(hunt.first[1:], hunt.last, hunt.span) if len(hunt.first) > 1 else hunt.last
