"""One plan under load: `route`, `route` and `end`, a whole life, `peek`, `route_many`, each beside BASE.

The plan has a blacklist of 10,000, 20 blocked areas, five windows, a split three ways, limits and two quotas; 300 calls
are in flight. After each round the books show that all that was timed was routed.
"""

from __future__ import annotations

import pytest

from .conftest import Measure
from .hot import HotPlan
from .rounds import stopwatch

pytestmark = pytest.mark.benchmark(timer=stopwatch)


def test_route(measure: Measure, hot: HotPlan) -> None:
    measure("route", hot.route, rounds=101, check=hot.check_books)


def test_route_and_end(measure: Measure, hot: HotPlan) -> None:
    measure("route-end", hot.route_and_end, rounds=101, check=hot.check_books)


def test_life(measure: Measure, hot: HotPlan) -> None:
    measure("life", hot.life, rounds=51, check=hot.check_books)


def test_peek(measure: Measure, hot: HotPlan) -> None:
    measure("peek", hot.peek, rounds=101, check=hot.check_books)


def test_batch(measure: Measure, hot: HotPlan) -> None:
    measure("batch", hot.batch, rounds=101, beside=hot.route, check=hot.check_books)
