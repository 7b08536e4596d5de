"""A difference between the evaluators comes to a person as few lines of a plan and few steps, in the form of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import strategies as st

import callplan

from . import case_files
from .case_files import Case
from .evaluators import EVALUATORS, Evaluator, fields
from .plan_files import PlanFiles
from .shrinking.case_text import case_text
from .shrinking.files import Time, fewer, smaller
from .shrinking.finding import try_all
from .shrinking.lives import Asked, Counted, Life, Reported, play
from .shrinking.world import Shown, shrunk
from .strategies.worlds import World, worlds
from .test_cases import run

AMPLE = 300.0  # seconds; it takes a few


@dataclass
class Planted:
    """An engine that gets one thing wrong."""

    engine: Evaluator
    wrong: Callable[[str, Any], Any]  # the answer instead, by a method's name and its right answer

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self.wrong(name, getattr(self.engine, name)(*arguments))


def rings_longer(name: str, answer: Any) -> Any:
    """A call that is forwarded because nobody answered rings a second longer."""
    if name == "no_answer" and answer.reason == "forwarded":
        return SimpleNamespace(**fields(answer) | {"ring_seconds": answer.ring_seconds + 1})
    return answer


def counts_one_more(name: str, answer: Any) -> Any:
    """A limit that plans share has one call more than it holds, if it holds any."""
    if name != "usage":
        return answer
    return [
        entry._replace(used=entry.used + 1) if (entry.kind, entry.plan) == ("limit", None) and entry.used else entry
        for entry in answer
    ]


def plant(monkeypatch: pytest.MonkeyPatch, wrong: Callable[[str, Any], Any]) -> None:
    right = EVALUATORS["engine"]

    @contextmanager
    def engine(*arguments: Any, **settings: Any) -> Iterator[Planted]:
        with right(*arguments, **settings) as opened:
            yield Planted(opened, wrong)

    monkeypatch.setitem(EVALUATORS, "engine", engine)


def difference(seed: str, seconds: float = AMPLE) -> str:
    """What is said of the first difference among some builds."""
    with pytest.raises(AssertionError, match=r"^the evaluators differ; a case") as told:
        try_all(worlds(), World.compare, seed, 100, seconds)
    return str(told.value)


def kept(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """The case that a text has, read as those of tests/cases/ are."""
    (folder / "kept.toml").write_text(text[text.index("[[case]]") :], encoding="utf-8")
    monkeypatch.setattr(case_files, "FOLDER", folder)
    (case,) = case_files.load()
    return case


def try_case(case: Case, evaluator: str) -> None:
    with EVALUATORS[evaluator](case.files, area=case.area, max_calls=case.max_calls) as opened:
        run(case, opened)


@pytest.mark.parametrize(
    ("wrong", "lines", "steps", "cause", "comment"),
    [
        (rings_longer, 12, 2, "forward no-answer ", "# the engine has ring_seconds "),
        (counts_one_more, 16, 4, " limit ", "# the engine has used 2, not 1"),
    ],
)
def test_a_build_on_which_the_evaluators_differ_shrinks_to_a_case_of_a_few_lines(
    wrong: Callable[[str, Any], Any],
    lines: int,
    steps: int,
    cause: str,
    comment: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        plant(patched, wrong)
        text = difference("b")
        case = kept(text, tmp_path, monkeypatch)
        with pytest.raises(AssertionError):
            try_case(case, "engine")
    shown = "\n".join((case.files.text, *(text for _, text in case.files.beside)))
    assert len([line for line in shown.splitlines() if line.strip()]) <= lines
    assert len(case.steps) <= steps
    assert cause in shown
    assert comment in text
    try_case(case, "reference")
    try_case(case, "engine")


def test_without_time_a_difference_is_shown_as_it_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, rings_longer)
    text = 'plan "p" {\nnumber 4006123456\ndestination a = 01062345678\nforward no-answer -> b\nROUTE\n}\n'
    files = PlanFiles(text.replace("ROUTE", "destination b = 02162345678\nroute { otherwise -> a }"))
    world = World(files, 0, tuple(range(300)))
    with pytest.raises(AssertionError):
        world.compare()
    whole, small = shrunk(world, 0.0), shrunk(world, AMPLE)
    assert whole is not None
    assert small is not None
    assert whole.files == files
    assert len(whole.life.steps) > len(small.life.steps) == 2
    assert case_text(whole, "0").count("\n") > case_text(small, "0").count("\n")
    assert shrunk(replace(world, steps=()), AMPLE) is None


def test_a_case_has_every_kind_of_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = PlanFiles(
        """plan "p" {
    number 4006123456
    list vip { file "vip.txt" }
    destination a = 01062345678 limit 1
    destination b = 02162345678
    quota 9 answered calls per day
    route { caller in vip -> b otherwise -> a }
    forward busy -> b
}
""",
        (("vip.txt", "10086\n"),),
    )
    at = 1_795_485_600.5

    def asked(name: str, number: int, caller: str) -> Asked:
        return Asked(name, number, "4006-123-456", caller, at)

    steps = (
        asked("route", 0, ""), asked("peek", 1, "10086"), asked("route", 2, "10086"), asked("route", 3, "021"),
        Reported("busy", 0), Reported("answered", 2), Reported("busy", 3), Reported("no_answer", 0),
        Reported("busy", None), asked("route", 4, "0755-8888 6666"), Counted(), Reported("unreachable", 4),
    )  # fmt: skip
    with monkeypatch.context() as patched:
        plant(patched, lambda name, answer: answer is False if name == "end" else answer)
        difference = play(files, Life((*steps, Reported("end", 2)), None, 30))
        assert difference is not None
        assert difference.steps == (*steps, Reported("end", 2))
        case = kept(case_text(Shown(files, Life(difference.steps, None, 30), difference), "0"), tmp_path, monkeypatch)
        with pytest.raises(AssertionError):
            try_case(case, "engine")
    assert (case.files, case.max_calls, len(case.steps)) == (files, 30, len(steps) - 1)
    try_case(case, "reference")
    try_case(case, "engine")


def test_other_builds_that_fail_shrink_to_where_they_fail_alike() -> None:
    @dataclass(frozen=True)
    class Example:
        files: PlanFiles

    files = PlanFiles(
        "schedule s {\n    daily\n    except mon\n}\ndestination a = b limit 3\nroute { x -> a }\n", (("c", "d"),)
    )

    def one(example: Example) -> None:
        text = example.files.text
        assert "limit" not in text or "{" not in text, text
        if "daily" not in text:
            raise AssertionError("another")
        if "mon" not in text:
            raise ValueError(text)

    with pytest.raises(AssertionError, match=r"^seed x: AssertionError: ") as told:
        try_all(st.builds(Example, st.just(files)), one, "x", 5, AMPLE)
    assert str(told.value).endswith("Example(files=PlanFiles(text=' limit\\n {\\n', beside=()))")


def test_what_is_left_is_needed() -> None:
    assert fewer(range(1000), lambda kept: {3, 500, 501, 999} <= set(kept), Time(AMPLE)) == [3, 500, 501, 999]
    assert fewer([], lambda kept: True, Time(AMPLE)) == []
    assert fewer(range(5), lambda kept: True, Time(0.0)) == [0, 1, 2, 3, 4]


def test_blocks_lines_words_and_splits_are_left_out() -> None:
    text = """plan "p" {
    number 4006123456, 4006123457
    schedule s {
        fri
        sat
    }
    destination a = 01062345678
    destination b = 02162345678 limit 3
    destination c = 02062345678 limit 3 announce full
    route {
        from 010, 020 except mobile -> a
        during s -> b
        otherwise -> split s { 60% a, 40% split evenly { b, c or a } }
    }
}
"""

    def shows(files: PlanFiles) -> bool:
        try:
            tables = callplan.compile_text(files.text)
        except callplan.PlanError:
            return False
        with callplan.Engine(tables, max_calls=9) as engine:
            return any(engine.route("4006123456", "02188886666", 0).destination == "c" for _ in range(5))

    files = smaller(PlanFiles(text, (("x.txt", "1"),)), shows, Time(AMPLE))
    assert [line.strip() for line in files.text.splitlines()] == [
        'plan "p" {', "number 4006123456", "destination c = 02062345678", "route {", "otherwise -> c", "}", "}"
    ]  # fmt: skip
    assert files.beside == ()
