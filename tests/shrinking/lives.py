"""What happened to calls, step by step: noted in a random world, and played again on both evaluators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..evaluators import EVALUATORS, Evaluator, counters, fields
from ..plan_files import PlanFiles

MAX_CALLS = 1000  # of a case that does not say


@dataclass(frozen=True)
class Asked:
    """`route` or `peek`; `number`: the call's own, by which later steps name it."""

    name: str
    number: int
    called: str
    caller: str
    at: float


@dataclass(frozen=True)
class Reported:
    """`busy`, `no_answer`, `unreachable`, `answered` or `end` of a call; None: of a handle that never was."""

    name: str
    number: int | None


@dataclass(frozen=True)
class Counted:
    """`usage`."""


Step = Asked | Reported | Counted


@dataclass(frozen=True)
class Life:
    """Steps, on evaluators with these settings."""

    steps: tuple[Step, ...]
    area: str | None
    max_calls: int


@dataclass(frozen=True)
class Difference:
    """What the reference answers to each step, and the engine to the last of them: other than the reference."""

    steps: tuple[Step, ...]
    reference: tuple[Any, ...]
    engine: Any


@dataclass
class Noting:
    """An evaluator that notes what it is asked."""

    evaluator: Evaluator
    steps: list[Step] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)  # by handle

    def route(self, called: str, caller: str, at: float) -> Any:
        self.steps.append(Asked("route", len(self.steps), called, caller, at))
        decision = self.evaluator.route(called, caller, at)
        if decision.call:
            self.numbers[decision.call] = len(self.steps) - 1
        return decision

    def peek(self, called: str, caller: str, at: float) -> Any:
        self.steps.append(Asked("peek", len(self.steps), called, caller, at))
        return self.evaluator.peek(called, caller, at)

    def busy(self, call: int) -> Any:
        return self._reported("busy", call)

    def no_answer(self, call: int) -> Any:
        return self._reported("no_answer", call)

    def unreachable(self, call: int) -> Any:
        return self._reported("unreachable", call)

    def answered(self, call: int) -> bool:
        return bool(self._reported("answered", call))

    def end(self, call: int) -> bool:
        return bool(self._reported("end", call))

    def usage(self) -> list[Any]:
        self.steps.append(Counted())
        return self.evaluator.usage()

    def _reported(self, name: str, call: int) -> Any:
        self.steps.append(Reported(name, self.numbers.get(call)))
        return getattr(self.evaluator, name)(call)


def answers(evaluator: Evaluator, steps: Sequence[Step]) -> list[Any]:
    """What an evaluator answers, as plain values: of a handle only which call it is, None where it is none."""
    handles: dict[int | None, int] = {}
    return [_answer(evaluator, step, handles) for step in steps]


def _answer(evaluator: Evaluator, step: Step, handles: dict[int | None, int]) -> Any:
    match step:
        case Asked(name, number, called, caller, at):
            decision = getattr(evaluator, name)(called, caller, at)
            handles[number] = decision.call
            return fields(decision) | {"call": number if decision.call else None}
        case Reported(name, number):
            handle = handles.get(number, 0)
            answer = getattr(evaluator, name)(handle)
            if isinstance(answer, bool):
                return answer
            return fields(answer) | {"call": {handle: number, 0: None}.get(answer.call, "another")}
        case Counted():
            return counters(evaluator)


def play(files: PlanFiles, life: Life) -> Difference | None:
    """The first difference; None: the evaluators agree. Raises what they raise where the files do not compile."""
    found = []
    for name in ("reference", "engine"):
        with EVALUATORS[name](files, area=life.area, max_calls=life.max_calls) as opened:
            found.append(answers(opened, life.steps))
    for at, (first, second) in enumerate(zip(*found, strict=True), 1):
        if first != second:
            return Difference(life.steps[:at], tuple(found[0][:at]), second)
    return None
