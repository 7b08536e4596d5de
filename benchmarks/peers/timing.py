"""What a decision costs each peer, as a multiple of `Engine.route()` on the same plan; run by `make peers`.

In each round both decide, one after the other, so that the machine's drift meets both; a figure is the median of the
rounds' ratios, with quartiles. Other calls are in flight, all that is timed must have been `routed`, and calls end
outside the time. Garbage is not collected meanwhile. pytest-benchmark saves the rounds; its timer moves on by what one
decision took.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Protocol

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import callplan

from ..chunks import time_chunks
from .comparison import TIGHT, compare
from .plan import NUMBER, Allowed, plan_text
from .roster import PEERS, Known

CALLER = "13800138000"
COMPARED = 4000  # calls that a peer decides as the engine does before it is timed
ROUNDS = 41
CHUNKS = 100  # in a round at most
ROUND_NS = 20_000_000  # about what a round takes at most
AT_ONCE = 200  # calls of a chunk at most, all in flight together
CHUNK_NS = 100_000  # about what a chunk takes at most, so that other programs interrupt few of them
BATCH = 1000  # calls of a batch
BATCHES = 20  # in a round
IN_FLIGHT = 300


class Outcome(Protocol):
    @property
    def reason(self) -> str: ...
    @property
    def call(self) -> int: ...


class Decides(Protocol):
    def route(self, called: str, caller: str) -> Outcome: ...
    def end(self, call: int) -> bool: ...


class Stopwatch:
    """A timer for pytest-benchmark: the seconds that it was told of."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def add(self, nanoseconds: float) -> None:
        self._seconds += nanoseconds / 1e9

    def read(self) -> float:
        return self._seconds


STOPWATCH = Stopwatch()


class Contender:
    """An engine or a peer with calls in flight."""

    def __init__(self, decides: Decides) -> None:
        self._decides = decides
        for _ in range(IN_FLIGHT):
            assert decides.route(NUMBER, CALLER).reason == "routed"
        ns = self._time(AT_ONCE, 1)
        self._at_once = min(AT_ONCE, max(1, int(CHUNK_NS / ns)))
        self._chunks = min(CHUNKS, max(1, int(ROUND_NS / ns / self._at_once)))

    def round(self) -> float:
        """Nanoseconds a decision, net of the loop."""
        return self._time(self._at_once, self._chunks)

    def _time(self, at_once: int, chunks: int) -> float:
        route = self._decides.route

        def chunk() -> list[Outcome]:
            return [route(NUMBER, CALLER) for _ in repeat(None, at_once)]

        def loop() -> list[None]:
            return [None for _ in repeat(None, at_once)]

        return time_chunks(repeat(chunk, chunks), self._check_and_end, loop, at_once)

    def _check_and_end(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            assert outcome.reason == "routed"
            assert self._decides.end(outcome.call)


@pytest.fixture
def engine() -> Iterator[callplan.Engine]:
    with callplan.Engine(callplan.compile_text(plan_text(Allowed()))) as opened:
        yield opened


def measure(benchmark: BenchmarkFixture, key: str, route: Callable[[], float], other: Callable[[], float]) -> None:
    """Interleave rounds of `route()` and of something else; each returns nanoseconds a decision."""
    route_ns: list[float] = []
    other_ns: list[float] = []

    def one_round() -> None:
        route_ns.append(route())
        other_ns.append(other())
        STOPWATCH.add(other_ns[-1])

    benchmark.pedantic(one_round, rounds=ROUNDS, warmup_rounds=1)  # type: ignore[no-untyped-call]
    ratios = [theirs / ours for ours, theirs in zip(route_ns[1:], other_ns[1:], strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    benchmark.extra_info.update(
        row=key,
        ratio_to_route=middle,
        quartiles=[low, high],
        ns=statistics.median(other_ns[1:]),
        route_ns=statistics.median(route_ns[1:]),
        rounds=len(ratios),
    )


@pytest.mark.benchmark(timer=STOPWATCH.read, disable_gc=True)
@pytest.mark.parametrize("known", PEERS, ids=lambda known: known.key)
def test_peer(known: Known, engine: callplan.Engine, benchmark: BenchmarkFixture) -> None:
    if known.missing:
        pytest.skip(known.missing)
    compare(known.make(TIGHT), "before it is timed", COMPARED)
    ours, theirs = Contender(engine), Contender(known.make(Allowed()))
    measure(benchmark, known.key, ours.round, theirs.round)


@pytest.mark.benchmark(timer=STOPWATCH.read, disable_gc=True)
def test_route_many(engine: callplan.Engine, benchmark: BenchmarkFixture) -> None:
    """The engine's own batches; numbers are read from arrays within the time."""
    called, caller = np.full(BATCH, NUMBER.encode()), np.full(BATCH, CALLER.encode())
    routed = engine.names("reason").index("routed")

    def chunk() -> np.ndarray[tuple[int], np.dtype[np.void]]:
        return engine.route_many(called, caller)

    def check_and_end(rows: np.ndarray[tuple[int], np.dtype[np.void]]) -> None:
        assert (rows["reason"] == routed).all()
        assert engine.end_many(rows["call"]).all()

    def batches() -> float:
        return time_chunks(repeat(chunk, BATCHES), check_and_end, lambda: None, BATCH)

    measure(benchmark, "route-many", Contender(engine).round, batches)
