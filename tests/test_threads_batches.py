"""Two threads in batches, without the interpreter's lock: they truly meet at one quota, one split and one limit.

The books must be exact to the last call. Where a step is a load and a store in place of one atomic change, some of the
calls that meet are lost. So there are rounds until both threads have run at the same instant for long enough: soon on
two cores, and never on one, where such a mistake may pass.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import numpy as np

import callplan

from .test_threads import AT, CALLER, NUMBER, plan

THREADS = 2
BATCH = 20_000  # calls
ENOUGH = 0.1  # seconds that both threads have run at one instant
MOST = 5.0  # seconds of a test, where they do not
DAY = 86_400


class Together:
    """Rounds of batches in each thread, begun at once; how many calls of a round had each reason and destination."""

    def __init__(self, engine: callplan.Engine, batches: int = 10, batch: int = BATCH) -> None:
        self.engine = engine
        self.calls = THREADS * batches * batch  # of a round
        self.reasons: Counter[str] = Counter()
        self.targets: Counter[str] = Counter()
        self._batches = batches
        self._callers = np.full(batch, CALLER, "S11")
        self._lock = threading.Lock()

    def rounds(self) -> Iterator[int]:
        """The number of each round, from 1; the calls of its last batches are in progress until the next.

        Each round is a day after the one before.
        """
        at_once, end = 0.0, time.perf_counter() + MOST
        with ThreadPoolExecutor(THREADS) as pool:
            for number in count(1):
                self.reasons.clear()
                self.targets.clear()
                start = threading.Barrier(THREADS)
                begin = time.perf_counter()
                done = list(pool.map(self._thread, [start] * THREADS, [AT + number * DAY] * THREADS))
                at_once += max(0.0, sum(on_core for _, on_core in done) - (time.perf_counter() - begin))
                yield number
                for calls, _ in done:
                    self._end(calls)
                if at_once > ENOUGH or time.perf_counter() > end:
                    return

    def _thread(self, start: threading.Barrier, at: int) -> tuple[np.ndarray, float]:
        """The handles of the last batch, and the seconds that the thread has run on a core."""
        reasons, targets = np.zeros(256, np.int64), np.zeros(256, np.int64)
        calls = np.zeros(0, np.uint64)
        start.wait()
        begin = time.thread_time()
        for _ in range(self._batches):
            self._end(calls)
            rows = self.engine.route_many(NUMBER.encode(), self._callers, at)
            calls = rows["call"]
            reasons += np.bincount(rows["reason"], minlength=256)
            targets += np.bincount(rows["destination"][calls != 0], minlength=256)
        on_core = time.thread_time() - begin
        with self._lock:
            for counts, kind, found in ((self.reasons, "reason", reasons), (self.targets, "destination", targets)):
                names = self.engine.names(kind)
                counts.update({names[value]: int(found[value]) for value in np.flatnonzero(found)})
        return calls, on_core

    def _end(self, calls: np.ndarray) -> None:
        assert np.array_equal(self.engine.end_many(calls), calls != 0)


def used(engine: callplan.Engine, kind: str) -> int:
    (entry,) = [entry for entry in engine.usage() if entry.kind == kind]
    return entry.used


def test_a_quota_counts_each_call_of_two_threads() -> None:
    engine = plan("destination desk = 010-6234-5678\nquota 2147483647 calls per day\nroute { otherwise -> desk }")
    together = Together(engine)
    for _ in together.rounds():
        assert together.reasons == {"routed": together.calls}
        assert used(engine, "quota") == together.calls


def test_a_quota_lets_exactly_its_number_in() -> None:
    allowed = 399_900
    engine = plan(f"destination desk = 010-6234-5678\nquota {allowed} calls per day\nroute {{ otherwise -> desk }}")
    together = Together(engine)
    for _ in together.rounds():
        assert together.reasons == {"routed": allowed, "quota": together.calls - allowed}
        assert used(engine, "quota") == allowed


def test_a_quota_has_back_the_places_of_all_that_found_their_destination_full() -> None:
    engine = plan(
        "destination desk = 010-6234-5678 limit 1\nquota 2147483647 calls per day\nroute { otherwise -> desk }"
    )
    together = Together(engine)
    for _ in together.rounds():
        assert together.reasons.keys() == {"routed", "full"}
        assert together.reasons.total() == together.calls
        assert used(engine, "quota") == together.reasons["routed"]


def test_a_split_gives_each_call_a_ticket_of_its_own() -> None:
    shares = {"a": 5, "b": 2, "c": 1}  # eighths
    engine = plan(
        "destination a = 010-6234-5678\ndestination b = 021-5234-5678\ndestination c = 139-1234-5678\n"
        "route { otherwise -> split { 62.5% a, 25% b, 12.5% c } }"
    )
    together = Together(engine)
    for number in together.rounds():
        assert used(engine, "split") == number * together.calls
        assert together.targets == {name: together.calls * share // 8 for name, share in shares.items()}


def test_a_place_is_given_to_one_call() -> None:
    limit = 59_980
    engine = plan(f"destination desk = 010-6234-5678 limit {limit}\nroute {{ otherwise -> desk }}")
    together = Together(engine, batches=1, batch=30_000)
    for _ in together.rounds():
        assert used(engine, "limit") == limit
        assert together.reasons == {"routed": limit, "full": together.calls - limit}
    assert used(engine, "limit") == 0
