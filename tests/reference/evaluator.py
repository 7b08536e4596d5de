"""A whole world of plans, counters and calls, by language.md, section 6; tested by tests/test_reference.py.

Every step cites its sentence. Nothing is precomputed but the numbers of each list. All state stands in `State`, so that
a peek is a call in a world that is then thrown away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from callplan.compiler.checked import (
    Announce,
    Cause,
    Destination,
    Hunt,
    Plan,
    Program,
    Quota,
    Route,
    Split,
    Target,
    To,
)

from .callers import Entries
from .clock import local_minute, period_start
from .conditions import Caller, Conditions
from .decisions import UNKNOWN_CALL, Decision, Told, Usage, announce
from .numbers import normalise
from .origins import Numbering, Where, origin_of
from .splits import branch_of, branch_of_caller

NO_ANSWER_SECONDS = 20  # 6.9


Charge = tuple[Quota, date]  # a place in a quota, and the first day of the period that it belongs to


@dataclass(frozen=True)
class Call:
    """A call in progress. `offered` has the numbers dialled, the first destination's too. `held`: its places in quotas
    of answered calls.
    """

    plan: Plan
    origin: Where
    destination: Destination
    offered: tuple[str, ...]
    held: tuple[Charge, ...]
    answered: bool = False

    @property
    def forwards(self) -> int:
        return len(self.offered) - 1


@dataclass(frozen=True)
class Count:
    """A quota's newest period seen and the places taken in it."""

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
    caller: Caller
    charged: list[Charge] | None = None
    last_tried: Destination | None = None


@dataclass(frozen=True)
class Found:
    """A destination with a free place."""

    destination: Destination


@dataclass(frozen=True)
class Full:
    """Every destination of the target is full."""


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
        self._conditions = Conditions()
        self._blacklists = {plan: Entries(plan.blacklist.entries) for plan in program.plans if plan.blacklist}
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

        if plan.blacklist is not None and self._blacklists[plan].hold(number):  # 6.2
            return announce(Told(plan.blacklist.announce, "blacklisted"), origin)

        known = Caller(number, origin, local_minute(at, plan.zone))  # 5.4
        for block in plan.blocks:  # 6.3
            if self._conditions.hold(block.condition, known):
                return announce(Told(block.announce, "blocked"), origin)

        attempt = Attempt(plan, known)
        outcome = self._reach(attempt, self._conditions.target(plan.rules, known))  # 6.4
        match outcome:
            case Full():  # 6.7
                tried = attempt.last_tried
                assert tried is not None
                outcome = Told(tried.announce or plan.announcements["full"], "full")
            case Found() if len(self._state.calls) >= self._max_calls:  # section 6, reasons: decided last
                outcome = Told(plan.announcements["overload"], "overload")
        if isinstance(outcome, Told):
            self._give_back(attempt)  # 6.6
            return announce(outcome, origin)
        return self._begin(attempt, outcome.destination)  # 6.8

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
        if handle not in self._state.calls:
            return False
        self._end(handle)
        return True

    def usage(self) -> list[Usage]:
        """Every counter: plan by plan its quotas, limits and splits, each in the order of the plan's text; then the
        limits that plans share, in the order of the build's text.
        """
        own = [usage for plan in self._program.plans for usage in self._usage(plan)]
        return own + [self._limit(None, destination) for destination in _shared(self._program)]

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
            case Split():
                return self._reach(attempt, target.branches[self._branch(attempt, target)].target)
            case Route():  # 6.4: it never falls back
                return self._reach(attempt, self._conditions.target(target.rules, attempt.caller))

    def _branch(self, attempt: Attempt, split: Split) -> int:
        """6.5: the ticket is used when the split is entered; in a split by caller only withheld callers use tickets."""
        number = attempt.caller.number
        if split.by_caller and number.kind != "withheld":
            return branch_of_caller(attempt.plan, split, number)
        ticket = self._state.tickets.get(split, 0)
        self._state.tickets[split] = ticket + 1
        return branch_of(ticket, [branch.weight for branch in split.branches])

    def _ask_quotas(self, attempt: Attempt) -> Quota | None:
        """6.6: a place in all quotas or in none; the first exhausted one is returned."""
        attempt.charged = []
        for quota in attempt.plan.quotas:
            period = period_start(quota.period, attempt.caller.minute)
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
        """6.6: a call that comes to an announcement gives its places back."""
        for charge in attempt.charged or []:
            self._return(charge)
        attempt.charged = []

    def _return(self, charge: Charge) -> None:
        """6.6: a place goes back to the period of its offer, unless that is over."""
        quota, period = charge
        count = self._state.quotas[quota]
        if count.period == period:
            self._state.quotas[quota] = replace(count, used=count.used - 1)

    def _in_use(self, destination: Destination) -> int:
        """6.7: calls that it holds at this time, ringing or talking."""
        return sum(call.destination is destination for call in self._state.calls.values())

    def _is_full(self, destination: Destination) -> bool:
        return destination.limit is not None and self._in_use(destination) >= destination.limit

    def _begin(self, attempt: Attempt, destination: Destination) -> Decision:
        """6.8: the call holds its place from here on; 6.6: and its places in quotas of answered calls."""
        self._newest_handle += 1
        held = tuple(charge for charge in attempt.charged or [] if charge[0].answered)
        call = Call(attempt.plan, attempt.caller.origin, destination, (destination.dial,), held)
        self._state.calls[self._newest_handle] = call
        return _connect(call, "routed", self._newest_handle)

    def _end(self, handle: int) -> None:
        """6.6: a quota of answered calls gets its place back if the call ends unanswered."""
        call = self._state.calls.pop(handle)
        if not call.answered:
            for charge in call.held:
                self._return(charge)

    def _report(self, handle: int, cause: Cause) -> Decision:
        """6.9: forward, or announce and be over."""
        call = self._state.calls.get(handle)
        if call is None or call.answered:
            return UNKNOWN_CALL
        forward = call.plan.forwards.get(cause)
        if forward is None and cause == "unreachable":
            forward = call.plan.forwards.get("busy")
        if forward is not None and call.forwards < self._program.operator.per_call:
            for destination in forward.destinations:
                if destination.dial not in call.offered and not self._is_full(destination):
                    forwarded = replace(call, destination=destination, offered=(*call.offered, destination.dial))
                    self._state.calls[handle] = forwarded
                    return _connect(forwarded, "forwarded", handle)
        self._end(handle)
        return announce(Told(call.plan.announcements[cause], cause), call.origin)

    def _usage(self, plan: Plan) -> Iterator[Usage]:
        for quota in plan.quotas:
            yield self._quota(plan, quota)
        for destination in plan.destinations.values():
            if destination.limit is not None and destination.shared_in is None:
                yield self._limit(plan.name, destination)
        for split in _splits(plan):
            name = " / ".join(split.path) if split.name is None else split.name
            yield Usage("split", plan.name, name, self._state.tickets.get(split, 0), 0, None, None)

    def _quota(self, plan: Plan, quota: Quota) -> Usage:
        """What is held may yet be given back: places of calls that are not answered, in a quota of answered calls."""
        name = f"answered {quota.period}" if quota.answered else quota.period
        count = self._state.quotas.get(quota)
        if count is None:
            return Usage("quota", plan.name, name, 0, 0, quota.count, None)
        waiting = [call for call in self._state.calls.values() if not call.answered]
        held = sum((quota, count.period) in call.held for call in waiting)
        return Usage("quota", plan.name, name, count.used - held, held, quota.count, count.period.isoformat())

    def _limit(self, plan: str | None, destination: Destination) -> Usage:
        return Usage("limit", plan, destination.name, self._in_use(destination), 0, destination.limit, None)


def _connect(call: Call, reason: str, handle: int) -> Decision:
    no_answer = call.plan.forwards.get("no_answer")
    ring_seconds = NO_ANSWER_SECONDS if no_answer is None else no_answer.after
    to = call.destination
    return Decision("connect", reason, to.name, to.dial, None, None, ring_seconds, call.origin, handle)


def _splits(plan: Plan) -> Iterator[Split]:
    """In the order of the text, however deep."""

    def within(target: Target) -> Iterator[Split]:
        match target:
            case Split():
                yield target
                for branch in target.branches:
                    yield from within(branch.target)
            case Hunt():
                yield from within(target.last)
            case Route():
                for rule in target.rules:
                    yield from within(rule.target)

    for rule in plan.rules:
        yield from within(rule.target)


def _shared(program: Program) -> list[Destination]:
    """The destinations with a limit that are declared outside plans, in the order of the build's text."""
    used = {to for plan in program.plans for to in plan.destinations.values()}
    shared = [to for to in used if to.shared_in is not None and to.limit is not None]
    return sorted(shared, key=lambda to: (program.sources.index(to.span.source), to.span.start))
