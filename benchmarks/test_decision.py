"""What one decision costs, as a multiple of BASE (benchmarks/base.pyx): `route` hot, `route` and `end`, `peek`.

Each round times its variants one after the other, so that the machine's drift meets all of them; a figure is the
median of the rounds' ratios with its quartiles. The loop itself is taken off. Other calls are in flight, and after each
round the books must show that everything timed was routed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from itertools import repeat
from types import ModuleType

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import callplan

from . import plans

AT_ONCE = 200  # decisions of a chunk, all in flight together
CHUNKS = 100  # in a round
ROUNDS = 41
IN_FLIGHT = 300


class Switch:
    """An engine under load, and the calls that each variant makes."""

    def __init__(self, base: ModuleType) -> None:
        self.engine = callplan.Engine(callplan.compile_text(plans.hot_plan()))
        self.base = base.Base()
        self.routed = 0
        for _ in range(IN_FLIGHT):
            self._count(self.engine.route(plans.CALLED, plans.CALLER, plans.AT))

    def _count(self, decision: callplan.Decision) -> None:
        assert decision.reason == "routed"
        self.routed += 1

    def loop(self) -> float:
        begun = time.perf_counter_ns()
        for _ in range(CHUNKS):
            [None for _ in repeat(None, AT_ONCE)]
        return time.perf_counter_ns() - begun

    def empty(self) -> float:
        called, caller, route = plans.CALLED, plans.CALLER, self.base.route
        begun = time.perf_counter_ns()
        for _ in range(CHUNKS):
            [route(called, caller) for _ in repeat(None, AT_ONCE)]
        return time.perf_counter_ns() - begun

    def route(self) -> float:
        called, caller, route, end = plans.CALLED, plans.CALLER, self.engine.route, self.engine.end
        spent = 0
        for _ in range(CHUNKS):
            begun = time.perf_counter_ns()
            decisions = [route(called, caller) for _ in repeat(None, AT_ONCE)]
            spent += time.perf_counter_ns() - begun
            for decision in decisions:
                self._count(decision)
                assert end(decision.call)
        return spent

    def route_and_end(self) -> float:
        called, caller, route, end = plans.CALLED, plans.CALLER, self.engine.route, self.engine.end
        begun = time.perf_counter_ns()
        for _ in range(CHUNKS):
            [end(route(called, caller).call) for _ in repeat(None, AT_ONCE)]
        spent = time.perf_counter_ns() - begun
        self.routed += CHUNKS * AT_ONCE
        return spent

    def peek(self) -> float:
        called, caller, peek = plans.CALLED, plans.CALLER, self.engine.peek
        begun = time.perf_counter_ns()
        for _ in range(CHUNKS):
            [peek(called, caller) for _ in repeat(None, AT_ONCE)]
        return time.perf_counter_ns() - begun

    def check_books(self) -> None:
        """Everything timed was routed: the quotas counted each, and only the calls in flight still hold a place."""
        usage = self.engine.usage()
        assert [entry.used for entry in usage if entry.kind == "quota"] == [self.routed] * 2
        assert sum(entry.used for entry in usage if entry.kind == "limit") == IN_FLIGHT


@pytest.fixture(scope="module")
def switch(base_module: ModuleType) -> Iterator[Switch]:
    made = Switch(base_module)
    yield made
    made.engine.close()


def test_ratios(switch: Switch, capsys: pytest.CaptureFixture[str]) -> None:
    variants: dict[str, Callable[[], float]] = {
        "route() hot": switch.route,
        "route() + end()": switch.route_and_end,
        "peek() hot": switch.peek,
    }
    ratios: dict[str, list[float]] = {name: [] for name in variants}
    nanoseconds: list[float] = []
    for _ in range(ROUNDS):
        loop = switch.loop()
        base = switch.empty() - loop
        nanoseconds.append(base / (CHUNKS * AT_ONCE))
        for name, variant in variants.items():
            ratios[name].append((variant() - loop) / base)
        switch.check_books()
    with capsys.disabled():
        print(
            f"\n\nBASE: {statistics.median(nanoseconds):.1f} ns, "
            f"{ROUNDS} interleaved rounds of {CHUNKS * AT_ONCE} calls each"
        )
        print(f"{'÷ BASE':<20}{'median':>10}{'quartiles':>20}{'gate':>8}{'goal':>8}")
        targets = {"route() hot": ("6", "4"), "route() + end()": ("7.5", "5"), "peek() hot": ("", "")}
        for name, found in ratios.items():
            low, middle, high = statistics.quantiles(found, n=4)
            gate, goal = targets[name]
            print(f"{name:<20}{middle:>10.2f}{f'{low:.2f} to {high:.2f}':>20}{gate:>8}{goal:>8}")


def test_base(benchmark: BenchmarkFixture, switch: Switch) -> None:
    benchmark.pedantic(switch.base.route, (plans.CALLED, plans.CALLER), rounds=200, iterations=1000)


def test_route_and_end(benchmark: BenchmarkFixture, switch: Switch) -> None:
    route, end = switch.engine.route, switch.engine.end

    def call() -> None:
        end(route(plans.CALLED, plans.CALLER).call)

    benchmark.pedantic(call, rounds=200, iterations=1000)
    switch.routed += 200 * 1000 + 1  # pedantic calls it once more for its result
    switch.check_books()
