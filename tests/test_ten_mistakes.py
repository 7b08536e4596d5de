"""One file with ten different mistakes: ten diagnostics in one run, from reading to checking (language.md 8)."""

from __future__ import annotations

from pathlib import Path

from callplan.compiler import check, parse, reading, render
from callplan.compiler.diagnostics import Diagnostic, in_file_order

PLAN = Path(__file__).parent / "golden" / "ten_mistakes.plan"

# code, line, column, marked text, help, second place
MISTAKES = [
    ("E408", 4, 14, '"Asia/Shangai"', "did you mean `Asia/Shanghai`?", None),
    ("E008", 6, 26, "＝", None, None),
    ("E208", 9, 28, "4006-123-456", None, (3, 12, "plan `ACME after-sales` answers it here")),
    ("E103", 13, 10, "vip", None, (12, 10, "first declared here")),
    ("E401", 15, 50, "2026-02-30", None, None),
    ("E303", 19, 14, "suzhou", "write one of `苏州` (0512), `宿州` (0557)", None),
    ("E101", 20, 28, "ofice", "did you mean `office`?", None),
    ("E010", 21, 39, "split", None, None),
    ("E501", 22, 47, "60% beijing, 30% duty", None, None),
    ("E507", 25, 38, "duty", None, None),
]


def _run() -> list[Diagnostic]:
    source, unread = reading.read(PLAN, PLAN.name)
    assert source is not None
    file, misread = parse.parse(source)
    program, unsound = check.check([file])
    assert program.plans == ()
    return in_file_order([*unread, *misread, *unsound], program.sources)


def _place(diagnostic: Diagnostic) -> tuple[int, int, str]:
    assert diagnostic.span is not None
    return (*diagnostic.span.source.position(diagnostic.span.start), diagnostic.span.text)


def _second(diagnostic: Diagnostic) -> tuple[int, int, str] | None:
    if not diagnostic.related:
        return None
    (related,) = diagnostic.related
    return (*related.span.source.position(related.span.start), related.message)


def test_ten_mistakes_get_ten_diagnostics() -> None:
    found = [(problem.code, *_place(problem), problem.help, _second(problem)) for problem in _run()]
    assert found == MISTAKES
    assert len({code for code, *_ in found}) == 10


def test_each_is_an_error_with_a_sentence() -> None:
    for problem in _run():
        assert problem.severity == "error"
        assert problem.message[0].islower() or problem.message[0] == "`"
        assert not problem.message.endswith(".")


def test_each_has_its_line_and_a_marker_under_it() -> None:
    text = PLAN.read_text(encoding="utf-8").splitlines()
    for problem, (code, line, column, marked, *_) in zip(_run(), MISTAKES, strict=True):
        place, shown, marker, *_ = render.text([problem]).splitlines()
        assert place.startswith(f"{PLAN}:{line}:{column}: error[{code}]: {problem.message}")
        assert text[line - 1] in shown
        assert marker.count("^") == len(marked) + marked.count("＝")  # a full-width sign takes two columns


def test_json_has_the_same_places() -> None:
    for problem, (code, line, column, marked, help_text, _) in zip(_run(), MISTAKES, strict=True):
        found = render.as_json(problem)
        assert (found["code"], found["file"], found["help"]) == (code, str(PLAN), help_text)
        assert found["start"] == {"line": line, "column": column}
        assert found["end"] == {"line": line, "column": column + len(marked)}
