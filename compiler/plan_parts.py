"""What a plan declares, as records: its announcements, counters, destinations, forwards; tested by tests/test_lower.py.

A count belongs to the identity that is written here, so that it goes on over rebuilds: the plan is its first number, a
shared destination its file and name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..runtime.layout import BUILT_IN, COUNTER_LIMIT, COUNTER_QUOTA, COUNTER_SPLIT, NONE, PERIODS
from . import by_caller, checked, limits, orders
from .assembly import Assembly
from .nodes import Places
from .targets import splits_in

_CAUSES: tuple[checked.Cause, ...] = ("busy", "no_answer", "unreachable")


@dataclass(frozen=True)
class Parts:
    """`places`: where nodes find the parts. `record`: the fields of the plan's record that point to them."""

    places: Places
    record: Mapping[str, Any]


def shared_in(program: checked.Program) -> list[checked.Destination]:
    """The destinations of no plan that some plan has, in the order of the build's text."""
    order = {source: at for at, source in enumerate(program.sources)}
    used = {each for plan in program.plans for each in plan.destinations.values() if each.shared_in is not None}
    return sorted(used, key=lambda each: (order[each.span.source], each.span.start))


def put_shared(tables: Assembly, destinations: Iterable[checked.Destination]) -> tuple[checked.Destination, ...]:
    """Write destinations of no plan."""
    written = tuple(destinations)
    for each in written:
        _put_shared(tables, each)
    return written


def put_parts(tables: Assembly, plan: checked.Plan, operator: checked.Operator) -> Parts:
    """Write a plan's parts. Nothing else of the plan may be written between, so that they lie together."""
    index = tables.count("plans")
    built_in = tables.built_in([plan.announcements[name] for name in BUILT_IN])
    announcements = {
        each: tables.announcement(each) for each in plan.announcements.values() if each.name not in BUILT_IN
    }
    announcements |= {plan.announcements[name]: built_in + at for at, name in enumerate(BUILT_IN)}
    record: dict[str, Any] = {"built_in": built_in, "max_forwards": operator.per_call}
    record |= _put_quotas(tables, plan, announcements)
    shared = {each: _put_shared(tables, each) for each in plan.destinations.values() if each.shared_in is not None}
    own = _put_destinations(tables, plan, announcements, index)
    record |= {"destinations": min(own.values(), default=0), "destinations_count": len(own)}
    splits = _put_splits(tables, plan, index)
    record |= {"splits": min(splits.values(), default=0), "splits_count": len(splits)}
    record |= _put_forwards(tables, plan, shared | own)
    return Parts(Places(shared | own, announcements, splits), record)


def _put_quotas(
    tables: Assembly, plan: checked.Plan, announcements: Mapping[checked.Announcement, int]
) -> dict[str, Any]:
    first = tables.count("quotas")
    for at, quota in enumerate(plan.quotas, first):
        name = f"answered {quota.period}" if quota.answered else quota.period
        identity = f"quota {plan.numbers[0].digits} {name} {plan.zone}"  # a changed zone starts new periods
        tables.add(
            "quotas",
            allowed=quota.count,
            period=PERIODS.index(quota.period),
            answered=quota.answered,
            counter=tables.counter(COUNTER_QUOTA, identity, owner=at),
            announcement=announcements[quota.announce],
            name=tables.string(name),
            line=tables.line(quota.span),
        )
    returnable = sum(1 << at for at, quota in enumerate(plan.quotas) if quota.answered)
    return {"quotas": first, "quotas_count": len(plan.quotas), "returnable": returnable}


def _put_destinations(
    tables: Assembly, plan: checked.Plan, announcements: Mapping[checked.Announcement, int], index: int
) -> dict[checked.Destination, int]:
    """The destinations that only this plan has."""
    return {
        each: _put_destination(
            tables,
            each,
            f"limit {plan.numbers[0].digits} {each.name}",
            NONE if each.announce is None else announcements[each.announce],
            index,
        )
        for each in plan.destinations.values()
        if each.shared_in is None
    }


def _put_shared(tables: Assembly, destination: checked.Destination) -> int:
    """A destination of no plan, which all plans that have it share."""
    announcement = NONE if destination.announce is None else tables.any_announcement(destination.announce)
    identity = f"limit shared {destination.shared_in} {destination.name}"
    return tables.once(destination, lambda: _put_destination(tables, destination, identity, announcement, NONE))


def _put_destination(
    tables: Assembly, destination: checked.Destination, identity: str, announcement: int, plan: int
) -> int:
    counter = NONE
    if destination.limit is not None:
        owner = tables.count("destinations")
        counter = tables.counter(COUNTER_LIMIT, identity, owner=owner, places=destination.limit)
    return tables.add(
        "destinations",
        dial_id=tables.dial_id(destination.dial),
        limit=destination.limit or 0,
        counter=counter,
        announcement=announcement,
        name=tables.string(destination.name),
        dial=tables.string(destination.dial),
        plan=plan,
        line=tables.line(destination.span),
    )


def _put_splits(tables: Assembly, plan: checked.Plan, index: int) -> dict[checked.Split, int]:
    found: dict[checked.Split, int] = {}
    for split in (split for rule in plan.rules for split in splits_in(rule.target)):
        weights = by_caller.weights_of(split)
        identity = by_caller.identity_text(plan, split)
        found[split] = tables.add(
            "splits",
            key=by_caller.key_of(plan, split),
            order=tables.order(weights),
            period=sum(weights),
            weights=tables.put_once("weights", orders.cumulative(weights)),
            branches=len(weights),
            by_caller=split.by_caller,
            counter=tables.counter(COUNTER_SPLIT, identity, owner=tables.count("splits")),
            name=tables.string(" / ".join(split.path) if split.name is None else split.name),
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
    }


def check_splits(plan: checked.Plan) -> None:
    """Raises limits.LimitExceeded for a split of more branches than an order table has room for."""
    for rule in plan.rules:
        for split in splits_in(rule.target):
            if len(split.branches) > limits.MOST_BRANCHES:
                fields = {"count": f"{len(split.branches):,}", "most": f"{limits.MOST_BRANCHES:,}"}
                raise limits.LimitExceeded("E524", fields)
