"""The order in which a split's branches are served (language 6.5); tested by tests/test_reference.py.

The rule: of the branches whose next service may have come (they have had less than their share of the calls up to and
including this one), the one whose next service is due first; the earlier branch where two are due together.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import gcd


@cache
def order(weights: tuple[int, ...]) -> tuple[int, ...]:
    """The branch of each ticket of one round; the next round is the same."""
    divisor = gcd(*weights)
    weights = tuple(weight // divisor for weight in weights)
    total = sum(weights)
    served = [0] * len(weights)
    result = []
    for n in range(1, total + 1):
        may_be_served = [j for j, weight in enumerate(weights) if served[j] * total < n * weight]
        chosen = min(may_be_served, key=lambda j: (Fraction((served[j] + 1) * total, weights[j]), j))
        served[chosen] += 1
        result.append(chosen)
    return tuple(result)


def branch_of(ticket: int, weights: Sequence[int]) -> int:
    """The branch of a ticket, counted from 0 since the shares last changed."""
    round_ = order(tuple(weights))
    return round_[ticket % len(round_)]
