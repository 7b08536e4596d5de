"""Threads do everything an engine can in random order while plans change; the books end exact.

Each plan has announcements and destinations of its own, so a decision tells by which it was made: one that was in force
at some moment of the step, or for a report, the one that the call began with.
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
PLANS = 4
SHARED = {"desk": 3, "duty": 2}


@pytest.fixture(autouse=True)
def _switch_threads_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def tables(number: int) -> callplan.Tables:
    """A plan with limits that all share, and names that only this one has."""
    return callplan.compile_text(
        f"""plan "p" {{
        number {NUMBER}
        destination desk = 010-6234-5678 limit {SHARED["desk"]} announce told_{number}
        destination duty = 139-1234-5678 limit {SHARED["duty"]} announce told_{number}
        destination own_{number} = 021-6234-567{number}
        announcement told_{number} = "{number}.wav"
        quota 1000000 calls per day
        quota 1000000 answered calls per week
        route {{
            from abroad -> announce told_{number}
            from unknown -> split s {{ 50% desk or duty, 50% own_{number} }}
            otherwise -> desk or duty or own_{number}
        }}
        forward busy -> duty, own_{number}
        forward no-answer -> own_{number}
    }}"""
    )


@dataclass
class Force:
    """Which plan was put in force when: `begun` before a reload, `done` after it. Reloads come one at a time."""

    engine: callplan.Engine
    plans: list[callplan.Tables]
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


def told_by(decision: callplan.Decision) -> int | None:
    """The plan whose own name a decision has."""
    names = [name for name in (decision.destination, decision.announcement) if name and "_" in name]
    owners = {int(name.split("_")[1]) for name in names if name.split("_")[1].isdigit()}
    assert len(owners) <= 1
    return owners.pop() if owners else None


class Worker:
    """What one thread does, and what it has counted."""

    def __init__(self, number: int, force: Force, calls: list[tuple[int, frozenset[int]]]) -> None:
        self.chance = random.Random(f"threads {number}")
        self.force = force
        self.engine = force.engine
        self.calls = calls  # of all threads: they report on and end each other's
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
        owners = self.force.since(done)
        self._in_force(decision, owners)
        self._begun(decision.call, owners)

    def peek(self) -> None:
        done = self.force.done
        decision = self.engine.peek(NUMBER, self.chance.choice(CALLERS), AT)
        assert decision.call == 0
        self._in_force(decision, self.force.since(done))

    def route_many(self) -> None:
        done = self.force.done
        callers = np.array([self.chance.choice(CALLERS) for _ in range(20)], dtype="S16")
        rows = self.engine.route_many(NUMBER.encode(), callers, AT)
        owners = self.force.since(done)
        for row in rows:
            version = int(row["version"])
            kinds = [kind for kind in ("destination", "announcement") if row[kind] != NONE]
            names = [self.engine.names(kind, version)[row[kind]] for kind in kinds]
            own = {int(name.split("_")[1]) for name in names if name.startswith(("own_", "told_"))}
            assert own <= owners
            self._begun(int(row["call"]), owners)

    def report(self) -> None:
        call, owners = self._call()
        decision = self.chance.choice((self.engine.busy, self.engine.no_answer, self.engine.unreachable))(call)
        assert decision.reason in ("forwarded", "busy", "no_answer", "unreachable", "unknown_call", "in_progress")
        self._in_force(decision, owners)
        self.counts["over"] += decision.reason in ("busy", "no_answer", "unreachable")

    def answered(self) -> None:
        self.counts["calls answered"] += self.engine.answered(self._call()[0])

    def end(self) -> None:
        self.counts["over"] += self.engine.end(self._call()[0])

    def usage(self) -> None:
        for entry in self.engine.usage():
            if entry.kind == "limit":
                assert 0 <= entry.used <= SHARED[entry.name]

    def _in_force(self, decision: callplan.Decision, owners: set[int] | frozenset[int]) -> None:
        owner = told_by(decision)
        assert owner is None or owner in owners

    def _begun(self, call: int, owners: set[int]) -> None:
        if call:
            self.counts["begun"] += 1
            self.calls.append((call, frozenset(owners)))

    def _call(self) -> tuple[int, frozenset[int]]:
        """Mostly one of the last, of any thread; some are over."""
        count = len(self.calls)
        return self.calls[self.chance.randrange(max(0, count - 60), count)] if count else (0, frozenset())


def test_everything_at_once_leaves_exact_books() -> None:
    plans = [tables(number) for number in range(PLANS)]
    engine = callplan.Engine(plans[0])
    force = Force(engine, plans)
    calls: list[tuple[int, frozenset[int]]] = []
    workers = [Worker(number, force, calls) for number in range(THREADS)]
    together(lambda number: workers[number].work())
    counts = sum((worker.counts for worker in workers), Counter())
    assert counts["report"]
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
