"""A whole world of plans, counters and calls, by language.md, section 6; tested by tests/test_reference.py.

Every step cites its sentence. Nothing is precomputed but the callers of each list. All state stands in `State`, so that
a peek is a call in a world that is then thrown away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from callplan.compiler.checked import (
    And,
    Announce,
    Announcement,
    CallerIn,
    CallerList,
    Cause,
    Condition,
    Destination,
    During,
    From,
    Hunt,
    Not,
    Or,
    Plan,
    Program,
    Quota,
    Split,
    Target,
    To,
)
from callplan.compiler.syntax import Number as Entry

from .clock import local_minute, period_start
from .numbers import Number, normalise
from .origins import Numbering, Where, holds, origin_of
from .schedules import is_open
from .splits import branch_of

FORWARDS_A_CALL = 2  # 6.9
NO_ANSWER_SECONDS = 20  # 6.9


@dataclass(frozen=True)
class Decision:
    """What the engine's decision says, field by field."""

    action: Literal["connect", "announce"]
    reason: str
    destination: str | None
    number: str | None
    announcement: str | None
    media: str | None
    ring_seconds: int
    origin: Where
    call: int


@dataclass(frozen=True)
class Usage:
    """One counter."""

    kind: Literal["quota", "limit", "split"]
    plan: str
    name: str
    used: int
    held: int
    allowed: int | None
    period: str | None


@dataclass(frozen=True)
class Call:
    """A call in progress. `offered` has the numbers dialled, the first destination's too."""

    plan: Plan
    origin: Where
    destination: Destination
    offered: tuple[str, ...]
    answered: bool = False

    @property
    def forwards(self) -> int:
        return len(self.offered) - 1


@dataclass(frozen=True)
class Count:
    """A quota's newest period seen and the calls counted in it."""

    period: date
    used: int


@dataclass
class State:
    """All that changes: quotas asked so far, tickets used, calls in progress by handle."""

    quotas: dict[Quota, Count] = field(default_factory=dict)
    tickets: dict[Split, int] = field(default_factory=dict)
    calls: dict[int, Call] = field(default_factory=dict)

    def copy(self) -> State:
        return State(dict(self.quotas), dict(self.tickets), dict(self.calls))


@dataclass
class Attempt:
    """A call on its way through its plan. `charged`: the quota places it took; None until its quotas were asked."""

    plan: Plan
    minute: datetime
    charged: list[tuple[Quota, date]] | None = None
    last_tried: Destination | None = None


@dataclass(frozen=True)
class Found:
    """A destination with a free place."""

    destination: Destination


@dataclass(frozen=True)
class Told:
    """An announcement and its reason."""

    announcement: Announcement
    reason: str


@dataclass(frozen=True)
class Full:
    """Every destination of the target is full."""


UNKNOWN_CALL = Decision("announce", "unknown_call", None, None, None, None, 0, ("unknown", None), 0)


class World:
    """The plans of a program, and every call that they get.

    `own_area`: the switch's own area code; `max_calls`: how many calls are followed at once; `numbering`: the area code
    of a mobile number's first 7 digits, None for one that is not held.
    """

    def __init__(
        self, program: Program, numbering: Numbering, own_area: str | None = None, max_calls: int = 65536
    ) -> None:
        self._program = program
        self._numbering = numbering
        self._own_area = own_area
        self._max_calls = max_calls
        self._listed: dict[CallerList, frozenset[tuple[str, str]]] = {}
        self._state = State()
        self._newest_handle = 0

    # Decisions

    def route(self, called: str, caller: str, at: float) -> Decision:
        """Section 6, steps 1 to 8, for a call at a POSIX time."""
        number = normalise(caller, self._own_area)
        origin = origin_of(number, self._numbering)

        plan = self._plan(called)  # 6.1
        if plan is None:
            return Decision("announce", "unallocated", None, None, "unallocated", None, 0, origin, 0)

        if plan.blacklist is not None and self._on(plan.blacklist.entries, number):  # 6.2
            return _announce(Told(plan.blacklist.announce, "blacklisted"), origin)

        minute = local_minute(at, plan.zone)  # 5.4

        def condition_holds(condition: Condition | None) -> bool:
            return condition is None or self._holds(condition, number, origin, minute)

        for block in plan.blocks:  # 6.3
            if condition_holds(block.condition):
                return _announce(Told(block.announce, "blocked"), origin)

        rule = next(rule for rule in plan.rules if condition_holds(rule.condition))  # 6.4
        attempt = Attempt(plan, minute)
        outcome = self._reach(attempt, rule.target)
        match outcome:
            case Full():  # 6.7
                tried = attempt.last_tried
                assert tried is not None
                outcome = Told(tried.announce or plan.announcements["full"], "full")
            case Found() if len(self._state.calls) >= self._max_calls:  # section 6, reasons: decided last
                outcome = Told(plan.announcements["overload"], "overload")
        if isinstance(outcome, Told):
            self._give_back(attempt)  # 6.6
            return _announce(outcome, origin)
        return self._begin(plan, origin, outcome.destination)  # 6.8

    def peek(self, called: str, caller: str, at: float) -> Decision:
        """The decision that `route` would give; nothing is counted or seen (6.6)."""
        kept = self._state.copy()
        decision = self.route(called, caller, at)
        self._state = kept
        return replace(decision, call=0)

    # Reports

    def busy(self, handle: int) -> Decision:
        return self._report(handle, "busy")

    def no_answer(self, handle: int) -> Decision:
        return self._report(handle, "no_answer")

    def unreachable(self, handle: int) -> Decision:
        return self._report(handle, "unreachable")

    def answered(self, handle: int) -> bool:
        """True if the call was in progress and unanswered."""
        call = self._state.calls.get(handle)
        if call is None or call.answered:
            return False
        self._state.calls[handle] = replace(call, answered=True)
        return True

    def end(self, handle: int) -> bool:
        """True if the call was in progress."""
        return self._state.calls.pop(handle, None) is not None

    def usage(self) -> list[Usage]:
        """Every counter: plan by plan its quotas, limits and splits, each in the order of the plan's text."""
        return [usage for plan in self._program.plans for usage in self._usage(plan)]

    # Steps

    def _plan(self, called: str) -> Plan | None:
        """6.1, after 3.4: a called number that is a plan's service number, however it is written."""
        number = normalise(called, self._own_area)
        if number.kind != "service":
            return None
        for plan in self._program.plans:
            if any(served.digits == number.digits for served in plan.numbers):
                return plan
        return None

    def _holds(self, condition: Condition, number: Number, origin: Where, minute: datetime) -> bool:
        """6.4: `from`, `during` and `caller in`, joined with `not`, `and` and `or`."""
        match condition:
            case From():
                return holds(condition.origin, origin)
            case During():
                return is_open(condition.schedule, minute)
            case CallerIn():
                return self._on((condition.list,), number)
            case Not():
                return not self._holds(condition.condition, number, origin, minute)
            case And():
                return all(self._holds(one, number, origin, minute) for one in condition.conditions)
            case Or():
                return any(self._holds(one, number, origin, minute) for one in condition.conditions)

    def _on(self, entries: Sequence[Entry | CallerList], number: Number) -> bool:
        """3.3 and 3.4: whether a caller is among numbers and lists; some callers are on no list."""
        if number.identity is None:
            return False
        for entry in entries:
            if isinstance(entry, CallerList):
                if number.identity in self._callers(entry):
                    return True
            elif number.identity == normalise(entry.digits).identity:
                return True
        return False

    def _callers(self, named: CallerList) -> frozenset[tuple[str, str]]:
        if named not in self._listed:
            found: set[tuple[str, str]] = set()
            for entry in named.entries:
                if isinstance(entry, CallerList):
                    found |= self._callers(entry)
                else:
                    identity = normalise(entry.digits).identity
                    assert identity is not None
                    found.add(identity)
            self._listed[named] = frozenset(found)
        return self._listed[named]

    def _reach(self, attempt: Attempt, target: Target) -> Found | Told | Full:
        """6.4 to 6.7: where a target leads a call."""
        match target:
            case To():
                if attempt.charged is None:  # 6.6: when the first destination is about to be tried, full or not
                    refused = self._ask_quotas(attempt)
                    if refused is not None:
                        return Told(refused.announce, "quota")
                attempt.last_tried = target.destination
                return Full() if self._is_full(target.destination) else Found(target.destination)
            case Announce():
                return Told(target.announcement, "announced")
            case Hunt():
                for one in target.first:
                    outcome = self._reach(attempt, one)
                    if not isinstance(outcome, Full):
                        return outcome
                return self._reach(attempt, target.last)
            case Split():  # 6.5: the ticket is used when the split is entered
                ticket = self._state.tickets.get(target, 0)
                self._state.tickets[target] = ticket + 1
                branch = branch_of(ticket, [branch.weight for branch in target.branches])
                return self._reach(attempt, target.branches[branch].target)

    def _ask_quotas(self, attempt: Attempt) -> Quota | None:
        """6.6: a place in all quotas or in none; the first exhausted one is returned."""
        attempt.charged = []
        for quota in attempt.plan.quotas:
            period = period_start(quota.period, attempt.minute)
            count = self._state.quotas.get(quota)
            if count is None or period > count.period:  # asked is seen, refused or not
                count = Count(period, 0)
            if count.used >= quota.count:
                self._state.quotas[quota] = count
                self._give_back(attempt)
                return quota
            self._state.quotas[quota] = replace(count, used=count.used + 1)
            attempt.charged.append((quota, count.period))
        return None

    def _give_back(self, attempt: Attempt) -> None:
        """6.6: places go back to the period of their offer, unless that is over."""
        for quota, period in attempt.charged or []:
            count = self._state.quotas[quota]
            if count.period == period:
                self._state.quotas[quota] = replace(count, used=count.used - 1)
        attempt.charged = []

    def _in_use(self, destination: Destination) -> int:
        """6.7: calls that it holds at this time, ringing or talking."""
        return sum(call.destination is destination for call in self._state.calls.values())

    def _is_full(self, destination: Destination) -> bool:
        return destination.limit is not None and self._in_use(destination) >= destination.limit

    def _begin(self, plan: Plan, origin: Where, destination: Destination) -> Decision:
        """6.8: the call holds its place from here on."""
        self._newest_handle += 1
        call = Call(plan, origin, destination, (destination.dial,))
        self._state.calls[self._newest_handle] = call
        return _connect(call, "routed", self._newest_handle)

    def _report(self, handle: int, cause: Cause) -> Decision:
        """6.9: forward, or announce and be over."""
        call = self._state.calls.get(handle)
        if call is None or call.answered:
            return UNKNOWN_CALL
        forward = call.plan.forwards.get(cause)
        if forward is None and cause == "unreachable":
            forward = call.plan.forwards.get("busy")
        if forward is not None and call.forwards < FORWARDS_A_CALL:
            for destination in forward.destinations:
                if destination.dial not in call.offered and not self._is_full(destination):
                    forwarded = replace(call, destination=destination, offered=(*call.offered, destination.dial))
                    self._state.calls[handle] = forwarded
                    return _connect(forwarded, "forwarded", handle)
        del self._state.calls[handle]
        return _announce(Told(call.plan.announcements[cause], cause), call.origin)

    def _usage(self, plan: Plan) -> Iterator[Usage]:
        for quota in plan.quotas:
            count = self._state.quotas.get(quota)
            used, period = (0, None) if count is None else (count.used, count.period.isoformat())
            yield Usage("quota", plan.name, quota.period, used, 0, quota.count, period)
        for destination in plan.destinations.values():
            if destination.limit is not None:
                yield Usage("limit", plan.name, destination.name, self._in_use(destination), 0, destination.limit, None)
        for split in _splits(plan):
            yield Usage("split", plan.name, " / ".join(split.path), self._state.tickets.get(split, 0), 0, None, None)


def _connect(call: Call, reason: str, handle: int) -> Decision:
    no_answer = call.plan.forwards.get("no_answer")
    ring_seconds = NO_ANSWER_SECONDS if no_answer is None else no_answer.after
    to = call.destination
    return Decision("connect", reason, to.name, to.dial, None, None, ring_seconds, call.origin, handle)


def _announce(told: Told, origin: Where) -> Decision:
    announcement = told.announcement
    return Decision("announce", told.reason, None, None, announcement.name, announcement.media, 0, origin, 0)


def _splits(plan: Plan) -> Iterator[Split]:
    """In the order of the text; a split may stand last in an `or`, or in a branch."""

    def within(target: Target) -> Iterator[Split]:
        match target:
            case Split():
                yield target
                for branch in target.branches:
                    yield from within(branch.target)
            case Hunt():
                yield from within(target.last)

    for rule in plan.rules:
        yield from within(rule.target)
