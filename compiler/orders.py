"""The order in which a split's branches take its tickets; tested by tests/test_orders.py.

Tijdeman's chairman assignment: a branch may be served once its share has begun to be due, and of those that may, the
one whose share is complete first is served. After any number of tickets each branch has had its share to within one
call.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from math import gcd

import numpy as np
import numpy.typing as npt

LONGEST = 10_000  # the period of shares with two decimals; in it u16 branches and 64-bit deadlines are exact

_FINE = 32  # fraction bits of a deadline: two different ones k*W/w <= LONGEST are 1 / LONGEST**2 apart or more


def reduced(weights: Sequence[int]) -> tuple[int, ...]:
    """The weights, each above 0, without their common divisor."""
    common = gcd(*weights)
    return tuple(weight // common for weight in weights)


def cumulative(weights: Sequence[int]) -> tuple[int, ...]:
    """The sum of the weights up to and including each branch."""
    return tuple(accumulate(weights))


@lru_cache(maxsize=256)
def order_table(weights: tuple[int, ...]) -> npt.NDArray[np.uint16]:
    """The branch of each ticket in one period, which is the sum of the reduced weights (at most LONGEST).

    With W that sum, branch j of weight w, which has been served s times, may have ticket n (from 1) if s * W < n * w;
    of those that may, the smallest (s + 1) * W / w has it, then the first in order.
    """
    period = sum(weights)
    if period > LONGEST:
        raise ValueError(f"a period of {period} tickets")
    served = [0] * len(weights)
    due: list[list[int]] = [[] for _ in range(period + 1)]  # branches that may be served from a ticket on
    due[1].extend(range(len(weights)))
    waiting: list[tuple[int, int]] = []  # (deadline, branch)
    order = np.empty(period, np.uint16)
    for ticket in range(1, period + 1):
        for branch in due[ticket]:
            deadline = ((served[branch] + 1) * period << _FINE) // weights[branch]
            heapq.heappush(waiting, (deadline, branch))
        _, branch = heapq.heappop(waiting)
        order[ticket - 1] = branch
        served[branch] += 1
        if served[branch] < weights[branch]:
            due[max(ticket, served[branch] * period // weights[branch]) + 1].append(branch)
    order.flags.writeable = False
    return order
