"""Order tables of splits: every prefix within one call of each share, and the one order that the rule gives."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callplan.compiler.orders import LONGEST, cumulative, order_table, reduced

GOLDEN = (3, 30, 2, 1, 32, 1, 1, 30)  # smooth weighted round-robin strays by 1.10 here
weights = st.lists(st.integers(1, 60), min_size=1, max_size=12).map(reduced)


def by_the_rule(shares: tuple[int, ...]) -> list[int]:
    """The rule of order_table, word by word, in fractions."""
    period = sum(shares)
    served = [0] * len(shares)
    order = []
    for ticket in range(1, period + 1):
        branch = min(
            (Fraction((served[branch] + 1) * period, share), branch)
            for branch, share in enumerate(shares)
            if served[branch] * period < ticket * share
        )[1]
        served[branch] += 1
        order.append(branch)
    return order


def furthest_from_its_share(shares: tuple[int, ...]) -> Fraction:
    order = order_table(shares)
    served = np.cumsum(order[:, None] == np.arange(len(shares)), axis=0)
    due = np.arange(1, len(order) + 1)[:, None] * np.array(shares)
    return Fraction(int(np.abs(served * sum(shares) - due).max()), sum(shares))


@given(weights)
@settings(max_examples=300, deadline=None)
def test_the_order_is_the_rules(shares: tuple[int, ...]) -> None:
    assert order_table(shares).tolist() == by_the_rule(shares)


@given(weights)
@settings(max_examples=200, deadline=None)
def test_every_prefix_is_within_one_call_of_each_share(shares: tuple[int, ...]) -> None:
    assert furthest_from_its_share(shares) < 1


@pytest.mark.parametrize("shares", [GOLDEN, (1, 150), (1,) * 30, (3333, 3333, 3334), (9999, 1), (1,) * 1000])
def test_hard_shares_are_within_one_call(shares: tuple[int, ...]) -> None:
    assert furthest_from_its_share(shares) < 1


@given(weights)
@settings(max_examples=100, deadline=None)
def test_a_period_serves_each_branch_its_weight(shares: tuple[int, ...]) -> None:
    assert np.bincount(order_table(shares), minlength=len(shares)).tolist() == list(shares)


@pytest.mark.parametrize(
    ("shares", "order"),
    [((1,), [0]), ((1, 1), [0, 1]), ((3, 2), [0, 1, 0, 0, 1]), ((1, 3), [1, 1, 0, 1]), ((1, 1, 1), [0, 1, 2])],
)
def test_small_orders(shares: tuple[int, ...], order: list[int]) -> None:
    assert order_table(shares).tolist() == order


def test_a_longer_period_is_refused() -> None:
    with pytest.raises(ValueError, match="10001"):
        order_table((LONGEST, 1))


def test_a_table_that_others_share_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        order_table((1, 2))[0] = 1


def test_weights_lose_their_common_divisor() -> None:
    assert reduced([6000, 4000]) == (3, 2)
    assert reduced([10_000]) == (1,)
    assert reduced([3333, 3333, 3334]) == (3333, 3333, 3334)


def test_cumulative_weights_end_in_the_period() -> None:
    assert cumulative((3, 2, 5)) == (3, 5, 10)
