"""What a plan declares, as records: its announcements, counters, destinations, forwards; tested by tests/test_lower.py.

A count belongs to the identity that is written here, so that it goes on over rebuilds: the plan is its first number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from ..runtime.layout import BUILT_IN, COUNTER_LIMIT, COUNTER_QUOTA, COUNTER_SPLIT, NONE, PERIODS
from . import checked, limits, orders
from .assembly import Assembly
from .nodes import Places

_CAUSES: tuple[checked.Cause, ...] = ("busy", "no_answer", "unreachable")
MOST_FORWARDS = 2  # that one call may have


@dataclass(frozen=True)
class Parts:
    """`places`: where nodes find the parts. `record`: the fields of the plan's record that point to them."""

    places: Places
    record: Mapping[str, Any]


def put_parts(tables: Assembly, plan: checked.Plan) -> Parts:
    """Write a plan's parts. Nothing else of the plan may be written between, so that they lie together."""
    index = tables.count("plans")
    built_in = tables.built_in([plan.announcements[name] for name in BUILT_IN])
    announcements = {
        each: tables.announcement(each) for each in plan.announcements.values() if each.name not in BUILT_IN
    }
    announcements |= {plan.announcements[name]: built_in + at for at, name in enumerate(BUILT_IN)}
    record: dict[str, Any] = {"built_in": built_in}
    record |= _put_quotas(tables, plan, announcements)
    destinations = _put_destinations(tables, plan, announcements, index)
    record |= {"destinations": min(destinations.values(), default=0), "destinations_count": len(destinations)}
    splits = _put_splits(tables, plan, index)
    record |= {"splits": min(splits.values(), default=0), "splits_count": len(splits)}
    record |= _put_forwards(tables, plan, destinations)
    return Parts(Places(destinations, announcements, splits), record)


def _put_quotas(
    tables: Assembly, plan: checked.Plan, announcements: Mapping[checked.Announcement, int]
) -> dict[str, Any]:
    first = tables.count("quotas")
    for at, quota in enumerate(plan.quotas, first):
        identity = f"quota {plan.numbers[0].digits} {quota.period}"
        tables.add(
            "quotas",
            allowed=quota.count,
            period=PERIODS.index(quota.period),
            counter=tables.counter(COUNTER_QUOTA, identity, owner=at),
            announcement=announcements[quota.announce],
            name=tables.string(quota.period),
            line=tables.line(quota.span),
        )
    return {"quotas": first, "quotas_count": len(plan.quotas)}


def _put_destinations(
    tables: Assembly, plan: checked.Plan, announcements: Mapping[checked.Announcement, int], index: int
) -> dict[checked.Destination, int]:
    found: dict[checked.Destination, int] = {}
    for destination in plan.destinations.values():
        at = tables.count("destinations")
        counter = NONE
        if destination.limit is not None:
            identity = f"limit {plan.numbers[0].digits} {destination.name}"
            counter = tables.counter(COUNTER_LIMIT, identity, owner=at, places=destination.limit)
        found[destination] = tables.add(
            "destinations",
            dial_id=tables.dial_id(destination.dial),
            limit=destination.limit or 0,
            counter=counter,
            announcement=NONE if destination.announce is None else announcements[destination.announce],
            name=tables.string(destination.name),
            dial=tables.string(destination.dial),
            plan=index,
            line=tables.line(destination.span),
        )
    return found


def _put_splits(tables: Assembly, plan: checked.Plan, index: int) -> dict[checked.Split, int]:
    found: dict[checked.Split, int] = {}
    for split in (split for rule in plan.rules for split in splits_in(rule.target)):
        weights = orders.reduced([branch.weight for branch in split.branches])
        path = " / ".join(split.path)
        identity = f"split {plan.numbers[0].digits} {path} {','.join(map(str, weights))}"
        found[split] = tables.add(
            "splits",
            order=tables.order(weights),
            period=sum(weights),
            weights=tables.put_once("weights", orders.cumulative(weights)),
            branches=len(weights),
            counter=tables.counter(COUNTER_SPLIT, identity, owner=tables.count("splits")),
            name=tables.string(path),
            plan=index,
            line=tables.line(split.span),
        )
    return found


def _put_forwards(
    tables: Assembly, plan: checked.Plan, destinations: Mapping[checked.Destination, int]
) -> dict[str, Any]:
    """The three lists; failures that the plan says nothing of take the busy list."""
    stated = dict(plan.forwards)
    if "unreachable" not in stated and "busy" in stated:
        stated["unreachable"] = stated["busy"]
    lists = [
        [destinations[each] for each in stated[cause].destinations] if cause in stated else [] for cause in _CAUSES
    ]
    no_answer = stated.get("no_answer")
    return {
        "forwards": tables.put("forwards", [each for targets in lists for each in targets]),
        "forward_counts": tuple(map(len, lists)),
        "forward_lines": tuple(tables.line(stated[cause].span) if cause in stated else NONE for cause in _CAUSES),
        "ring_seconds": checked.NO_ANSWER_SECONDS if no_answer is None else no_answer.after,
        "max_forwards": MOST_FORWARDS,
    }


def splits_in(target: checked.Target) -> Iterator[checked.Split]:
    """All splits of a target, in the order of the source."""
    match target:
        case checked.To() | checked.Announce():
            return
        case checked.Hunt(last=last):
            yield from splits_in(last)
        case checked.Split(branches):
            yield target
            for branch in branches:
                yield from splits_in(branch.target)
        case _:
            assert_never(target)


def check_splits(plan: checked.Plan) -> None:
    """Raises limits.LimitExceeded for a split of more branches than an order table has room for."""
    for rule in plan.rules:
        for split in splits_in(rule.target):
            if len(split.branches) > limits.MOST_BRANCHES:
                fields = {"count": f"{len(split.branches):,}", "most": f"{limits.MOST_BRANCHES:,}"}
                raise limits.LimitExceeded("E524", fields)
