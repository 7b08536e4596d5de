"""Peers decide as the engine does, on thousands of random calls; one that does not is found out (benchmarks/peers/)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice

import pytest

import callplan
from benchmarks import plans
from benchmarks.peers.callers import area_of, national
from benchmarks.peers.comparison import TIGHT, Different, calls, compare
from benchmarks.peers.idiomatic import Idiomatic
from benchmarks.peers.peer import BLACKLISTED, Decision, Peer
from benchmarks.peers.plan import SPLITS, Allowed, plan_text, turns
from benchmarks.peers.roster import PEERS, Known

CALLS = 3000


@pytest.mark.parametrize("known", PEERS, ids=lambda known: known.key)
def test_decides_as_the_engine(known: Known, seed: str) -> None:
    if known.missing:
        pytest.skip(known.missing)
    outcomes = compare(known.make(TIGHT), seed, CALLS)
    reasons = {reason for _, reason, *_ in outcomes}
    assert reasons == {"routed", "blacklisted", "blocked", "quota", "full", "unallocated"}
    assert {destination for _, _, destination, *_ in outcomes} == {"a", "b", "c", None}


class Early(Idiomatic):
    """Its clock is a minute fast."""

    def route(self, called: str, caller: str, at: float | None = None) -> Decision:
        assert at is not None
        return super().route(called, caller, at + 60)


class Unlisted(Idiomatic):
    """Never looks at the blacklist."""

    def route(self, called: str, caller: str, at: float | None = None) -> Decision:
        decision = super().route(called, caller, at)
        return super().route(called, "", at) if decision == BLACKLISTED else decision


class Forgetful(Idiomatic):
    """Says of every call that it was in progress."""

    def end(self, call: int) -> bool:
        super().end(call)
        return True


WRONG: dict[str, Callable[[], Peer]] = {
    "one place more": lambda: Idiomatic(replace(TIGHT, at_once=TIGHT.at_once + 1)),
    "one call more a week": lambda: Idiomatic(replace(TIGHT, per_week=TIGHT.per_week + 1)),
    "one call less a month": lambda: Idiomatic(replace(TIGHT, per_month=TIGHT.per_month - 1)),
    "a minute early": lambda: Early(TIGHT),
    "no blacklist": lambda: Unlisted(TIGHT),
    "ends twice": lambda: Forgetful(TIGHT),
}


@pytest.mark.parametrize("make", WRONG.values(), ids=WRONG.keys())
def test_one_that_decides_otherwise_is_found(make: Callable[[], Peer]) -> None:
    with pytest.raises(Different):
        compare(make(), "calls among which each is found", 2 * CALLS)


def test_plan_is_the_hot_plan(seed: str) -> None:
    """The plan that peers are timed on decides as the one that everything else is timed on."""
    theirs, hot = (callplan.Engine(callplan.compile_text(text)) for text in (plan_text(Allowed()), plans.hot_plan()))
    with theirs, hot:
        for call in islice(calls(seed), CALLS):
            answers = [engine.route(call.called, call.caller, call.at) for engine in (theirs, hot)]
            assert len({(answer.reason, answer.destination, answer.number) for answer in answers}) == 1


@pytest.mark.parametrize("name", SPLITS)
def test_turns_are_exact(name: str) -> None:
    shares = SPLITS[name]
    order = turns(shares)
    for n in range(1, len(order) + 1):
        for share in shares:
            assert abs(order[:n].count(share.destinations) - n * share.percent / 100) < 1
    assert [order.count(share.destinations) * 10 for share in shares] == [share.percent for share in shares]


@pytest.mark.parametrize(
    ("caller", "number", "area"),
    [
        ("+8613800138000", "13800138000", "010"),
        ("+861062345678", "01062345678", "010"),
        ("+867316234567", "07316234567", "0731"),
        ("02152345678", "02152345678", "021"),
        ("+85221234567", "+85221234567", None),
        ("", "", None),
    ],
)
def test_callers_are_read(caller: str, number: str, area: str | None) -> None:
    assert (national(caller), area_of(national(caller))) == (number, area)
