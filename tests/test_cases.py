"""Every shared case of tests/cases/ through both evaluators, and what the cases must cover between them."""

from __future__ import annotations

from collections import Counter as Tally
from typing import Any

import pytest

from . import case_files
from .case_files import Case, Counter, Expected, Mark, Report, Ring, Said, Shares
from .evaluators import EVALUATORS, Evaluator, counters, fields

CASES = case_files.load()
CALLS = [case for case in CASES if case.steps]
DIAGNOSED = [case for case in CASES if case.errors is not None or case.warnings]

# The sentences of language.md, sections 2 to 6, that this version has; 2.6, 2.7 and 5.5 come later.
SENTENCES = {
    2: (1, 2, 3, 4, 5, 8, 9),
    3: (1, 2, 3, 4),
    4: (1, 2, 3, 4, 5, 6),
    5: (1, 2, 3, 4),
    6: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
}
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


def assert_shares(evaluator: Evaluator, step: Shares) -> None:
    reached = []
    for _ in range(step.calls):
        decision = evaluator.route(step.called, step.caller, step.at)
        reached.append(decision.destination or decision.announcement)
        if decision.call:
            assert evaluator.end(decision.call), step
    if step.order is not None:
        assert tuple(reached) == step.order
    else:
        assert Tally(reached) == step.shares


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
    with EVALUATORS[evaluator](case.text, area=case.area, max_calls=case.max_calls) as opened:
        run(case, opened)


@pytest.mark.parametrize("case", CALLS, ids=lambda case: case.id)
def test_both_decide_alike_to_the_last_field(case: Case) -> None:
    results = []
    for opens in EVALUATORS.values():
        with opens(case.text, area=case.area, max_calls=case.max_calls) as opened:
            results.append(run(case, opened))
    assert results[0] == results[1]


@pytest.mark.parametrize("case", DIAGNOSED, ids=lambda case: case.id)
def test_diagnostics_of_a_case(case: Case) -> None:
    diagnostics = diagnose(case.text)
    errors = [said for said in diagnostics if said.severity == "error"]
    assert len(errors) == len(case.errors or ()), [(said.code, said.message, underlined(said)) for said in errors]
    for got, expected in zip(errors, case.errors or (), strict=True):
        assert_said(got, expected)
    warnings = [said for said in diagnostics if said.severity == "warning"]
    for expected in case.warnings:
        alike = [said for said in warnings if said.code.startswith(expected.code) and expected.message in said.message]
        assert alike, (expected, [(said.code, said.message, underlined(said)) for said in warnings])
        assert_said(alike[0], expected)


def diagnose(text: str) -> list[Any]:
    """What compiling a text says, in file order."""
    import callplan

    try:
        return list(callplan.compile_text(text).diagnostics)
    except callplan.PlanError as error:
        return list(error.diagnostics)


def underlined(diagnostic: Any) -> str | None:
    return None if diagnostic.span is None else diagnostic.span.text


def assert_said(got: Any, expected: Said) -> None:
    assert got.code.startswith(expected.code), (got.code, got.message)
    assert expected.text in (None, underlined(got)), (got.code, got.message)
    assert expected.message in got.message
    if expected.help is not None:
        assert got.help is not None, (got.code, got.message)
        assert expected.help in got.help
    if expected.related is not None:
        assert [related.span.text for related in got.related] == [expected.related], (got.code, got.message)


def test_every_sentence_has_a_case() -> None:
    held = {sentence for case in CASES for sentence in case.holds}
    wanted = {f"{section}.{sentence}" for section, sentences in SENTENCES.items() for sentence in sentences}
    assert wanted <= held, sorted(wanted - held)
    assert all(sentence.split(".")[0] in "2345678" for sentence in held), sorted(held)


def test_every_trap_has_a_case() -> None:
    assert {case.trap for case in CASES} - {None} == TRAPS


def test_cases_both_connect_and_announce() -> None:
    """A loader that lost the steps would pass everything else."""
    rings = [step for case in CALLS for step in case.steps if isinstance(step, Ring)]
    assert len(CASES) > 120
    assert {ring.expected.action for ring in rings} == {"connect", "announce"}
