"""Builds whose routes may leave calls without a rule, and whether the call that an error names is one.

Tested by tests/test_strategies.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from callplan.compiler import checked
from callplan.compiler.build import build as compile_files
from callplan.compiler.diagnostics import Diagnostic

from .. import evaluators
from ..comparison import compare
from ..numbering import area_of_prefix
from ..plan_files import PlanFiles
from ..random_plans import build
from ..reference.callers import Entries
from ..reference.clock import zone
from ..reference.conditions import Caller, Conditions
from ..reference.numbers import WITHHELD, normalise
from ..reference.origins import Where, origin_of
from .drawn import Drawn

STEPS = 40
CODES = {"E520", "E521", "E522"}


@dataclass(frozen=True, repr=False)
class Uncovered:
    """A build that is sound, but that calls may lack a rule."""

    files: PlanFiles

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))

    def __repr__(self) -> str:
        return f"\n{self.files}\n"

    def without_rule(self) -> int:
        """How many routes lack a rule by the compiler. AssertionError: the reference has one for a call it names."""
        with self.files.written() as path:
            result = compile_files([path])
        errors = [diagnostic for diagnostic in result.diagnostics if diagnostic.severity == "error"]
        assert (result.image is None) == bool(errors)
        plans = {plan.name: plan for plan in result.program.plans}
        for error in errors:
            assert error.code in CODES, error.message
            plan = plans[str(error.fields["plan"])]
            assert error.span is not None
            assert error.span.start in lacking(plan, named_call(error, plan)), error.message
        return len(errors)

    def compare(self) -> None:
        """Runs some calls where none lacks a rule. AssertionError: the evaluators differ, or one has no rule."""
        try:
            compare(self.files, "uncovered", STEPS)
        finally:
            evaluators.program.cache_clear()
            evaluators.tables.cache_clear()


def named_call(error: Diagnostic, plan: checked.Plan) -> Caller:
    """The call without a rule that an error names, at a time that the plan's clock shows."""
    area, _, line = str(error.fields["origin"]).partition(" ")
    origin = cast(Where, (area, line or None))
    minute = datetime.fromisoformat(str(error.fields["time"]))
    shown = minute.replace(tzinfo=zone(plan.zone)).astimezone(UTC).astimezone(zone(plan.zone))
    assert shown.replace(tzinfo=None) == minute, error.message
    if error.code == "E521":
        return Caller(WITHHELD, origin, minute)
    number = normalise(str(error.fields["caller"]))
    if error.code == "E520":
        assert origin_of(number, area_of_prefix) == origin, error.message
    else:  # by another numbering table only
        assert (number.kind, line) == ("mobile", "mobile"), error.message
        assert origin_of(number, area_of_prefix) != origin, error.message
    return Caller(number, origin, minute)


def lacking(plan: checked.Plan, caller: Caller) -> set[int]:
    """Where the routes start that a call comes to and that have no rule for it; none for one that is told before."""
    conditions = Conditions()
    blacklist = plan.blacklist
    if blacklist is not None and Entries(blacklist.entries).hold(caller.number):
        return set()
    if any(conditions.hold(block.condition, caller) for block in plan.blocks):
        return set()
    text = plan.span.source.text
    first = plan.rules[0].span.start if plan.rules else plan.span.end
    own = text.rfind("route", plan.span.start, first) if plan.rules else plan.span.start
    return set(_lacking(conditions, own, plan.rules, caller))


def _lacking(conditions: Conditions, start: int, rules: Sequence[checked.Rule], caller: Caller) -> Iterator[int]:
    rule = next((rule for rule in rules if conditions.hold(rule.condition, caller)), None)
    if rule is None:
        yield start
        return
    waiting: list[checked.Target] = [rule.target]
    while waiting:
        match waiting.pop():
            case checked.Hunt(last=last):
                waiting.append(last)
            case checked.Split(branches):
                waiting += [branch.target for branch in branches]
            case checked.Route() as route:
                yield from _lacking(conditions, route.span.start, route.rules, caller)
            case _:
                pass


@st.composite
def uncovered(draw: DrawFn) -> Uncovered:
    """Builds whose routes may end without a rule for all calls that are left."""
    return Uncovered(build(Drawn(draw), holes=True))
