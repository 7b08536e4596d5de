"""Random lives of calls, run on both evaluators step by step; used by tests/test_differential.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from callplan.compiler.checked import Program

from .evaluators import EVALUATORS, Evaluator, counters, fields, program
from .plan_files import PlanFiles
from .random_calls import Callers, Times, callers_of

REPORTS = ("busy", "no_answer", "unreachable")
YEARS = (1999, 2000, 2011, 2026, 2026, 2026, 2027, 2038, 2098, 2099)
Call = tuple[int, int]  # its handle in the reference and in the engine
Around = Callable[[Evaluator, str | None, int], Evaluator]  # the reference, its `area` and `max_calls`


@dataclass
class Pair:
    """One world on both evaluators; every step compares them. `log` has the last steps, for a failure's message."""

    reference: Evaluator
    engine: Evaluator
    live: list[Call] = field(default_factory=list)
    over: list[Call] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def ask(self, name: str, called: str, caller: str, at: float) -> None:
        first = getattr(self.reference, name)(called, caller, at)
        second = getattr(self.engine, name)(called, caller, at)
        self._decided(f"{name}({called!r}, {caller!r}, {at!r})", first, second)
        if first.call:
            self.live.append((first.call, second.call))

    def report(self, name: str, call: Call) -> None:
        first, second = getattr(self.reference, name)(call[0]), getattr(self.engine, name)(call[1])
        self._decided(f"{name}({call})", first, second)
        assert second.call == (call[1] if first.call else 0), self.log
        if first.action == "announce" and first.reason != "unknown_call":
            self._is_over(call)

    def answered(self, call: Call) -> None:
        self._same(f"answered({call})", self.reference.answered(call[0]), self.engine.answered(call[1]))

    def end(self, call: Call) -> None:
        self._same(f"end({call})", self.reference.end(call[0]), self.engine.end(call[1]))
        if call in self.live:
            self._is_over(call)

    def count(self) -> None:
        self._same("usage()", counters(self.reference), counters(self.engine))

    def _is_over(self, call: Call) -> None:
        self.live.remove(call)
        self.over.append(call)

    def _decided(self, step: str, first: Any, second: Any) -> None:
        self.reasons[first.reason] += 1
        handled = [fields(decision) | {"call": decision.call != 0} for decision in (first, second)]
        self._same(step, *handled)

    def _same(self, step: str, first: Any, second: Any) -> None:
        self.log = [*self.log[-20:], step]
        told = ["the reference and the engine differ after", *self.log, *differences(first, second)]
        assert first == second, "\n".join(told)


def differences(first: Any, second: Any) -> list[str]:
    """Where two answers differ: the entries of a list, else the whole."""
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        return [f"{one} is not {other}" for one, other in zip(first, second, strict=True) if one != other]
    return [f"{first} is not {second}"]


@dataclass
class Traffic:
    """What happens next in a world: calls mostly go forward in time, peeks are anywhere."""

    chance: Random
    program: Program
    pair: Pair
    callers: Callers
    times: list[Times]
    year: int

    def __post_init__(self) -> None:
        self.numbers = [number.digits for plan in self.program.plans for number in plan.numbers]
        self.now = self._edge((self.year, self.year))

    def step(self) -> None:
        event = self.chance.random()
        if event < 0.4:
            later = self.chance.random() < 0.9
            self.now = self.now + self.chance.randint(0, 7200) if later else self._edge((self.year, self.year + 1))
            self.pair.ask("route", self._called(), self.callers.one(), self.now)
        elif event < 0.6:
            years = self.chance.choice(((1998, 2101), (self.year, self.year)))
            self.pair.ask("peek", self._called(), self.callers.one(), self._edge(years))
        elif event < 0.62:
            self.pair.count()
        elif event < 0.82:
            call = self._call()
            for _ in range(self.chance.choice((1, 1, 2, 4))):
                self.pair.report(self.chance.choice(REPORTS), call)
        elif event < 0.86:
            self.pair.answered(self._call())
        else:
            self.pair.end(self._call())

    def _edge(self, years: tuple[int, int]) -> float:
        return self.chance.choice(self.times).edge(years)

    def _called(self) -> str:
        number = self.chance.choice(self.numbers)
        if self.chance.random() < 0.9:
            return number
        return self.chance.choice((self.callers.one(), "+86" + number, "86" + number, number[:4] + "-" + number[4:]))

    def _call(self) -> Call:
        """Mostly one of the last calls, also one that is over, or a handle that never was."""
        kind = self.chance.random()
        if kind < 0.88 and self.pair.live:
            return self.chance.choice(self.pair.live[-6:])
        if kind < 0.97 and self.pair.over:
            return self.chance.choice(self.pair.over)
        known = self.chance.choice([handle for _, handle in self.pair.live + self.pair.over] or [1])
        return (0, self.chance.choice((0, 1, known + 1, known ^ (1 << self.chance.randint(0, 62)))))


def compare(files: PlanFiles, seed: str, events: int) -> Counter[str]:
    """Runs one world of random events on both evaluators; what was decided, by reason. AssertionError: not alike."""
    return replay(files, seed, [f"{seed} {event}" for event in range(events)])


def replay(
    files: PlanFiles, start: str | int, steps: Sequence[str | int], around: Around = lambda reference, *_: reference
) -> Counter[str]:
    """The same with a seed for how the world is set up and one for each event, so that any can be left out.

    `around`: what is asked in place of the reference.
    """
    chance = Random(start)
    checked, _ = program(files)
    callers = callers_of(checked, chance)
    settings: dict[str, Any] = {
        "area": chance.choice((None, "010", "0731", chance.choice(callers.areas))),
        "max_calls": chance.choice((4, 30, 200, 200)),
    }
    with EVALUATORS["reference"](files, **settings) as reference, EVALUATORS["engine"](files, **settings) as engine:
        pair = Pair(around(reference, settings["area"], settings["max_calls"]), engine)
        times = [Times(chance, plan) for plan in checked.plans]
        traffic = Traffic(chance, checked, pair, callers, times, chance.choice(YEARS))
        for step in steps:
            chance.seed(step)
            traffic.step()
        pair.count()
        for call in list(pair.live):
            pair.end(call)
        pair.count()
        assert all(entry["used"] == 0 for entry in counters(engine) if entry["kind"] == "limit")
    return pair.reasons
