"""An engine with a whole population of plans, and calls that come to any of them; each method is one round.

A round makes all the calls that were drawn, chunk by chunk; those of a chunk are in flight together, others beside
them, and are ended outside the time. Every one is routed and not refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

import callplan

from . import population
from .chunks import time_chunks

CALLS = 32_768  # in a round
ONE_BY_ONE = 512  # of a chunk of single calls
BATCH = 1024  # of a batch: short enough for the scheduler to leave most alone
WARM = 256  # calls of a chunk whose tables and counters fit into the processor's own caches
LARGE_BATCH = 8192  # that two threads share, or one has: long enough for their start to matter little
IN_FLIGHT = 300
QUOTAS = 2  # of each plan

Numbers: TypeAlias = npt.NDArray[np.bytes_]
Columns: TypeAlias = tuple[Numbers, Numbers]


class ManyPlans:
    """`called`: the plans' numbers. `scale`: (plans, listed callers)."""

    def __init__(self, tables: Path, called: Numbers, scale: tuple[int, int]) -> None:
        self.engine = callplan.Engine(tables)
        self.scale = scale
        self._routed = 0
        self._reason = self.engine.names("reason").index("routed")
        self._calls = self._drawn(called, CALLS, seed=1)
        self._texts = self._in_text(ONE_BY_ONE)
        self._warm_texts = self._in_text(WARM)
        others = self._drawn(called, IN_FLIGHT, seed=2)
        self._count(self.engine.route_many(*others))
        self._pool = ThreadPoolExecutor(2)
        list(self._pool.map(len, ["", ""]))  # the threads have begun

    def _drawn(self, called: Numbers, size: int, seed: int) -> Columns:
        """Calls to plans at random from callers at random, those left out that are blacklisted or blocked."""
        drawn = np.random.default_rng(seed)
        to = np.empty(0, called.dtype)
        who = np.empty(0, "S11")
        while len(to) < size:
            more_to = drawn.choice(called, size)
            more_who = population.callers(size, int(drawn.integers(1 << 30)))
            taken = self.engine.peek_many(more_to, more_who)["reason"] == self._reason
            to, who = np.concatenate((to, more_to[taken])), np.concatenate((who, more_who[taken]))
        return to[:size], who[:size]

    def calls(self) -> Columns:
        """Those of a round."""
        return self._calls

    def route(self) -> float:
        """`route()`, one call after the other."""
        return self._time_each(self._texts, warm=False)

    def route_warm(self) -> float:
        """The same in chunks that were peeked just before."""
        return self._time_each(self._warm_texts, warm=True)

    def _time_each(self, texts: list[tuple[list[str], list[str]]], warm: bool) -> float:
        route, peek, end = self.engine.route, self.engine.peek, self.engine.end

        def chunk(called: list[str], caller: list[str]) -> list[callplan.Decision]:
            return [route(to, who) for to, who in zip(called, caller, strict=True)]

        def empty() -> list[None]:
            return [None for _, _ in zip(*texts[0], strict=True)]

        def chunks() -> Iterator[Callable[[], list[callplan.Decision]]]:
            for called, caller in texts:
                if warm:
                    for to, who in zip(called, caller, strict=True):
                        peek(to, who)
                yield partial(chunk, called, caller)

        def after(decisions: list[callplan.Decision]) -> None:
            for decision in decisions:
                assert decision.reason == "routed"
                assert end(decision.call)
            self._routed += len(decisions)

        return time_chunks(chunks(), after, empty, len(texts[0][0]))

    def batch(self) -> float:
        """`route_many`."""
        route_many = self.engine.route_many
        return self._time_batches(BATCH, lambda called, caller: [route_many(called, caller)])

    def batch_warm(self) -> float:
        """`route_many` of calls that were peeked just before."""
        route_many, peek_many = self.engine.route_many, self.engine.peek_many

        def batch(called: Numbers, caller: Numbers) -> list[np.ndarray]:
            return [route_many(called, caller)]

        def batches() -> Iterator[Callable[[], list[np.ndarray]]]:
            for called, caller in self._parts(WARM):
                peek_many(called, caller)
                yield partial(batch, called, caller)

        return time_chunks(batches(), self._count_and_end, _nothing, WARM)

    def one_thread(self) -> float:
        """The same in another thread: what `two_threads` is measured against."""
        submit, route_many = self._pool.submit, self.engine.route_many
        return self._time_batches(LARGE_BATCH, lambda called, caller: [submit(route_many, called, caller).result()])

    def two_threads(self) -> float:
        """Half of the calls in each of two threads, until both are through."""
        half = LARGE_BATCH // 2
        submit, route_many = self._pool.submit, self.engine.route_many

        def decide(called: Numbers, caller: Numbers) -> list[np.ndarray]:
            first = submit(route_many, called[:half], caller[:half])
            second = submit(route_many, called[half:], caller[half:])
            return [first.result(), second.result()]

        return self._time_batches(LARGE_BATCH, decide)

    def _time_batches(self, size: int, decide: Callable[[Numbers, Numbers], list[np.ndarray]]) -> float:
        batches = (partial(decide, *part) for part in self._parts(size))
        return time_chunks(batches, self._count_and_end, _nothing, size)

    def _in_text(self, size: int) -> list[tuple[list[str], list[str]]]:
        return [(_text(called), _text(caller)) for called, caller in self._parts(size)]

    def _parts(self, size: int) -> list[Columns]:
        """The calls of a round in batches."""
        called, caller = self._calls
        return [(called[i : i + size], caller[i : i + size]) for i in range(0, CALLS, size)]

    def check_books(self) -> None:
        """The quotas counted each call once, and only the calls in flight hold a place."""
        usage = self.engine.usage()
        assert sum(entry.used for entry in usage if entry.kind == "quota") == QUOTAS * self._routed
        assert sum(entry.used for entry in usage if entry.kind == "limit") == IN_FLIGHT

    def close(self) -> None:
        self._pool.shutdown()
        self.engine.close()

    def _count(self, rows: np.ndarray) -> None:
        assert (rows["reason"] == self._reason).all()
        self._routed += len(rows)

    def _count_and_end(self, batches: list[np.ndarray]) -> None:
        for rows in batches:
            self._count(rows)
            assert self.engine.end_many(rows["call"]).all()


def _text(numbers: Numbers) -> list[str]:
    return [number.decode() for number in numbers]


def _nothing() -> None:
    pass
