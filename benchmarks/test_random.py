"""Calls to any of many plans, whose tables and counters are in no cache: one by one, in batches, in two threads.

What other programs leave of the caches decides such figures, so the watch has others: the same calls in small chunks,
each of them peeked just before it is routed.

10,000 plans with a million listed callers, or `--plans` and `--listed`. The calls of a chunk are in flight together,
300 more beside them, and after each round the books show that all that was timed was routed.
"""

from __future__ import annotations

import os

import pytest

from . import prefetching
from .conftest import Measure
from .hot import HotPlan
from .many import ManyPlans
from .rounds import stopwatch

pytestmark = pytest.mark.benchmark(timer=stopwatch)


@pytest.mark.full
def test_route_random(measure: Measure, hot: HotPlan, many: ManyPlans) -> None:
    measure("route-random", many.route, rounds=21, beside=hot.route, check=many.check_books, scale=many.scale)


@pytest.mark.full
def test_batch_random(measure: Measure, many: ManyPlans) -> None:
    measure("batch-random", many.batch, rounds=21, check=many.check_books, scale=many.scale)


@pytest.mark.full
@pytest.mark.skipif(not prefetching.can_be_turned_off(), reason="this runtime has no switch for prefetching")
def test_batch_prefetching(measure: Measure, many: ManyPlans) -> None:
    def plain() -> float:
        with prefetching.plain_loop():
            return many.batch()

    measure("batch-prefetch", many.batch, rounds=21, beside=plain, check=many.check_books, scale=many.scale)


@pytest.mark.full
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")
def test_batch_threads(measure: Measure, many: ManyPlans) -> None:
    measure(
        "batch-threads",
        many.two_threads,
        rounds=21,
        beside=many.one_thread,
        check=many.check_books,
        scale=many.scale,
    )


def test_route_warm(measure: Measure, many: ManyPlans) -> None:
    measure("route-warm", many.route_warm, rounds=21, check=many.check_books, scale=many.scale)


def test_batch_warm(measure: Measure, many: ManyPlans) -> None:
    measure("batch-warm", many.batch_warm, rounds=21, check=many.check_books, scale=many.scale)
