"""Threads do everything an engine can in random order while plans change; the books end exact.

Each plan rings for a time of its own and plays recordings of its own, so every decision tells by which it was made: one
that was in force at some moment of the step, or for a report, the one that the call began with.
"""

from __future__ import annotations

import random
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

import callplan
from callplan.runtime.layout import NONE

from .test_threads import THREADS, together

NUMBER = "4006123456"
CALLERS = ("13800138000", "01088886666", "10086", "+85221234567", "anonymous")
AT = 1_795_485_600
STEPS = 800
PLANS = 12
RING = 10  # seconds that the first plan rings, the next one more, and so on
SHARED = {"desk": 3, "duty": 2}


@pytest.fixture(autouse=True)
def _switch_threads_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def tables(number: int) -> callplan.Tables:
    """A plan with limits that all share, and a ringing time, recordings and names that only this one has."""
    return callplan.compile_text(
        f"""plan "p" {{
        number {NUMBER}
        destination desk = 010-6234-5678 limit {SHARED["desk"]} announce told_{number}
        destination duty = 139-1234-5678 limit {SHARED["duty"]} announce told_{number}
        destination own_{number} = 021-6234-56{number:02}
        announcement told_{number} = "{number}.wav"
        announcement busy = "{number}.wav"
        announcement no_answer = "{number}.wav"
        announcement unreachable = "{number}.wav"
        quota 1000000 calls per day
        quota 1000000 answered calls per week
        route {{
            from abroad -> announce told_{number}
            from unknown -> split s {{ 50% desk or duty, 50% own_{number} }}
            otherwise -> desk or duty or own_{number}
        }}
        forward busy -> duty, own_{number}
        forward no-answer after {RING + number}s -> own_{number}
    }}"""
    )


def names(plan: callplan.Tables) -> dict[str, tuple[str, ...]]:
    """What the small ints of a batch mean."""
    with callplan.Engine(plan, max_calls=1) as engine:
        return {kind: engine.names(kind) for kind in ("destination", "announcement")}


@dataclass
class Force:
    """Which plan was put in force when: `begun` before a reload, `done` after it. Reloads come one at a time."""

    engine: callplan.Engine
    plans: list[callplan.Tables]
    names: list[dict[str, tuple[str, ...]]]  # of each plan by kind
    begun: list[int] = field(default_factory=lambda: [0])
    done: int = 0  # how many of those in `begun`, after the first, are in force
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reload(self, number: int) -> None:
        with self.lock:
            self.begun.append(number)
            self.engine.reload(self.plans[number])
            self.done += 1

    def since(self, done: int) -> set[int]:
        """Those that may have decided a step that began when so many were done and that is over now."""
        return set(self.begun[done:])


def made_by(decision: callplan.Decision) -> int:
    """The plan that made a decision."""
    if decision.action == "connect":
        assert decision.ring_seconds in range(RING, RING + PLANS)
        return decision.ring_seconds - RING
    assert decision.media is not None
    return int(decision.media.removesuffix(".wav"))


class Worker:
    """What one thread does, and what it has counted."""

    def __init__(self, number: int, force: Force, calls: list[tuple[int, int]]) -> None:
        self.chance = random.Random(f"threads {number}")
        self.force = force
        self.engine = force.engine
        self.calls = calls  # with the plan of each; of all threads: they report on and end each other's
        self.counts: Counter[str] = Counter()

    def work(self) -> None:
        steps = (self.route, self.route, self.peek, self.route_many, self.report, self.report, self.answered, self.end)
        for _ in range(STEPS):
            step = self.chance.choice((*steps, self.end, self.usage))
            self.counts[step.__name__] += 1
            step()
            if self.chance.random() < 0.02:
                self.force.reload(self.chance.randrange(PLANS))

    def route(self) -> None:
        done = self.force.done
        decision = self.engine.route(NUMBER, self.chance.choice(CALLERS), AT)
        assert made_by(decision) in self.force.since(done)
        self._begun(decision.call, made_by(decision))

    def peek(self) -> None:
        done = self.force.done
        decision = self.engine.peek(NUMBER, self.chance.choice(CALLERS), AT)
        assert decision.call == 0
        assert made_by(decision) in self.force.since(done)

    def route_many(self) -> None:
        done = self.force.done
        callers = np.array([self.chance.choice(CALLERS) for _ in range(20)], dtype="S16")
        rows = self.engine.route_many(NUMBER.encode(), callers, AT)
        (version,) = {int(row["version"]) for row in rows}
        assert done < version <= len(self.force.begun)
        plan = self.force.begun[version - 1]
        for row in rows:
            if row["destination"] != NONE:
                assert row["ring_seconds"] == RING + plan
                assert self.force.names[plan]["destination"][row["destination"]] in ("desk", "duty", f"own_{plan}")
            else:
                assert self.force.names[plan]["announcement"][row["announcement"]] == f"told_{plan}"
            self._begun(int(row["call"]), plan)

    def report(self) -> None:
        call, plan = self._call()
        decision = self.chance.choice((self.engine.busy, self.engine.no_answer, self.engine.unreachable))(call)
        if decision.reason not in ("unknown_call", "in_progress"):
            assert decision.reason in ("forwarded", "busy", "no_answer", "unreachable")
            assert made_by(decision) == plan
            self.counts["reports decided"] += 1
        self.counts["over"] += decision.reason in ("busy", "no_answer", "unreachable")

    def answered(self) -> None:
        self.counts["calls answered"] += self.engine.answered(self._call()[0])

    def end(self) -> None:
        self.counts["over"] += self.engine.end(self._call()[0])

    def usage(self) -> None:
        for entry in self.engine.usage():
            if entry.kind == "limit":
                assert 0 <= entry.used <= SHARED[entry.name]

    def _begun(self, call: int, plan: int) -> None:
        if call:
            self.counts["begun"] += 1
            self.calls.append((call, plan))

    def _call(self) -> tuple[int, int]:
        """Mostly one of the last, of any thread; some are over."""
        count = len(self.calls)
        return self.calls[self.chance.randrange(max(0, count - 60), count)] if count else (0, 0)


def test_everything_at_once_leaves_exact_books() -> None:
    plans = [tables(number) for number in range(PLANS)]
    engine = callplan.Engine(plans[0])
    force = Force(engine, plans, [names(each) for each in plans])
    calls: list[tuple[int, int]] = []
    workers = [Worker(number, force, calls) for number in range(THREADS)]
    together(lambda number: workers[number].work())
    counts = sum((worker.counts for worker in workers), Counter())
    assert counts["reports decided"]
    assert counts["usage"]
    assert counts["peek"]
    assert len(force.begun) > PLANS
    assert counts["calls answered"]
    assert counts["over"]

    before = {(entry.kind, entry.name): (entry.used, entry.held) for entry in engine.usage()}
    left = int(engine.end_many(np.array([call for call, _ in calls], dtype=np.uint64)).sum())
    assert counts["begun"] == len(calls) == counts["over"] + left
    assert before["quota", "day"] == (counts["begun"], 0)
    after = {(entry.kind, entry.name): (entry.used, entry.held) for entry in engine.usage()}
    assert after["limit", "desk"][0] == after["limit", "duty"][0] == 0
    assert after["quota", "answered week"] == (counts["calls answered"], 0)
    assert not any(engine.end(call) for call, _ in calls)
