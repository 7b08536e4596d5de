"""Compares the engine with the reference on random plans until they differ or time is up, and says what was reached.

    python scripts/differential.py [--seconds 60] [--seed SEED] [--least 0] [--missing]

Rounds of valid plans with calls, of valid plans with lines of `expect`, and of plans broken on purpose. A difference is
shrunk by Hypothesis and printed with its plan and calls, to be kept in tests/cases/. Ends with 1 where there was one,
and where less was reached than `--least`: of the grammar's rules and the lowering's branches by valid plans, and of the
checker's branches by all.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

from coverage import Coverage

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))
ROUND = 10  # examples between looks at the clock
CHECKER = ("check.py", "check_*.py", "coverage.py", "numbers.py", "suggest.py")  # with what only mistakes reach
LOWERING = (
    "assembly.py", "bitmaps.py", "by_caller.py", "calendars.py", "caller_sets.py", "callers.py", "cells.py",
    "days.py", "findings.py", "format.py", "heads.py", "keys.py", "limits.py", "lower.py", "nested.py", "nodes.py",
    "offsets.py", "orders.py", "origins.py", "plan_parts.py", "timetable.py",
)  # fmt: skip
# What the lowering has for the call that an error names, which no valid plan can come to.
FOR_ERRORS = r"def (example|_shown_intervals|number_of)\b"


@dataclass
class Reached:
    """What came of a run."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    rules: Counter[Any] = field(default_factory=Counter)
    valid: Coverage = field(default_factory=lambda: _coverage())
    broken: Coverage = field(default_factory=lambda: _coverage())


@dataclass(frozen=True)
class Share:
    """So much of something was reached; `missing` names the rest."""

    what: str
    reached: int
    all: int
    missing: tuple[str, ...] = ()

    @property
    def percent(self) -> float:
        return 100 * self.reached / self.all

    def __str__(self) -> str:
        return f"{self.what}: {self.reached:,} of {self.all:,} ({self.percent:.1f} %)"


def _coverage() -> Coverage:
    coverage = Coverage(data_file=None, branch=True, include=[str(TOP / "compiler" / "*.py")], config_file=False)
    coverage.exclude(FOR_ERRORS)
    return coverage


def run(seconds: float, seed: str) -> Reached:
    """Rounds of each kind until time is up. AssertionError: the evaluators differ."""
    reached = Reached()
    end = time.monotonic() + seconds
    number = 0
    while number == 0 or time.monotonic() < end:
        for each in (valid_plans, broken_plans, broken_plans, expectations, broken_plans):
            each(reached, f"{seed} {number}", end)
            number += 1
    return reached


def valid_plans(reached: Reached, seed: str, end: float) -> None:
    from tests.strategies.worlds import World, worlds

    def one(world: World) -> None:
        reasons = world.compare()
        reached.reasons.update(reasons)
        reached.counts.update(
            plans=str(world.files).count('\nplan "'), steps=len(world.steps), decisions=reasons.total()
        )

    with counting_rules(reached.rules):
        _round(one, worlds(), seed, reached.valid, end)


def expectations(reached: Reached, seed: str, end: float) -> None:
    from tests.random_expects import failing
    from tests.strategies.expecting import Expected, expected

    def one(example: Expected) -> None:
        files, held, failed = example.check()
        reached.counts.update({"lines held": held, "lines failed": failed})
        if held:
            with counting_rules(reached.rules):
                assert failing(files) == []

    _round(one, expected(), seed, reached.valid, end)


def broken_plans(reached: Reached, seed: str, end: float) -> None:
    from tests.strategies.broken import Attempt, broken

    def one(attempt: Attempt) -> None:
        reached.counts["compiled all the same" if attempt.check() else "refused"] += 1

    _round(one, broken(), seed, reached.broken, end)


def _round(one: Callable[[Any], None], strategy: Any, of: str, coverage: Coverage, end: float) -> None:
    from hypothesis import given, seed

    from tests.strategies.runs import some

    failed = False

    @seed(of)
    @some(ROUND)
    @given(strategy)
    def examples(example: Any) -> None:
        nonlocal failed
        if time.monotonic() > end and not failed:
            return
        try:
            one(example)
        except BaseException:
            failed = True
            raise

    coverage.start()
    try:
        examples()
    finally:
        coverage.stop()


class counting_rules:
    """Counts the grammar's rules as texts are read, as long as the context lasts."""

    def __init__(self, rules: Counter[Any]) -> None:
        self.rules = rules

    def __enter__(self) -> None:
        from callplan.compiler.automaton import Automaton, load

        self.rules.update(dict.fromkeys(load().lark.rules, 0))
        self.plain = plain = Automaton.callbacks

        def callbacks(automaton: Automaton, builder: object) -> dict[Any, Any]:
            return {rule: self._counted(rule, method) for rule, method in plain(automaton, builder).items()}

        Automaton.callbacks = callbacks  # type: ignore[method-assign]

    def __exit__(self, *reason: object) -> None:
        from callplan.compiler.automaton import Automaton

        Automaton.callbacks = self.plain  # type: ignore[method-assign]

    def _counted(self, rule: Any, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def counted(children: Any) -> Any:
            self.rules[rule] += 1
            return method(children)

        return counted


def shares(reached: Reached) -> list[Share]:
    """The three shares that are asked for."""
    unread = tuple(
        f"{rule.origin.name}: {' '.join(s.name for s in rule.expansion)}" for rule, n in reached.rules.items() if not n
    )
    everything = _coverage()
    for each in (reached.valid, reached.broken):
        everything.get_data().update(each.get_data())
    return [
        Share("rules of the grammar", len(reached.rules) - len(unread), len(reached.rules), unread),
        _branches("branches of the lowering, by valid plans", reached.valid, LOWERING),
        _branches("branches of the checker, by all plans", everything, CHECKER),
    ]


def _branches(what: str, coverage: Coverage, names: tuple[str, ...]) -> Share:
    files = [str(path) for name in names for path in sorted((TOP / "compiler").glob(name))]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        coverage.json_report(morfs=files, outfile=str(report), include=files)
        found = json.loads(report.read_text(encoding="utf-8"))
    missing = tuple(
        f"{Path(name).name}: {' '.join(f'{start}->{end}' for start, end in file['missing_branches'])}"
        for name, file in found["files"].items()
        if file["missing_branches"]
    )
    return Share(what, found["totals"]["covered_branches"], found["totals"]["num_branches"], missing)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="how long [60]")
    parser.add_argument("--seed", default=secrets.token_hex(4), help="that of an earlier run gives the same plans")
    parser.add_argument("--least", type=float, default=0.0, help="the least percentage of each to be reached [0]")
    parser.add_argument("--missing", action="store_true", help="say what was not reached")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    try:
        reached = run(given.seconds, given.seed)
    except AssertionError as difference:
        print(difference, *getattr(difference, "__notes__", ()), sep="\n")
        sys.exit(1)
    counts = reached.counts
    print(f"{counts['plans']:,} plans, {counts['steps']:,} steps, {counts['decisions']:,} decisions: 0 differences")
    print("by reason: " + ", ".join(f"{reason} {count:,}" for reason, count in reached.reasons.most_common()))
    print(f"lines of expect: {counts['lines held']:,} hold, {counts['lines failed']:,} do not: 0 differences")
    print(f"broken plans: {counts['refused']:,} refused, {counts['compiled all the same']:,} compile: 0 differences")
    found = shares(reached)
    for share in found:
        print(share)
        if given.missing:
            print(*(f"  {each}" for each in share.missing), sep="\n")
    sys.exit(int(any(share.percent < given.least for share in found)))


if __name__ == "__main__":
    main()
