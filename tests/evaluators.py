"""Both evaluators of plan files behind one interface: the engine, and the reference that it is checked against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol

from callplan.compiler.check import check
from callplan.compiler.checked import Program
from callplan.compiler.diagnostics import Diagnostic, has_errors
from callplan.compiler.loading import load

from .numbering import area_of_prefix
from .plan_files import PlanFiles
from .reference.evaluator import World
from .reference.expects import fulfilled

DECISION = (
    "action", "reason", "destination", "number", "announcement", "media", "ring_seconds", "origin", "call",
)  # fmt: skip
USAGE = ("kind", "plan", "name", "used", "held", "allowed", "period")


class Evaluator(Protocol):
    """What cases and random calls ask of either; results have the attributes of DECISION and USAGE."""

    def route(self, called: str, caller: str, at: float) -> Any: ...
    def peek(self, called: str, caller: str, at: float) -> Any: ...
    def busy(self, call: int) -> Any: ...
    def no_answer(self, call: int) -> Any: ...
    def unreachable(self, call: int) -> Any: ...
    def answered(self, call: int) -> bool: ...
    def end(self, call: int) -> bool: ...
    def usage(self) -> list[Any]: ...


@cache
def program(files: PlanFiles) -> tuple[Program, list[Diagnostic]]:
    """The checked plans of a build, and all that was said about them on the way."""
    with files.written() as path:
        loaded, said = load([path])
    checked, more = check(loaded.files, loaded.imports, loaded.list_files, loaded.incomplete)
    return checked, [*said, *more]


def unfulfilled(files: PlanFiles) -> list[str]:
    """The texts of the `expect` lines that do not hold by the reference, in order."""
    checked, said = program(files)
    assert not has_errors(said), [diagnostic.message for diagnostic in said]
    lines = [(expect, plan) for plan in checked.plans for expect in plan.expects]
    return [line.span.text for line, plan in lines if not fulfilled(line, plan, checked.operator, area_of_prefix)]


@cache
def tables(files: PlanFiles) -> Any:
    import callplan

    with files.written() as path:
        return callplan.compile(path)


@contextmanager
def reference(files: PlanFiles, area: str | None = None, max_calls: int = 65536) -> Iterator[Evaluator]:
    checked, said = program(files)
    assert not has_errors(said), [diagnostic.message for diagnostic in said]
    yield World(checked, area_of_prefix, own_area=area, max_calls=max_calls)


@contextmanager
def engine(files: PlanFiles, area: str | None = None, max_calls: int = 65536) -> Iterator[Evaluator]:
    import callplan

    with callplan.Engine(tables(files), area=area, max_calls=max_calls) as opened:
        yield opened


EVALUATORS: dict[str, Callable[..., Any]] = {"reference": reference, "engine": engine}


def fields(decision: Any) -> dict[str, Any]:
    """A decision of either evaluator as plain values."""
    return {name: getattr(decision, name) for name in DECISION}


def counters(evaluator: Evaluator) -> list[dict[str, Any]]:
    """What `usage` says, as plain values."""
    return [{name: getattr(entry, name) for name in USAGE} for entry in evaluator.usage()]
