"""Threads hammer one limit, one quota and one split; the books end exact and no number is passed on the way."""

from __future__ import annotations

import random
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

import callplan

NUMBER = "4006123456"
CALLER = "13800138000"
AT = 1_795_485_600
THREADS = 8


@pytest.fixture(autouse=True)
def _switch_threads_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(work: Callable[[int], None]) -> None:
    """Run work(number) in all threads at once; an exception in one is raised here."""
    failures: list[BaseException] = []
    start = threading.Barrier(THREADS)

    def run(number: int) -> None:
        try:
            start.wait()
            work(number)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def plan(body: str) -> callplan.Engine:
    return callplan.Engine(callplan.compile_text(f'plan "p" {{ number {NUMBER}\n{body}\n}}'))


def test_a_limit_is_never_passed_and_ends_empty() -> None:
    limit = 5
    engine = plan(f"destination desk = 010-6234-5678 limit {limit}\nroute {{ otherwise -> desk }}")
    inside = 0
    most = 0
    refused = 0
    lock = threading.Lock()

    def work(number: int) -> None:
        nonlocal inside, most, refused
        rng = random.Random(number)
        held: list[int] = []
        for _ in range(3000):
            if held and rng.random() < 0.5:
                call = held.pop(rng.randrange(len(held)))
                with lock:  # counted as gone before it is: the true number is never less
                    inside -= 1
                assert engine.end(call)
                continue
            decision = engine.route(NUMBER, CALLER, AT)
            if decision.reason == "routed":
                held.append(decision.call)
                with lock:
                    inside += 1
                    most = max(most, inside)
            else:
                assert decision.reason == "full"
                with lock:
                    refused += 1
        for call in held:
            with lock:
                inside -= 1
            assert engine.end(call)

    together(work)
    assert most == limit
    assert refused > 0
    assert engine.usage()[0].used == 0


def test_a_quota_admits_exactly_its_number() -> None:
    allowed = 4001
    engine = plan(f"destination desk = 010-6234-5678\nquota {allowed} calls per month\nroute {{ otherwise -> desk }}")
    reasons: Counter[str] = Counter()
    lock = threading.Lock()

    def work(number: int) -> None:
        own: Counter[str] = Counter()
        for _ in range(1000):
            decision = engine.route(NUMBER, CALLER, AT)
            own[decision.reason] += 1
            if decision.call:
                engine.end(decision.call)
        with lock:
            reasons.update(own)

    together(work)
    assert reasons == {"routed": allowed, "quota": THREADS * 1000 - allowed}
    assert engine.usage()[0].used == allowed


def test_a_split_is_exact_over_all_threads() -> None:
    weights = {"a": 50, "b": 30, "c": 15, "d": 5}
    engine = plan(
        "\n".join(f"destination {name} = 010-6234-567{n}" for n, name in enumerate(weights))
        + "\nroute { otherwise -> split { "
        + ", ".join(f"{weight}% {name}" for name, weight in weights.items())
        + " } }"
    )
    found: Counter[str | None] = Counter()
    lock = threading.Lock()

    def work(number: int) -> None:
        own: Counter[str | None] = Counter()
        for _ in range(2000):
            decision = engine.route(NUMBER, CALLER, AT)
            own[decision.destination] += 1
            engine.end(decision.call)
        with lock:
            found.update(own)

    together(work)
    assert found == {name: THREADS * 2000 * weight // 100 for name, weight in weights.items()}


def test_whole_lives_in_random_order_leave_exact_books() -> None:
    engine = plan(
        """destination a = 010-6234-5678 limit 3
        destination b = 021-5234-5678 limit 2
        destination c = 139-1234-5678
        quota 1000000 calls per week
        quota 2000000 calls per day
        route { otherwise -> split { 40% a or b, 60% b or a } }
        forward busy -> b, c
        forward no-answer -> a"""
    )
    calls: list[int] = []  # shared on purpose: threads report on and end each other's calls
    routed = [0] * THREADS
    over = [0] * THREADS

    def work(number: int) -> None:
        rng = random.Random(number)
        for _ in range(4000):
            action = rng.randrange(8)
            if action < 3:
                decision = engine.route(NUMBER, CALLER, AT)
                if decision.call:
                    routed[number] += 1
                    calls.append(decision.call)
                continue
            try:
                call = rng.choice(calls)
            except IndexError:
                continue
            if action == 3:
                over[number] += engine.end(call)
            elif action == 4:
                engine.answered(call)
            elif action == 5:
                engine.peek(NUMBER, CALLER, AT)
                engine.usage()
            else:
                decision = engine.busy(call) if action == 6 else engine.no_answer(call)
                assert decision.reason in ("forwarded", "busy", "no_answer", "unknown_call", "in_progress")
                over[number] += decision.reason in ("busy", "no_answer")

    together(work)
    held = sum(engine.end(call) for call in calls)
    assert sum(routed) == sum(over) + held
    used = {(entry.kind, entry.name): entry.used for entry in engine.usage()}
    assert used["limit", "a"] == used["limit", "b"] == 0
    assert used["quota", "week"] == used["quota", "day"] == sum(routed)
