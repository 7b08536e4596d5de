"""That what Hypothesis finds shrinks to what people can read, that broken plans are broken as they should be, and that
what a run reached is counted.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from callplan.compiler.build import build as compile_files
from callplan.compiler.build import build_text

from .plan_files import PlanFiles
from .random_plans import plans
from .random_schedules import schedule
from .reference.conditions import Caller
from .reference.numbers import normalise
from .strategies import reached
from .strategies.broken import Attempt, broken
from .strategies.drawn import Drawn
from .strategies.mistaken import Mistaken, mistaken
from .strategies.mistakes import DECLARATIONS, MISTAKES, Marked, files_of, numbered, unmarked
from .strategies.reached import CHECKER, COMPILER, FOR_ERRORS, LOWERING, READING, Reached, Share, group_of
from .strategies.runs import some
from .strategies.uncovered import Uncovered, lacking, named_call, uncovered

SOUND = 'plan "sound" { number 4006-123-456 destination d = 010-6234-5678 route { otherwise -> d } }\n'


def test_shrinks_to_what_matters() -> None:
    found: list[str] = []

    @st.composite
    def schedules(draw: st.DrawFn) -> str:
        return schedule(Drawn(draw), "s", ["china"])

    @seed("shrinks")
    @some(200)
    @given(schedules())
    def never_except(text: str) -> None:
        if "except" in text:
            found.append(text)
            raise AssertionError("except")

    with pytest.raises(AssertionError, match="except"):
        never_except()
    lines = found[-1].splitlines()[1:-1]
    assert {line.strip() for line in lines} == {"daily 09:00-18:00", "except daily 09:00-18:00"}
    assert found[-1].count("except") == 1


def test_the_smallest_of_each_kind_of_choice() -> None:
    chance = Drawn(lambda strategy: 0)
    ordered = list("abc")
    chance.shuffle(ordered)
    assert (chance.choice("abc"), chance.sample("abc", 2), ordered) == ("a", ["a", "b"], ["a", "b", "c"])
    assert 0.9 < chance.random() < 1


def test_changed_plans_are_mostly_refused() -> None:
    counts: Counter[bool] = Counter()

    @seed("changed")
    @some(60)
    @given(broken())
    def count(attempt: Attempt) -> None:
        counts[attempt.compiles()] += 1

    count()
    assert counts[False] > 20
    assert counts[True] > 2


# Marked mistakes


def test_marks() -> None:
    text, marks = unmarked('a\nb «E406 09:00-09:00» «W301 c»\n«E110 ""»')
    assert text == 'a\nb 09:00-09:00 c\n""'
    assert marks == [Marked("E406", 2, 3, "09:00-09:00"), Marked("W301", 2, 15, "c"), Marked("E110", 3, 1, '""')]


def test_files_of_a_mistake() -> None:
    assert files_of(numbered('import "w§.plan"\n--- w§.plan\nlist w§ { }\n\n--- w§.txt\n10086', 7)) == (
        'import "w0007.plan"',
        {"w0007.plan": "list w0007 { }\n", "w0007.txt": "10086"},
    )


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_beside_a_sound_plan(mistake: str) -> None:
    text, beside = files_of(numbered(mistake, 1))
    assert not build_text(SOUND).diagnostics
    assert Mistaken(PlanFiles(SOUND + text, tuple(beside.items()))).check() > 0


def test_the_checker_has_a_mistake_for_each_code() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in COMPILER.glob("check*.py"))
    codes = set(re.findall(r'"([EW]\d{3})"', sources))
    assert len(codes) > 50
    assert codes <= {code for mistake in MISTAKES for code in re.findall(r"«([EW]\d{3}) ", mistake)}


def test_a_mistake_that_is_not_told() -> None:
    with pytest.raises(AssertionError, match="E101"):
        Mistaken(PlanFiles(SOUND.replace("-> d", "-> «E101 d»"))).check()
    with pytest.raises(AssertionError, match="E110"):  # told, but elsewhere
        Mistaken(PlanFiles(SOUND + 'announcement «E110 w» = ""')).check()


def test_mistakes_stand_where_they_may() -> None:
    places: Counter[str] = Counter()

    @seed("mistakes")
    @some(40)
    @given(mistaken())
    def look(build: Mistaken) -> None:
        assert build.check() > 0
        for name, text in (("main", build.files.text), *build.files.beside):
            lines = text.splitlines()
            for before, line in zip(["", *lines], lines, strict=False):
                if "«" in line:
                    inside = before.startswith('plan "') and before.endswith("{")
                    places["in a plan" if inside else "outside"] += 1
                    places["in another file"] += name.startswith("shared/")

    look()
    assert all(places[place] > 5 for place in ("in a plan", "outside", "in another file"))
    assert all('plan "' not in mistake for mistake in DECLARATIONS)


# Calls without a rule

NESTED = """\
plan "nested" {
    number 4006-123-456
    timezone "Europe/Berlin"
    destination d = 010-6234-5678 limit 1
    blacklist { 13800138000 }
    block from 0991
    route {
        from 010 -> d or split { 50% route { from mobile -> d }, 50% announce closed }
        not from abroad -> d
    }
}
"""


def call(number: str, area: str, line: str | None) -> Caller:
    return Caller(normalise(number), (area, line), datetime(2026, 1, 1))  # type: ignore[arg-type]


def test_routes_without_a_rule_for_a_call() -> None:
    result = build_text(NESTED)
    (plan,) = result.program.plans
    own, nested = NESTED.index("route {"), NESTED.index("route { from mobile")
    assert lacking(plan, call("+85221234567", "abroad", None)) == {own}
    assert lacking(plan, call("010-8888-6666", "010", "fixed")) == {nested}
    assert lacking(plan, call("13911112222", "010", "mobile")) == set()
    assert lacking(plan, call("0991-888-1234", "0991", "fixed")) == set()  # blocked
    assert lacking(plan, call("13800138000", "abroad", None)) == set()  # blacklisted
    errors = [diagnostic for diagnostic in result.diagnostics if diagnostic.severity == "error"]
    assert [error.span.start for error in errors if error.span] == [own, nested]
    assert [lacking(plan, named_call(error, plan)) for error in errors] == [{own}, {nested}]
    assert Uncovered(PlanFiles(NESTED)).without_rule() == 2


def test_a_time_that_the_clock_skips_is_no_example() -> None:
    result = build_text(NESTED)
    (plan,) = result.program.plans
    error = result.diagnostics[0]
    assert error.code == "E520"
    error.fields["time"] = "2026-03-29T02:30"  # type: ignore[index]
    with pytest.raises(AssertionError, match="02:30"):
        named_call(error, plan)


def test_routes_lack_rules_of_every_kind() -> None:
    codes: Counter[str] = Counter()
    counts: Counter[bool] = Counter()

    @seed("uncovered")
    @some(60)
    @given(uncovered())
    def count(build: Uncovered) -> None:
        with build.files.written() as path:
            found = {
                diagnostic.code for diagnostic in compile_files([path]).diagnostics if diagnostic.severity == "error"
            }
        codes.update(found)
        counts[bool(found)] += 1

    count()
    assert codes["E520"] > 10
    assert codes["E521"] + codes["E522"] > 0
    assert counts[False] > 5


# What was reached


def test_every_file_of_the_compiler_is_in_one_group() -> None:
    groups = (CHECKER, LOWERING, READING)
    files = {path.name for path in COMPILER.glob("*.py")}
    assert set().union(*groups) == files
    assert sum(map(len, groups)) == len(files)


def test_functions_for_errors_are_there() -> None:
    for file, function in FOR_ERRORS:
        assert file in LOWERING
        tree = ast.parse((COMPILER / file).read_text(encoding="utf-8"))
        *owner, name = function.split(".")
        nodes: list[ast.stmt] = tree.body
        for each in owner:
            nodes = next(node.body for node in nodes if isinstance(node, ast.ClassDef) and node.name == each)
        assert any(isinstance(node, ast.FunctionDef) and node.name == name for node in nodes), function


def test_what_counts_as_what() -> None:
    assert group_of("keys.py", "kin_of", (1, 2)) == "lowering"
    assert group_of("keys.py", "number_of", (1, 2)) == "checker"
    assert group_of("check_route.py", "rules", (1, 2)) == "checker"
    assert group_of("reader.py", "", (1, 2)) is None
    lines = (COMPILER / "callers.py").read_text(encoding="utf-8").splitlines()
    raising = next(at for at, line in enumerate(lines, 1) if "raise limits.LimitExceeded" in line)
    assert group_of("callers.py", "CallerAxis.__init__", (raising - 1, raising)) == "checker"
    assert group_of("callers.py", "CallerAxis.__init__", (raising - 1, raising + 1)) == "lowering"


def test_shares() -> None:
    half = Share("halves", 1, 2, ("the other",))
    assert str(half) == "halves: 1 of 2 (50.0 %)"
    assert reached.is_enough([half, Share("all", 3, 3)], 50)
    assert not reached.is_enough([half, Share("all", 3, 3)], 50.1)


@pytest.mark.slow  # it asks how the whole compiler branches
def test_what_is_reached_is_counted() -> None:
    run = Reached()
    with run.by_valid(), plans("valid").written() as path:
        assert compile_files([path]).image is not None
    grammar, lowering, checker = run.shares()
    assert 0.5 * grammar.all < grammar.reached < grammar.all == grammar.reached + len(grammar.missing)
    assert 0.3 * lowering.all < lowering.reached < lowering.all
    assert 0.1 * checker.all < checker.reached < checker.all
    assert any(line.startswith("cells.py: ") for line in lowering.missing)
    with run.by_broken(), plans("other").written() as path:
        compile_files([path])
    with run.by_broken():
        assert build_text(NESTED).image is None
    assert run.shares()[:2] == [grammar, lowering]
    assert run.shares()[2].reached > checker.reached
