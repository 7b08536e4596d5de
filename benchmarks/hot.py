"""One plan under load, and what is timed on it: each method makes the calls of one round and returns ns an operation.

Other calls are in flight all the time. `check_books` tells afterwards that all of it was routed.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

import callplan

from . import plans
from .chunks import time_chunks

AT_ONCE = 200  # calls of a chunk, all in flight together
CHUNKS = 100  # in a round
BATCH = 1000  # decisions of a batch
BATCHES = 20  # in a round
IN_FLIGHT = 300

Call = TypeVar("Call")
Numbers: TypeAlias = npt.NDArray[np.bytes_]


class Decision(Protocol):
    @property
    def call(self) -> int: ...


def time_each(method: Callable[[str, str], Call], after: Callable[[list[Call]], object]) -> float:
    """A method that takes the two numbers of a call."""
    called, caller = plans.CALLED, plans.CALLER

    def chunk() -> list[Call]:
        return [method(called, caller) for _ in repeat(None, AT_ONCE)]

    return time_chunks(repeat(chunk, CHUNKS), after, _empty, AT_ONCE)


def time_pairs(
    route: Callable[[str, str], Decision], end: Callable[[int], bool], after: Callable[[list[bool]], object]
) -> float:
    """Calls that are routed and ended, one after the other."""
    called, caller = plans.CALLED, plans.CALLER

    def chunk() -> list[bool]:
        return [end(route(called, caller).call) for _ in repeat(None, AT_ONCE)]

    return time_chunks(repeat(chunk, CHUNKS), after, _empty, AT_ONCE)


def time_batches(route_many: Callable[[Numbers, Numbers], np.ndarray], after: Callable[[np.ndarray], object]) -> float:
    """Batches, which read their numbers from arrays."""
    called, caller = np.full(BATCH, plans.CALLED.encode()), np.full(BATCH, plans.CALLER.encode())

    def chunk() -> np.ndarray:
        return route_many(called, caller)

    return time_chunks(repeat(chunk, BATCHES), after, _nothing, BATCH)


def time_base(base: Callable[[str, str], None]) -> float:
    """BASE, the least that a decision could cost."""
    return time_each(base, list.clear)


class HotPlan:
    """An engine with one plan, and calls in flight on it."""

    def __init__(self, state: Path | None = None) -> None:
        self.engine = callplan.Engine(callplan.compile_text(plans.hot_plan()), state=state)
        self._routed = 0
        self._reason = self.engine.names("reason").index("routed")
        for _ in range(IN_FLIGHT):
            self._count(self.engine.route(plans.CALLED, plans.CALLER))

    def route(self) -> float:
        return time_each(self.engine.route, self._count_and_end)

    def peek(self) -> float:
        return time_each(self.engine.peek, lambda decisions: _all_are(decisions, "routed"))

    def route_and_end(self) -> float:
        def after(ended: list[bool]) -> None:
            assert all(ended)
            self._routed += len(ended)

        return time_pairs(self.engine.route, self.engine.end, after)

    def life(self) -> float:
        """Each of a chunk's calls is routed, then each is busy, then each is answered, then each ends."""
        called, caller, route = plans.CALLED, plans.CALLER, self.engine.route
        busy, answered, end = self.engine.busy, self.engine.answered, self.engine.end

        def chunk() -> tuple[list[callplan.Decision], list[callplan.Decision], list[bool], list[bool]]:
            decisions = [route(called, caller) for _ in repeat(None, AT_ONCE)]
            forwards = [busy(decision.call) for decision in decisions]
            answers = [answered(decision.call) for decision in decisions]
            return decisions, forwards, answers, [end(decision.call) for decision in decisions]

        def empty() -> None:
            for _ in range(4):
                _empty()

        def after(lived: tuple[list[callplan.Decision], list[callplan.Decision], list[bool], list[bool]]) -> None:
            decisions, forwards, answers, ends = lived
            for decision in decisions:
                self._count(decision)
            _all_are(forwards, "forwarded")
            assert all(answers)
            assert all(ends)

        return time_chunks(repeat(chunk, CHUNKS), after, empty, AT_ONCE)

    def batch(self) -> float:
        def after(rows: np.ndarray) -> None:
            assert (rows["reason"] == self._reason).all()
            assert self.engine.end_many(rows["call"]).all()
            self._routed += len(rows)

        return time_batches(self.engine.route_many, after)

    def check_books(self) -> None:
        """The quotas counted each call once, and only the calls in flight hold a place."""
        usage = self.engine.usage()
        assert [entry.used for entry in usage if entry.kind == "quota"] == [self._routed] * 2
        assert sum(entry.used for entry in usage if entry.kind == "limit") == IN_FLIGHT

    def _count(self, decision: callplan.Decision) -> None:
        assert decision.reason == "routed"
        self._routed += 1

    def _count_and_end(self, decisions: list[callplan.Decision]) -> None:
        for decision in decisions:
            self._count(decision)
            assert self.engine.end(decision.call)


def _all_are(decisions: list[callplan.Decision], reason: str) -> None:
    assert {decision.reason for decision in decisions} == {reason}


def _empty() -> list[None]:
    return [None for _ in repeat(None, AT_ONCE)]


def _nothing() -> None:
    pass
