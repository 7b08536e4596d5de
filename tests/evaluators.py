"""Both evaluators of a plan text behind one interface: the engine, and the reference that it is checked against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol

from callplan.compiler.check import check
from callplan.compiler.checked import Program
from callplan.compiler.diagnostics import Diagnostic, has_errors
from callplan.compiler.parse import parse
from callplan.compiler.source import Source

from .numbering import area_of_prefix
from .reference.evaluator import World

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
def program(text: str) -> tuple[Program, list[Diagnostic]]:
    """The checked plan of a text, and all that was said about it on the way."""
    file, said = parse(Source("case.plan", text))
    checked, more = check([file])
    return checked, [*said, *more]


@cache
def tables(text: str) -> Any:
    import callplan

    return callplan.compile_text(text)


@contextmanager
def reference(text: str, area: str | None = None, max_calls: int = 65536) -> Iterator[Evaluator]:
    checked, said = program(text)
    assert not has_errors(said), [diagnostic.message for diagnostic in said]
    yield World(checked, area_of_prefix, own_area=area, max_calls=max_calls)


@contextmanager
def engine(text: str, area: str | None = None, max_calls: int = 65536) -> Iterator[Evaluator]:
    import callplan

    with callplan.Engine(tables(text), area=area, max_calls=max_calls) as opened:
        yield opened


EVALUATORS: dict[str, Callable[..., Any]] = {"reference": reference, "engine": engine}


def fields(decision: Any) -> dict[str, Any]:
    """A decision of either evaluator as plain values."""
    return {name: getattr(decision, name) for name in DECISION}


def counters(evaluator: Evaluator) -> list[dict[str, Any]]:
    """What `usage` says, as plain values."""
    return [{name: getattr(entry, name) for name in USAGE} for entry in evaluator.usage()]
