"""What a run of the strategies reached: rules of the grammar and branches of the compiler; used by
scripts/differential.py, tested by tests/test_strategies.py.
"""

from __future__ import annotations

import ast
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache, wraps
from pathlib import Path
from typing import Any, Literal

from coverage import Coverage

from callplan.compiler import straight
from callplan.compiler.automaton import Automaton, load

Branch = tuple[int, int]  # from a line to a line

COMPILER = Path(__file__).resolve().parents[2] / "compiler"
# What says whether a plan is sound, and whether its calls do what its `expect` says.
CHECKER = frozenset({
    "check.py", "check_calendars.py", "check_callers.py", "check_circles.py", "check_conditions.py",
    "check_counters.py", "check_destinations.py", "check_expect.py", "check_forwards.py", "check_names.py",
    "check_numbers.py", "check_operator.py", "check_origins.py", "check_patterns.py", "check_route.py",
    "check_schedules.py", "check_shared.py", "check_tables.py", "coverage.py", "expect.py", "numbers.py", "places.py",
    "rehearsal.py", "suggest.py", "zones.py",
})  # fmt: skip
# What makes tables of a sound plan. A branch to `raise LimitExceeded`, a plan's error, counts as the checker's.
# All others count, those too that no valid plan takes: drafts for `explain`, and what no plan is large enough or no
# clock odd enough for (nested.py's way to sort, offsets.py's span before 2000, orders.py's check of its argument).
LOWERING = frozenset({
    "assembly.py", "bitmaps.py", "by_caller.py", "calendars.py", "caller_sets.py", "callers.py", "cells.py", "china.py",
    "days.py", "findings.py", "format.py", "heads.py", "key_sets.py", "keys.py", "limits.py", "lower.py", "nested.py",
    "nodes.py", "offsets.py", "orders.py", "origins.py", "plan_parts.py", "targets.py", "timetable.py",
})  # fmt: skip
# Functions in files of the lowering that only the call needs that an error names: they are the checker's.
FOR_ERRORS = frozenset({
    ("caller_sets.py", "entries_in"), ("keys.py", "number_of"), ("offsets.py", "Clock.gaps_of_day"),
    ("origins.py", "words_of"), ("timetable.py", "TimeAxis.example"), ("timetable.py", "TimeAxis._shown_intervals"),
})  # fmt: skip
# What neither decides: how texts are read, which tests/fuzz tries, what is said of them, and how a large build is
# made in pieces, which tests/test_many.py holds to the bytes of the whole.
READING = frozenset({
    "__init__.py", "automaton.py", "build.py", "characters.py", "checked.py", "clashes.py", "crew.py", "diagnostics.py",
    "expected.py", "joining.py", "keeping.py", "list_files.py", "loading.py", "many.py", "messages.py", "mistakes.py",
    "parse.py", "paths.py", "piece.py", "piece_format.py", "reader.py", "reading.py", "recovery.py", "render.py",
    "source.py", "stacks.py", "straight.py", "syntax.py", "syntax_route.py", "syntax_time.py", "syntax_words.py",
    "tree.py", "tree_expect.py", "tree_time.py", "tree_words.py", "whole.py", "worker.py",
})  # fmt: skip
_NEVER = r"case _:\n\s+assert_never\("  # that nothing comes there is shown by the type checker


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
    coverage = Coverage(data_file=None, branch=True, include=[str(COMPILER / "*.py")], config_file=False)
    coverage.exclude(_NEVER)
    return coverage


@dataclass
class Reached:
    """What was reached so far; it grows as long as one of the contexts lasts."""

    _rules: Counter[Any] = field(default_factory=Counter)
    _valid: Coverage = field(default_factory=_coverage)
    _broken: Coverage = field(default_factory=_coverage)

    @contextmanager
    def by_valid(self) -> Iterator[None]:
        """While plans without an error are compiled."""
        with self._valid.collect(), _counting_rules(self._rules):
            yield

    def by_broken(self) -> AbstractContextManager[None]:
        """While any other plans are."""
        return self._broken.collect()

    def shares(self) -> list[Share]:
        """The rules of the grammar, the branches of the lowering, those of the checker."""
        everything = _coverage()
        for each in (self._valid, self._broken):
            everything.get_data().update(each.get_data())
        return [
            self._grammar(),
            _branches("lowering", "branches of the lowering, by valid plans", self._valid),
            _branches("checker", "branches of the checker, by all plans", everything),
        ]

    def _grammar(self) -> Share:
        unread = [rule for rule, count in self._rules.items() if not count]
        missing = tuple(f"{rule.origin.name}: {' '.join(symbol.name for symbol in rule.expansion)}" for rule in unread)
        return Share("rules of the grammar, by valid plans", len(self._rules) - len(unread), len(self._rules), missing)


def is_enough(found: Sequence[Share], least: float) -> bool:
    """Whether so many percent of each were reached."""
    return all(share.percent >= least for share in found)


def group_of(file: str, function: str, branch: Branch) -> Literal["checker", "lowering"] | None:
    """What a branch of the compiler counts as. `function`: as `Class.method`, the empty text outside of all."""
    if file in CHECKER or (file, function) in FOR_ERRORS:
        return "checker"
    if file in LOWERING:
        return "checker" if branch in _limits(file) else "lowering"
    return None


@cache
def _limits(file: str) -> frozenset[Branch]:
    """The branches of a file that raise LimitExceeded."""
    tree = ast.parse((COMPILER / file).read_text(encoding="utf-8"))
    raising = [node for node in ast.walk(tree) if isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise)]
    return frozenset(
        (node.lineno, node.body[0].lineno) for node in raising if "LimitExceeded" in ast.unparse(node.body[-1])
    )


def _branches(group: str, what: str, coverage: Coverage) -> Share:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        coverage.json_report([str(COMPILER / name) for name in CHECKER | LOWERING], outfile=str(report))
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
    reached = 0
    missing: dict[str, list[Branch]] = {}
    for path, each in sorted(files.items()):
        name = Path(path).name
        for function, part in each["functions"].items():
            taken = [(start, end) for start, end in part["executed_branches"]]
            others = [(start, end) for start, end in part["missing_branches"]]
            reached += sum(group_of(name, function, branch) == group for branch in taken)
            missing.setdefault(name, []).extend(b for b in others if group_of(name, function, b) == group)
    told = tuple(f"{name}: {' '.join(f'{a}->{b}' for a, b in found)}" for name, found in missing.items() if found)
    return Share(what, reached, reached + sum(map(len, missing.values())), told)


@contextmanager
def _counting_rules(rules: Counter[Any]) -> Iterator[None]:
    """Counts the grammar's rules as texts are read; all go the long way, since the short one has no callbacks."""
    plain, short = Automaton.callbacks, straight.read

    def counted(rule: Any, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def one(children: Any) -> Any:
            rules[rule] += 1
            return method(children)

        return one

    def callbacks(automaton: Automaton, builder: object) -> dict[Any, Any]:
        return {rule: counted(rule, method) for rule, method in plain(automaton, builder).items()}

    rules.update(dict.fromkeys(load().lark.rules, 0))
    Automaton.callbacks = callbacks  # type: ignore[assignment, method-assign]
    straight.read = lambda source, text: None
    try:
        yield
    finally:
        Automaton.callbacks = plain  # type: ignore[method-assign]
        straight.read = short
