"""Every shared case of tests/cases/ through both evaluators, and what the cases must cover between them."""

from __future__ import annotations

import re
from collections import Counter as Tally
from pathlib import Path
from typing import Any

import pytest

from . import case_files
from .case_files import Case, Counter, Expected, Mark, Report, Ring, Said, Same, Shares, Spread
from .evaluators import EVALUATORS, Evaluator, counters, fields, unfulfilled
from .plan_files import PlanFiles

CASES = case_files.load()
CALLS = [case for case in CASES if case.steps]
EXPECTING = [case for case in CASES if case.failed or (case.errors == () and "expect {" in case.files.text)]
DIAGNOSED = [case for case in CASES if (case.errors, case.warnings, case.notes) != (None, None, None)]

PAGE = Path(__file__).parent.parent / "grammar" / "language.md"
OF_THE_COMMAND = {"8.2", "8.3"}  # how it prints and leaves: tests/test_command.py
TRAPS = {
    "after midnight only once",
    "friday night on friday morning",
    "end of a window",
    "the 31st",
    "misspelt zone is UTC",
    "zone of the neighbour",
    "thirty equal destinations",
    "a weight of 1 to 150",
    "one to two is a quarter",
    "correct after 100 calls",
    "falls back when time does not match",
    "over-admission",
    "joins twice",
    "leak after transfer",
    "below zero",
    "rejected attempts count",
    "forwarded leg counts",
    "blacklist in another format",
    "holiday without its make-up day",
    "nested rules fall back",
}


def run(case: Case, evaluator: Evaluator) -> list[Any]:
    """Runs the steps, asserts what they expect, and returns all that was decided, handles left out."""
    calls: dict[str, int] = {}
    seen: list[Any] = []
    for step in case.steps:
        match step:
            case Ring():
                ask = evaluator.peek if step.peek else evaluator.route
                for _ in range(step.times):
                    decision = ask(step.called, step.caller, step.at)
                    assert_decision(decision, step.expected, step.peek, step)
                    seen.append(fields(decision) | {"call": None})
                if step.label is not None:
                    calls[step.label] = decision.call
            case Report():
                decision = getattr(evaluator, step.cause)(calls[step.label])
                assert_decision(decision, step.expected, False, step)
                assert decision.call in (0, calls[step.label]), step
                seen.append(fields(decision) | {"call": None})
            case Mark():
                result = getattr(evaluator, step.kind)(calls[step.label])
                assert result is step.result, step
            case Shares():
                assert_shares(evaluator, step)
            case Same():
                assert len(set(reached(evaluator, step.called, [step.caller] * step.calls, step.at))) == 1, step
            case Spread():
                callers = [f"138{number:08}" for number in range(step.callers)]
                got = Tally(reached(evaluator, step.called, callers, step.at))
                assert got.keys() == step.about.keys(), (step, got)
                assert all(abs(got[name] - about) <= step.within for name, about in step.about.items()), (step, got)
            case Counter():
                assert_counter(evaluator, step)
    return [seen, counters(evaluator)]


def assert_decision(decision: Any, expected: Expected, peek: bool, step: object) -> None:
    got = fields(decision)
    target = got["destination"] if expected.action == "connect" else got["announcement"]
    assert (got["action"], target, got["reason"]) == (expected.action, expected.target, expected.reason), (step, got)
    for name, value in (("number", expected.number), ("media", expected.media), ("ring_seconds", expected.ring)):
        assert value is None or got[name] == value, (step, got)
    assert expected.origin is None or got["origin"] == expected.origin, (step, got)
    if expected.action == "announce":
        assert (got["destination"], got["number"], got["ring_seconds"], got["call"]) == (None, None, 0, 0), (step, got)
    else:
        assert (got["announcement"], got["media"]) == (None, None), (step, got)
        assert got["number"], (step, got)
        assert 5 <= got["ring_seconds"] <= 120, (step, got)
        assert (got["call"] == 0) is peek, (step, got)


def reached(evaluator: Evaluator, called: str, callers: list[str], at: float) -> list[str]:
    """The target of a call of each caller; each call is ended before the next."""
    found = []
    for caller in callers:
        decision = evaluator.route(called, caller, at)
        found.append(decision.destination or decision.announcement)
        if decision.call:
            assert evaluator.end(decision.call)
    return found


def assert_shares(evaluator: Evaluator, step: Shares) -> None:
    targets = reached(evaluator, step.called, [step.caller] * step.calls, step.at)
    if step.order is not None:
        assert tuple(targets) == step.order
    else:
        assert Tally(targets) == step.shares


def assert_counter(evaluator: Evaluator, step: Counter) -> None:
    found = [
        entry
        for entry in counters(evaluator)
        if (entry["kind"], entry["name"]) == (step.kind, step.name) and step.plan in (None, entry["plan"])
    ]
    assert len(found) == 1, (step, found)
    assert {key: found[0][key] for key in step.values} == step.values, step


@pytest.mark.parametrize("evaluator", EVALUATORS)
@pytest.mark.parametrize("case", CALLS, ids=lambda case: case.id)
def test_case(case: Case, evaluator: str) -> None:
    with EVALUATORS[evaluator](case.files, area=case.area, max_calls=case.max_calls) as opened:
        run(case, opened)


@pytest.mark.parametrize("case", CALLS, ids=lambda case: case.id)
def test_both_decide_alike_to_the_last_field(case: Case) -> None:
    results = []
    for opens in EVALUATORS.values():
        with opens(case.files, area=case.area, max_calls=case.max_calls) as opened:
            results.append(run(case, opened))
    assert results[0] == results[1]


@pytest.mark.parametrize("case", DIAGNOSED, ids=lambda case: case.id)
def test_diagnostics_of_a_case(case: Case) -> None:
    diagnostics = diagnose(case.files)
    for severity, expected in (("error", case.errors or ()), ("warning", case.warnings), ("note", case.notes)):
        if expected is None or (severity == "error" and case.failed):
            continue
        found = [said for said in diagnostics if said.severity == severity]
        assert len(found) == len(expected), [(said.code, said.message, underlined(said)) for said in found]
        for got, one in zip(found, expected, strict=True):
            assert_said(got, one)


@pytest.mark.parametrize("case", EXPECTING, ids=lambda case: case.id)
def test_expect_lines_of_a_case(case: Case) -> None:
    """The lines that fail, by the compiler and by the reference."""
    errors = [said for said in diagnose(case.files) if said.severity == "error"]
    assert [underlined_line(said) for said in errors] == [line.strip() for line in case.failed]
    assert unfulfilled(case.files) == [line.strip() for line in case.failed]


def underlined_line(diagnostic: Any) -> str:
    source, start = diagnostic.span.source, diagnostic.span.start
    return str(source.line(source.position(start)[0]).strip())


def diagnose(files: PlanFiles) -> list[Any]:
    """What compiling plan files says, in file order."""
    import callplan

    with files.written() as path:
        try:
            return list(callplan.compile(path).diagnostics)
        except callplan.PlanError as error:
            return list(error.diagnostics)


def underlined(diagnostic: Any) -> str | None:
    return None if diagnostic.span is None else diagnostic.span.text


def assert_said(got: Any, expected: Said) -> None:
    assert got.code.startswith(expected.code), (got.code, got.message)
    assert expected.text in (None, underlined(got)), (got.code, got.message)
    assert got.span is None or got.span.source.name == expected.file, (got.code, got.message)
    assert expected.message in got.message
    if expected.help is not None:
        assert got.help is not None, (got.code, got.message)
        assert expected.help in got.help
    if expected.related is not None:
        assert tuple(related.span.text for related in got.related) == expected.related, (got.code, got.message)


def test_every_rule_of_the_language_has_a_case() -> None:
    held = {sentence for case in CASES for sentence in case.holds}
    wanted = set(re.findall(r'<a id="r([2-8]\.\d+)">', PAGE.read_text(encoding="utf-8")))
    assert len(wanted) > 30
    assert held | OF_THE_COMMAND == wanted, (sorted(wanted - held), sorted(held - wanted))


def test_every_trap_has_a_case() -> None:
    assert {case.trap for case in CASES} - {None} == TRAPS


def test_cases_both_connect_and_announce() -> None:
    """A loader that lost the steps would pass everything else."""
    rings = [step for case in CALLS for step in case.steps if isinstance(step, Ring)]
    assert len(CASES) > 120
    assert {ring.expected.action for ring in rings} == {"connect", "announce"}
