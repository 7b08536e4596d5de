"""What targets are made of, in the order of the source; tested by tests/test_targets.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from . import checked


def parts_of(target: checked.Target) -> Iterator[checked.Target]:
    """A target and all those within it."""
    yield target
    match target:
        case checked.To() | checked.Announce():
            return
        case checked.Hunt(first, last):
            yield from first
            yield from parts_of(last)
        case checked.Split(branches):
            for branch in branches:
                yield from parts_of(branch.target)
        case checked.Route(rules):
            for rule in rules:
                yield from parts_of(rule.target)
        case _:
            assert_never(target)


def splits_in(target: checked.Target) -> Iterator[checked.Split]:
    """All splits of a target."""
    return (each for each in parts_of(target) if isinstance(each, checked.Split))


def rules_in(rules: Iterable[checked.Rule]) -> Iterator[checked.Rule]:
    """All rules: each one, and behind it those of the routes within its target, outer routes first."""
    for rule in rules:
        yield rule
        for part in parts_of(rule.target):
            if isinstance(part, checked.Route):
                yield from part.rules
